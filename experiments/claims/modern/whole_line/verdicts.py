"""Verdicts of whole-line: sin on the line, sin on a compact domain, and what vanishes at infinity."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits
from experiments.judging.verdict import Trial, Verdict, on
from theory.modern.whole_line import EDGE

DRAWN, TRAINED, BUILT = WAYS = ("drawn", "trained", "built")
# Points of training on [-2π, 2π], and points where errors are measured, there and on the line, beyond any training.
POINTS, GRID, FAR = 128, 4001, 3 * EDGE
# A certificate is at most so far below 1: places are fractions next to the crests of sin.
ROUNDING = 1e-9
# An error that is small beside 1.
SMALL = 0.1

TRIAL = Trial(
    source="ours; proof in theory/modern/whole_line.py",
    bears_on=on("nuland-not-all") + on("universal-approximation", "against", "variant"),
    existence="drawn at random",
    switches={
        "bias": True,
        "output": "linear",
        "inputs": 1,
        "target": "sin",
        "domain": "the whole line",
        "error": "largest",
        "precision": "exact fractions",
    },
)
COMPACT = TRIAL.but(
    source="Cybenko 1989; Leshno et al. 1993",
    bears_on=on("universal-approximation", role="control"),
    existence="found by training",
    switches={"domain": "[-2π, 2π]", "loss": "squared", "optimizer": "adam", "points": POINTS, "precision": "float32"},
)
VANISHING = TRIAL.but(
    source="van Nuland 2023, arXiv 2308.03812; constructions of theory/modern/whole_line.py",
    bears_on=on("nuland-vanishing"),
    existence="representable",
    switches={"target": "sin on [-2π, 2π], 0 elsewhere", "precision": "float64"},
)


def series(table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Way, activation and rows."""
    for (way, activation), rows in table.groupby(["way", "activation"]):
        yield str(way), str(activation), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each activation: sin on the whole line, sin on [-2π, 2π], and the window on the whole line."""
    found: list[Verdict] = []
    for way, activation, rows in series(table):
        if way == BUILT:
            found.append(_vanishing(activation, rows))
            continue
        known = rows[rows["on_line"].notna()]
        found.append(_line(way, activation, known))
        if way == TRAINED:
            found.append(_compact(activation, known))
    return found


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    return {"activation": rows["activation"], "hidden_layers": rows["layers"], "width": rows["width"]}


def _line(way: str, activation: str, rows: pd.DataFrame) -> Verdict:
    trial = TRIAL.but(existence="found by training") if way == TRAINED else TRIAL
    how = (
        "For each network a lower bound on the error at places that are named, in fractions: the least. The proof says "
        "where to look, and the bound needs no more of it."
    )
    return trial.verdict(
        f"line/{way}/{activation}",
        f"On the whole line {activation} networks are at least 1 away from sin.",
        Measured.exactly(rows["on_line"].min(), len(rows), how=how),
        exhibits(
            f"places with an error of at least 1 - {ROUNDING:g} are found for every network",
            bool(len(rows) and (rows["on_line"] >= 1 - ROUNDING).all()),
        ),
        prediction=f"largest error >= 1, up to {ROUNDING:g}",
        notes=f"no place that is named is farther than {rows['place'].max() / EDGE:.3g} times 2π; the network that is "
        "0 everywhere errs by 1",
        finding=f"On the whole line, each of {len(rows)} {way} {activation} networks is {{measured}} or more away from "
        "sin somewhere; the constant 0 is 1 away.",
        networks=way,
        **_facts(rows),
    )


def _compact(activation: str, rows: pd.DataFrame) -> Verdict:
    best = rows["inside"].min()
    return COMPACT.verdict(
        f"compact/{activation}",
        f"On [-2π, 2π] training finds {activation} networks with a small error.",
        Measured.exactly(best, len(rows), how=f"Largest error on {GRID} points: the least of all networks."),
        exhibits(f"a network errs by less than {SMALL:g}", bool(best < SMALL)),
        prediction=f"largest error < {SMALL:g} for some network",
        notes=f"on the line this network errs by at least {rows.loc[rows['inside'].idxmin(), 'on_line']:.4f}"
        if len(rows)
        else "",
        **_facts(rows),
    )


def _vanishing(activation: str, rows: pd.DataFrame) -> Verdict:
    widest = rows.loc[rows["width"].idxmax()]
    kept = (rows["window"] <= rows["bound"]).all()
    how = (
        f"Largest error on {3 * GRID} points from -6π to 6π, for the widest network. Its bound is proved for the "
        "whole line."
    )
    bounds = rows.sort_values("width", kind="stable")["bound"]
    return VANISHING.verdict(
        f"vanishing/{activation}",
        f"On the whole line {activation} networks approximate a function that is sin on [-2π, 2π] and 0 elsewhere.",
        Measured.exactly(widest["window"], len(rows), how=how),
        exhibits(
            f"it is less than {SMALL:g} and no network errs by more than its bound",
            bool(kept and widest["bound"] < SMALL),
        ),
        prediction=f"largest error < {SMALL:g}",
        notes=f"bounds are {', '.join(f'{bound:.2g}' for bound in bounds)}; on the line "
        f"these networks are at least {rows['on_line'].min():.4f} away from sin",
        finding=f"A function that vanishes at infinity is approximated on the whole line, up to {{measured}} by "
        f"{widest['width']} {activation} units.",
        **_facts(rows),
    )
