"""Verdicts of minimum-width: the floor under width 2, the networks that are built, and what training finds."""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments.judging.measured import Measured, counted
from experiments.judging.rules import exhibits, holds_for_all
from experiments.judging.statistics import exact_interval
from experiments.judging.verdict import Trial, Verdict, on
from theory.modern import plane_curves as theory

LOCKED, BEND, DRAWN = CURVES = ("locked loops", "bend", "drawn at random")
# Those that are always the same.
KNOWN = {LOCKED: theory.LOCKED, BEND: theory.BEND}
BUILT, TRAINED = WAYS = ("built", "trained")
# The width that is not enough for every curve, and the one that is.
NARROW, ENOUGH = 2, 3
POINTS = 129
# No network of width 2 is nearer to the locked loops: a run that is has found something.
FLOOR = theory.floor(theory.LOCKED)

TRIAL = Trial(
    source="Park et al. 2021, arXiv 2006.08859; Kim, Min & Park, arXiv 2309.10402; proof in "
    "theory/modern/plane_curves.py",
    bears_on=on("park-width-2"),
    existence="representable",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "inputs": 1,
        "outputs": 2,
        "domain": "[0, 1]",
        "error": "largest, Euclidean",
        "hidden_layers": "any number",
        "precision": "exact fractions",
    },
)
ENOUGH_WIDE = TRIAL.but(bears_on=on("park-width-3"))
FOUND = TRIAL.but(
    source="ours",
    bears_on=on("park-width-3", role="variant"),
    existence="found by training",
    switches={
        "loss": "squared",
        "optimizer": "adam",
        "initial_weights": "normal, He's variance, and biases too",
        "points": POINTS,
    },
)
CHECK = FOUND.but(source="theory/modern/plane_curves.py", bears_on=on("park-width-2", role="control"))
CONTROL = TRIAL.but(source="ours", bears_on=on("park-width-2", role="control"))


def series(table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Width and rows of the trained networks that did not diverge."""
    for width, rows in table[(table["way"] == TRAINED) & table["error"].notna()].groupby("width"):
        yield int(width), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The floor of the curve, the networks that are built, and what training finds at each width."""
    built = table[table["way"] == BUILT]
    found = [_width(table), *(_built(int(width), rows) for width, rows in built.groupby("width"))]
    return found + [_check(rows) if width <= NARROW else _found(width, rows) for width, rows in series(table)]


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    return {"curve": rows["curve"], "width": rows["width"], "hidden_layers": rows["hidden_layers"]}


def _width(table: pd.DataFrame) -> Verdict:
    """The least width: above 2 by the floor, at most 3 by the network that is built."""
    rows = table[table["curve"] == LOCKED]
    built, floor = rows.loc[rows["way"] == BUILT, "error"], rows["floor"].max()
    known = bool(floor > 0 and len(built) and built.max() == 0)
    how = (
        "3 if the curve has two loops that wind around each other's crossing, by exact winding numbers, and a network "
        "of width 3 is the curve."
    )
    return TRIAL.verdict(
        "width",
        "Some curve in the plane takes rectifier networks of width 3, however deep they are.",
        Measured.exactly(ENOUGH if known else math.nan, 1, how=how),
        exhibits("there are two such loops and such a network", known),
        prediction="least width = 3",
        notes=f"networks of width 2 err by at least {floor:.4f} on this curve, whose corners are between -4 and 4; in "
        "L^p width 2 is enough, see modern.minimum-width-on-average",
        finding=f"A curve in the plane takes rectifier networks of width {{measured}}: narrower ones err by {floor:.3g}"
        " or more, however deep they are.",
        curve=LOCKED,
    )


def _built(width: int, rows: pd.DataFrame) -> Verdict:
    exact = counted(int((rows["error"] == 0).sum()), len(rows))
    return (CONTROL if width <= NARROW else ENOUGH_WIDE).verdict(
        f"built/{width}",
        f"A network of width {width} is the broken line, exactly.",
        Measured.exactly(rows["error"].max(), len(rows), how="The largest distance to the curve: the largest of all."),
        holds_for_all("the error is 0", rows["error"] == 0),
        prediction="largest error = 0",
        notes="broken lines come as near as asked to every curve",
        finding=f"Of {len(rows)} broken lines, {exact} are networks of width {width} with "
        f"{rows['hidden_layers'].max()} hidden layers; the largest error is {{measured}}.",
        **_facts(rows),
    )


def _share(rows: pd.DataFrame) -> str:
    hits = int((rows["error"] < FLOOR).sum())
    low, high = exact_interval(hits, len(rows))
    return f"{hits} of {len(rows)} runs err by less, a share of {hits / len(rows):.3f} [{low:.3f}, {high:.3f}]"


def _check(rows: pd.DataFrame) -> Verdict:
    return CHECK.verdict(
        "floor",
        "No trained network of width 2 errs by less than the floor.",
        Measured.exactly(rows["error"].min(), len(rows), how="The least of the largest errors."),
        holds_for_all(f"the error is at least {FLOOR:.4f}", rows["error"] >= rows["floor"]),
        prediction=f"largest error >= {FLOOR:.4f}",
        **_facts(rows),
    )


def _found(width: int, rows: pd.DataFrame) -> Verdict:
    best = rows["error"].min()
    return FOUND.verdict(
        f"found/{width}",
        f"Training finds a network of width {width} that is nearer to the curve than any of width 2.",
        Measured.exactly(best, len(rows), how="The least of the largest errors of all runs."),
        exhibits(f"it is less than {FLOOR:.4f}", bool(best < FLOOR)),
        prediction=f"largest error < {FLOOR:.4f} for some run",
        notes=_share(rows),
        finding=f"Of {len(rows)} trained networks of width {width} the best errs by {{measured}}; none of width 2 can "
        f"err by less than {FLOOR:.3g}.",
        **_facts(rows),
    )
