"""anatomy.backprop-one-point-step: a small enough step on one point lowers the loss of that point.

Random networks make one step against the gradient of the loss on one point, in float64 and for steps of many sizes.
Each weight is also moved alone by its part of the step, and the losses on other points are measured. Changes of a loss
are calculated as (z' - z)(z' + z - 2y), so that they are not lost in rounding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.anatomy.backprop_one_point_step.figures import OUTPUTS, draw
from experiments.claims.anatomy.backprop_one_point_step.networks import INPUTS, steps_of_all
from experiments.judging.measured import Estimate, Measured, counted
from experiments.judging.rules import Rule, above, decide
from experiments.judging.statistics import normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

__all__ = ["Settings", "draw", "judge", "measure", "work"]

# Activations that are tested by default.
USUAL = ("logistic", "tanh", "rectifier", "sine")
# Functions of the outputs, as values of the switch.
OUTPUT_FUNCTIONS = {"identity": "linear", "same": "nonlinear, like the hidden neurons"}
# A loss falls for nearly all networks if it does for more than this share.
NEARLY_ALL = 0.99
# An exception hardly ever happens if it does for less than this share.
HARDLY_ANY = 0.01
# Most networks are more than this share.
HALF = 0.5
# An event is no exception if it happens for more than this share.
OFTEN = 0.05


TRIAL = Trial(
    source="the post, ch. III",
    bears_on=on("one-point-step"),
    existence="representable",
    switches={
        "network": "random",
        "inputs": f"{INPUTS}, uniform in [-1, 1]",
        "targets": "uniform in [-1, 1]",
        "bias": True,
        "loss": "squared, on one point",
        "arithmetic": "float64",
    },
)
MOVES = TRIAL.but(
    source="the post, ch. III, which tells what to do if a derivative is positive or negative and leaves 0 out",
    bears_on=on("one-point-step", role="variant"),
)
TOGETHER = TRIAL.but(
    source="the post, ch. III: each weight is changed separately so that the loss falls, and all are then a little "
    "better",
)
TOO_LARGE = TRIAL.but(
    source="the post, ch. III: with too large a step one would keep jumping over the target",
    bears_on=on("jumps-over-the-target"),
)
OTHERS = TRIAL.but(
    source="not in the post, which says nothing of the other points", bears_on=on("one-point-step", role="variant")
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Networks of `depth` hidden layers of `width` units, sizes of steps, number of networks and of other points."""

    activation: list[str] = setting(list(USUAL), choices=(*USUAL, "identity", "square"), static=True)
    output: list[str] = setting(list(OUTPUTS), choices=tuple(OUTPUTS), static=True)
    depth: list[int] = setting([2], low=1, high=20, static=True)
    step: list[float] = setting([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0], low=1e-12, high=1000.0)
    width: int = setting(8, low=1, high=1000)
    networks: int = setting(1000, low=2, high=10_000_000, follows="restarts")
    other_points: int = setting(16, low=1, high=10_000)


