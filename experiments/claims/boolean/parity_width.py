"""boolean.parity-width: parity of six bits needs six hidden threshold units, decided by formulas and a solver.

Every edge of the cube has to be cut by a hidden unit, since parity differs at its ends. This gives n units for n <= 5.
For six bits it gives less: five planes cut all edges of the 6-cube (Paterson, as told in Saks,
Slicing the hypercube, 1993). His planes give no parity, and the question remained whether five others do.

A network of k units is k threshold functions and a gate, see theory/boolean/least_width/. For every gate of fewer than
n units a formula says that such a network computes parity. A solver decides it. With `proofs=true` every formula that
cannot be satisfied is left in a folder with its proof, which a checker of proofs in the format DRUP can follow without
any solver.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.boolean._one_hidden_layer import NETWORKS
from experiments.claims.boolean._proofs import keep_proof
from experiments.drawing import bars
from experiments.drawing.style import Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean import least_width

KEYS = ("units", "gate", "complement")

PARITY = Trial(
    source="ours: decided by satisfiability. For n <= 5 by planes that cut all edges of the n-cube; for six bits five "
    "planes do that (Paterson), and the number of units was open to us",
    bears_on=on("exponential-hidden-layer", "against", "variant"),
    existence="representable",
    switches=NETWORKS | {"quantifier": "a function by itself", "task": "parity"},
)
CONTROL = PARITY.but(source="ours", bears_on=on("exponential-hidden-layer", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits, up to which of them another solver decides all formulas again, and whether proofs are kept."""

    n: list[int] = setting([2, 3, 4, 5, 6], low=2, high=least_width.LARGEST + 1, static=True)
    again: int = setting(5, low=0, high=least_width.LARGEST + 1)
    proofs: bool = setting(False)


SMOKE = {
    "n": [2, 3, 4],
}
FULL = {
    "again": 6,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per gate and target: whether the formula can be satisfied, and whether that gives a network of parity."""
    n, settings = unit.static("n"), unit.settings
    rows = []
    for gate, complement in least_width.targets_of_parity(n, gates_of(n)):
        truth, clauses = formula(n, gate, complement)
        answer = least_width.decide(clauses, proof=settings.proofs)
        if answer.proof:
            keep_proof(f"parity-{n}-bits-{gate}-{'complement' if complement else 'parity'}", clauses, answer.proof)
        network = least_width.network_of(answer, n, gate) if answer.satisfiable else None
        other = least_width.decide(clauses, least_width.OTHER_SOLVER).satisfiable if n <= settings.again else None
        rows.append(
            {
                "n": n,
                "units": gate.units,
                "gate": str(gate),
                "complement": complement,
                "clauses": len(clauses),
                "satisfiable": bool(answer.satisfiable),
                "again": np.nan if other is None else float(other),
                "right": network is not None and np.array_equal(network(), truth),
                "network": str(network or ""),
            }
        )
    return pd.DataFrame(rows)


def gates_of(n: int) -> list[least_width.Gate]:
    """All gates of fewer than n units, and one of n units, of which a network is known."""
    fewer = [gate for units in range(1, n) for gate in least_width.gates(units)]
    return [*fewer, least_width.equal_gates(n)[0]]


def formula(n: int, gate: least_width.Gate, complement: bool) -> tuple[boolean.functions.Truth, least_width.Clauses]:
    """The truth table of parity or of its complement, and the formula that a network with this gate computes it."""
    truth = boolean.functions.parity(n, np.random.default_rng()) ^ np.uint8(complement)
    symmetric = least_width.of_one_orientation(n) + least_width.of_one_order(n, gate, apart=0)
    return truth, least_width.network_exists(truth, gate) + symmetric


def work(unit: Unit) -> Work:
    """Six bits take nearly all of the time; each bit takes some twenty times more than the one before."""
    n, settings = unit.static("n"), unit.settings
    return Work(0, 5e10 * 20.0 ** (n - 6) * (1 + (n <= settings.again)))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Every gate is decided, so that one network of fewer units contradicts."""
    table = table.sort_values(["n", "units", "gate", "complement"])
    return [_parity(table), _both_solvers(table)]


def _parity(table: pd.DataFrame) -> Verdict:
    last = int(table["n"].max())
    found = table[table["satisfiable"]]
    least = found.groupby("n")["units"].min().reindex(table["n"].unique())
    fewer = table[table["units"] < table["n"]]
    excluded = int((~fewer["satisfiable"]).sum())
    agreed = bool((table["again"].isna() | (table["again"] == table["satisfiable"])).all())
    right = bool(found["right"].all())
    how = (
        f"The least number of units at n = {last} for which a formula can be satisfied. "
        f"{excluded:,} of {len(fewer):,} formulas of fewer than n units cannot, over all gates and n."
    )
    return PARITY.verdict(
        "parity-needs-n",
        "Parity of n bits needs n hidden units.",
        Measured.exactly(float(least.loc[last]), len(table), how=how),
        Rule(
            "Supported if for every n no formula of fewer than n units can be satisfied, and one of n units can; "
            "contradicted if one of fewer units can; else inconclusive.",
            lambda m: decide(bool((least == least.index).all()), bool((least < least.index).any())),
        ).provided(
            agreed and right,
            "Inconclusive if solvers disagree, or if integer weights of a network that was found do not give parity.",
        ),
        finding=f"Parity of {last} bits needs {{measured}} hidden units.",
        prediction=f"least number of units = n = {last}",
        n=table["n"].drop_duplicates(),
    )


def _both_solvers(table: pd.DataFrame) -> Verdict:
    again = table[table["again"].notna()]
    same = (again["again"] == again["satisfiable"]).to_numpy()
    known = table[table["units"] == table["n"]].groupby("n")["right"].any()
    share = float(same.mean()) if len(same) else float("nan")
    how = (
        f"The share of formulas for which {least_width.OTHER_SOLVER} says what {least_width.SOLVER} says. Of "
        f"{len(known)} numbers n of bits, the formulas give a network of n units for {int(known.sum())}."
    )
    return CONTROL.verdict(
        "solvers",
        "Two solvers decide the formulas alike, and a network is found where one is known to exist.",
        Measured.exactly(share, len(again), how=how),
        holds_for_all("both solvers agree on every formula and n units are found for every n", [*same, *known]),
        prediction="share of formulas that both solvers decide alike = 1",
        n=again["n"].drop_duplicates(),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How many gates of how many units were excluded, for every n."""
    rows = table.groupby(["n", "units"], as_index=False).agg(formulas=("gate", "size"), found=("satisfiable", "sum"))
    rows["excluded"] = rows["formulas"] - rows["found"]
    figure = new_figure(6.4, 3.4)
    (axes,) = figure.axes
    bars.side_by_side(axes, rows, "n", "excluded", "units")
    for group in axes.containers:
        axes.bar_label(group, fmt=lambda value: f"{value:.0f}" if value else "", fontsize=7)  # type: ignore[arg-type]
    least = rows[rows["found"] > 0].groupby("n")["units"].min()
    labels = [f"{n}\nfound with {least[n]}" if n in least else f"{n}" for n in sorted(rows["n"].unique())]
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(0, 4 * max(rows["excluded"].max(), 1))
    axes.set_xlabel("n, bits")
    axes.set_ylabel("formulas that cannot be satisfied")
    bars.move_legend(axes, "upper left", title="hidden units")
    last = int(rows["n"].max())
    title = f"Parity of {last} bits needs {least.get(last, 'an unknown number of')} hidden units"
    caption = "A formula for each output unit with parity or its complement, up to symmetry: all were decided."
    return {"parity-width": Drawing(figure, rows, title, caption)}
