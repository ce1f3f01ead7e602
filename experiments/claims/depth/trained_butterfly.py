"""depth.trained-butterfly: does training find the butterflies of a transform from random weights?

Products of log2 N butterfly layers with complex weights minimise the mean squared difference between their matrix and a
target, as in Dao et al. 2019 (arXiv 1903.05895). Their experiments also learn the order of the inputs; here it is
given. Some targets can be reached by butterflies and others cannot. For the latter theory/depth/butterfly.py has a
floor, and no error may be below it: training cannot find what does not exist.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal
from experiments.ensemble.tracing import Rebuilt, times_of_curve
from experiments.judging import budgets, choosing
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.depth import butterfly

if TYPE_CHECKING:
    from experiments.ensemble.fitting import Fit

# Targets and orders of the inputs that butterflies can reach.
REACHABLE = {("fourier", "bit-reversal"), ("hadamard", "own")}
# Largest root mean square error that counts as found: the published code stops training here, at a loss of 1e-8.
FOUND = 1e-4
# No error may be below the floor by more than this, the rounding of float64.
ROUNDING = 1e-9
# Points of the loss curve of a network that is made again.
CURVE = 200
# All N! orders of the inputs are tried up to this size.
LARGEST_PERMUTED = 8
# Root mean square errors from the results that the authors released, each the best of up to 320 runs.
PUBLISHED = {
    "fourier": {8: 3.1e-6, 64: 1.0e-5, 1024: 5.7e-5},
    "hadamard": {8: 8.8e-7, 64: 3.9e-5, 1024: 3.6e-5},
    "random": {8: 0.139, 64: 0.113, 1024: 0.031},
}


FOUND_BY_TRAINING = Trial(
    source="Dao et al. 2019, arXiv 1903.05895",
    bears_on=on("matrix-product", role="variant"),
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
AS_PUBLISHED = FOUND_BY_TRAINING.but(source="Dao et al. 2019, arXiv 1903.05895, from released results [D]")
FLOOR = FOUND_BY_TRAINING.but(
    source="ours: Eckart & Young 1936 for every cut, see theory/depth/butterfly.py [P]",
    bears_on=on("matrix-product", role="control"),
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Sizes, targets, orders of the inputs, and learning rates; `steps`: budgets, see judging/budgets.py."""

    # Powers of two.
    N: list[int] = setting([4, 8, 16, 32, 64], low=4, high=4096, such_that="4096 % N == 0", static=True)
    target: list[str] = setting(
        ["fourier", "hadamard", "random"], choices=("fourier", "hadamard", "random"), static=True
    )
    order: list[str] = setting(list(butterfly.ORDERS), choices=tuple(butterfly.ORDERS), static=True)
    learning_rate: list[float] = fields.learning_rate([0.03, 0.3])
    restarts: int = setting(16, low=1, high=1_000_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("cosine")
    steps: list[int] = fields.steps([500, 1000], static=True)
    # A random matrix needs only one order: all are alike.
    where: str = setting("target != 'random' or order == 'own'")


SMOKE = {
    "N": [8],
    "learning_rate": [0.1],
    "restarts": 2,
    "steps": [150, 300],
}
FULL = {
    "N": [4, 8, 16, 32, 64, 128, 256, 512, 1024],
    "learning_rate": [0.003, 0.01, 0.03, 0.1, 0.3],
    "restarts": 50,
    "steps": [1500, 3000],
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run: loss, root mean square error, whether the target is found, and its floor."""
    loss = _fit(unit).loss
    N, order = unit.static("N"), butterfly.ORDERS[unit.static("order")](unit.static("N"))
    T = butterfly.target(unit.static("target"), N)
    return unit.cells.assign(
        loss=loss,
        error=np.sqrt(loss),
        solved=np.sqrt(loss) <= FOUND,
        steps=unit.static("steps"),
        floor=float(butterfly.floor(T, order)),
        floor_of_all_orders=butterfly.floor_of_all_orders(T) if N <= LARGEST_PERMUTED else np.nan,
        key=hexadecimal(unit),
    )


def _fit(unit: Unit) -> "Fit":
    from experiments.ensemble import fitting

    N, settings = unit.static("N"), unit.settings
    T = butterfly.target(unit.static("target"), N)[butterfly.ORDERS[unit.static("order")](N)]
    shape = (N.bit_length() - 1, N // 2, 2, 2, 2)
    # Weights have mean square 1/2: then rows of the product have a norm of about 1, like those of the target.
    starts = np.array([np.random.default_rng(key).normal(0, 0.5, shape) for key in unit.keys.tolist()])
    return fitting.fit(
        butterfly.loss,
        starts,
        unit.cells["learning_rate"].to_numpy(),
        np.array([T.real, T.imag], float),
        unit.static("steps"),
        settings.optimizer,
        settings.schedule,
    )


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The layers of one run again, between real neurons: first all real parts, then all imaginary parts."""
    fit, order = _fit(unit), butterfly.ORDERS[unit.static("order")](unit.static("N"))
    F = fit.points[0][..., 0] + 1j * fit.points[0][..., 1]
    matrices = [butterfly.layer_matrix(weights, layer) for layer, weights in enumerate(F)]
    matrices[0] = matrices[0][np.argsort(order)]
    layers = [(np.block([[W.real, W.imag], [-W.imag, W.real]]), np.zeros(2 * len(W))) for W in matrices]
    losses = np.append(fit.curve[0], fit.loss[0])
    times = times_of_curve(len(losses) - 1, CURVE)
    return Rebuilt(layers, pd.DataFrame({"updates": times, "loss": losses[times]}), {"loss": fit.loss[0]})


def work(unit: Unit) -> Work:
    """Every step takes N unit vectors forward and backward through all layers; a complex product is four real ones."""
    N, steps = unit.static("N"), len(unit.cells) * unit.static("steps")
    return Work(steps, steps * 3.0 * 16.0 * N**2 * np.log2(N))


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
    common = sorted(set(rows["N"]) & set(PUBLISHED[target]))
    if not common:
        return
    errors = {N: rows.loc[rows["N"] == N, "error"].min() for N in common}
    ratios = [errors[N] / PUBLISHED[target][N] for N in common]
    each = ", ".join(f"N = {N}: {errors[N]:.1e}, {PUBLISHED[target][N]:.1e}" for N in common)
    how = (
        "The smallest error of all runs over the published one. The published one is in float32, the best of up to 320 "
        "runs, which also learn the order of the inputs. Measured is the largest ratio over N."
    )
    yield AS_PUBLISHED.verdict(
        f"published/{target}",
        f"With the order of the inputs given, training reaches the published error for {_words(target)}.",
        Measured.exactly(max(ratios), int(rows["N"].isin(common).sum()), how=how),
        exhibits("it is at most 1: one run is enough to show it", max(ratios) <= 1),
        prediction=f"best error / published error <= 1 at N = {', '.join(map(str, common))}",
        notes=f"here and published: {each}",
        **_switches(target, rows),
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
    return FLOOR.verdict(
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


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors of all runs at the best rate against N, with floors and published errors."""
    groups = list(table.groupby(["target", "order"]))
    figure, axes_of = panels(("found", "missed"), width=4.2, height=3.9, beside=0)
    found, missed = axes_of.values()
    numbers = []
    for i, ((target, order), rows) in enumerate(groups):
        reachable = (target, order) in REACHABLE
        axes = found if reachable else missed
        best, _ = budgets.by_budget(pd.concat([runs for _, runs in at_best(rows)]))
        shift = 2 ** (0.12 * (i - 2))
        axes.plot(best["N"] * shift, best["error"], MARKERS[i], color=COLOURS[i], ms=3, alpha=0.6)
        axes.plot([], [], MARKERS[i], color=COLOURS[i], ms=4, label=f"{target}, {order} order")
        if not reachable:
            floor = best.groupby("N")["floor"].min()
            axes.plot(floor.index * shift, floor, "_", color=COLOURS[i], ms=12, mew=1.2)
        if reachable or target == "random":
            published = pd.Series(PUBLISHED[target]).loc[: table["N"].max()]
            axes.plot(published.index, published, "*", color=COLOURS[i], ms=9, mec="black", mew=0.5)
        numbers.append(
            best.assign(published=best["N"].map(PUBLISHED[target] if reachable or target == "random" else {}))
        )
    found.axhline(FOUND, color="black", lw=0.8, ls="--", label=f"counts as found: {FOUND:g}")
    found.plot([], [], "k*", ms=7, label="published")
    missed.plot([], [], "k_", ms=12, mew=1.2, label="floor")
    missed.plot([], [], "k*", ms=7, label="published, order learned")
    found.set(yscale="log", title="butterflies can reach it", ylabel="root mean square error")
    missed.set(title="they cannot", ylim=(0, None))
    for axes in figure.axes:
        axes.set_xscale("log", base=2)
        axes.set_xlabel("N")
        axes.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    every = pd.concat(numbers, ignore_index=True)
    title = (
        f"{int(every['solved'].sum())} of {len(every)} runs find the transform; the others cannot, or come no nearer "
        "than a floor"
    )
    caption = "Each point is a run; lines: published errors, and floors below which no butterflies come."
    return {"butterfly-errors": Drawing(figure, every, title, caption)}
