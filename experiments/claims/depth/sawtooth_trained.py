"""depth.sawtooth-trained: does training find the network that composes the triangle map, and how many pieces has it?

Networks are trained on T^k from many initial weights. Deep networks have the depth of the exact one, and its width or
more. Flat networks have one hidden layer, with the width of the exact flat one or more. Linear pieces of every trained
network are counted exactly.

A failure of training says something about a network only if the same training finds T^k at all. So the widest flat
network is the reference. If it fails as well, the points, the steps or the initial weights may be the reason, and no
other failure is a contradiction.
"""

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.judging import budgets, choosing
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth.pieces import count
from theory.depth.sawtooth import sawtooth

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

# The axes that say which network it is.
NETWORK = ["k", "shape", "times"]
SHAPES = ("deep", "shallow")
# The variance of T^k.
VARIANCE = 1 / 12
# A network has found T^k if its loss is at most this share of the variance.
UNEXPLAINED = 0.01
# Steps between points within a piece of T^k.
POINTS_PER_PIECE = 8


TRIAL = Trial(
    source="ours; Malach & Shalev-Shwartz 2019 and Hanin & Rolnick 2019: training is not expected to find it",
    bears_on=on("no-flattening", role="variant"),
    existence="found by training",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "loss": "squared",
        "optimizer": "adam",
        "initial_weights": "He's",
        "precision": "float32",
    },
)
FLAT = TRIAL.but(bears_on=on("no-flattening", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained.

    `times`: width over that of the exact network, which is 2 in each of k layers, or 2^k in one layer. `steps`: budgets
    of updates, see judging/budgets.py.
    """

    k: list[int] = setting([2, 3], low=1, high=8, static=True)
    shape: list[str] = setting(list(SHAPES), choices=SHAPES, static=True)
    times: list[int] = setting([1, 2, 4, 8], low=1, high=64, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.03])
    restarts: int = setting(32, low=1, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    steps: list[int] = fields.steps([4000, 8000], static=True)
    schedule: str = fields.schedule("cosine")
    # The widest networks of one layer are the reference.
    where: str = setting("shape == 'shallow' or times <= 4")


SMOKE = {
    "k": [2],
    "times": [1],
    "learning_rate": [0.03],
    "restarts": 2,
    "steps": [100, 200],
}
FULL = {
    "k": [2, 3, 4, 5, 6],
    "times": [1, 2, 4, 8, 16],
    "learning_rate": [0.001, 0.003, 0.01, 0.03],
    "restarts": 1000,
    "steps": [20_000, 40_000],
    "where": "shape == 'shallow' or times <= 8",
}


def sizes_of(k: int, shape: str, times: int) -> tuple[int, ...]:
    """Inputs, hidden units of each layer, and outputs."""
    return (1, *[2 * times] * k, 1) if shape == "deep" else (1, 2**k * times, 1)


def points(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Equally spaced x in [-1, 1], which include all kinks, and T^k at (x + 1) / 2."""
    x = np.linspace(-1, 1, POINTS_PER_PIECE * 2**k + 1)
    return x, sawtooth(k, (x + 1) / 2)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its loss, whether it has found T^k, and its pieces on [-1, 1], 0 if it diverged."""
    from experiments import ensemble

    k, shape, times = (unit.static(axis) for axis in NETWORK)
    outcome = ensemble.train_ensemble(
        _program(unit), points(k)[0][:, None], _members(unit), unit.engine.layout, unit.engine.chunk
    )
    finite = np.isfinite(outcome.loss)
    networks = [tuple((np.asarray(W[i]), np.asarray(b[i])) for W, b in outcome.network) for i in range(len(finite))]
    return unit.cells.assign(
        neurons=float(sum(sizes_of(k, shape, times)[1:-1])),
        loss=outcome.loss,
        solved=finite & (outcome.loss <= UNEXPLAINED * VARIANCE),
        steps=outcome.steps,
        pieces=[
            float(count(layers, -1.0, 1.0)) if known else 0.0 for layers, known in zip(networks, finite, strict=True)
        ],
        key=hexadecimal(unit),
    )


def _program(unit: Unit) -> "Program":
    sizes = sizes_of(*(unit.static(axis) for axis in NETWORK))
    return program_with(unit, sizes=sizes, activation="rectifier", loss="squared", stop_when_solved=False)


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    _, y = points(unit.static("k"))
    targets = np.broadcast_to(y, (len(unit.cells), len(y)))
    return ensemble.Members(unit.keys, targets, unit.cells["learning_rate"].to_numpy())


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, with the losses of training."""
    x = points(unit.static("k"))[0][:, None]
    outcome, curve = trained_again(unit, _program(unit), x, _members(unit), int(row["steps"]))
    return Rebuilt(layers_of(outcome, 0), curve, {"loss": outcome.loss[0], "steps": outcome.steps[0]})


def work(unit: Unit) -> Work:
    """All updates, each on all points."""
    from theory.network import parameter_count

    updates = len(unit.cells) * unit.static("steps")
    k, shape, times = (unit.static(axis) for axis in NETWORK)
    return Work(updates, updates * 6.0 * parameter_count(sizes_of(k, shape, times)) * POINTS_PER_PIECE * 2**k)


class Search(NamedTuple):
    """The runs of one shape and width.

    Attributes:
        k, shape, times: the network.
        rows, before: the judged runs with the largest budget, and with half of it.
    """

    k: int
    shape: str
    times: int
    rows: pd.DataFrame
    before: pd.DataFrame

    def words(self) -> str:
        """The network as text."""
        width = sizes_of(self.k, self.shape, self.times)[1]
        return f"{self.k} layers of {width}" if self.shape == "deep" else f"one layer of {width}"

    def success(self, how: str = "") -> Measured:
        """Success rate of the runs."""
        return budgets.success_share(self.rows["solved"], self.before["solved"], how)


def searches(table: pd.DataFrame) -> Iterator[Search]:
    """Every shape and width, at the learning rate that other restarts chose for each budget."""
    judged = choosing.judged_where_most_solved(table, [*NETWORK, "steps"], "loss")
    for (k, shape, times), rows in judged.groupby(NETWORK, sort=False):
        yield Search(int(k), str(shape), int(times), *budgets.by_budget(rows))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every shape and width: does training find the sawtooth, which such a network can represent?"""
    verdicts = []
    for _, group in itertools.groupby(sorted(searches(table), key=lambda one: one.k), key=lambda one: one.k):
        same_k = list(group)
        flat = [one for one in same_k if one.shape == "shallow"]
        reference = max(flat, key=lambda one: one.times) if flat else None
        verdicts += [_found(one, reference) for one in same_k]
    return verdicts


def _found(one: Search, reference: Search | None) -> Verdict:
    wider = "the width that suffices" if one.times == 1 else f"{one.times} times the width that suffices"
    how = (
        f"A success leaves at most {UNEXPLAINED:.0%} of the target's variance. The first quarter of the restarts "
        "chooses the learning rate of each budget; the others are judged."
    )
    success, beside = one.success(how), "no flat network was trained as a reference"
    if reference is not None:
        found = reference.success()
        success = dataclasses.replace(success, beside={**success.beside, "reference": found})
        beside = f"the reference, {reference.words()}, finds it in {found.value:.2f} of all runs"
    return (FLAT if one.shape == "shallow" else TRIAL).verdict(
        f"found/{one.shape}/{one.k}/{one.times}",
        f"Training finds the sawtooth of {2**one.k} pieces with {one.words()} rectifiers, {wider}.",
        success,
        budgets.FOUND_BESIDE,
        prediction=f"success rate >= {RATE:g}",
        notes=f"{budgets.before_in_words(one.before['solved'])}; {beside}; median of the variance left: "
        f"{one.rows['loss'].median() / VARIANCE:.2g}; median of the pieces: {one.rows['pieces'].median():g} of "
        f"{2**one.k}",
        target=f"{2**one.k} pieces",
        hidden_layers=one.k if one.shape == "deep" else 1,
        width=sizes_of(one.k, one.shape, one.times)[1],
        points=POINTS_PER_PIECE * 2**one.k + 1,
        updates=one.rows["steps"],
        learning_rate=one.rows["learning_rate"],
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Success rates, and linear pieces of the trained networks, against k."""
    rates = []
    for one in searches(table):
        facts = {"k": one.k, "shape": one.shape, "times": one.times, "neurons": one.rows["neurons"].iloc[0]}
        quantiles = one.rows["pieces"].quantile([0.1, 0.5, 0.9]).tolist()
        facts |= dict(zip(("pieces_low", "pieces", "pieces_high"), quantiles, strict=True))
        success = one.success()
        facts |= {"rate": success.value, "low": success.low, "high": success.high}
        facts |= {"later": success.beside["later"].high, "before": budgets.rate_before(one.before["solved"])}
        rates.append(facts | {"runs": len(one.rows)})
    numbers = pd.DataFrame(rates)
    shapes = list(numbers["shape"].unique())
    figure, axes_of = panels(itertools.product(("rate", "pieces"), shapes), len(shapes), width=2.9, height=2.15)
    for shape in shapes:
        rows = numbers[numbers["shape"] == shape]
        above, below = axes_of["rate", shape], axes_of["pieces", shape]
        for i, (times, mine) in enumerate(rows.groupby("times")):
            place = mine["k"] + 0.08 * (i - 1)
            label = "width that suffices" if times == 1 else f"{times} times as wide"
            looks: dict[str, Any] = {"fmt": f"{MARKERS[i]}-", "color": COLOURS[i], "ms": 4, "lw": 1, "label": label}
            errors = [(mine["rate"] - mine["low"]).clip(lower=0), (mine["high"] - mine["rate"]).clip(lower=0)]
            above.errorbar(place, mine["rate"], errors, **looks)
            spread = [mine["pieces"] - mine["pieces_low"], mine["pieces_high"] - mine["pieces"]]
            below.errorbar(place, mine["pieces"], spread, **looks)
        below.plot(rows["k"].unique(), 2.0 ** rows["k"].unique(), "k--", lw=0.8, label="2^k, those of the sawtooth")
        above.set(ylim=(-0.03, 1.03), title="k layers" if shape == "deep" else "one layer")
        below.set_yscale("log", base=2)
        for axes in (above, below):
            axes.set_xticks(sorted(rows["k"].unique()))
        below.set_xlabel("k, compositions")
    axes_of["rate", shapes[0]].set_ylabel("share of runs that find it")
    axes_of["pieces", shapes[0]].set_ylabel("linear pieces\n(median, 10 to 90 %)")
    legend_beside(figure)
    best = numbers.groupby("shape")["rate"].max()
    title = "Training finds a sawtooth in at most " + " and ".join(
        f"{rate:.0%} of {shape} runs" for shape, rate in best.items()
    )
    caption = "Above: success rates with intervals. Below: linear pieces of what was found, of 2^k."
    return {"sawtooth-trained": Drawing(figure, numbers, title, caption)}
