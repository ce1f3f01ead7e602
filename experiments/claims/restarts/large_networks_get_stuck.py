"""restarts.large-networks-get-stuck: how far above the least loss do runs end, the larger the network the farther?

The post: if the network is large, the algorithm will inevitably get stuck in a local minimum. Networks of one hidden
layer are trained by plain gradient descent, and then moved on in float64 until they are at rest or out of steps. Where
the least loss is known, it is 0 (see theory/restarts/samples.py); elsewhere the best end of all runs on the same
targets takes its place, which is no less than the least loss: a run that ends above it is above the least one too.

A run has *arrived* if it ends within a millionth of the variance of the targets from the least loss. It is *stuck* if
it has not, and the gradient has vanished. Whatever else has not arrived is unfinished, or has diverged. Every run has
targets of its own, so that what is said holds for targets that are drawn.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.restarts import _shared as shared
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import above
from experiments.judging.statistics import percent, slope_of_rates
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.restarts.grid import weight_count
from theory.restarts.samples import BOOLEAN, INPUTS, SAMPLES, enough, points_of, targets_of
from theory.restarts.tasks import Task

# To get stuck is inevitable if more than this share of the runs does.
INEVITABLE = 0.95
# To get stuck is likely if more than this share of the runs does.
LIKELY = 0.5
# A run has arrived if its loss is at most this much above the least loss; targets have the variance 1.
NEAR = 1e-6
# A run is at rest if the norm of the gradient is at most this.
AT_REST = 1e-6
# Settling ends at a loss far below NEAR.
LOSS_BOUND = 1e-12
# Settling ends at a gradient far below AT_REST.
GRADIENT_BOUND = 1e-9
# Most networks are at rest after this many steps of settling: for estimates of work only.
USUAL_SETTLING = 40


TRIAL = Trial(
    source="the post, ch. III: if the network is large, the algorithm will inevitably get stuck in a local minimum",
    bears_on=on("gets-stuck"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "linear",
        "loss": "squared, over the variance of the targets",
        "optimizer": "sgd",
        "batch": "all points",
        "settled": "by Levenberg and Marquardt's steps in float64",
    },
)
TREND = TRIAL.but(bears_on=on("gets-stuck", role="variant"))
NARROW = TRIAL.but(bears_on=on("gets-stuck", role="variant"))
SIGNS = TRIAL.but(
    source="the post, ch. III, says a local minimum; that being stuck shows in wrong answers is ours, and weaker",
    bears_on=on("gets-stuck", role="variant"),
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. Of several learning rates the first half of the restarts chooses one for each width."""

    sample: list[str] = setting([*SAMPLES], choices=SAMPLES, static=True)
    points: list[int] = setting([16, 64], low=2, high=4096, static=True)
    width: list[int] = setting([2, 8, 16, 64], low=1, high=4096, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([0.03, 0.1])
    functions: int = setting(80, low=2, high=1_000_000, counts="function")
    restarts: int = setting(2, low=2, high=1_000_000, counts="restart")
    optimizer: str = fields.optimizer("sgd")
    steps: int = fields.steps(2000)
    settling: int = setting(200, low=0, high=100_000)
    where: str = setting("(sample != 'boolean' or points == 16) and (sample != 'teacher' or points == 64)")


SMOKE = {
    "points": [16],
    "width": [2, 16],
    "activation": ["tanh"],
    "functions": 6,
    "steps": 300,
}
FULL = {
    "points": [16, 64, 256],
    "width": [2, 8, 16, 64, 256],
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "functions": 400,
    "where": "(sample != 'boolean' or points == 16) and (sample != 'teacher' or points > 16)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: the loss at which training left it, its wrong signs, and where it came to rest."""
    from experiments.ensemble import polishing

    sample, program = _sample(unit), _program(unit)
    rows, outcome = cells.train(unit, sample, program)
    ends = polishing.settled(
        program, sample.x, sample.y, outcome.network, unit.settings.settling, LOSS_BOUND, GRADIENT_BOUND
    )
    trained = rows.rename(columns={"loss": "trained_loss"}).drop(columns="solved")
    return trained.assign(loss=ends.loss, gradient_norm=ends.gradient_norm)


def _sample(unit: Unit) -> Task:
    """Points that all networks share, and for each the targets of its function, which no other width has."""
    name, points, width, activation = (unit.static(axis) for axis in ("sample", "points", "width", "activation"))
    x = points_of(name, points, random_generator(unit.seed, "points", name, points))
    functions = unit.cells["function"].tolist()
    drawn = {
        function: targets_of(
            name, x, activation, random_generator(unit.seed, "targets", name, points, width, activation, function)
        )
        for function in set(functions)
    }
    return Task(x, np.stack([drawn[function] for function in functions]), 0.0)


def _inputs(sample: str, points: int) -> int:
    return points.bit_length() - 1 if sample == BOOLEAN else INPUTS


def _program(unit: Unit) -> Any:
    sizes = (_inputs(unit.static("sample"), unit.static("points")), unit.static("width"), 1)
    return cells.program_with(unit, sizes=sizes, loss="squared", stop_when_solved=False)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, as training left it."""
    rebuilt = cells.rebuild(unit, _sample(unit), _program(unit), row)
    return rebuilt._replace(values={"trained_loss": rebuilt.values["loss"]})


def work(unit: Unit) -> Work:
    """All updates, and for every step of settling the derivatives and a system of equations."""
    points, parameters = (
        unit.static("points"),
        weight_count(_inputs(unit.static("sample"), unit.static("points")), unit.static("width")),
    )
    steps, smaller = len(unit.cells) * unit.settings.steps, min(points, parameters)
    settling = len(unit.cells) * min(unit.settings.settling, USUAL_SETTLING)
    return Work(steps, steps * points * 6.0 * parameters + settling * 2.0 * smaller**2 * (points + parameters))


def series(table: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """For every sample, number of points and activation the judged rows of all widths, with what became of each.

    Columns `excess`, `arrived`, `stuck`, and `known`: whether the least loss is. The learning rate of each width has
    the least median loss of training among the first half of the restarts; the second half is judged.
    """
    for (sample, points, activation), rows in table.groupby(["sample", "points", "activation"]):
        judged = []
        for width, mine in rows.groupby("width"):
            known = int(width) >= enough(str(sample), int(points))
            least = 0.0 if known else mine["function"].map(mine.groupby("function")["loss"].min())
            excess = mine["loss"].fillna(np.inf) - least
            arrived = excess <= NEAR
            stuck = ~arrived & np.isfinite(excess) & (mine["gradient_norm"] <= AT_REST)
            facts = mine.assign(excess=excess, arrived=arrived, stuck=stuck, known=known)
            judged.append(shared.judged_at_best_rate(facts, _trained_well))
        yield (sample, points, activation), pd.concat(judged, ignore_index=True)


def _trained_well(rows: pd.DataFrame) -> float:
    return -float(rows["trained_loss"].fillna(np.inf).median())


def judge(table: pd.DataFrame) -> list[Verdict]:
    """At the largest width, at the largest with fewer weights than points, and the trend over all that can be exact."""
    verdicts = []
    for names, rows in series(table):
        sample, points, largest = str(names[0]), int(names[1]), int(rows["width"].max())
        narrow = [
            width for width in rows["width"].unique().tolist() if weight_count(_inputs(sample, points), width) < points
        ]
        verdicts.append(_level(names, rows[rows["width"] == largest], "level", "A large network gets stuck inevitably"))
        if narrow:
            mine = rows[rows["width"] == max(narrow)]
            verdicts.append(_level(names, mine, "narrow", "Fewer weights than points get stuck inevitably"))
        known = rows[rows["known"]]
        verdicts += [_trend(names, known)] if known["width"].nunique() > 1 else []
        verdicts += [_signs(names, rows[rows["width"] == largest])] if sample == BOOLEAN else []
    return verdicts


def _name(names: tuple) -> str:
    sample, points, activation = names
    what = {"boolean": "balanced boolean functions on all", "labels": "random targets on", "teacher": "two units' on"}
    return f"{what[sample]} {points} points, {activation} units"


def _switches(names: tuple, rows: pd.DataFrame) -> dict[str, Any]:
    sample, points, activation = names
    return {
        "task": sample,
        "points": points,
        "activation": activation,
        "width": rows["width"].sort_values(),
        "updates": int(rows["steps"].max()),
        "learning_rate": rows.groupby("width")["learning_rate"].first(),
    }


def _ends(rows: pd.DataFrame) -> str:
    """How many runs of each width arrived, are stuck, unfinished, or diverged, and their median losses."""
    ends = []
    for width, mine in rows.groupby("width"):
        unfinished = ~mine["arrived"] & ~mine["stuck"]
        ends.append(
            f"width {width}: {int(mine['arrived'].sum())} arrived, {int(mine['stuck'].sum())} stuck, "
            f"{int((unfinished & ~mine['diverged']).sum())} unfinished, {int(mine['diverged'].sum())} diverged, median "
            f"excess {mine['excess'].median():.2g}, after training alone {mine['trained_loss'].median():.2g}"
        )
    return (
        f"arrived: within {NEAR:g} of the least loss; stuck: not, with a gradient of at most {AT_REST:g}; "
        + "; ".join(ends)
    )


def _level(names: tuple, rows: pd.DataFrame, short: str, statement: str) -> Verdict:
    sample, points, activation = names
    width, known = int(rows["width"].iloc[0]), bool(rows["known"].iloc[0])
    stuck, above_it = (Measured.clustered_share(hits, rows["function"]) for hits in (rows["stuck"], ~rows["arrived"]))
    how = (
        f"{percent()} intervals (Korn and Graubard, over targets) of two shares: from the lower end of that of the "
        "runs that are stuck to the upper end of that of all that have not arrived, for those not at rest may be on "
        "their way."
    )
    return (NARROW if short == "narrow" else TRIAL).verdict(
        f"{short}/{sample}-{points}/{activation}",
        f"{statement}: {_name(names)}, width {width}.",
        Measured(lambda α: (above_it.value, stuck.at(α).low, above_it.at(α).high), len(rows), how=how),
        above(INEVITABLE, LIKELY).contradicted_only_if(known, "Contradicted only where the least loss is known."),
        prediction=f"share of the runs that end above the least loss > {INEVITABLE:g}",
        notes=_ends(rows),
        least_loss="0" if known else "the best end on the same targets",
        **_switches(names, rows),
    )


def _trend(names: tuple, rows: pd.DataFrame) -> Verdict:
    sample, points, activation = names
    counts = (~rows["arrived"]).groupby(rows["width"]).agg(["sum", "size"])
    x, hits, trials = np.log2(counts.index.to_numpy(float)), counts["sum"].to_numpy(), counts["size"].to_numpy()
    how = (
        "Least-squares slope of the share of runs that have not arrived, over the widths at which the least loss is "
        f"known to be 0, with Zou and Donner's {percent()} interval."
    )
    return TREND.verdict(
        f"trend/{sample}-{points}/{activation}",
        f"The larger the network, the more often it ends above the least loss: {_name(names)}.",
        Measured(lambda α: slope_of_rates(x, hits, trials, α=α), len(rows), how=how),
        above(0),
        prediction="slope on log2(width) of the share that ends above the least loss > 0",
        notes=_ends(rows),
        **_switches(names, rows),
    )


def _signs(names: tuple, rows: pd.DataFrame) -> Verdict:
    sample, points, activation = names
    how = (
        "The share of the runs with a wrong sign at the largest width, after the last update of training and before "
        "settling; diverged runs are wrong, targets are clusters."
    )
    return SIGNS.verdict(
        f"wrong-signs/{sample}-{points}/{activation}",
        f"A large network is wrong about some point whenever its training ends: {_name(names)}.",
        dataclasses.replace(
            Measured.clustered_share((rows["errors"] > 0) | rows["diverged"], rows["function"], how), samples=len(rows)
        ),
        above(INEVITABLE, LIKELY),
        prediction=f"share of the runs with a wrong sign > {INEVITABLE:g}",
        notes=_ends(rows),
        **_switches(names, rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Against width: the share of runs that end above the least loss, and how far above they end."""
    every = list(series(table))
    samples = list(dict.fromkeys((names[0], names[1]) for names, _ in every))
    figure, axes_of = panels(product(("above", "excess"), samples), len(samples), width=2.3, height=1.95, beside=1.1)
    numbers = []
    for names, rows in every:
        part = pd.DataFrame([_numbers(names, int(width), mine) for width, mine in rows.groupby("width")])
        i = sorted(table["activation"].unique()).index(names[2])
        style: dict[str, Any] = {"color": COLOURS[i], "ms": 3, "lw": 1, "label": names[2]}
        above, below = (axes_of[quantity, (names[0], names[1])] for quantity in ("above", "excess"))
        above.plot(part["width"], part["above"], f"{MARKERS[i]}-", **style)
        above.fill_between(part["width"], part["low"], part["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
        below.plot(part["width"], part["excess"].clip(lower=LOSS_BOUND), f"{MARKERS[i]}-", **style)
        below.plot(part["width"], part["excess_90"].clip(lower=LOSS_BOUND), ":", color=COLOURS[i], lw=1)
        numbers.append(part)
    for sample, points in samples:
        above, below = (axes_of[quantity, (sample, points)] for quantity in ("above", "excess"))
        above.set_title(f"{sample}, {points} points")
        above.set(ylim=(-0.03, 1.03))
        below.set(yscale="log", ylim=(LOSS_BOUND / 3, 3))
        for axes in (above, below):
            axes.set_xscale("log", base=2)
            axes.axvline(enough(sample, points), color="k", lw=0.6, ls="--")
    axes_of["above", samples[0]].set_ylabel("share above the least loss")
    axes_of["excess", samples[0]].set_ylabel("median excess (dotted: 90 %)")
    figure.supxlabel("width; from the dashed line on the least loss is known to be 0", fontsize=8)
    legend_beside(figure)
    return {"success-against-size": Drawing(figure, pd.concat(numbers, ignore_index=True))}


def _numbers(names: tuple, width: int, rows: pd.DataFrame) -> dict[str, Any]:
    above_it = Measured.clustered_share(~rows["arrived"], rows["function"])
    facts = dict(zip(("sample", "points", "activation"), names, strict=True)) | {"width": width, "runs": len(rows)}
    excess, excess_90 = (float(np.quantile(rows["excess"], q, method="higher")) for q in (0.5, 0.9))
    return facts | {
        "above": above_it.value,
        "low": above_it.low,
        "high": above_it.high,
        "stuck": float(rows["stuck"].mean()),
        "excess": excess,
        "excess_90": excess_90,
    }
