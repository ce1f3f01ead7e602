"""modern.square-trained: does training find networks that fold, or anything as good, and does depth pay in training?

Networks of the shape of m folds, see modern.square-by-folds, and of one hidden layer with as many rectifiers are
trained on x². The largest error on [0, 1] of each of them is an exact fraction, and so is the least error that its
pieces allow. What a shape can do is known: secants of 2^m pieces for m folds, secants of n pieces for n rectifiers in
one layer. A run has come near to that if it errs by at most ten times as much.

A failure of training says something about depth only if the same training finds the flat network.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.judging import budgets, choosing
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import holds_for_all
from experiments.judging.statistics import median_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.modern import folds as theory

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

DEEP, FLAT = SHAPES = ("deep", "flat")
# Points, equally spaced, on each of the 2^m pieces of the folds: with ends and middles of all pieces.
POINTS_PER_PIECE = 4
# A run has come near to what its shape can do if it errs by at most this many times as much.
NEAR = 10.0

TRIAL = Trial(
    source="ours; that such networks exist: Yarotsky 2017, arXiv 1610.01145",
    bears_on=on("yarotsky-logarithm", role="variant"),
    existence="found by training",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "target": "x²",
        "domain": "[0, 1]",
        "error": "largest",
        "loss": "squared",
        "optimizer": "adam",
        "initial_weights": "He's",
        "precision": "float32",
    },
)
REFERENCE = TRIAL.but(bears_on=on("yarotsky-logarithm", role="control"))
CHECK = TRIAL.but(source="theory/modern/folds.py", bears_on=on("yarotsky-fixed-depth", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers m of folds that a network could make, shapes, learning rates, and budgets of updates."""

    m: list[int] = setting([2, 3, 4], low=2, high=8, static=True)
    shape: list[str] = setting(list(SHAPES), choices=SHAPES, static=True)
    learning_rate: list[float] = fields.learning_rate([0.003, 0.01, 0.03])
    restarts: int = setting(64, low=4, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    steps: list[int] = fields.steps([10_000, 20_000], static=True)
    schedule: str = fields.schedule("cosine")


SMOKE = {
    "m": [2],
    "learning_rate": [0.01],
    "restarts": 4,
    "steps": [200],
}
FULL = {
    "m": [2, 3, 4, 5, 6],
    "learning_rate": [0.001, 0.003, 0.01],
    "restarts": 400,
    "steps": [40_000, 80_000],
}


def sizes_of(m: int, shape: str) -> tuple[int, ...]:
    """Inputs, hidden units of each layer, and outputs: 3 m - 1 rectifiers, in m layers or in one."""
    return (1, 2, *[3] * (m - 1), 1) if shape == DEEP else (1, 3 * m - 1, 1)


def secants(m: int, shape: str) -> float:
    """The largest error of the secants that a network of this shape can have."""
    return 2 * float(theory.best(2**m if shape == DEEP else 3 * m - 1))


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its largest error, whether it is near that of secants, its pieces, and their floor."""
    from experiments import ensemble

    m, shape = unit.static("m"), unit.static("shape")
    outcome = ensemble.train_ensemble(_program(unit), _x(m), _members(unit), unit.engine.layout, unit.engine.chunk)
    found = [_examined(layers_of(outcome, i)) for i in range(len(unit.cells))]
    error = np.array([one["error"] for one in found])
    return unit.cells.assign(
        **pd.DataFrame(found, index=unit.cells.index),
        neurons=float(3 * m - 1),
        solved=error <= NEAR * secants(m, shape),
        loss=outcome.loss,
        steps=outcome.steps,
        key=hexadecimal(unit),
    )


def _examined(layers: Layers) -> dict[str, Any]:
    """Largest error, pieces, and the least error that so many pieces allow; unknown if the network diverged."""
    if not all(np.isfinite(part).all() for layer in layers for part in layer):
        return {"error": np.inf, "pieces": np.nan, "least_error": 0.0}
    error, pieces = theory.error(_of_unit_interval(layers))
    return {"error": float(error), "pieces": float(pieces), "least_error": float(theory.best(pieces))}


def _of_unit_interval(layers: Layers) -> Layers:
    """A network for x, from one that was trained on 2 x - 1."""
    (W, b), *others = layers
    return (2 * np.asarray(W, float), np.asarray(b, float) - np.asarray(W, float)[0]), *others


def _x(m: int) -> np.ndarray:
    return np.linspace(-1, 1, POINTS_PER_PIECE * 2**m + 1)[:, None]


def _program(unit: Unit) -> "Program":
    return program_with(
        unit,
        sizes=sizes_of(unit.static("m"), unit.static("shape")),
        activation="rectifier",
        loss="squared",
        stop_when_solved=False,
    )


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    x = (_x(unit.static("m"))[:, 0] + 1) / 2
    targets = np.broadcast_to(x**2, (len(unit.cells), len(x)))
    return ensemble.Members(unit.keys, targets, unit.cells["learning_rate"].to_numpy())


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row after training again, for inputs from 0 to 1."""
    outcome, curve = trained_again(unit, _program(unit), _x(unit.static("m")), _members(unit), int(row["steps"]))
    layers = layers_of(outcome, 0)
    return Rebuilt(list(_of_unit_interval(layers)), curve, {"loss": outcome.loss[0], **_examined(layers)})


def work(unit: Unit) -> Work:
    """All updates, each on all points, and fractions for the pieces of every network."""
    from theory.network import parameter_count

    m, updates = unit.static("m"), float(len(unit.cells) * unit.static("steps"))
    weights = parameter_count(sizes_of(m, unit.static("shape")))
    return Work(updates, updates * 6.0 * weights * POINTS_PER_PIECE * 2**m + len(unit.cells) * 3e6 * m)


class Search(NamedTuple):
    """The judged runs of one shape with the largest budget, and with half of it."""

    m: int
    shape: str
    rows: pd.DataFrame
    before: pd.DataFrame

    def success(self, how: str = "") -> Measured:
        """The share of runs that err by at most `NEAR` times as much as secants."""
        return budgets.success_share(self.rows["solved"], self.before["solved"], how)


def searches(table: pd.DataFrame) -> Iterator[Search]:
    """Every shape, at the learning rate that other restarts chose for each budget."""
    judged = choosing.judged_where_most_solved(table, ["m", "shape", "steps"], "loss")
    for (m, shape), rows in judged.groupby(["m", "shape"]):
        yield Search(int(m), str(shape), *budgets.by_budget(rows))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """No network beats its floor; whether training finds what each shape can do; whether depth pays in training."""
    found = [_check(table)]
    by_m: dict[int, dict[str, Search]] = {}
    for one in searches(table):
        by_m.setdefault(one.m, {})[one.shape] = one
    for same in by_m.values():
        found += [_found(one, same.get(FLAT)) for one in same.values()]
        if len(same) == len(SHAPES):
            found.append(_pays(same[DEEP], same[FLAT]))
    return found


def _facts(one: Search) -> dict[str, Any]:
    return {
        "shape": one.shape,
        "rectifiers": 3 * one.m - 1,
        "hidden_layers": one.m if one.shape == DEEP else 1,
        "points": POINTS_PER_PIECE * 2**one.m + 1,
        "updates": one.rows["steps"],
        "learning_rate": one.rows["learning_rate"],
    }


def _check(table: pd.DataFrame) -> Verdict:
    rows = table[table["pieces"].notna()]
    ratio = rows["error"] / rows["least_error"]
    return CHECK.verdict(
        "floor",
        "No trained network of p linear pieces errs by less than 1/(8 p²) somewhere.",
        Measured.exactly(ratio.min(), len(rows), how="The largest error over 1/(8 p²): the least of all networks."),
        holds_for_all("no ratio is below 1", ratio >= 1),
        prediction="largest error times 8 p² >= 1",
        shape=table["shape"],
    )


def _found(one: Search, reference: Search | None) -> Verdict:
    bar, errors = secants(one.m, one.shape), one.rows["error"].to_numpy(float)
    like, network = (
        (f"{one.m} folds", f"a network of {one.m} layers")
        if one.shape == DEEP
        else (f"{3 * one.m - 1} secants", "a network of one layer")
    )
    how = (
        f"A success errs by at most {NEAR:g} times as much as {like}. The first quarter of the restarts chooses the "
        "learning rate of each budget; the others are judged."
    )
    success = one.success(how)
    if reference is not None:
        success = dataclasses.replace(success, beside={**success.beside, "reference": reference.success()})
    value, low, high = median_interval(errors / bar)
    return (TRIAL if one.shape == DEEP else REFERENCE).verdict(
        f"found/{one.shape}/{one.m}",
        f"Training {network} with {3 * one.m - 1} rectifiers comes near to {like}.",
        success,
        budgets.FOUND_BESIDE,
        prediction=f"share of runs within {NEAR:g} times the error of {like} > {RATE:g}",
        notes=f"{budgets.before_in_words(one.before['solved'])}; the median error is {value:.3g} times that of {like}, "
        f"{percent()} interval {low:.3g} to {high:.3g}, and the least {errors.min() / bar:.3g}; median of the pieces "
        f"{one.rows['pieces'].median():g}",
        finding=f"Training comes within {NEAR:g} times the error of {like} in a share of {{measured}} of the runs; the "
        f"median error is {value:.3g} times as large.",
        **_facts(one),
    )


def _wins(deep: pd.DataFrame, flat: pd.DataFrame) -> pd.Series:
    """Whether the deep network of each restart errs less than the flat one."""
    both = deep.set_index("restart")["error"].to_frame("deep").join(flat.set_index("restart")["error"].rename("flat"))
    both = both.dropna()
    return both["deep"] < both["flat"]


def _pays(deep: Search, flat: Search) -> Verdict:
    how = "A pair of restarts, one of each shape, is a hit if the deep network has the smaller largest error."
    wins = _wins(deep.rows, flat.rows)
    medians = [one.rows["error"].median() for one in (deep, flat)]
    return TRIAL.verdict(
        f"pays/{deep.m}",
        f"After training, {deep.m} layers err less than one layer with as many rectifiers, more often than not.",
        budgets.success_share(wins, _wins(deep.before, flat.before), how),
        budgets.FOUND,
        prediction=f"share of pairs > {RATE:g}",
        notes=f"median errors {medians[0]:.2g} of the deep and {medians[1]:.2g} of the flat networks",
        finding=f"After training, {deep.m} layers err less than one layer with {3 * deep.m - 1} rectifiers as well in "
        "a share of {measured} of the pairs.",
        **_facts(deep) | {"shape": SHAPES, "hidden_layers": [deep.m, 1]},
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Largest errors of trained networks against rectifiers, and those of secants: a colour a shape."""
    figure = new_figure(7, 3.3)
    (axes,) = figure.axes
    found = [one.rows.assign(secants=secants(one.m, one.shape)) for one in searches(table)]
    numbers = pd.concat(found, ignore_index=True)
    for i, (shape, rows) in enumerate(numbers.groupby("shape")):
        look: dict[str, Any] = {"color": COLOURS[i], "ls": "none"}
        beside = rows["neurons"] * (1 + 0.03 * (2 * i - 1))
        spread = np.random.default_rng(0).uniform(0.988, 1.012, len(rows))
        error = rows["error"].clip(upper=10)
        middle = rows.assign(place=beside, error=error).groupby("place")[["error", "secants"]].median()
        axes.plot(beside * spread, error, marker=MARKERS[i], ms=2, mew=0, alpha=0.5, label=f"{shape}, trained", **look)
        axes.plot(middle["error"], marker=MARKERS[i], ms=6, mec="k", mew=0.7, label=f"{shape}, median", **look)
        label = "folds" if shape == DEEP else "flat, secants"
        axes.plot(middle["secants"], marker="_", ms=18, mew=1.6, label=label, **look)
    axes.set(yscale="log", xlabel="rectifiers", ylabel="largest error on x²")
    axes.set_xticks(sorted(numbers["neurons"].unique()))
    legend_beside(figure)
    m = numbers["m"].max()
    more = (numbers["error"] / numbers["secants"])[(numbers["m"] == m) & (numbers["shape"] == DEEP)]
    title = f"Trained in the shape of {m} folds, {len(more)} networks err {more.min():.3g} times as much or more"
    caption = "Every point is a trained network. Bars: the error of folds, and of as many secants in one hidden layer."
    return {"square-trained": Drawing(figure, numbers, title, caption)}
