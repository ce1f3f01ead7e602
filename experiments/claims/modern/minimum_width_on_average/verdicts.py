"""Verdicts of minimum-width-on-average: mean errors beside largest ones, the layers they take, and width 1."""

import math
from typing import Any

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits, holds_for_all, within
from experiments.judging.verdict import Trial, Verdict, on

LOCKED, DRAWN = CURVES = ("locked loops", "drawn at random")
# The powers p of L^p.
POWERS = (1, 2, 4)
# Drawn curves, and numbers of layers, are looked at where fast parts take 2^-24 of a step.
SHARPEST = 24
# The least width on average, and the one below.
WIDTH, NARROWER = 2, 1
# Layers times error is bounded from both sides, so that the slope tends to this; and how far from it it may be. Locked
# loops take 8 layers for each column, and 8 more, which hardly count from so many columns on.
SLOPE, MARGIN, ENOUGH_COLUMNS = -1.0, 0.1, 16

TRIAL = Trial(
    source="Park et al. 2021, arXiv 2006.08859; Kim, Min & Park, arXiv 2309.10402; proof in theory/modern/zigzag.py",
    bears_on=on("park-average"),
    existence="representable",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "inputs": 1,
        "outputs": 2,
        "width": WIDTH,
        "domain": "[0, 1]",
        "error": "mean of |x|^p + |y|^p",
        "hidden_layers": "any number",
        "precision": "exact fractions",
    },
)
APART = TRIAL.but(source="theory/modern/zigzag.py; theory/modern/plane_curves.py", bears_on=on("park-width-2"))
LAYERS = TRIAL.but(
    source="ours; theory/modern/mean_floors.py",
    bears_on=on("park-average", role="variant"),
    switches={"hidden_layers": "as few as possible"},
)
CHECK = LAYERS.but(bears_on=on("park-average", role="control"))
CONTROL = TRIAL.but(
    source="theory/modern/mean_floors.py",
    bears_on=on("park-average", role="control"),
    switches={"width": NARROWER, "p": 2},
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Each p, both errors of one curve, the least width, and how the mean error falls with layers."""
    locked = table[table["curve"] == LOCKED]
    averages = [_average(table, locked, p) for p in POWERS]
    return [*averages, _apart(locked), _width(locked), _layers(locked), _few_layers(table), _width_1(table)]


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    return {"curve": rows["curve"], "columns": rows["columns"]}


def kept(rows: pd.DataFrame, p: int) -> pd.Series:
    """Whether a network has the width of the proof, and errs by no more than its bound."""
    return rows[f"kept_{p}"].astype(bool) & (rows["width"] == WIDTH)


def _average(table: pd.DataFrame, locked: pd.DataFrame, p: int) -> Verdict:
    held, best = kept(table, p), locked[f"error_{p}"].min()
    layers, floor = _layers_of_best(locked, p), locked["floor_largest"].max()
    return TRIAL.verdict(
        f"average/{p}",
        f"In L^{p} networks of width 2 come as near as asked to every curve in the plane.",
        Measured.exactly(best, len(table), how="The least mean error of all networks for the locked loops."),
        holds_for_all("a network has width 2 and errs by no more than the bound, which tends to 0", held),
        prediction="mean of |x|^p + |y|^p <= (19 w / 32)^p + 8^p / 2^k, for columns that are w = 8/M apart",
        notes=f"{len(table) - len(locked)} networks are for curves that were drawn; k is the sharpness",
        finding=f"On average, in L^{p}, a network of width 2 with {layers} hidden layers errs by {{measured}} "
        f"on a curve from which each of width 2 is {floor:.2g} or more away somewhere.",
        p=p,
        sharpness=table["sharpness"],
        **_facts(table),
    )


def _layers_of_best(rows: pd.DataFrame, p: int) -> int:
    return int(rows.loc[rows[f"error_{p}"].idxmin(), "hidden_layers"]) if len(rows) else 0


def _apart(locked: pd.DataFrame) -> Verdict:
    """The largest of the least mean errors is below the floor of all largest ones."""
    floor = locked["floor_largest"].max()
    worst = max(locked[f"error_{p}"].min() for p in POWERS)
    above = bool(len(locked) and (locked["largest"] >= floor).all())
    return APART.verdict(
        "apart",
        "Some curve in the plane is out of reach for width 2 in the largest error, and not on average.",
        Measured.exactly(worst, len(locked), how="The least mean error of all networks, for the worst p."),
        exhibits(
            "it is below the floor of the largest error, and no network is below that in its largest error",
            bool(above and worst < floor),
        ),
        prediction=f"mean error < {floor:.4f} <= largest error",
        notes=f"largest errors are between {locked['largest'].min():.3g} and {locked['largest'].max():.3g}",
        finding=f"On one curve networks of width 2 err by {{measured}} on average, and by at least {floor:.2g} "
        "somewhere, however deep they are.",
        p=pd.Series(POWERS),
        **_facts(locked),
    )


def _width(locked: pd.DataFrame) -> Verdict:
    """The least width in L²: above 1 by the floor, at most 2 by networks that are below it and keep the bound."""
    floor, best = locked["floor_width_1"].max(), locked["error_2"].min()
    known = bool(len(locked) and floor > best and kept(locked, 2).all())
    return TRIAL.verdict(
        "width",
        "In L² the least width for curves in the plane is 2.",
        Measured.exactly(
            WIDTH if known else math.nan,
            len(locked),
            how="2 if networks of width 2 keep the bound of the proof and one is below the floor under width 1.",
        ),
        exhibits("there are such networks", known),
        prediction="least width = 2",
        notes=f"the floor under width 1 is {floor:.4f}, and the best network of width 2 errs by {best:.4f}",
        finding=f"On average, in L², curves in the plane take networks of width {{measured}}: those of width 1 err by "
        f"{floor:.2g} or more on one of them.",
        p=2,
        **_facts(locked),
    )


def _layers(locked: pd.DataFrame) -> Verdict:
    rows = locked[(locked["sharpness"] == SHARPEST) & (locked["columns"] >= ENOUGH_COLUMNS)]
    slope = math.nan
    if rows["hidden_layers"].nunique() > 1:
        slope = float(np.polyfit(np.log(rows["hidden_layers"]), np.log(rows["error_1"]), 1)[0])
    floor = (rows["floor_1"] * rows["hidden_layers"]).max()
    most = (rows["error_1"] * rows["hidden_layers"]).max()
    return LAYERS.verdict(
        "layers",
        "In L¹ the error falls as 1/L with the number L of layers, and no network of width 2 does better than that.",
        Measured.exactly(
            slope, len(rows), how="Slope of a straight line through log error against log layers, least squares."
        ),
        within(SLOPE, MARGIN).supported_only_if(
            bool(len(rows) and floor > 0), "Only if the floor under all networks of L layers is above 0."
        ),
        prediction=f"slope = {SLOPE:g}, within {MARGIN:g}",
        notes=f"layers times error is at most {most:.3g} for these networks, and is proved to be at least {floor:.2g} "
        "for all of width 2, so that only the order is known",
        finding="On average, in L¹, the error of networks of width 2 on locked loops falls as the number of layers to "
        f"the power {{measured}}; none of L layers errs by less than {floor:.2g}/L.",
        p=1,
        sharpness=SHARPEST,
        **_facts(rows),
    )


def _few_layers(table: pd.DataFrame) -> Verdict:
    """A check of the floor under networks of few layers, for every p."""
    ratios = pd.concat([table[f"error_{p}"] / table[f"floor_{p}"].where(table[f"floor_{p}"] > 0) for p in POWERS])
    ratios = ratios.dropna()
    return CHECK.verdict(
        "layers/floor",
        "No network errs on average by less than the floor for its number of layers.",
        Measured.exactly(ratios.min(), len(ratios), how="Mean error over floor, for p = 1, 2, 4: the least."),
        holds_for_all("it is at least 1", ratios >= 1),
        prediction="mean error / floor >= 1",
        p=pd.Series(POWERS),
        **_facts(table),
    )


def _width_1(table: pd.DataFrame) -> Verdict:
    """A control: width 1 stays where it is, on every curve, whatever its layers."""
    rows = table.drop_duplicates(["curve", "restart"])
    ratio = rows["error_width_1"] / rows["floor_width_1"]
    return CONTROL.verdict(
        "width-1",
        "Networks of width 1 are on a straight line, and do not come near to these curves.",
        Measured.exactly(rows["floor_width_1"].min(), len(rows), how="The least of the floors of all curves."),
        holds_for_all(
            "it is above 0, and a network of width 1 that is built errs by no less", (ratio >= 1) & (ratio < math.inf)
        ),
        prediction="least mean error > 0",
        notes=f"the straight lines that are built err by {rows['error_width_1'].min():.3g} or more",
        curve=rows["curve"],
    )
