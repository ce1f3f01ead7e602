"""modern.linear-regions: random rectifier networks have about a linear piece for each neuron; trained ones hardly more.

Networks have one input, so that their linear regions are the pieces of a broken line. These are counted exactly, on
the whole line, before and after training; see theory/depth/pieces.py. Up to (w + 1)^L pieces are possible, and some
networks that are built have as many, see depth.pieces. Biases are a switch: without them every kink is at 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing, logarithmic_ticks
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.judging.measured import Measured
from experiments.judging.rules import below, holds_for_all, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.depth.pieces import bound, count

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program
    from theory.network import Network

NOISE, SINE = "noise", "sine"
# Training points, equally spaced on [-1, 1], and half-waves of the sine.
POINTS, HALF_WAVES = 32, 4
# How far the mean number of pieces for each neuron may be from 1.
MARGIN = 0.1
# Hardly more is less than half as many again.
HARDLY = 1.5
# Networks must have learned more than half of what varies in the targets, or their training says nothing.
UNLEARNED = 0.5

TRIAL = Trial(
    source="Hanin & Rolnick 2019, arXiv 1901.09021; one for each neuron: Kogan et al. 2025, arXiv 2512.08091",
    bears_on=on("regions-initial") + on("regions-sum"),
    existence="drawn at random",
    switches={
        "activation": "rectifier",
        "bias": True,
        "output": "linear",
        "inputs": 1,
        "domain": "the whole line",
        "initial_weights": "normal, He's variance, and biases too",
    },
)
CENTRED = TRIAL.but(
    source="ours: such a network is linear on both sides of 0",
    bears_on=on("regions-initial", role="control"),
    switches={"bias": False},
)
TRAINED = TRIAL.but(
    source="Hanin & Rolnick 2019, arXiv 1901.09021; what is hardly more is ours",
    bears_on=on("regions-trained"),
    existence="found by training",
    switches={"loss": "squared", "optimizer": "adam", "points": POINTS, "precision": "float32"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Widths, numbers of hidden layers, and targets; of several widths the largest is judged."""

    width: list[int] = setting([8, 32], low=1, high=256, static=True)
    layers: list[int] = setting([1, 2, 4], low=1, high=16, static=True)
    target: list[str] = setting([NOISE, SINE], choices=(NOISE, SINE))
    restarts: int = setting(24, low=2, high=1_000_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.003)
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(2000)


