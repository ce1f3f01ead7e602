"""modern.double-descent-trained: trained rectifier networks err most where they have as many parameters as points.

Networks of one hidden layer learn the noisy values of a random linear function. Their error is measured at new points
without noise. Every restart has a function, noise and initial weights of its own; all widths share function and noise,
and all networks share the points. Values without noise are the control. Least squares, where everything is known
exactly, is in modern.double-descent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks, new_figure
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program
    from theory.network import Network

# Inputs, training points, and points at which errors are measured; all standard normal.
INPUTS, POINTS, TEST = 8, 48, 2000
# About as many parameters as points: within this factor.
FACTOR = 2.0
# In most restarts.
MOST = 0.5

TRIAL = Trial(
    source="Belkin et al. 2019, arXiv 1812.11118; the task is ours",
    bears_on=on("double-descent-networks"),
    existence="found by training",
    switches={
        "activation": "rectifier",
        "bias": True,
        "hidden_layers": 1,
        "inputs": INPUTS,
        "points": POINTS,
        "task": "a random linear function",
        "loss": "squared",
        "optimizer": "adam",
        "precision": "float32",
    },
)
CONTROL = TRIAL.but(bears_on=on("double-descent-networks", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Widths, standard deviations of the noise in the values, and restarts."""

    width: list[int] = setting([1, 2, 3, 4, 5, 6, 8, 12, 16, 32, 64], low=1, high=4096, static=True)
    noise: list[float] = setting([0.0, 0.5], low=0.0, high=100.0)
    restarts: int = setting(48, low=2, high=1_000_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.01)
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    steps: int = fields.steps(20_000)


SMOKE = {
    "width": [2, 5, 32],
    "restarts": 3,
    "steps": 1000,
}
FULL = {
    "width": [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 64, 128, 256],
    "noise": [0.0, 0.25, 0.5, 1.0],
    "restarts": 200,
    "steps": 50_000,
}


def parameters(width: int) -> int:
    """Weights and biases of a network."""
    return (INPUTS + 2) * width + 1


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its loss, and its mean squared error at new points."""
    from experiments import ensemble

    outcome = ensemble.train_ensemble(_program(unit), _x(unit), _members(unit), unit.engine.layout, unit.engine.chunk)
    return unit.cells.assign(
        parameters=parameters(unit.static("width")),
        loss=outcome.loss,
        error=_errors(unit, outcome.network),
        steps=outcome.steps,
        key=hexadecimal(unit),
    )


def _x(unit: Unit, points: int = POINTS) -> np.ndarray:
    return random_generator(unit.seed, "points", points).normal(size=(points, INPUTS))


def _function(unit: Unit, restart: int) -> tuple[np.ndarray, np.ndarray]:
    """The coefficients of a linear function, and standard normal noise."""
    rng = random_generator(unit.seed, "function", restart)
    coefficients = rng.normal(size=INPUTS)
    return coefficients / np.linalg.norm(coefficients), rng.normal(size=POINTS)


def _errors(unit: Unit, networks: "Network") -> np.ndarray:
    from experiments.ensemble.outputs import outputs

    x = _x(unit, TEST)
    true = np.array([x @ _function(unit, restart)[0] for restart in unit.cells["restart"].tolist()])
    return ((outputs(networks, x, "rectifier") - true) ** 2).mean(axis=1)


def _program(unit: Unit) -> "Program":
    sizes = (INPUTS, unit.static("width"), 1)
    return program_with(unit, sizes=sizes, activation="rectifier", loss="squared", stop_when_solved=False)


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    x, functions = _x(unit), [_function(unit, restart) for restart in unit.cells["restart"].tolist()]
    noise = unit.cells["noise"].tolist()
    targets = [x @ β + σ * ε for (β, ε), σ in zip(functions, noise, strict=True)]
    return ensemble.Members(unit.keys, np.array(targets), np.full(len(targets), unit.settings.learning_rate))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row after training again."""
    outcome, curve = trained_again(unit, _program(unit), _x(unit), _members(unit), int(row["steps"]))
    return Rebuilt(layers_of(outcome, 0), curve, {"loss": outcome.loss[0], "error": _errors(unit, outcome.network)[0]})


def work(unit: Unit) -> Work:
    """All updates, forward and backward, and the test points once."""
    updates = float(len(unit.cells) * unit.settings.steps)
    weights = parameters(unit.static("width"))
    return Work(updates, updates * 6 * weights * POINTS + len(unit.cells) * 2.0 * weights * TEST)


