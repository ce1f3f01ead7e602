"""modern.modular-addition: quadratic units with cosines of random phases add modulo p, if they are enough.

The network is built, not trained, see theory/modern/addition.py. Only its phases are drawn, and all p² inputs are
evaluated. So the accuracy of each draw is exact, and intervals are over draws. Published is that wide networks add
without an error, and that more units cancel more of what is not the sum. Whether the width that is needed grows with p,
or with its logarithm, is a question of ours: Chernoff's bound says that log p is enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.judging.measured import Measured
from experiments.judging.rules import above, at_most, exhibits, within
from experiments.judging.statistics import exact_interval, mean_interval, percent, slope_of_rates
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.modern import addition

TIED, FREE = "tied", "free"
# Numbers of the hidden layer for all inputs and some draws: 64 MiB of float64 at a time.
NUMBERS = 8_388_608
# A lead above this is no rounding: outputs are sums of some thousand numbers of at most 4 in float64.
ROUNDING = 1e-6
# More often than not.
HALF = 0.5
# How far the accuracy may be from chance where phases are free.
MARGIN = 0.05
# Bounds in this range say something of mean errors: larger ones hold for anything, and no draws show smaller errors.
TELLING = (1e-4, 1.0)
# Widths at which different p are compared, over p: there neither all nor no networks are exact.
COMPARED = 4

TRIAL = Trial(
    source="Gromov 2023, arXiv 2301.02679; the construction read at second hand and derived again",
    bears_on=on("gromov-wide"),
    existence="drawn at random",
    switches={
        "activation": "square",
        "bias": False,
        "hidden_layers": 1,
        "inputs": "all p² pairs of residues",
        "answer": "the largest output",
        "weights": "cosines, one frequency a unit",
        "phases": "uniform, those of the output are the sum of the others",
    },
)
EXISTS = TRIAL.but(bears_on=on("gromov-construction"), existence="representable")
OURS = TRIAL.but(source="ours", bears_on=on("gromov-wide", role="variant"))
BOUND = TRIAL.but(source="theory/modern/addition.py", bears_on=on("gromov-wide", role="control"))
UNTIED = BOUND.but(source="ours", switches={"phases": "uniform, and independent"})


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Moduli, widths over p, and draws of the phases. A large p needs few draws: each has p² inputs."""

    p: list[int] = setting([5, 11, 23, 47, 97], low=3, high=499, such_that="p % 2 == 1", static=True)
    times: list[int] = setting([1, 2, 4, 8], low=1, high=64, static=True)
    phases: list[str] = setting([TIED, FREE], choices=(TIED, FREE), static=True)
    draws: int = setting(200, low=2, high=1_000_000, counts="draw")
    where: str = setting("(phases == 'tied' or times == 1) and draw * p < 2000")


