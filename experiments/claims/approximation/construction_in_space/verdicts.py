"""Verdicts of approximation.construction-in-space: what its table says, put before rules."""

from collections.abc import Iterable

import pandas as pd

from experiments.claims.approximation.construction_in_space.plans import PROFILES
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide
from experiments.judging.verdict import Trial, Verdict, on
from theory.approximation.construction import CONSTRUCTIONS

# Rounding of float64 in sums of a hundred thousand terms.
ROUNDING = 1e-8


# Up to here the largest error is looked for on a grid, beyond by a search from this number of starts.
GRID_D, STARTS = 2, 2000


TRIAL = Trial(
    source="the post, ch. II: one hidden layer approximates every continuous function, and the proof is brute force",
    bears_on=on("universal-approximation"),
    existence="representable",
    switches={
        "inputs": "[-1, 1]^d",
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "norm": f"largest error: on a grid for d <= {GRID_D}, else by a search from {STARTS:,} points and the corners",
        "precision": "float64",
    },
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each construction: whether it keeps its bound where the bound says something."""
    return [_kept(str(name), rows) for name, rows in table.groupby("construction")]


def _kept(construction: str, rows: pd.DataFrame) -> Verdict:
    says = rows["bound"] < rows["constant"]
    ratio = (rows["sup"] / rows["bound"])[says]
    broken = bool((rows["sup"] > (1 + ROUNDING) * rows["bound"]).any())
    several = bool((rows.loc[says, "d"] > 1).any())
    empty = _listed(f"{(~says & (rows['d'] == d)).sum()} of {(rows['d'] == d).sum()} at d = {d}" for d in _values(rows))
    built = _listed(f"{mine['width'].max():,} at d = {d}" for d, mine in rows[says].groupby("d"))
    first = _listed(
        f"{family} {_listed(f'{one:,.0f}' for one in mine.groupby('d')['telling'].first())}"
        for family, mine in rows[(rows["route"] == "mean") & (rows["d"] > 1)].groupby("family", sort=False)
    )
    how = (
        "The bound is proved in theory/approximation/space.py; the networks that are built only try to refute it. "
        "Measured is the largest ratio among networks with a bound below the error of a constant, which is half of the "
        "range of the target on the points; the interval begins at the least ratio."
    )
    return TRIAL.verdict(
        f"bound/{construction}",
        "In several dimensions, too, the largest error of the network of the proof is at most what the proof "
        f"guarantees, if this is less than the error of a constant: {PROFILES[construction]} along every ridge.",
        Measured.exactly(ratio.max(), int(says.sum()), ratio.min(), ratio.max(), how),
        Rule(
            "Contradicted if the error of some network, counted or not, is above its bound by more than rounding, "
            f"{ROUNDING:g} of the bound. Supported if there is none, and the bound is below the error of a constant "
            "for some network with d > 1. Else inconclusive.",
            lambda _: decide(several and not broken, broken),
        ),
        finding=f"The network of the proof errs by at most {ratio.max():.0%} of the error that the proof guarantees, "
        f"in up to {rows['d'].max()} dimensions.",
        prediction="largest error / bound <= 1; bound ω(√d r) + Σ |a| e",
        notes=f"most hidden units of the networks that count: {built}; not counted, with a guarantee weaker than a "
        f"constant: {empty}; hidden units at which the proof first guarantees less than the error of a constant, at d "
        f"= {_listed(map(str, (d for d in _values(rows) if d > 1)))}: {first}",
        activation=CONSTRUCTIONS[construction].activation,
        target=rows["family"],
        order=f"means of order {rows['order'].min()} to {rows['order'].max()}",
        d=rows["d"].sort_values(),
    )


def _values(rows: pd.DataFrame) -> list[int]:
    return sorted(rows["d"].unique().tolist())


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