SMOKE = {
    "width": [8],
    "layers": [1, 2],
    "restarts": 3,
    "steps": 300,
}
FULL = {
    "width": [8, 16, 32],
    "layers": [1, 2, 4, 8],
    "restarts": 100,
    "steps": 20_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its pieces with random weights, the same without biases, and after training; its loss."""
    from experiments import ensemble
    from experiments.ensemble.engine import initial_networks

    program, members = _program(unit), _members(unit)
    started = initial_networks(program, members.key)
    outcome = ensemble.train_ensemble(program, _x(), members, unit.engine.layout, unit.engine.chunk)
    widths = [unit.static("width")] * unit.static("layers")
    return unit.cells.assign(
        neurons=sum(widths),
        bound=float(bound(widths)),
        before=_counts(started),
        centred=_counts(tuple(layer._replace(b=np.zeros_like(layer.b)) for layer in started)),
        after=_counts(outcome.network),
        unlearned=outcome.loss / np.var(members.targets, axis=1),
        loss=outcome.loss,
        steps=outcome.steps,
        key=hexadecimal(unit),
    )


def _counts(networks: "Network") -> list[float]:
    """Pieces of every network; not a number for one that diverged."""
    arrays = [(np.asarray(W), np.asarray(b)) for W, b in networks]
    each = [[(W[i], b[i]) for W, b in arrays] for i in range(len(arrays[0][1]))]
    finite = [all(np.isfinite(part).all() for layer in layers for part in layer) for layers in each]
    return [float(count(layers)) if known else np.nan for layers, known in zip(each, finite, strict=True)]


def _x() -> np.ndarray:
    return np.linspace(-1, 1, POINTS)[:, None]


def _program(unit: Unit) -> "Program":
    sizes = (1, *[unit.static("width")] * unit.static("layers"), 1)
    return program_with(unit, sizes=sizes, activation="rectifier", loss="squared", stop_when_solved=False)


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    wave = np.sin(np.pi * HALF_WAVES * (_x()[:, 0] + 1) / 2)
    targets = [
        wave if target == SINE else random_generator(unit.seed, "noise", restart).normal(size=POINTS)
        for target, restart in zip(unit.cells["target"].tolist(), unit.cells["restart"].tolist(), strict=True)
    ]
    rates = np.full(len(unit.cells), unit.settings.learning_rate)
    return ensemble.Members(unit.keys, np.array(targets), rates)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row after training again."""
    outcome, curve = trained_again(unit, _program(unit), _x(), _members(unit), int(row["steps"]))
    return Rebuilt(layers_of(outcome, 0), curve, {"loss": outcome.loss[0], "after": _counts(outcome.network)[0]})


def work(unit: Unit) -> Work:
    """All updates, and three counts of about as many pieces as neurons, each a product of whole numbers."""
    width, layers = unit.static("width"), unit.static("layers")
    weights = float(width * (2 + width * (layers - 1)))
    updates = float(len(unit.cells) * unit.settings.steps)
    return Work(updates, updates * 6 * weights * POINTS + len(unit.cells) * 3e3 * weights * width * layers)


def series(table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Networks of the largest width, by their number of hidden layers."""
    for layers, rows in table[table["width"] == table["width"].max()].groupby("layers"):
        yield int(layers), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every depth: pieces for each neuron at random weights, and how many more there are after training."""
    found = [_centred(table)]
    for layers, rows in series(table):
        found.append(_per_neuron(layers, rows))
        found += [_trained(layers, str(target), some) for target, some in rows.groupby("target", sort=False)]
    return found


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    return {"hidden_layers": rows["layers"], "width": rows["width"]}


def _centred(table: pd.DataFrame) -> Verdict:
    return CENTRED.verdict(
        "without-biases",
        "Without biases a rectifier network of one input has at most two linear pieces.",
        Measured.exactly(table["centred"].max(), len(table), how="The most pieces of a network."),
        holds_for_all("no network without biases has more than two pieces", table["centred"] <= 2),
        prediction="pieces <= 2",
        **_facts(table),
    )


def _per_neuron(layers: int, rows: pd.DataFrame) -> Verdict:
    values = ((rows["before"] - 1) / rows["neurons"]).to_numpy(float)
    how = f"Breakpoints, which are pieces less one, over neurons. Student's {percent()} interval over networks."
    return TRIAL.verdict(
        f"per-neuron/{layers}",
        f"A rectifier network with random weights has about one breakpoint for each neuron: {layers} hidden layers.",
        Measured(lambda α: mean_interval(values, α), len(values), how=how),
        within(1.0, MARGIN),
        prediction=f"mean of breakpoints / neurons = 1, within {MARGIN:g}",
        notes=f"mean number of pieces {rows['before'].mean():.1f} of at most {rows['bound'].iloc[0]:,.0f}",
        finding=f"With {layers} hidden layers of {rows['width'].iloc[0]} rectifiers there are {{measured}} breakpoints "
        "for each neuron.",
        **_facts(rows),
    )


def _trained(layers: int, target: str, rows: pd.DataFrame) -> Verdict:
    logarithms = np.log((rows["after"] / rows["before"]).to_numpy(float))
    how = f"Geometric mean of pieces after training over those before. Student's {percent()} interval of its logarithm."
    learned = bool(rows["unlearned"].median() < UNLEARNED)
    return TRAINED.verdict(
        f"trained/{target}/{layers}",
        f"Training adds hardly any linear pieces: {target} as target, {layers} hidden layers.",
        Measured(lambda α: tuple(np.exp(mean_interval(logarithms, α))), len(rows), how=how),
        below(HARDLY).provided(
            learned, f"Inconclusive unless the median network leaves less than {UNLEARNED:g} of the variance."
        ),
        prediction=f"pieces after / pieces before < {HARDLY:g}",
        notes=f"mean number of pieces {rows['before'].mean():.1f} before and {rows['after'].mean():.1f} after, of at "
        f"most {rows['bound'].iloc[0]:,.0f}; median of the variance left {rows['unlearned'].median():.2g}",
        finding=f"Trained on {target}, networks of {layers} hidden layers have {{measured}} times their pieces.",
        target=target,
        updates=rows["steps"],
        **_facts(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Pieces before and after training against depth, a panel a width, with neurons and the bound as lines."""
    figure, axes_of = panels(sorted(table["width"].unique()), width=2.5, height=2.8)
    kinds = {"before": "random weights", **{name: f"trained on {name}" for name in table["target"].unique()}}
    for width, axes in axes_of.items():
        rows = table[table["width"] == width]
        lines = rows.groupby("layers")[["bound", "neurons"]].first()
        axes.plot(lines.index, lines["bound"], "k-", lw=0.8, label="(w + 1)^L")
        axes.plot(lines.index, lines["neurons"], "k--", lw=0.8, label="neurons, wL")
        for i, (kind, label) in enumerate(kinds.items()):
            mine = rows["before"] if kind == "before" else rows.loc[rows["target"] == kind, "after"]
            place = rows.loc[mine.index, "layers"] * (1 + 0.08 * (i - 1))
            axes.plot(place, mine, "o", color=COLOURS[i], ms=2.5, mew=0, alpha=0.6, label=label)
        logarithmic_ticks(axes, rows["layers"].unique())
        axes.set(yscale="log", title=f"w = {width}")
    label_outside(figure, "L, hidden layers", "linear pieces of the line")
    legend_beside(figure)
    before = (table["before"] - 1) / table["neurons"]
    more = np.exp(np.log(table["after"] / table["before"]).mean())
    title = (
        f"Random networks have {before.mean():.2f} breakpoints a neuron, and {more:.2f} times the pieces when trained"
    )
    caption = "Every point is a network. Pieces are counted exactly on the whole line, before and after training."
    return {"linear-regions": Drawing(figure, table, title, caption)}
