"""depth.linear-trained: trained deep linear networks end where one matrix ends, at the least squares; never below.

One output; the targets are linear plus noise, drawn anew for each restart. The least loss of a single layer is known
in closed form. Deep networks of identity units are compared with it. Networks of other units are a control: they may
go below.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.judging import budgets, choosing
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import at_least
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

INPUTS, POINTS = 4, 64
# Standard deviation of the noise in the targets.
NOISE = 0.3
# A loss has reached the floor at up to this multiple of it.
ARRIVED = 1.01
# A loss may be below the floor by this share of it: float32 rounds.
ROUNDING = 1e-4
# A control gains if its loss is below this multiple of the floor.
GAIN = 0.9

TRIAL = Trial(
    source="the post, ch. III: with units that do nothing the network is a single matrix",
    bears_on=on("linear-collapse", role="variant"),
    existence="found by training",
    switches={
        "inputs": INPUTS,
        "outputs": 1,
        "points": POINTS,
        "target": "linear but for noise, drawn for each restart",
        "bias": True,
        "optimizer": "adam",
    },
)
CONTROL = TRIAL.but(bears_on=on("linear-collapse", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how: `layers` hidden layers of `width` units; `steps`: budgets, see judging/budgets.py."""

    layers: list[int] = setting([1, 2, 4], low=1, high=16, static=True)
    width: list[int] = setting([1, 8], low=1, high=256, static=True)
    activation: list[str] = setting(["identity", "tanh"], choices=("identity", "tanh", "rectifier"), static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.03])
    restarts: int = setting(20, low=1, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    steps: list[int] = fields.steps([500, 1000], static=True)
    schedule: str = fields.schedule("cosine")


SMOKE = {
    "layers": [1, 2],
    "width": [4],
    "activation": ["identity"],
    "restarts": 2,
    "steps": [100, 200],
}
FULL = {
    "layers": [1, 2, 4, 8],
    "width": [1, 2, 4, 8, 16, 32],
    "activation": ["identity", "rectifier", "tanh"],
    "restarts": 50,
    "steps": [2500, 5000],
}


def points(seed: int) -> np.ndarray:
    """The points, the same for all networks of a run."""
    return random_generator(seed, "linear-trained").normal(size=(POINTS, INPUTS))


def data(seed: int, restart: int) -> tuple[np.ndarray, float]:
    """Targets at the points, and the least mean squared error of one matrix and bias.

    Targets are drawn for each restart; all networks and ways to train them share them.
    """
    x, rng = points(seed), random_generator(seed, "linear-trained", restart)
    y = x @ rng.normal(size=INPUTS) / np.sqrt(INPUTS) + NOISE * rng.normal(size=POINTS)
    design = np.column_stack([x, np.ones(POINTS)])
    return y, float(np.mean((design @ np.linalg.lstsq(design, y, rcond=None)[0] - y) ** 2))


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its loss and the floor under one matrix."""
    from experiments import ensemble

    program, x, members = _program(unit), points(unit.seed), _members(unit)
    outcome = ensemble.train_ensemble(program, x, members, unit.engine.layout, unit.engine.chunk)
    floor = np.array([data(unit.seed, restart)[1] for restart in unit.cells["restart"].tolist()])
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

    targets = np.stack([data(unit.seed, restart)[0] for restart in unit.cells["restart"].tolist()])
    return ensemble.Members(unit.keys, targets, unit.cells["learning_rate"].to_numpy())


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """Trains the network of a row again, and records its loss on the way."""
    outcome, curve = trained_again(unit, _program(unit), points(unit.seed), _members(unit), int(row["steps"]))
    return Rebuilt(layers_of(outcome, 0), curve, {"loss": outcome.loss[0], "steps": outcome.steps[0]})


def work(unit: Unit) -> Work:
    """Every update looks at every point."""
    from theory.network import parameter_count

    updates = len(unit.cells) * unit.static("steps")
    return Work(updates, updates * 6.0 * parameter_count(_sizes(unit)) * POINTS)


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """The restarts that are judged, at the learning rate with the least median loss over the other restarts."""
    choose = choosing.chooses(table["restart"])
    # Losses over their floors: targets differ by restart.
    relative = table.assign(ratio=table["loss"] / table["floor"])
    rates = choosing.best_rates(relative[choose], ["activation", "layers", "width", "steps"], "ratio")
    return choosing.at_rates(relative[~choose], rates)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """No linear network is below the floor, most reach it at every depth, and non-linear ones go below."""
    linear = table[(table["activation"] == "identity") & np.isfinite(table["loss"])]
    verdicts = [_floor(linear)] if len(linear) else []
    runs = judged(table)
    for layers, rows in runs[runs["activation"] == "identity"].groupby("layers"):
        verdicts.append(_reached(int(str(layers)), rows))
    control = runs[(runs["activation"] != "identity") & (runs["width"] == runs["width"].max())]
    return verdicts + ([_control(control)] if len(control) else [])


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "activation": rows["activation"],
        "width": rows["width"].sort_values(),
        "updates": int(rows["steps"].max()),
    }


def _floor(linear: pd.DataFrame) -> Verdict:
    ratio = linear["loss"] / linear["floor"]
    return TRIAL.verdict(
        "floor",
        "No deep linear network has a smaller loss than the best single matrix.",
        Measured.exactly(ratio.min(), len(linear), how="The least ratio of all trained networks."),
        at_least(1 - ROUNDING),
        prediction="least loss / least squares >= 1",
        hidden_layers=linear["layers"].sort_values(),
        **_switches(linear),
    )


def _of_the_worst(trial: Trial, name: str, statement: str, rows: pd.DataFrame, axis: str, prediction: str) -> Verdict:
    """A verdict on the share of `solved`, at the value of an axis where it is lowest."""
    both = {int(str(value)): budgets.by_budget(mine) for value, mine in rows.groupby(axis)}
    how = (
        "The first quarter of the restarts chooses the learning rate, the others are judged. Measured where the share "
        f"is lowest. The interval holds for all {len(both)} values of {axis} together: its level is divided by them."
    )
    worst, share = budgets.worst_share({value: (now["solved"], at["solved"]) for value, (now, at) in both.items()}, how)
    return trial.verdict(
        name,
        statement,
        share,
        budgets.FOUND,
        prediction=f"{prediction} >= {RATE:g}; measured where it is lowest, {axis} = {worst}",
        notes=budgets.before_in_words(both[worst][1]["solved"]),
        hidden_layers=rows["layers"].sort_values(),
        **_switches(rows),
    )


def _reached(layers: int, rows: pd.DataFrame) -> Verdict:
    return _of_the_worst(
        TRIAL,
        f"reached/{layers}",
        f"Trained linear networks reach the loss of the best single matrix; number of hidden layers: {layers}.",
        rows,
        "width",
        f"share of runs within {ARRIVED - 1:.0%} of the least squares",
    )


def _control(rows: pd.DataFrame) -> Verdict:
    return _of_the_worst(
        CONTROL,
        "control",
        "Networks of non-linear units reach a smaller loss than the best single matrix.",
        rows.assign(solved=rows["loss"] < GAIN * rows["floor"]),
        "layers",
        f"at the largest width, share of runs with a training loss below {GAIN:g} of the least squares",
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Loss over the least squares against depth: one panel an activation."""
    numbers = []
    runs, _ = budgets.by_budget(judged(table))
    for (activation, layers, width), rows in runs.groupby(["activation", "layers", "width"], sort=False):
        low, middle, high = rows["ratio"].quantile([0.1, 0.5, 0.9]).tolist()
        facts = {"activation": activation, "layers": layers, "width": width, "runs": len(rows)}
        numbers.append(facts | {"ratio": middle, "low": low, "high": high})
    frame = pd.DataFrame(numbers)
    activations = list(frame["activation"].unique())
    figure, axes_of = panels(activations, width=2.9, height=2.7, beside=1.4)
    for activation, axes in axes_of.items():
        axes.axhline(1, color="black", lw=0.8, ls="--", label="least squares")
        for i, (width, rows) in enumerate(frame[frame["activation"] == activation].groupby("width")):
            errors = [rows["ratio"] - rows["low"], rows["high"] - rows["ratio"]]
            looks: dict[str, Any] = {"fmt": f"{MARKERS[i]}-", "color": COLOURS[i], "ms": 4, "lw": 0.9}
            axes.errorbar(rows["layers"] + 0.06 * (i - 1), rows["ratio"], errors, label=f"width {width}", **looks)
        # The same in all panels: what lies on the least squares is not spread over the axis by its last digits.
        axes.set(yscale="log", ylim=(min(0.5, frame["low"].min()) / 1.5, max(2.0, frame["high"].max()) * 1.5))
        axes.set_title(activation, fontsize=9)
    label_outside(figure, "hidden layers", "loss / least squares of one matrix\n(median, 10 to 90 %)")
    legend_beside(figure)
    worst = float(frame.loc[frame["activation"] == "identity", "ratio"].max())
    above = 100 * max(worst - 1, 0)
    title = f"Trained linear networks end at most {above:.1g}% above the loss of one matrix, whatever the depth"
    caption = "Median and 10 to 90 % of the loss over that of the best single matrix; tanh as a control."
    return {"linear-trained": Drawing(figure, frame, title, caption)}
