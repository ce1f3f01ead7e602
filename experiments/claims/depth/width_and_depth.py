"""depth.width-and-depth: the product of 20 numbers, learned at every width and depth, beside a published heat map.

Rolnick & Tegmark (1705.05502, Fig. 2) trained tanh networks by AdaDelta on the product of 20 numbers from U[0, 2], drew
their mean absolute error as a heat map, and into it the number of neurons that should suffice. No numbers are printed
there. The product is about 0 nearly always and has the mean 1, so a constant has an error of 0.9995 by doing nothing;
errors are given over that of the best constant, the median, on the same points.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, Drawing, new_figure
from experiments.measuring import depths, restarts
from experiments.plan import Unit, Work, random_generator
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import mean_interval, normal_interval, wilson
from experiments.verdict import Verdict, decide
from theory.depth.targets import product_of
from theory.depth.uniform_products import constant_absolute_error, median_of_product, neurons_on_paper

STATIC = ("width", "depth", "activation")
# An error over the constant's that counts as having approximated the product, and the share of runs asked for.
APPROXIMATED, RATE = 0.5, 0.5
SOURCE = "Rolnick & Tegmark 2018 (1705.05502), Fig. 2"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how: so many `points` are trained on, and `judges` others choose, and again others judge."""

    width: list[int] = setting([4, 8, 16, 32, 64, 128], low=1, high=10_000)
    depth: list[int] = setting([1, 2, 3, 4, 5, 6], low=1, high=64)
    activation: list[str] = setting(["tanh"], choices=("tanh", "rectifier"))
    learning_rate: list[float] = setting([1.0], low=1e-9, high=1000.0)
    restarts: int = setting(low=1, high=100_000, counts="restart")
    n: int = setting(20, low=1, high=200)
    optimizer: str = setting("adadelta", choices=("adadelta", "adam", "sgd", "momentum", "rms"))
    schedule: str = setting("constant", choices=("constant", "linear", "cosine"))
    batch: int = setting(64, low=0, high=65_536)
    steps: int = setting(3000, low=1, high=100_000_000)
    points: int = setting(16_384, low=100, high=100_000_000)
    judges: int = setting(32_768, low=100, high=10_000_000)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`, with its mean absolute error over that of the median, on the
    points that choose (`validation_error`) and on those that judge (`error`, whose standard error is `deviation`).
    """
    problem, activation = _problem(unit), unit.static("activation")
    rows, networks = depths.fit(unit, problem, _program(unit))
    validation, _ = _over_constant(unit, problem, networks, activation, "validation")
    error, deviation = _over_constant(unit, problem, networks, activation, "test")
    rows = rows.assign(validation_error=validation, error=error, deviation=deviation, solved=error <= APPROXIMATED)
    return rows.assign(n=unit.settings.n, batch=unit.settings.batch)


def _over_constant(
    unit: Unit, problem: depths.Problem, networks: list[depths.Layers], activation: str, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """For every network its mean absolute error over the median's on the same points, and the standard error of that.

    The two errors of a point are nearly the same where the product is large, so their difference says more than either.
    """
    x = _points(unit, unit.settings.judges, what)
    truth = problem.targets[0].value(x)
    by_constant = np.abs(truth - median_of_product(unit.settings.n))
    missed = np.abs(problem.answers(networks, activation, x) - truth) - by_constant
    ratio = 1 + missed.mean(1) / by_constant.mean()
    deviation = missed.std(1, ddof=1) / np.sqrt(len(x)) / by_constant.mean()
    return np.nan_to_num(ratio, nan=np.inf), np.nan_to_num(deviation, nan=np.inf)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    return depths.rebuild(unit, _problem(unit), _program(unit), row)


def _problem(unit: Unit) -> depths.Problem:
    target = product_of(unit.settings.n, 0.0, 2.0)
    return depths.Problem([target] * len(unit.cells), _points(unit, unit.settings.points, "train"), standard=False)


def _points(unit: Unit, count: int, what: str) -> np.ndarray:
    return product_of(unit.settings.n, 0.0, 2.0).points(count, random_generator(unit.seed, "width and depth", what))


def _sizes(unit: Unit) -> tuple[int, ...]:
    return unit.settings.n, *[unit.static("width")] * unit.static("depth"), 1


def _program(unit: Unit) -> Any:
    room = depths.room(unit.settings.n, unit.static("width"), unit.static("depth"), halved=False)
    return restarts.program_with(unit, sizes=_sizes(unit), room=room, loss="absolute", stop_when_solved=False)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    from theory.network import parameter_count

    steps, batch = len(unit.cells) * unit.settings.steps, unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * parameter_count(_sizes(unit)))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every activation: whether some network beats the constant, whether those that should be large enough
    approximate the product, and whether depth helps at equal width.
    """
    verdicts = []
    for activation, rows in table.groupby("activation"):
        verdicts += [_beats(str(activation), rows), *_enough(str(activation), rows), *_deeper(str(activation), rows)]
    return verdicts


def _verdict(short: str, activation: str, rows: pd.DataFrame, **others: Any) -> Verdict:
    n = int(rows["n"].iloc[0])
    rates = ", ".join(f"{rate:g}" for rate in sorted(rows["learning_rate"].unique()))
    batch = f"{rows['batch'].max()} points each" if rows["batch"].max() else "all points each"
    standard: dict[str, Any] = {
        "source": SOURCE,
        "existence": "found by training",
        "samples": len(rows),
        "evidence": "statistical",
        "hypotheses": f"product of {n} numbers from U[0, 2]; {activation} units with biases, linear output; mean "
        f"absolute error, over that of the median, the best constant, whose error is {constant_absolute_error(n):.4f} "
        f"exactly; {rows['steps'].max():,} updates of {batch}, learning rate {rates}; widths {rows['width'].min()} to "
        f"{rows['width'].max()}, 1 to {rows['depth'].max()} hidden layers",
    }
    standard["hypotheses"] += others.pop("also", "")
    return Verdict(claim=f"depth.width-and-depth/{short}/{activation}", **(standard | others))


def _beats(activation: str, rows: pd.DataFrame) -> Verdict:
    best = rows.loc[rows["validation_error"].idxmin()]
    low, high = normal_interval(float(best["error"]), float(best["deviation"]))
    beating = rows[rows["error"] < 1].groupby("depth").size().reindex(sorted(rows["depth"].unique()), fill_value=0)
    counts = ", ".join(f"{count} at depth {depth}" for depth, count in beating.items())
    return _verdict(
        "beats-constant",
        activation,
        rows,
        statement="The best trained network is nearer to the product than a constant is.",
        prediction="error over the constant's < 1",
        measured=float(best["error"]),
        low=float(low),
        high=float(high),
        also=f"; best: {best['depth']} layers of {best['width']}; networks below 1: {counts}",
        rule="The network that is best on other points, on fresh ones, with the normal 95 % interval of the mean over "
        "these. Supported if it lies below 1, contradicted if above, else inconclusive.",
        verdict=decide(bool(high < 1), bool(low > 1)),
    )


def _enough(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    paper = rows["depth"].map({depth: neurons_on_paper(int(rows["n"].iloc[0]), depth) for depth in set(rows["depth"])})
    above = rows[rows["neurons"] >= paper]
    if above.empty:
        return []
    near = above["error"] <= APPROXIMATED
    low, high = wilson(int(near.sum()), len(near))
    return [
        _verdict(
            "enough-neurons",
            activation,
            rows,
            statement="Training approximates the product with as many neurons as should suffice.",
            prediction=f"share of networks with an error of at most {APPROXIMATED:g} times the constant's >= {RATE:g}",
            measured=float(near.mean()),
            low=low,
            high=high,
            samples=len(near),
            also=f"; least error of these networks: {above['error'].min():.3g}",
            rule="Networks with at least n^((k-1)/k) 2^(n^(1/k)) neurons in k hidden layers. Supported if the 95 % "
            f"Wilson interval lies above {RATE:g}, contradicted if below, else inconclusive.",
            verdict=decide(low > RATE, high < RATE),
        )
    ]


def _deeper(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    logs = np.log(rows["error"]).groupby([rows["width"], rows["restart"], rows["depth"]]).min().unstack("depth")
    if 1 not in logs or len(logs.columns) < 2:
        return []
    gain = (logs[1] - logs.drop(columns=1).mean(axis=1)).to_numpy()
    factor, low, high = np.exp(mean_interval(gain[np.isfinite(gain)]))
    medians = ", ".join(f"{error:.3g} at depth {d}" for d, error in rows.groupby("depth")["error"].median().items())
    return [
        _verdict(
            "deeper-is-better",
            activation,
            rows,
            statement="At equal width more hidden layers than one get nearer to the product.",
            prediction="error of one hidden layer / error of more > 1",
            measured=float(factor),
            low=float(low),
            high=float(high),
            samples=len(gain),
            also=f"; median errors {medians}",
            rule="For every width and restart the error of one hidden layer over the geometric mean of those of more, "
            "and the geometric mean of that with a 95 % Student interval of its logarithm. Supported if it lies above "
            "1, contradicted if below, else inconclusive.",
            verdict=decide(bool(low > 1), bool(high < 1)),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The heat map: median error over the constant's, by width and depth, with the curve of what should suffice."""
    activations = sorted(table["activation"].unique())
    figure = new_figure(3.6 * len(activations) + 1.6, 3.8, columns=len(activations))
    numbers = table.groupby(["activation", "depth", "width"])["error"].median().reset_index()
    # White is the constant's error; the colours reach as far as the best network, and at least a tenth.
    reach = max(0.1, 1 - numbers["error"].min())
    for axes, activation in zip(figure.axes[: len(activations)], activations, strict=True):
        mine = numbers[numbers["activation"] == activation].pivot(index="width", columns="depth", values="error")
        picture = _map(axes, mine, reach)
        _curve(axes, mine, int(table["n"].iloc[0]))
        axes.set_title(f"product of {table['n'].iloc[0]} numbers, {activation}", fontsize=8)
    figure.axes[0].set_ylabel("width of every hidden layer")
    figure.colorbar(picture, ax=figure.axes, label="mean absolute error / the constant's", extend="max")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
    paper = numbers["depth"].map({d: neurons_on_paper(int(table["n"].iloc[0]), d) for d in set(numbers["depth"])})
    return {"width-and-depth": Drawing(figure, numbers.assign(neurons_on_paper=paper))}


def _map(axes: Any, errors: pd.DataFrame, reach: float) -> Any:
    ends = {"vmin": 1 - reach, "vmax": 1 + reach}
    picture = axes.imshow(errors.to_numpy(), origin="lower", aspect="auto", cmap="RdBu_r", alpha=0.85, **ends)
    for (row, column), error in np.ndenumerate(errors.to_numpy()):
        axes.text(column, row, f"{error:.2f}", ha="center", va="center", fontsize=7)
    axes.set_xticks(range(len(errors.columns)), errors.columns)
    axes.set_yticks(range(len(errors.index)), errors.index)
    axes.set_xlabel("hidden layers")
    axes.grid(False)
    return picture


def _curve(axes: Any, errors: pd.DataFrame, n: int) -> None:
    """The neurons that should suffice, as those of all layers together and as those of one layer."""
    depth, places = errors.columns.to_numpy(float), np.arange(len(errors.index))
    paper = np.array([neurons_on_paper(n, int(k)) for k in depth])
    for widths, style, label in (
        (paper / depth, "-", "their curve, neurons of all layers"),
        (paper, "--", "... of one"),
    ):
        height = np.interp(np.log2(widths), np.log2(errors.index), places, left=np.nan, right=np.nan)
        axes.plot(np.arange(len(depth)), height, style, color=COLOURS[2], lw=1.5, label=label)
