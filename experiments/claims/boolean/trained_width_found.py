"""boolean.trained-width-found: whether training finds a function at the width that suffices on paper.

Training need not find what is representable. The budget is ten times that of `trained-width`. The rule looks at when
runs succeed: if many succeed late in training, a low rate only shows that the budget was small.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.boolean import _training as training
from experiments.claims.boolean._training import Networks, clusters, units, words
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.ensemble import fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import above
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting

# Training finds a function if more than this share of the runs succeeds.
RATE = 0.5
# A rate is low only if at most this share of all runs succeeds in the second half of the updates.
LATE = 0.01
# Number of hidden threshold units that is known to suffice.
SUFFICIENT = {"parity": lambda n: n, "threshold": lambda n: 1, "majority": lambda n: 1, "and": lambda n: 1}


TRIAL = Trial(
    source="ours: what is representable need not be found",
    bears_on=on("exponential-hidden-layer", "against", "variant"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "sign of a linear unit",
        "inputs": "all of {-1, 1}^n",
    },
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how; the settings mean the same as in `trained-width`. The largest `n` is judged."""

    family: list[str] = setting(list(SUFFICIENT), choices=tuple(SUFFICIENT), static=True)
    n: list[int] = setting([8], low=1, high=16, static=True)
    activation: list[str] = setting(
        ["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"), static=True
    )
    learning_rate: float = fields.learning_rate(0.03)
    functions: int = setting(10, low=1, high=100_000, counts="function")
    restarts: int = setting(10, low=1, high=10_000_000, counts="restart", follows="restarts")
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("constant")
    steps: int = fields.steps(20_000, low=2)


SMOKE = {
    "family": ["parity", "and"],
    "n": [2],
    "activation": ["tanh"],
    "functions": 2,
    "restarts": 2,
    "steps": 300,
}
FULL = {
    "functions": 20,
    "restarts": 100,
    "steps": 200_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network: loss, errors of 2^n, whether the function was found, and the number of updates."""
    networks, settings = _networks(unit), unit.settings
    table = training.trained(unit, networks)
    return table.assign(
        width=networks.width,
        learning_rate=settings.learning_rate,
        late=table["solved"] & (table["steps"] > settings.steps / 2),
    )


def _networks(unit: Unit) -> Networks:
    n = unit.static("n")
    width = SUFFICIENT[unit.static("family")](n)
    return Networks(n, width, np.full(len(unit.cells), unit.settings.learning_rate), (n, width))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    return training.rebuild(unit, _networks(unit), row)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, as if no run ended early."""
    n = unit.static("n")
    network_steps = len(unit.cells) * unit.settings.steps
    return Work(network_steps, network_steps * 6.0 * 2**n * SUFFICIENT[unit.static("family")](n) * (n + 2))


def series(table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The runs of every family and activation at the largest n."""
    largest = table[table["n"] == table["n"].max()]
    for (family, activation), rows in largest.groupby(["family", "activation"], sort=False):
        yield str(family), str(activation), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family and activation whether half of the runs succeed."""
    return [_found(*one) for one in series(table)]


def _found(family: str, activation: str, runs: pd.DataFrame) -> Verdict:
    n, width, late = int(runs["n"].iloc[0]), int(runs["width"].iloc[0]), float(runs["late"].mean())
    solved = Measured.clustered_share(
        runs["solved"], runs.groupby(clusters(family)).ngroup(), f"The success rate; clusters are {units(family)}."
    )
    return TRIAL.verdict(
        f"{family}/{activation}",
        f"Training finds {words(family)} of n bits at the width that suffices on paper in half of all runs.",
        solved,
        above(RATE).contradicted_only_if(
            late <= LATE,
            f"Contradicted only if at most {LATE:.0%} of all runs succeed in the second half of the updates: "
            "more updates would change little.",
        ),
        prediction=f"success rate >= {RATE:g} at n = {n}, width {width}",
        notes=f"{late:.0%} of the runs succeed in the second half of the updates",
        task=family,
        activation=activation,
        n=n,
        width=width,
        learning_rate=runs["learning_rate"].iloc[0],
        updates=int(runs["steps"].max()),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Share of the runs that have succeeded against the number of updates, one panel per family."""
    numbers = pd.concat([_succeeded(*one) for one in series(table)], ignore_index=True)
    families = list(numbers["family"].unique())
    figure, axes_of = panels(families, width=2.6, height=2.5, beside=1.2)
    activations = list(numbers["activation"].unique())
    for family, axes in axes_of.items():
        for activation, rows in numbers[numbers["family"] == family].groupby("activation", sort=False):
            colour = COLOURS[activations.index(activation)]
            axes.step(rows["updates"], rows["share"], where="post", color=colour, lw=1.2, label=str(activation))
        axes.set(xscale="log", ylim=(-0.03, 1.03), title=f"{family}, width {rows['width'].iloc[0]}")
        axes.axhline(RATE, color="black", lw=0.7, ls=":")
    label_outside(figure, "updates", "share of runs solved")
    legend_beside(figure)
    ends = numbers.groupby(["family", "activation"])["share"].max()
    title = (
        f"At the width that suffices, {ends.min():.0%} to {ends.max():.0%} of the runs succeed, "
        "by function and activation"
    )
    caption = "Share of runs that are right about all inputs, over updates, at the largest n."
    return {"found-at-sufficient-width": Drawing(figure, numbers, title, caption)}


def _succeeded(family: str, activation: str, runs: pd.DataFrame) -> pd.DataFrame:
    last = int(runs["steps"].max())
    updates = np.unique(np.append(runs.loc[runs["solved"], "steps"].to_numpy(), [1, max(last, 1)]))
    solved = np.sort(runs.loc[runs["solved"], "steps"].to_numpy())
    share = np.searchsorted(solved, updates, side="right") / len(runs)
    facts = {"family": family, "activation": activation, "n": runs["n"].iloc[0], "width": runs["width"].iloc[0]}
    return pd.DataFrame({**facts, "updates": updates, "share": share})
