"""depth.linear-trained: trained deep linear networks end where one matrix ends, at the least squares; never below.

One output, targets that are linear but for noise. The least loss of any single layer is known; deep networks of
identity units are trained beside it, and networks of tanh units as a control, which may go below.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.measuring.restarts import hexadecimal, program_with
from experiments.measuring.tracing import layers_of, trained_again
from experiments.plan import Unit, Work, random_generator
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import wilson
from experiments.verdict import Verdict, decide

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

STATIC = ("layers", "width", "activation")
INPUTS, POINTS, NOISE = 4, 64, 0.3
# Of the floor: a loss so near it has arrived; rounding in float32; what a control must gain.
ARRIVED, ROUNDING, GAIN = 1.01, 1e-4, 0.9
RATE = 0.5


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how: `layers` hidden ones of `width` units."""

    layers: list[int] = setting([1, 2, 4], low=1, high=16)
    width: list[int] = setting([1, 8], low=1, high=256)
    activation: list[str] = setting(["identity", "tanh"], choices=("identity", "tanh", "rectifier"))
    learning_rate: list[float] = setting([0.01, 0.03], low=1e-9, high=1000.0)
    restarts: int = setting(low=1, high=1_000_000, counts="restart")
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    steps: int = setting(1000, low=1, high=100_000_000)
    schedule: str = setting("cosine", choices=("constant", "linear", "cosine"))


