"""Verdicts of depth.trained-butterfly: what its table says, put before rules."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.judging import budgets, choosing
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on

# Targets and orders of the inputs that butterflies can reach.
REACHABLE = {("fourier", "bit-reversal"), ("hadamard", "own")}
# Largest root mean square error that counts as found: the published code stops training here, at a loss of 1e-8.
FOUND = 1e-4
# No error may be below the floor by more than this, the rounding of float64.
ROUNDING = 1e-9
# All N! orders of the inputs are tried up to this size.
LARGEST_PERMUTED = 8
# Root mean square errors for N = 8, 16, ..., 1024 from the file of results that the authors released with their code,
# learning_transforms/rmse.pkl: each the best of up to 320 runs.
SIZES = (8, 16, 32, 64, 128, 256, 512, 1024)
PUBLISHED = {
    target: dict(zip(SIZES, errors, strict=True))
    for target, errors in {
        "fourier": (3.10e-6, 4.60e-6, 8.72e-6, 1.03e-5, 2.01e-5, 3.77e-5, 8.01e-5, 5.70e-5),
        "hadamard": (8.79e-7, 7.76e-6, 1.34e-5, 3.91e-5, 3.47e-5, 4.50e-5, 6.09e-5, 3.60e-5),
        "random": (0.139, 0.159, 0.144, 0.113, 0.0839, 0.0610, 0.0441, 0.0312),
    }.items()
}


FOUND_BY_TRAINING = Trial(
    source="Dao et al. 2019, arXiv 1903.05895",
    bears_on=on("dao-transforms") + on("matrix-product", role="variant"),
    existence="found by training",
    switches={
        "network": "log2 N butterfly layers",
        "activation": "identity",
        "bias": False,
        "weights": "complex",
        "loss": "mean squared difference of the matrices",
        "precision": "float64",
    },
)
AS_PUBLISHED = FOUND_BY_TRAINING.but(
    source="Dao et al. 2019, arXiv 1903.05895, from released results [D]", bears_on=on("dao-transforms")
)
FLOOR = FOUND_BY_TRAINING.but(
    source="ours: Eckart & Young 1936 for every cut, see theory/depth/butterfly.py [P]",
    bears_on=on("dao-transforms", role="control") + on("matrix-product", role="control"),
)
UNSTRUCTURED = FLOOR.but(bears_on=on("dao-unstructured") + on("matrix-product", role="control"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether training finds what is reachable, as well as published; and stays above the floor if it is not."""
    verdicts = []
    for (target, order), rows in table.groupby(["target", "order"]):
        if (target, order) in REACHABLE:
            verdicts += [_found(target, rows), *_as_published(target, rows)]
        else:
            verdicts.append(_kept_from(target, order, rows))
    return verdicts


def _words(target: str) -> str:
    return "a random matrix" if target == "random" else f"{target.capitalize()}'s transform"


def at_best(rows: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """For every N: judged runs of all budgets, at the learning rates that other restarts chose."""
    for N, mine in choosing.judged_where_most_solved(rows, ["N", "steps"], "error").groupby("N"):
        yield int(str(N)), mine


def _switches(target: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "target": target,
        "order": f"{rows['order'].iloc[0]}, given and not learned",
        "N": rows["N"].sort_values(),
        "updates": int(rows["steps"].max()),
        "learning_rate": rows["learning_rate"].sort_values(),
    }


def _found(target: str, rows: pd.DataFrame) -> Verdict:
    both = {N: budgets.by_budget(runs) for N, runs in at_best(rows)}
    how = (
        f"A success has a root mean square error of at most {FOUND:g}, for rows of norm 1. The first quarter of the "
        "restarts chooses the learning rate of each N; the others are judged. The interval holds for the worst of "
        f"{len(both)} N, with the level divided by their number."
    )
    worst, share = budgets.worst_share({N: (now["solved"], at["solved"]) for N, (now, at) in both.items()}, how)
    errors = ", ".join(f"N = {N}: {now['error'].min():.1e}" for N, (now, _) in both.items())
    return FOUND_BY_TRAINING.verdict(
        f"found/{target}",
        f"Training from random weights finds the butterflies of {_words(target)}.",
        share,
        budgets.FOUND,
        prediction=f"success rate >= {RATE:g} at every N; measured where it is lowest, N = {worst}",
        notes=f"best errors: {errors}; at the worst N {budgets.before_in_words(both[worst][1]['solved'])}",
        **_switches(target, rows),
    )


def _as_published(target: str, rows: pd.DataFrame) -> Iterator[Verdict]:
    for N in sorted(set(rows["N"]) & set(SIZES)):
        mine, published = rows[rows["N"] == N], PUBLISHED[target][N]
        least = mine["error"].min()
        how = (
            "The smallest error of all runs, in float64. The published one is in float32, the best of up to 320 runs, "
            "which also learn the order of the inputs."
        )
        yield AS_PUBLISHED.verdict(
            f"published/{target}/N={N}",
            f"With the order of the inputs given, training reaches the published error for {_words(target)}, N = {N}.",
            Measured.exactly(least, len(mine), how=how),
            exhibits("it is at most the published one: one run is enough to show it", least <= published),
            finding=f"Training comes within {least:.1e} of {_words(target)} for N = {N}; published is {published:.1e}.",
            prediction=f"least error <= {published:.3g}",
            **_switches(target, mine),
        )


def _kept_from(target: str, order: str, rows: pd.DataFrame) -> Verdict:
    least = rows.groupby("N")[["error", "floor", "floor_of_all_orders"]].min()
    ratio = least["error"] / least["floor"]
    published = PUBLISHED["random"] if target == "random" else {}
    each = "; ".join(
        f"N = {N}: least error {row['error']:.4f}, floor {row['floor']:.4f}"
        + (f", over all orders of the inputs {row['floor_of_all_orders']:.4f}" if N <= LARGEST_PERMUTED else "")
        + (f", published, with a learned order, {published[N]:g}" if N in published else "")
        for N, row in least.iterrows()
    )
    return (UNSTRUCTURED if target == "random" else FLOOR).verdict(
        f"floor/{target}/{order}",
        f"Butterflies with inputs in {order} order have at least the error of a proved floor for {_words(target)}.",
        Measured.exactly(ratio.min(), int(np.isfinite(rows["error"]).sum()), how="The least ratio of all runs."),
        holds_for_all(
            f"no error is below its floor by more than {ROUNDING:g}", least["error"] >= least["floor"] - ROUNDING
        ),
        prediction="least error / floor >= 1 at every N",
        notes=f"largest ratio over N of least error and floor: {ratio.max():.4f}; {each}",
        **_switches(target, rows),
    )