SMOKE = {"p": [5, 11], "draws": 20}
FULL = {
    "p": [5, 11, 23, 47, 97, 199],
    "draws": 1000,
    "where": "(phases == 'tied' or times == 1) and draw * p < 20000",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per draw: the share of inputs with the right answer, the least lead, and Chernoff's bound on errors."""
    p, width = unit.static("p"), _width(unit)
    together = max(1, NUMBERS // (p * p * width))
    found = [_of(_networks(unit, unit.keys[i : i + together])) for i in range(0, len(unit.cells), together)]
    accuracy, lead = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return unit.cells.assign(
        width=width,
        accuracy=accuracy,
        lead=lead,
        exact=lead > ROUNDING,
        bound=addition.error_bound(p, width),
        key=hexadecimal(unit),
    )


def _width(unit: Unit) -> int:
    return unit.static("p") * unit.static("times")


def _networks(unit: Unit, keys: np.ndarray) -> addition.Adder:
    shape = 3, _width(unit)
    drawn = np.array([np.random.default_rng(key).uniform(-np.pi, np.pi, shape) for key in keys.tolist()])
    a, b, free = np.moveaxis(drawn, 1, 0)
    return addition.cosines(unit.static("p"), a, b, a + b if unit.static("phases") == TIED else free)


def _of(networks: addition.Adder) -> tuple[np.ndarray, np.ndarray]:
    """The share of right answers of each network, and its least lead."""
    z = addition.outputs(networks)
    right = z.argmax(-1) == addition.sums(z.shape[-1])
    return right.mean((-2, -1)), addition.margin(z)


def rebuild(unit: Unit, _: dict[str, Any]) -> Rebuilt:
    """The network of one row again; its hidden units square, and it was not trained."""
    networks = _networks(unit, unit.keys)
    accuracy, lead = _of(networks)
    network = addition.Adder(*(weights[0] for weights in networks))
    return Rebuilt(
        addition.layers(network), no_curve(), {"accuracy": accuracy[0], "lead": lead[0], "exact": lead[0] > ROUNDING}
    )


def work(unit: Unit) -> Work:
    """A product of matrices for every draw."""
    p = float(unit.static("p"))
    return Work(0, len(unit.cells) * 2 * p**4 * unit.static("times"))


def series(table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """The draws with tied phases, by p."""
    for p, rows in table[table["phases"] == TIED].groupby("p"):
        yield int(p), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether the construction exists, whether width makes it exact, and what its errors and free phases should be."""
    tied, free = table[table["phases"] == TIED], table[table["phases"] == FREE]
    bounded = tied[tied["bound"].between(*TELLING)]
    found = [_exists(tied), *([_bound(bounded)] if len(bounded) else [])]
    for p, rows in series(table):
        found += [_wide(p, rows), _wider(p, rows)]
    found += [_log(tied)] if COMPARED in set(tied["times"]) else []
    return found + [_untied(int(p), rows) for p, rows in free.groupby("p")]


def _exists(tied: pd.DataFrame) -> Verdict:
    lead = tied.groupby("p")["lead"].max()
    how = "The least lead of the right answer, of the best draw for the p where that is least."
    return EXISTS.verdict(
        "exact",
        "Cosines as weights of quadratic units add modulo p without an error.",
        Measured.exactly(lead.min(), len(tied), how=how),
        exhibits(f"for every p some draw leads by more than {ROUNDING:g} for all inputs", (lead > ROUNDING).all()),
        prediction="lead of the right answer > 0 for all p² inputs",
        finding=f"For p = {', '.join(map(str, lead.index))} there are networks that add modulo p without an error; "
        "their answers lead by {measured} and more.",
        p=lead.index,
        units_per_residue=tied["times"],
    )


def _share(rows: pd.DataFrame) -> Measured:
    return Measured.share(rows["exact"], "The share of draws that are right for all p² inputs.")


def _wide(p: int, rows: pd.DataFrame) -> Verdict:
    widest = rows[rows["times"] == rows["times"].max()]
    times = int(widest["times"].iloc[0])
    return OURS.verdict(
        f"wide/{p}",
        f"Of networks with {times} units for each residue, more than half add modulo {p} without an error.",
        _share(widest),
        above(HALF),
        prediction=f"share of draws without an error > {HALF:g}",
        finding=f"With {times * p} units, a share of {{measured}} of random phases adds modulo {p} without an error.",
        p=p,
        units_per_residue=times,
    )


def _slope(rows: pd.DataFrame, axis: str, words: str) -> Measured:
    """Slope of the share of draws without an error on log2 of an axis."""
    groups = rows.groupby(axis)["exact"]
    doublings, hits, draws = np.log2(groups.sum().index.to_numpy(float)), groups.sum(), groups.size()
    interval = f"Zou and Donner's {percent()} interval of Clopper and Pearson's."
    how = f"Slope of the share of draws without an error on log2 of {words}. {interval}"
    return Measured(lambda α: slope_of_rates(doublings, hits, draws, exact_interval, α), len(rows), how=how)


def _wider(p: int, rows: pd.DataFrame) -> Verdict:
    return TRIAL.verdict(
        f"wider/{p}",
        f"The wider the network, the more often it adds modulo {p} without an error.",
        _slope(rows, "times", "the width"),
        above(0.0),
        prediction="slope of the share on log2 of the width > 0",
        notes="mean accuracy: "
        + ", ".join(f"{t}p: {a:.3f}" for t, a in rows.groupby("times")["accuracy"].mean().items()),
        finding=f"Each doubling of the width adds {{measured}} to the share of networks that add modulo {p} exactly.",
        p=p,
        units_per_residue=rows["times"],
    )


def _log(tied: pd.DataFrame) -> Verdict:
    rows = tied[tied["times"] == COMPARED]
    return OURS.verdict(
        "per-residue",
        "The width that is needed grows more slowly than p: with the same number of units for each residue, networks "
        "are the more often without an error, the larger p is.",
        _slope(rows, "p", f"p, at {COMPARED} units for each residue"),
        above(0.0),
        prediction="slope of the share on log2 of p > 0",
        notes="share without an error: "
        + ", ".join(f"p = {p}: {s:.2f}" for p, s in rows.groupby("p")["exact"].mean().items()),
        finding=f"With {COMPARED} units for each residue, each doubling of p adds {{measured}} to the share of "
        "networks without an error.",
        p=rows["p"],
        units_per_residue=COMPARED,
    )


def _bound(bounded: pd.DataFrame) -> Verdict:
    groups = list(bounded.groupby(["p", "times"]))
    errors = {name: (1 - rows["accuracy"] - rows["bound"]).to_numpy() for name, rows in groups}
    p, times = worst = max(errors, key=lambda name: errors[name].mean())
    how = (
        "The mean share of wrong answers less Chernoff's bound, for the p and width where it is largest, of "
        f"those with a bound between {TELLING[0]:g} and {TELLING[1]:g}. Student's "
        f"{percent()} interval over draws, which allows for choosing the largest of {len(groups)}."
    )
    return BOUND.verdict(
        "bound",
        "The expected share of wrong answers is at most Chernoff's bound.",
        Measured(lambda α: mean_interval(errors[worst], α), len(errors[worst]), how=how).divided(len(groups)),
        at_most(0.0),
        prediction="share of wrong answers - bound <= 0",
        notes=f"the largest difference is that of p = {p} and {times} units for each residue",
        p=bounded["p"],
        units_per_residue=bounded["times"],
    )


def _untied(p: int, rows: pd.DataFrame) -> Verdict:
    accuracy = rows["accuracy"].to_numpy()
    how = f"The share of right answers. Student's {percent()} interval over draws."
    return UNTIED.verdict(
        f"free-phases/{p}",
        f"With independent phases the network guesses: it is right modulo {p} for a share of 1/{p} of the inputs.",
        Measured(lambda α: mean_interval(accuracy, α), len(rows), how=how),
        within(1 / p, MARGIN),
        prediction=f"share of right answers = 1/{p}",
        p=p,
        units_per_residue=rows["times"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Accuracy against units for each residue, and the share of networks without an error against units."""
    figure, axes_of = panels(["accuracy", "exact"], width=2.7, height=2.8, beside=1.0)
    numbers = []
    for i, (p, rows) in enumerate(series(table)):
        points = pd.DataFrame([_point(mine) for _, mine in rows.groupby("times")])
        numbers.append(points)
        looks: dict[str, Any] = {
            "color": COLOURS[i % len(COLOURS)],
            "marker": MARKERS[i % len(MARKERS)],
            "ms": 4,
            "lw": 1,
        }
        for column, x, what in (("accuracy", "times", "accuracy"), ("exact", "width", "share")):
            errors = np.maximum([points[what] - points[f"{what}_low"], points[f"{what}_high"] - points[what]], 0)
            axes_of[column].errorbar(points[x], points[what], errors, label=f"p = {p}", **looks)
    every = pd.concat(numbers, ignore_index=True)
    logarithmic_ticks(axes_of["accuracy"], every["times"].unique())
    axes_of["accuracy"].set(xlabel="units for each residue, N/p", ylabel="share of right answers", ylim=(0, 1.05))
    axes_of["exact"].set(
        xscale="log", xlabel="units N", ylabel="share of networks without an error", ylim=(-0.03, 1.05)
    )
    legend_beside(figure)
    ends = every[every["times"] == every["times"].min()].iloc[[0, -1]]
    told = " and ".join(f"{row.accuracy:.1%} for p = {row.p:.0f}" for row in ends.itertuples())
    units = f"{ends['times'].iloc[0]:.0f} p".removeprefix("1 ")
    title = f"With {units} units, random phases are right on {told}"
    caption = "Networks of cosines with tied random phases, with intervals over draws; all p² inputs are evaluated."
    return {"modular-addition": Drawing(figure, every, title, caption)}


def _point(rows: pd.DataFrame) -> dict[str, float]:
    accuracy, low, high = mean_interval(rows["accuracy"].to_numpy())
    share = _share(rows)
    return {
        **rows[["p", "times", "width"]].iloc[0].to_dict(),
        **{"accuracy": accuracy, "accuracy_low": low, "accuracy_high": min(high, 1.0)},
        **{"share": share.value, "share_low": share.low, "share_high": share.high, "draws": len(rows)},
        "bound": float(rows["bound"].iloc[0]),
    }
