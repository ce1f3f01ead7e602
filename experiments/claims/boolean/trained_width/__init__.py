"""boolean.trained-width: the width at which gradient descent finds a boolean function, and how it grows with n.

Networks of one hidden layer are trained on all 2^n inputs, many times for each function, family, width and activation.
The width at which half of the runs succeed is estimated for each family, see least_widths.py of this folder. Its growth
with n is compared with the growth of n².
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.boolean import _training as training
from experiments.claims.boolean._training import Networks, clusters, units, words
from experiments.claims.boolean.trained_width import least_widths
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.ensemble.powers import least_power
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.choosing import CHOOSING
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, below, decide
from experiments.judging.statistics import least_squares_slope, percent, wilson
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean

# The figure of successes shows this number of n, the largest.
PANELS = 4
# Programs are shared up to this number of points times units: larger networks would wait for their padding.
LARGEST_ROOM = 2**14


TRIAL = Trial(
    source="ours",
    bears_on=on("exponential-hidden-layer", "against", "variant"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "sign of a linear unit",
        "inputs": "all of {-1, 1}^n",
    },
)
RANDOM = TRIAL.but(
    source="the post, ch. II: exponential; that few bits show it already is ours",
    bears_on=on("exponential-hidden-layer", role="variant"),
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how: one hidden layer of `width` neurons, on functions of `n` bits.

    `family` says what functions these are. `function` numbers its members; in a fixed family all are the same.
    `batch` is the number of points per update, and 0 means all points. `schedule` says how the learning rate falls.
    `share_programs` compiles small networks of several n and widths as one program, which pays for few networks each.
    """

    family: list[str] = setting(list(boolean.FAMILIES), choices=tuple(boolean.FAMILIES))
    n: list[int] = setting([2, 3, 4, 5, 6, 7, 8], low=1, high=16, static=True)
    width: list[int] = setting([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64], low=1, high=100_000, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: list[float] = fields.learning_rate([0.03])
    functions: int = setting(10, low=1, high=100_000, counts="function")
    restarts: int = setting(10, low=1, high=10_000_000, counts="restart", follows="restarts")
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("constant")
    batch: int = fields.batch(0)
    share_programs: bool = setting(True)
    steps: int = fields.steps(2000)
    where: str = setting("width <= 2 ** n")


SMOKE = {
    "n": [2, 3],
    "width": [1, 2, 4],
    "activation": ["tanh"],
    "functions": 2,
    "restarts": 2,
    "steps": 300,
}
FULL = {
    "n": [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    "width": [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512],
    "functions": 20,
    "restarts": 20,
    "steps": 5000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network: loss, errors of 2^n, whether the function was found, and the number of updates."""
    return training.trained(unit, _networks(unit))


def _networks(unit: Unit) -> Networks:
    n, width, settings = unit.static("n"), unit.static("width"), unit.settings
    room = _room(n, width) if settings.share_programs and not settings.batch else (n, width)
    return Networks(n, width, unit.cells["learning_rate"].to_numpy(), room, settings.batch)


def _room(n: int, width: int) -> tuple[int, int]:
    """The n and width as which small networks are compiled: even n from 4 on, widths 4, 8 and powers of 4."""
    room_n, room_width = max(4, n + n % 2), 8 if 4 < width <= 8 else max(4, least_power(4, width))
    return (room_n, room_width) if 2**room_n * room_width <= LARGEST_ROOM else (n, width)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    return training.rebuild(unit, _networks(unit), row)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, as if no run ended early."""
    n, width = unit.static("n"), unit.static("width")
    network_steps = len(unit.cells) * unit.settings.steps
    return Work(network_steps, network_steps * 6.0 * 2**n * width * (n + 2))


def series(table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The judged rows of every family and activation, in the order of the families, at one learning rate each.

    With several rates, the first quarter of the restarts chooses the rate with most successes, and the other restarts
    are judged. With a single restart the first rate is taken.
    """
    for family in [name for name in boolean.FAMILIES if name in table["family"].unique()]:
        for activation, rows in table[table["family"] == family].groupby("activation"):
            yield family, str(activation), _at_one_rate(rows)


def _at_one_rate(rows: pd.DataFrame) -> pd.DataFrame:
    rates = rows["learning_rate"].unique()
    if len(rates) == 1:
        return rows
    restarts = int(rows["restart"].max()) + 1
    chooses = rows["restart"] < (max(1, round(CHOOSING * restarts)) if restarts > 1 else 0)
    best = rows[chooses].groupby("learning_rate")["solved"].mean().idxmax() if chooses.any() else rates[0]
    return rows[~chooses & (rows["learning_rate"] == best)]


def midpoints(rows: pd.DataFrame, family: str) -> tuple[list[int], list[least_widths.Midpoints]]:
    """Each n, and the width at which half of the runs succeed, from the clusters that were tried at every width."""
    counts = rows.groupby(["n", *clusters(family), "width"])["solved"].agg(["mean", "size"])
    table, runs = counts["mean"].unstack("width"), counts["size"].groupby("n").min()
    of_n, widths, rates = table.index.get_level_values("n").to_numpy(), table.columns.to_numpy(), table.to_numpy(float)
    numbers, found = np.unique(of_n).tolist(), []
    for n in numbers:
        tried = ~np.isnan(mine := rates[of_n == n]).all(0)
        complete = mine[:, tried][~np.isnan(mine[:, tried]).any(1)]
        found.append(least_widths.midpoints(least_widths.SuccessCurve(n, widths[tried], complete, int(runs[n]))))
    return numbers, found


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The growth of the width for each family and activation, where there are several n."""
    return [_growth(*one) for one in series(table) if one[2]["n"].nunique() > 1]


def _growth(family: str, activation: str, rows: pd.DataFrame) -> Verdict:
    numbers, found = midpoints(rows, family)
    n = np.array(numbers, float)
    square = float(least_squares_slope(n, 2 * np.log2(n)))
    counting = float(least_squares_slope(n, np.log2([boolean.counting_bound(i) for i in numbers])))
    faster = family == "random"
    how = (
        "The width, at least 1, at which half of all runs succeed is estimated for each n. Measured is the slope of "
        f"the least-squares line of its log2 over these n. The {percent()} interval comes from the likelihood of all "
        f"success curves and the design effect of {units(family)}, see least_widths.py of this claim."
    )
    statement = (
        f"The width at which training finds {words(family)} of n bits grows faster than n², as exponential growth must."
        if faster
        else f"The width at which training finds {words(family)} of n bits grows slower than n²."
    )
    return (RANDOM if faster else TRIAL).verdict(
        f"{family}/{activation}/growth",
        statement,
        Measured(lambda α: least_widths.slope(found, n, α), sum(one.clusters for one in found), how=how),
        _faster(square, counting) if faster else below(square),
        prediction=f"slope of log2(width) {'>' if faster else '<'} {square:.3f}, that of n²",
        notes="the success rate is assumed to be logistic in log2(width) at every n",
        task=family,
        activation=activation,
        n=rows["n"].sort_values(),
        width=rows["width"].sort_values(),
        learning_rate=rows["learning_rate"].iloc[0],
        updates=int(rows["steps"].max()),
    )


def _faster(square: float, counting: float) -> Rule:
    return Rule(
        f"Supported if the interval lies above {square:.3f}, the slope of n²; "
        f"contradicted if it lies below this slope and below {counting:.3f}, "
        "the slope of the exponential counting bound; else inconclusive.",
        lambda m: decide(m.low > square, m.high < min(square, counting)),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Least width against n with both bounds, and success rate against width."""
    return {"width-against-n": draw_widths(table), "success-against-width": draw_successes(table)}


def draw_widths(table: pd.DataFrame) -> Drawing:
    """The width at which half of the runs succeed against n, one panel per activation."""
    numbers = pd.concat([_width_rows(*one) for one in series(table)], ignore_index=True)
    activations = sorted(numbers["activation"].unique())
    figure, axes_of = panels(activations, width=3.2, height=3.5, beside=1.2)
    n = range(int(table["n"].min()), int(table["n"].max()) + 1)
    for activation, axes in axes_of.items():
        axes.plot(n, [boolean.construction_width(i) for i in n], "k-", lw=0.8, label="suffices for all: 2^(n-1)")
        axes.plot(n, [boolean.counting_bound(i) for i in n], "k--", lw=0.8, label="needed for all: counting")
        axes.plot(n, [boolean.vc_bound(i) for i in n], "k:", lw=0.8, label="needed for all: VC dimension")
        mine = numbers[numbers["activation"] == activation]
        for i, (family, rows) in enumerate(mine.groupby("family", sort=False)):
            # Families with the same width are drawn side by side.
            shifted = rows["n"] + 0.07 * (i - 2.5)
            # The value is a mean over all midpoints that fit. It may lie a little outside a narrow interval.
            errors = [(rows["width"] - rows["low"]).clip(lower=0), (rows["high"] - rows["width"]).clip(lower=0)]
            line = f"{MARKERS[i]}-"
            axes.errorbar(shifted, rows["width"], errors, fmt=line, color=COLOURS[i], ms=4, lw=1, label=str(family))
            axes.plot(shifted, rows["width_any_restart"], MARKERS[i], color=COLOURS[i], ms=6, mfc="none", mew=0.5)
        axes.set_yscale("log", base=2)
        axes.set_title(str(activation))
    label_outside(figure, "n, input bits", "width for half of the runs")
    legend_beside(figure)
    largest = numbers[numbers["n"] == numbers["n"].max()]
    typical = largest.groupby("family")["width"].median()
    title = (
        f"At {largest['n'].max()} bits, half of the runs succeed "
        f"with {typical.min():.2g} to {typical.max():.2g} units, depending on the function"
    )
    caption = (
        "Filled: widths with intervals. Hollow: the least width at which any run succeeded. "
        "Lines: units that all functions at once need, and units that suffice."
    )
    return Drawing(figure, numbers, title, caption)


def _width_rows(family: str, activation: str, rows: pd.DataFrame) -> pd.DataFrame:
    numbers, found = midpoints(rows, family)
    bits = np.array([least_widths.combined([one], np.ones(1)) for one in found])
    facts = {"family": family, "activation": activation, "n": numbers}
    facts |= dict(zip(("width", "low", "high"), np.where(np.isinf(bits), np.nan, np.exp2(bits)).T, strict=True))
    any_run = rows[rows["solved"]].groupby("n")["width"].min()
    return pd.DataFrame(facts).assign(
        width_any_restart=lambda table: table["n"].map(any_run),
        counting_bound=lambda table: table["n"].map(boolean.counting_bound),
        construction=lambda table: table["n"].map(boolean.construction_width),
    )


def draw_successes(table: pd.DataFrame) -> Drawing:
    """Success rate against width with Wilson intervals: a row of panels per activation, a column for each large n."""
    columns = sorted(table["n"].unique())[-PANELS:]
    kept = pd.concat([rows for _, _, rows in series(table)])
    kept = kept[kept["n"].isin(columns)]
    counts = kept.groupby(["activation", "n", "family", "width"])["solved"].agg(["sum", "size"]).reset_index()
    counts["rate"] = counts["sum"] / counts["size"]
    intervals = [wilson(row["sum"], row["size"]) for _, row in counts.iterrows()]
    counts["low"], counts["high"] = np.array(intervals).T
    activations = sorted(counts["activation"].unique())
    keys = product(activations, columns)
    figure, axes_of = panels(keys, len(columns), height=1.9, beside=1.2)
    for (activation, n), axes in axes_of.items():
        mine = counts[(counts["activation"] == activation) & (counts["n"] == n)]
        for i, family in enumerate(name for name in boolean.FAMILIES if name in set(counts["family"])):
            rows = mine[mine["family"] == family]
            axes.plot(rows["width"], rows["rate"], f"{MARKERS[i]}-", color=COLOURS[i], ms=3, lw=1, label=family)
            axes.fill_between(rows["width"], rows["low"], rows["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
        axes.set_xscale("log", base=2)
        axes.set_ylim(-0.03, 1.03)
        axes.set_title(f"{activation}, n = {n}")
    label_outside(figure, "width", "share of runs solved")
    legend_beside(figure)
    title = f"More than half of the runs succeed in {(counts['rate'] > 0.5).mean():.0%} of all settings"
    caption = "Success rate against width, with intervals, for the largest numbers of bits."
    return Drawing(figure, counts.rename(columns={"sum": "solved", "size": "runs"}), title, caption)