def data(seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Points, targets, and the least mean squared error of one matrix and bias; the same for all networks of a run."""
    rng = random_generator(seed, "linear-trained")
    x = rng.normal(size=(POINTS, INPUTS))
    y = x @ rng.normal(size=INPUTS) / np.sqrt(INPUTS) + NOISE * rng.normal(size=POINTS)
    design = np.column_stack([x, np.ones(POINTS)])
    return x, y, float(np.mean((design @ np.linalg.lstsq(design, y, rcond=None)[0] - y) ** 2))


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its loss and the floor under one matrix."""
    from experiments import ensemble

    x, _, floor = data(unit.seed)
    outcome = ensemble.train_ensemble(_program(unit), x, _members(unit), unit.engine.layout, unit.engine.chunk)
    return unit.cells.assign(
        loss=outcome.loss,
        floor=floor,
        solved=np.isfinite(outcome.loss) & (outcome.loss <= ARRIVED * floor),
        steps=outcome.steps,
        key=hexadecimal(unit),
    )


def _program(unit: Unit) -> "Program":
    return program_with(unit, sizes=_sizes(unit), loss="squared", stop_when_solved=False)


def _sizes(unit: Unit) -> tuple[int, ...]:
    return (INPUTS, *[unit.static("width")] * unit.static("layers"), 1)


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    _, y, _ = data(unit.seed)
    targets = np.broadcast_to(y, (len(unit.cells), POINTS))
    return ensemble.Members(unit.keys, targets, unit.cells["learning_rate"].to_numpy())


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """Trains the network of a row again, and looks at its loss on the way."""
    x, _, _ = data(unit.seed)
    outcome, curve = trained_again(unit, _program(unit), x, _members(unit), int(row["steps"]))
    return Rebuilt(layers_of(outcome, 0), curve, {"loss": outcome.loss[0], "steps": outcome.steps[0]})


def work(unit: Unit) -> Work:
    """Every update looks at every point."""
    from theory.network import parameter_count

    updates = len(unit.cells) * unit.settings.steps
    return Work(updates, updates * 6.0 * parameter_count(_sizes(unit)) * POINTS)


def settings_of(table: pd.DataFrame) -> Iterator[tuple[str, int, int, pd.DataFrame]]:
    """Activation, layers, width, and runs at the learning rate whose median loss is least."""
    for (activation, layers, width), rows in table.groupby(["activation", "layers", "width"], sort=False):
        best = rows.groupby("learning_rate")["loss"].median().idxmin()
        yield str(activation), int(layers), int(width), rows[rows["learning_rate"] == best]


def judge(table: pd.DataFrame) -> list[Verdict]:
    """No linear network is below the floor, most reach it at every depth, and non-linear ones go below."""
    linear = table[(table["activation"] == "identity") & np.isfinite(table["loss"])]
    verdicts = [_floor(linear)] if len(linear) else []
    for layers, rows in table[table["activation"] == "identity"].groupby("layers"):
        verdicts.append(_reached(int(str(layers)), rows))
    control = table[(table["activation"] != "identity") & (table["width"] == table["width"].max())]
    return verdicts + ([_control(control)] if len(control) else [])


def _verdict(name: str, statement: str, rows: pd.DataFrame, **others: Any) -> Verdict:
    standard: dict[str, Any] = {
        "source": "the post, ch. III: with units that do nothing the network is a single matrix",
        "existence": "found by training",
        "samples": len(rows),
        "evidence": "statistical",
        "hypotheses": f"{INPUTS} inputs, one output, {POINTS} points, targets linear but for noise; "
        f"{', '.join(rows['activation'].unique())} units with biases, widths "
        f"{', '.join(map(str, sorted(rows['width'].unique())))}; Adam",
    }
    return Verdict(claim=f"depth.linear-trained/{name}", statement=statement, **(standard | others))


def _floor(linear: pd.DataFrame) -> Verdict:
    ratio = float((linear["loss"] / linear["floor"]).min())
    return _verdict(
        "floor",
        "No deep linear network has a smaller loss than the best single matrix.",
        linear,
        evidence="exact",
        prediction="least loss / least squares >= 1",
        measured=ratio,
        low=ratio,
        high=ratio,
        rule=f"Of all trained networks. Supported if no ratio is below 1 - {ROUNDING:g}, contradicted if one is.",
        verdict=decide(ratio >= 1 - ROUNDING, ratio < 1 - ROUNDING),
    )


def _reached(layers: int, rows: pd.DataFrame) -> Verdict:
    judged = pd.concat([mine for _, _, _, mine in settings_of(rows)])
    solved = int(judged["solved"].sum())
    low, high = wilson(solved, len(judged))
    return _verdict(
        f"reached/{layers}",
        f"Training takes linear networks of {layers} hidden layer{'s' * (layers > 1)} to where one matrix ends.",
        judged,
        prediction=f"share of runs within {ARRIVED - 1:.0%} of the least squares >= {RATE:g}",
        measured=solved / len(judged),
        low=low,
        high=high,
        rule="All widths together, each at the learning rate with the least median loss. Supported if the 95 % Wilson "
        f"interval lies above {RATE:g}, contradicted if below, else inconclusive.",
        verdict=decide(low > RATE, high < RATE),
    )


def _control(rows: pd.DataFrame) -> Verdict:
    judged = pd.concat([mine for _, _, _, mine in settings_of(rows)])
    below = int((judged["loss"] < GAIN * judged["floor"]).sum())
    low, high = wilson(below, len(judged))
    return _verdict(
        "control",
        "Networks whose units do something go below what one matrix reaches.",
        judged,
        prediction=f"share of runs below {GAIN:g} of the least squares >= {RATE:g}",
        measured=below / len(judged),
        low=low,
        high=high,
        rule="At the largest width, all depths together, each at the learning rate with the least median loss; "
        f"training loss. Supported if the 95 % Wilson interval lies above {RATE:g}, contradicted if below, else "
        "inconclusive.",
        verdict=decide(low > RATE, high < RATE),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Loss over the least squares against depth: one panel an activation."""
    numbers = []
    for activation, layers, width, rows in settings_of(table):
        low, middle, high = (rows["loss"] / rows["floor"]).quantile([0.1, 0.5, 0.9]).tolist()
        facts = {"activation": activation, "layers": layers, "width": width, "runs": len(rows)}
        numbers.append(facts | {"ratio": middle, "low": low, "high": high})
    frame = pd.DataFrame(numbers)
    activations = list(frame["activation"].unique())
    figure = new_figure(2.9 * len(activations) + 1.4, 3.0, 1, len(activations))
    for axes, activation in zip(figure.axes, activations, strict=True):
        axes.axhline(1, color="black", lw=0.8, ls="--", label="least squares")
        for i, (width, rows) in enumerate(frame[frame["activation"] == activation].groupby("width")):
            errors = [rows["ratio"] - rows["low"], rows["high"] - rows["ratio"]]
            looks: dict[str, Any] = {"fmt": f"{MARKERS[i]}-", "color": COLOURS[i], "ms": 4, "lw": 0.9}
            axes.errorbar(rows["layers"] + 0.06 * (i - 1), rows["ratio"], errors, label=f"width {width}", **looks)
        # The same in all panels: what lies on the least squares is not spread over the axis by its last digits.
        axes.set(yscale="log", ylim=(min(0.5, frame["low"].min()) / 1.5, max(2.0, frame["high"].max()) * 1.5))
        axes.set_title(activation, fontsize=9)
    label_outside(figure, "hidden layers", "loss / least squares of one matrix\n(median, 10 to 90 %)")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return {"linear-trained": Drawing(figure, frame)}
