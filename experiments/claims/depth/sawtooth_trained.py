"""depth.sawtooth-trained: does training find the network that composes the triangle map, and how many pieces has it?

Networks as deep as the exact one, of its width and wider ones, and networks of one hidden layer as wide as the exact
shallow one, are trained on T^k from many initial weights. Linear pieces of every trained network are counted exactly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, MARKERS, Drawing, new_figure
from experiments.measuring.restarts import hexadecimal, program_with
from experiments.measuring.tracing import layers_of, trained_again
from experiments.plan import Unit, Work
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import wilson
from experiments.verdict import Verdict, decide
from theory.depth.pieces import count
from theory.depth.sawtooth import sawtooth

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

STATIC = ("k", "shape", "times")
SHAPES = ("deep", "shallow")
# Share of the variance of T^k, 1/12, that may be left.
UNEXPLAINED = 0.01
VARIANCE = 1 / 12
RATE = 0.5
POINTS_PER_PIECE = 16
SOURCE = "ours; that training is not expected to find it: Malach & Shalev-Shwartz 2019, Hanin & Rolnick 2019"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained. `times`: width over that of the exact network, 2 in each of k layers, or 2^k in one."""

    k: list[int] = setting([2, 3, 4], low=1, high=8)
    shape: list[str] = setting(list(SHAPES), choices=SHAPES)
    times: list[int] = setting([1, 2, 4], low=1, high=64)
    learning_rate: list[float] = setting([0.01, 0.03], low=1e-9, high=1000.0)
    restarts: int = setting(low=1, high=1_000_000, counts="restart")
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    steps: int = setting(3000, low=1, high=100_000_000)
    schedule: str = setting("cosine", choices=("constant", "linear", "cosine"))


def sizes_of(k: int, shape: str, times: int) -> tuple[int, ...]:
    """Numbers of inputs, of hidden units in each layer, and of outputs."""
    return (1, *[2 * times] * k, 1) if shape == "deep" else (1, 2**k * times, 1)


def points(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Equally spaced x in [-1, 1] and T^k at (x + 1) / 2, all kinks among them."""
    x = np.linspace(-1, 1, POINTS_PER_PIECE * 2**k + 1)
    return x, sawtooth(k, (x + 1) / 2)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its loss, whether that is small enough, and its pieces on [-1, 1]; 0 where it diverged."""
    from experiments import ensemble

    k, shape, times = (unit.static(axis) for axis in STATIC)
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
    sizes = sizes_of(*(unit.static(axis) for axis in STATIC))
    return program_with(unit, sizes=sizes, activation="rectifier", loss="squared", stop_when_solved=False)


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    _, y = points(unit.static("k"))
    targets = np.broadcast_to(y, (len(unit.cells), len(y)))
    return ensemble.Members(unit.keys, targets, unit.cells["learning_rate"].to_numpy())


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """Trains the network of a row again, and looks at its loss on the way."""
    x = points(unit.static("k"))[0][:, None]
    outcome, curve = trained_again(unit, _program(unit), x, _members(unit), int(row["steps"]))
    return Rebuilt(layers_of(outcome, 0), curve, {"loss": outcome.loss[0], "steps": outcome.steps[0]})


def work(unit: Unit) -> Work:
    """Every update looks at every point."""
    from theory.network import parameter_count

    updates = len(unit.cells) * unit.settings.steps
    k, shape, times = (unit.static(axis) for axis in STATIC)
    return Work(updates, updates * 6.0 * parameter_count(sizes_of(k, shape, times)) * POINTS_PER_PIECE * 2**k)


def chosen(table: pd.DataFrame) -> Iterator[tuple[int, str, int, pd.DataFrame]]:
    """k, shape, times and the second half of the restarts, at the learning rate with most successes in the first."""
    half = table["restart"] < (table["restart"].max() + 1) // 2
    for (k, shape, times), rows in table.groupby(["k", "shape", "times"], sort=False):
        first = rows[half[rows.index]] if half.any() else rows
        scores = first.groupby("learning_rate")[["solved", "loss"]].agg({"solved": "sum", "loss": "median"})
        best = scores.sort_values(["solved", "loss"], ascending=[False, True]).index[0]
        judged = rows[~half[rows.index] & (rows["learning_rate"] == best)]
        yield int(k), str(shape), int(times), judged


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every shape and width: does training find the sawtooth that is known to be there?"""
    return [_found(*one) for one in chosen(table)]


def _found(k: int, shape: str, times: int, rows: pd.DataFrame) -> Verdict:
    sizes, solved = sizes_of(k, shape, times), int(rows["solved"].sum())
    low, high = wilson(solved, len(rows))
    layers = f"{k} layers of {sizes[1]}" if shape == "deep" else f"one layer of {sizes[1]}"
    wider = "the width that suffices" if times == 1 else f"{times} times the width that suffices"
    return Verdict(
        claim=f"depth.sawtooth-trained/{shape}/{k}/{times}",
        statement=f"Training finds the sawtooth of {2**k} pieces with {layers} rectifiers, {wider}.",
        source=SOURCE,
        hypotheses=f"rectifiers with biases, linear output, squared loss on all {POINTS_PER_PIECE * 2**k + 1} points, "
        f"Adam, learning rate {rows['learning_rate'].iloc[0]:g} of several, float32; He's initial weights",
        existence="found by training",
        prediction=f"success rate >= {RATE:g}",
        measured=solved / len(rows),
        low=low,
        high=high,
        samples=len(rows),
        evidence="statistical",
        rule=f"A success leaves at most {UNEXPLAINED:.0%} of the target's variance. The first half of the restarts "
        "chooses the learning rate, the second is judged. Supported if the 95 % Wilson interval of the rate lies above "
        f"{RATE:g}, contradicted if below, else inconclusive. Median of the variance left: "
        f"{rows['loss'].median() / VARIANCE:.2g}; median of the pieces: {rows['pieces'].median():g} of {2**k}.",
        verdict=decide(low > RATE, high < RATE),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Success rates, and linear pieces of the trained networks, against k."""
    rates = []
    for k, shape, times, rows in chosen(table):
        low, high = wilson(int(rows["solved"].sum()), len(rows))
        facts = {"k": k, "shape": shape, "times": times, "neurons": rows["neurons"].iloc[0]}
        quantiles = rows["pieces"].quantile([0.1, 0.5, 0.9]).tolist()
        facts |= dict(zip(("pieces_low", "pieces", "pieces_high"), quantiles, strict=True))
        rates.append(facts | {"rate": rows["solved"].mean(), "low": low, "high": high, "runs": len(rows)})
    numbers = pd.DataFrame(rates)
    shapes = list(numbers["shape"].unique())
    figure = new_figure(2.9 * len(shapes) + 1.6, 4.6, 2, len(shapes))
    for column, shape in enumerate(shapes):
        rows = numbers[numbers["shape"] == shape]
        above, below = figure.axes[column], figure.axes[len(shapes) + column]
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
    figure.axes[0].set_ylabel("share of runs that find it")
    figure.axes[len(shapes)].set_ylabel("linear pieces\n(median, 10 to 90 %)")
    figure.legend(*figure.axes[len(shapes)].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return {"sawtooth-trained": Drawing(figure, numbers)}