SMOKE = {
    "activation": ["tanh"],
    "output": ["identity"],
    "depth": [1],
    "step": [1e-06, 0.1],
    "networks": 500,
}
FULL = {
    "depth": [1, 2, 4],
    "networks": 20_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per step: for how many networks the loss falls on the point, weight by weight, and on other points."""
    found = steps_of_all(unit)
    still = found["gradient"] == 0
    # A network with a gradient of 0 does not move: it is counted, and left out of all other columns.
    loss, change, each_alone, others, others_change = (
        found[name][~still] for name in ("loss", "change", "each_alone", "others", "others_change")
    )
    if still.all():
        raise ValueError("no network of this setting has a gradient other than 0")
    return unit.cells.assign(
        networks=len(still),
        zero_gradient=int((still & (found["loss"] > 0)).sum()),
        moved=len(loss),
        lowered=(change < 0).sum(axis=0),
        raised=(change > 0).sum(axis=0),
        each_alone=each_alone.sum(axis=0),
        only_alone=(each_alone & (change >= 0)).sum(axis=0),
        others_lowered=others.mean(axis=0),
        others_error=others.std(axis=0) / np.sqrt(len(others)),
        own_change=np.median(change / loss[:, None], axis=0),
        others_change=np.median(others_change, axis=0),
    )


def work(unit: Unit) -> Work:
    """For every step, each weight alone."""
    settings, depth = unit.settings, unit.static("depth")
    weights = settings.width * (INPUTS + 2 + (depth - 1) * (settings.width + 1)) + 1
    return Work(0, 4.0 * len(unit.cells) * settings.networks * weights * (weights + settings.other_points))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The smallest step on its point and on others, the largest step, gradients of 0, and all weights together."""
    smallest = table[table["step"] == table["step"].min()]
    verdicts = []
    for output, rows in table.groupby("output", sort=False):
        mine = smallest[smallest["output"] == output]
        verdicts += [*_falls(str(output), mine), _moves(str(output), mine), _together(str(output), rows)]
        verdicts += [*_elsewhere(str(output), mine), *_jumps(str(output), rows)]
    return verdicts


def _falls(output: str, smallest: pd.DataFrame) -> Iterator[Verdict]:
    for activation, rows in smallest.groupby("activation", sort=False):
        yield TRIAL.verdict(
            f"falls/{output}/{activation}",
            f"A small enough step on one point lowers the loss on that point: {activation}.",
            _share(int(rows["lowered"].sum()), int(rows["moved"].sum()), "Networks with a gradient that is not 0."),
            above(NEARLY_ALL).supported_only_if(not rows["raised"].any(), "The loss may rise for no network."),
            finding=f"A step of {rows['step'].iloc[0]:g} lowers the loss on its point for "
            f"{counted(int(rows['lowered'].sum()), int(rows['moved'].sum()))} {activation} networks with "
            f"{OUTPUTS[output]}.",
            prediction="share of networks where the loss falls, among those with a gradient other than 0, = 1",
            notes=f"the loss rises for {int(rows['raised'].sum())} networks",
            step=float(rows["step"].iloc[0]),
            **_switches(output, rows),
        )


def _share(hits: int, trials: int, how: str) -> Measured:
    return Measured.share(np.arange(trials) < hits, how)


def _switches(output: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "activation": rows["activation"],
        "output": OUTPUT_FUNCTIONS[output],
        "hidden_layers": rows["depth"].sort_values(),
    }


def _moves(output: str, smallest: pd.DataFrame) -> Verdict:
    counts = smallest.groupby("activation", sort=False)[["zero_gradient", "networks"]].sum()
    worst = str((counts["zero_gradient"] / counts["networks"]).idxmax())
    still, networks = (int(counts.loc[worst, column]) for column in ("zero_gradient", "networks"))
    each = ", ".join(f"{name} {int(row.zero_gradient)} of {int(row.networks)}" for name, row in counts.iterrows())
    return MOVES.verdict(
        f"moves/{output}",
        "A step changes the weights as long as the prediction is wrong: the gradient is not exactly 0.",
        _share(still, networks, "Networks with a gradient of 0, for the activation with most of them."),
        Rule(
            f"Supported if there is no such network and the interval lies below {HARDLY_ANY:g}, contradicted if there "
            "is one, else inconclusive.",
            lambda m: decide(m.value == 0 and m.high < HARDLY_ANY, m.value > 0),
        ),
        prediction="share of networks with a wrong prediction and gradient 0 = 0",
        notes=f"networks with a gradient of 0: {each}",
        **_switches(output, smallest),
    )


def _together(output: str, rows: pd.DataFrame) -> Verdict:
    shares = rows["only_alone"] / rows["moved"].clip(lower=1)
    worst = rows.loc[shares.idxmax()]
    first = rows[rows["only_alone"] > 0].groupby("activation", sort=False)["step"].min()
    how = (
        "Networks where each weight alone lowers the loss and all together do not, for the setting and step with most "
        f"of them. The level is divided by the {len(rows)} settings and steps."
    )
    share = _share(int(worst["only_alone"]), int(worst["moved"]), how)
    least = ", ".join(f"{name} {step:g}" for name, step in first.items()) or "none"
    return TOGETHER.verdict(
        f"together/{output}",
        "If a change of each weight alone lowers the loss on the point, a change of all together does too.",
        share.divided(len(rows)),
        Rule(
            f"Supported if there is no such network and the interval lies below {HARDLY_ANY:g}, contradicted if it "
            f"lies above {OFTEN:g}, else inconclusive.",
            lambda m: decide(m.value == 0 and m.high < HARDLY_ANY, m.low > OFTEN),
        ),
        finding="Moving each weight alone lowers the error of the point, moving all of them at once does not: so for "
        f"{counted(int(worst['only_alone']), int(worst['moved']))} {worst['activation']} networks at a step of "
        f"{worst['step']:g}, the worst that was tried.",
        prediction="share of networks where each weight alone lowers the loss and all together do not = 0, at any step",
        notes=f"largest share: {worst['activation']}, {int(worst['depth'])} hidden layers, step {worst['step']:g}; "
        f"least step with such a network: {least}",
        **_switches(output, rows),
    )


def _jumps(output: str, rows: pd.DataFrame) -> Iterator[Verdict]:
    """Whether the largest step is so large that the loss on its own point rises."""
    largest = rows[rows["step"] == rows["step"].max()]
    for activation, mine in largest.groupby("activation", sort=False):
        step = f"{mine['step'].iloc[0]:g}"
        yield TOO_LARGE.verdict(
            f"jumps/{output}/{activation}",
            f"A step of {step} is too large: it raises the loss on its point for most {activation} networks.",
            _share(int(mine["raised"].sum()), int(mine["moved"].sum()), "Networks with a gradient that is not 0."),
            above(HALF),
            finding=f"A step of {step} raises the loss on its point "
            f"for {counted(int(mine['raised'].sum()), int(mine['moved'].sum()))} {activation} networks "
            f"with {OUTPUTS[output]}.",
            prediction=f"share of networks where the loss rises at the largest step > {HALF:g}",
            step=float(mine["step"].iloc[0]),
            **_switches(output, mine),
        )


def _elsewhere(output: str, smallest: pd.DataFrame) -> Iterator[Verdict]:
    for activation, rows in smallest.groupby("activation", sort=False):
        weight = rows["moved"] / max(rows["moved"].sum(), 1)
        share = float((weight * rows["others_lowered"]).sum())
        error = float(np.sqrt(((weight * rows["others_error"]) ** 2).sum()))
        how = f"The mean over networks of the share of other points, with a {percent()} normal interval over networks."
        change = (rows["others_change"] / rows["own_change"]).mean()
        yield OTHERS.verdict(
            f"others/{output}/{activation}",
            f"A step on one point lowers the loss on most other points, too: {activation}.",
            Measured(_normal(share, error), int(rows["moved"].sum()), how=how),
            above(0.5),
            prediction="share of other points where the loss falls > 0.5",
            notes="median relative change of the mean loss of other points over that of the loss on the point: "
            f"{change:.2g}",
            step=float(rows["step"].iloc[0]),
            **_switches(output, rows),
        )


def _normal(share: float, error: float) -> Estimate:
    return lambda α: (share, *normal_interval(share, error, α))
