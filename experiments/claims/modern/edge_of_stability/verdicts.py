"""Verdicts of edge-of-stability: sharpness reaches the edge, stays there, and is lower with small batches."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import above, below
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

# At the edge: within this of it, relative to it.
MARGIN = 0.1
# Most runs, and nearly all of them.
MOST, NEARLY_ALL = 0.5, 0.75
# Half the mean squared error of signs begins near 1/2. Below this nothing is left to learn, and sharpness hardly moves.
LEARNT = 1e-3
# At this edge steps are so small that sharpness stays far below.
CONTROL_EDGE = 100.0
# Far below the edge, relative to it.
FAR_BELOW = 0.5

TRIAL = Trial(
    source="Cohen et al. 2021, arXiv 2103.00065; the margin is ours",
    bears_on=on("cohen-hovers"),
    existence="found by training",
    switches={
        "activation": "tanh",
        "bias": True,
        "output": "linear",
        "loss": "squared",
        "targets": "random signs",
        "optimizer": "sgd",
        "precision": "float64",
    },
)
MOMENTUM = TRIAL.but(bears_on=on("cohen-momentum"), switches={"optimizer": "momentum"})
SMALL = TRIAL.but(bears_on=on("cohen-batches"))
CONTROL = TRIAL.but(source="ours", bears_on=on("cohen-hovers", role="control"))


def runs_of(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per run: the mean of sharpness over edge in the second half, how it began, and the loss."""
    late = rows[rows["updates"] > rows["updates"].max() / 2]
    by = ["edge", "momentum", "batch", "restart"]
    found = late.groupby(by)["ratio"].mean().rename("late").to_frame()
    found["left"] = late[late["updates"] == late["updates"].min()].groupby(by)["loss"].first()
    found["start"] = rows[rows["updates"] == 0].groupby(by)["ratio"].first()
    found["loss"] = rows[rows["updates"] == rows["updates"].max()].groupby(by)["loss"].first()
    return found.reset_index()


def series(table: pd.DataFrame) -> Iterator[tuple[float, float, pd.DataFrame]]:
    """Edge, momentum and runs of full-batch training."""
    runs = runs_of(table)
    for (edge, momentum), mine in runs[runs["batch"] == 0].groupby(["edge", "momentum"]):
        yield float(edge), float(momentum), mine


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every edge and momentum whether runs are at the edge, and not above; batches against all points."""
    facts = {
        "width": table["width"],
        "hidden_layers": table["layers"],
        "points": table["points"],
        "updates": int(table["updates"].max()),
    }
    found: list[Verdict] = []
    for edge, momentum, runs in series(table):
        some = facts | {"edge": edge, "momentum": momentum, "batch": "all points"}
        if edge >= CONTROL_EDGE:
            found.append(_below(edge, runs, some))
        else:
            found += [_hovers(edge, momentum, runs, some), _capped(edge, momentum, runs, some)]
    return found + [_batch(*one, facts) for one in batches(table)]


def _trial(momentum: float) -> Trial:
    return MOMENTUM if momentum else TRIAL


def _formula(momentum: float) -> str:
    return "2 (1 + β) / η" if momentum else "2 / η"


def _notes(runs: pd.DataFrame) -> str:
    return (
        f"sharpness over edge: median {runs['late'].median():.3f}, from {runs['late'].min():.2f} to "
        f"{runs['late'].max():.2f}, and {runs['start'].median():.2f} before training; median loss in the middle of "
        f"training {runs['left'].median():.1g}, at the end {runs['loss'].median():.1g}"
    )


def _hovers(edge: float, momentum: float, runs: pd.DataFrame, facts: dict) -> Verdict:
    how = (
        f"The share of runs with a mean sharpness within {MARGIN:.0%} of {_formula(momentum)}, over the looks in the "
        "second half of training."
    )
    return _trial(momentum).verdict(
        f"hovers/{momentum:g}/{edge:g}",
        f"The sharpness rises to {_formula(momentum)} and stays there, in most runs.",
        Measured.share((runs["late"] - 1).abs() <= MARGIN, how),
        above(MOST).contradicted_only_if(
            bool(runs["left"].median() > LEARNT),
            f"Contradicted only if the median loss in the middle of training is above {LEARNT:g}: what has learned all "
            "before it is at the edge becomes no sharper.",
        ),
        prediction=f"share of runs at the edge > {MOST:g}",
        notes=_notes(runs),
        finding=f"Where {_formula(momentum)} is {edge:g}, a share of {{measured}} of the runs ends within {MARGIN:.0%} "
        f"of it; the median is {runs['late'].median():.3f} times that.",
        **facts,
    )


def _capped(edge: float, momentum: float, runs: pd.DataFrame, facts: dict) -> Verdict:
    how = (
        f"The share of runs with a mean sharpness of at most {1 + MARGIN:g} times {_formula(momentum)}, over the looks "
        "in the second half of training."
    )
    return _trial(momentum).verdict(
        f"no-sharper/{momentum:g}/{edge:g}",
        f"Networks do not stay sharper than {_formula(momentum)}, in nearly all runs.",
        Measured.share(runs["late"] <= 1 + MARGIN, how),
        above(NEARLY_ALL),
        prediction=f"share of runs that are not above the edge > {NEARLY_ALL:g}",
        notes=_notes(runs),
        **facts,
    )


def _below(edge: float, runs: pd.DataFrame, facts: dict) -> Verdict:
    values = runs["late"].to_numpy(float)
    how = f"Mean of sharpness over edge. Student's {percent()} interval over runs."
    return CONTROL.verdict(
        f"small-steps/{edge:g}",
        "With steps that are far smaller, sharpness stays far below the edge: it is not of its size by itself.",
        Measured(lambda α: mean_interval(values, α), len(values), how=how),
        below(FAR_BELOW),
        prediction=f"mean of sharpness / edge < {FAR_BELOW:g}",
        notes=_notes(runs),
        **facts,
    )


def batches(table: pd.DataFrame) -> Iterator[tuple[int, float, float, np.ndarray, pd.DataFrame]]:
    """Batch, edge, momentum, and by how much each run is less sharp than its twin on all points; its runs."""
    runs = runs_of(table)
    for (edge, momentum), mine in runs.groupby(["edge", "momentum"]):
        full = mine[mine["batch"] == 0].set_index("restart")["late"]
        for batch, some in mine[mine["batch"] > 0].groupby("batch"):
            less = full.reindex(some["restart"]).to_numpy() - some["late"].to_numpy()
            yield int(batch), float(edge), float(momentum), less, some


def _batch(batch: int, edge: float, momentum: float, less: np.ndarray, runs: pd.DataFrame, facts: dict) -> Verdict:
    how = (
        "Sharpness over edge of the run on all points, less that of the run on batches from the same initial weights, "
        f"both in the second half of training. Student's {percent()} interval over restarts."
    )
    return SMALL.verdict(
        f"batches/{batch}/{momentum:g}/{edge:g}",
        "With small batches networks are less sharp than with all points at the same step.",
        Measured(lambda α: mean_interval(less, α), len(less), how=how),
        above(0.0),
        prediction="difference > 0",
        notes=_notes(runs),
        finding=f"With batches of {batch} of {facts['points'].iloc[0]} points, sharpness over edge is lower by "
        "{measured}.",
        **facts,
        edge=edge,
        momentum=momentum,
        batch=batch,
    )