def series(table: pd.DataFrame) -> Iterator[tuple[float, pd.DataFrame]]:
    """For each noise the errors: a line for each restart, a column for each number of parameters."""
    for noise, rows in table.groupby("noise"):
        yield float(noise), rows.pivot_table(index="restart", columns="parameters", values="error")


def judge(table: pd.DataFrame) -> list[Verdict]:
    """With noise, where each restart errs most, and whether errors fall to both sides; without, where it errs most."""
    found: list[Verdict] = []
    for noise, errors in series(table):
        facts = {"noise": noise, "width": np.sort(table["width"].unique()), "updates": int(table["steps"].max())}
        if not noise:
            found.append(_no_peak(errors, facts))
            continue
        found.append(_peak(noise, errors, facts))
        found += [_falls(noise, errors, far, facts) for far in (errors.columns.min(), errors.columns.max())]
    return found


def _place(errors: pd.DataFrame) -> tuple[Measured, str]:
    """The share of restarts that err most where parameters are about as many as points, and the median place."""
    place = errors.idxmax(axis=1).to_numpy(float)
    hits = np.maximum(place / POINTS, POINTS / place) <= FACTOR
    how = (
        f"A restart counts if, of its networks, one with {POINTS / FACTOR:g} to {POINTS * FACTOR:g} parameters errs "
        "most."
    )
    return Measured.share(hits, how), f"median number of parameters with the largest error: {np.median(place):g}"


def _peak(noise: float, errors: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    measured, notes = _place(errors)
    return TRIAL.verdict(
        f"peak/{noise:g}",
        "Of networks of all widths, those with about as many parameters as training points err most.",
        measured,
        above(MOST),
        prediction=f"share of restarts > {MOST:g}",
        notes=notes,
        finding=f"In a share of {{measured}} of the restarts, networks with about {POINTS} parameters err most on new "
        f"points, after training on {POINTS}.",
        **facts,
    )


def _no_peak(errors: pd.DataFrame, facts: dict[str, Any]) -> Verdict:
    measured, notes = _place(errors)
    return CONTROL.verdict(
        "no-peak-without-noise",
        "If values have no noise, there is no peak where parameters are as many as training points.",
        measured,
        below(MOST),
        prediction=f"share of restarts < {MOST:g}",
        notes=notes,
        **facts,
    )


def _falls(noise: float, errors: pd.DataFrame, far: int, facts: dict[str, Any]) -> Verdict:
    near = min(errors.columns, key=lambda number: abs(np.log(number / POINTS)))
    logarithms = np.log(errors[near] / errors[far]).to_numpy(float)
    how = (
        f"Geometric mean of the error with {near} parameters over that with {far}, of the same restart. "
        f"Student's {percent()} interval of its logarithm over restarts."
    )
    return TRIAL.verdict(
        f"falls/{noise:g}/{far}",
        f"Networks with about as many parameters as points err more than networks with {far}.",
        Measured(lambda α: tuple(np.exp(mean_interval(logarithms, α))), len(logarithms), how=how),
        above(1.0),
        prediction="ratio of errors > 1",
        notes=f"median errors {errors[near].median():.3g} and {errors[far].median():.3g}",
        finding=f"With noise {noise:g}, {near} parameters err {{measured}} times as much as {far}.",
        **facts,
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors against the number of parameters: a point for each network, a line through medians, for each noise."""
    figure = new_figure(7, 3.4)
    (axes,) = figure.axes
    for i, (noise, rows) in enumerate(table.groupby("noise")):
        axes.plot(rows["parameters"], rows["error"], MARKERS[i], color=COLOURS[i], ms=2, alpha=0.35, mew=0)
        middle = rows.groupby("parameters")["error"].median()
        axes.plot(middle.index, middle, f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=f"noise {noise:g}")
    axes.axvline(POINTS, color="k", lw=0.7, ls="--", label="training points")
    logarithmic_ticks(axes, table["parameters"].unique())
    axes.tick_params(axis="x", rotation=45)
    # Some networks without noise are the linear function to the last bit of float32.
    axes.set(yscale="log", ylim=(1e-4, None), xlabel="parameters", ylabel="error on new points")
    legend_beside(figure)
    loud = table[table["noise"] == table["noise"].max()]
    middle = loud.groupby("parameters")["error"].median()
    title = f"After training on {POINTS} noisy points, networks of {middle.idxmax()} parameters err most"
    caption = "Points: networks; lines: medians over restarts. Errors are at new points and without noise."
    return {"double-descent-trained": Drawing(figure, table, title, caption)}
