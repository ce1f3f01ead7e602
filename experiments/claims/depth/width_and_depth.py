"""depth.width-and-depth: the product of 20 numbers, learned at every width and depth, beside a published heat map.

Rolnick & Tegmark (1705.05502, Fig. 2) trained tanh networks by AdaDelta on the product of 20 numbers from U[0, 2].
Their heat map shows the mean absolute error and the number of neurons that should suffice, but prints no numbers. The
product is nearly always about 0 and has the mean 1, so a constant already has an error of 0.9995. Errors are given over
that of the best constant, the median. Half of the points that judge are drawn where the product is large, and all are
weighted (theory/depth/uniform_products.py): otherwise a mean would rest on a handful of points.

The formula counts the neurons of the first hidden layer; later layers need fewer. A network *meets* it if each of its
layers, which are equally wide here, has at least that number. Networks are trained with several numbers of updates. A
failure of training contradicts only if more updates no longer change anything.
"""

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _depths as depths
from experiments.drawing.legends import legend_below
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, exhibits
from experiments.judging.statistics import mean_interval, normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.depth import groups, monomial
from theory.depth.targets import product_of
from theory.depth.uniform_products import (
    constant_absolute_error,
    median_of_product,
    weighted_points,
)

# Largest error over the constant's at which a network has approximated the product.
APPROXIMATED = 0.5
# Share of runs that must approximate it.
RATE = 0.5
# Errors have settled if they fall by at most this share from one number of updates to the next. Each number is at least
# 3 times the one before, and it would take thirty such steps from 0.9 to APPROXIMATED.
SETTLED = 0.02
SETTLED_WORDS = (
    "Contradicted only if more updates no longer matter: from one number to the next mean errors fall by at most "
    f"{SETTLED:.0%}."
)


TRIAL = Trial(
    source="Rolnick & Tegmark 2018 (1705.05502), Fig. 2",
    bears_on=on("no-flattening", role="variant"),
    existence="found by training",
    switches={
        "bias": True,
        "output": "linear",
        "inputs": "U[0, 2]",
        "norm": "mean absolute error over that of the median, the best constant",
        "optimizer": "adadelta",
    },
)
LEARNED = TRIAL.but(bears_on=on("no-flattening", role="control"))
CAN = TRIAL.but(source="theory/depth/groups.py", existence="representable")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how: networks train on `points` points; `judges` others choose, and as many others judge."""

    width: list[int] = setting([4, 8, 16, 32, 64, 128], low=1, high=10_000, static=True)
    depth: list[int] = setting([1, 2, 3, 4, 6], low=1, high=64, static=True)
    activation: list[str] = setting(["tanh"], choices=("tanh", "rectifier"), static=True)
    learning_rate: list[float] = fields.learning_rate([1.0])
    updates: list[int] = setting([900, 2700], low=1, high=100_000_000, static=True)
    # Fewer updates are run only for networks that meet the formula for 20 numbers, or nearly.
    where: str = setting("updates == 2700 or (width >= 64 and depth > 1)")
    restarts: int = setting(2, low=1, high=100_000, counts="restart", follows="restarts")
    n: int = setting(20, low=1, high=200)
    optimizer: str = fields.optimizer("adadelta")
    schedule: str = fields.schedule("constant")
    batch: int = fields.batch(64)
    points: int = setting(16_384, low=100, high=100_000_000)
    judges: int = setting(32_768, low=100, high=10_000_000)


SMOKE = {
    "width": [8, 32],
    "depth": [1],
    "updates": [50],
    "batch": 0,
    "points": 256,
    "judges": 1024,
    "where": "",
}
FULL = {
    "width": [2, 4, 8, 16, 32, 64, 128, 256],
    "depth": [1, 2, 3, 4, 5, 6, 8],
    "activation": ["tanh", "rectifier"],
    "learning_rate": [0.1, 1.0],
    "updates": [10_000, 30_000, 100_000],
    "restarts": 10,
    "points": 262_144,
    "judges": 65_536,
    "where": "updates == 100000 or (width >= 64 and depth > 1)",
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`.

    Mean absolute errors over that of the median are on the points that choose (`validation_error`) and on those that
    judge (`error`, with its standard error `deviation`).
    """
    regression, activation = _regression(unit), unit.static("activation")
    rows, networks = depths.fit(unit, regression, _program(unit))
    validation, _ = _over_constant(unit, regression, networks, activation, "validation")
    error, deviation = _over_constant(unit, regression, networks, activation, "test")
    rows = rows.assign(validation_error=validation, error=error, deviation=deviation, solved=error <= APPROXIMATED)
    return rows.assign(n=unit.settings.n, batch=unit.settings.batch)


def _over_constant(
    unit: Unit, regression: depths.Regression, networks: list[depths.Layers], activation: str, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """For every network its mean absolute error over the median's, and the standard error of this ratio.

    The median's error is known exactly. Only the difference of the two is a mean over points; it varies little.
    """
    rng = random_generator(unit.seed, "width and depth", what)
    x, weights = weighted_points(unit.settings.n, unit.settings.judges, rng)
    truth = regression.targets[0].value(x)
    by_constant = np.abs(truth - median_of_product(unit.settings.n))
    missed = weights * (np.abs(regression.answers(networks, activation, x) - truth) - by_constant)
    exact = constant_absolute_error(unit.settings.n)
    ratio, deviation = 1 + missed.mean(1) / exact, missed.std(1, ddof=1) / np.sqrt(len(x)) / exact
    return np.nan_to_num(ratio, nan=np.inf), np.nan_to_num(deviation, nan=np.inf)


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    return depths.rebuild(unit, _regression(unit), _program(unit), row)


def _regression(unit: Unit) -> depths.Regression:
    target = product_of(unit.settings.n, 0.0, 2.0)
    points = target.points(unit.settings.points, random_generator(unit.seed, "width and depth", "train"))
    return depths.Regression([target] * len(unit.cells), points, standard=False)


def _sizes(unit: Unit) -> tuple[int, ...]:
    return unit.settings.n, *[unit.static("width")] * unit.static("depth"), 1


def _program(unit: Unit) -> Any:
    room = depths.room(unit.settings.n, unit.static("width"), unit.static("depth"), halved=False)
    trained: dict[str, Any] = {"steps": unit.static("updates"), "loss": "absolute", "stop_when_solved": False}
    return cells.program_with(unit, sizes=_sizes(unit), room=room, **trained)


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    from theory.network import parameter_count

    steps, batch = len(unit.cells) * unit.static("updates"), unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * parameter_count(_sizes(unit)))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every activation: does a network beat the constant, and does depth help at equal width?

    And can networks that meet the formula compute the product, and does training find it?
    """
    verdicts = []
    for activation, rows in _chosen(table).groupby("activation"):
        longest = rows[rows["updates"] == rows["updates"].max()]
        verdicts += [_beats(str(activation), rows), *_fits(str(activation), longest)]
        verdicts += [*_enough(str(activation), rows), *_deeper(str(activation), longest)]
    return verdicts


def _chosen(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of every network at the learning rate that is best on the points that choose."""
    network = ["activation", "updates", "width", "depth", "restart"]
    return table.loc[table.groupby(network)["validation_error"].idxmin()]


def _meeting(rows: pd.DataFrame) -> pd.DataFrame:
    """The networks with at least as many neurons in every layer as the formula counts."""
    n = int(rows["n"].iloc[0])
    return rows[rows["width"] >= rows["depth"].map({depth: groups.formula(n, depth) for depth in set(rows["depth"])})]


def _fall(rows: pd.DataFrame) -> float:
    """The share by which the mean error falls from the last but one number of updates to the last; NaN if only one."""
    logs = np.log(rows.groupby(["depth", "width", "updates"])["error"].mean()).unstack("updates").dropna()
    return float(1 - np.exp((logs.iloc[:, -1] - logs.iloc[:, -2]).mean())) if logs.shape[1] > 1 else np.nan


def _switches(activation: str, rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "target": f"product of {int(rows['n'].iloc[0])} numbers",
        "activation": activation,
        "updates": rows["updates"].sort_values(),
        "batch": int(rows["batch"].max()) or "all points",
        "learning_rate": rows["learning_rate"].sort_values(),
        "width": f"{rows['width'].min()} to {rows['width'].max()}",
        "hidden_layers": f"1 to {rows['depth'].max()}",
    }


def _beats(activation: str, rows: pd.DataFrame) -> Verdict:
    fall, rows = _fall(rows), rows[rows["updates"] == rows["updates"].max()]
    best = rows.loc[rows["validation_error"].idxmin()]
    error, deviation = float(best["error"]), float(best["deviation"])
    beating = rows[rows["error"] < 1].groupby("depth").size().reindex(sorted(rows["depth"].unique()), fill_value=0)
    counts = ", ".join(f"{count} at depth {depth}" for depth, count in beating.items())
    constant = constant_absolute_error(int(rows["n"].iloc[0]))
    how = (
        "The network that is best on other points is measured on fresh points, with the normal "
        f"{percent()} interval of the mean over these. It holds for this network; another run finds another one."
    )
    return LEARNED.verdict(
        f"beats-constant/{activation}",
        "The best trained network is nearer to the product than a constant is.",
        Measured(lambda α: (error, *normal_interval(error, deviation, α)), len(rows), how=how, of_this_run=True),
        below(1).contradicted_only_if(fall <= SETTLED, SETTLED_WORDS),
        prediction="error over the constant's < 1",
        notes=f"best: {best['depth']} layers of {best['width']}; networks below 1: {counts}; the constant errs by "
        f"{constant:.4f} exactly",
        **_switches(activation, rows),
    )


@functools.cache
def _widest(n: int, depth: int, activation: str) -> float:
    """Neurons of the widest layer of the smallest grouped product."""
    layers = groups.best_groups(n, depth, monomial.prices(activation, "hidden"))[1]
    return max(layer.neurons for layer in layers)


def _fits(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    """Whether networks that meet the formula can compute the product; only for activations with known gates."""
    shapes = _meeting(rows)[["depth", "width"]].drop_duplicates()
    if shapes.empty or activation != "tanh":
        return []
    n = int(rows["n"].iloc[0])
    share = np.array([_widest(n, depth, activation) for depth in shapes["depth"].tolist()]) / shapes["width"].to_numpy()
    how = (
        "For every shape, the smallest grouped product of that depth, with hidden biases: neurons of its widest layer "
        "over the width. Measured is the largest share; the interval begins at the least."
    )
    return [
        CAN.verdict(
            f"can/{activation}",
            "A network that meets the formula can compute the product.",
            Measured.exactly(share.max(), len(shapes), share.min(), share.max(), how),
            exhibits("it fits into every shape", bool((share <= 1).all())),
            prediction="neurons of the widest layer of a grouped product / width <= 1",
            **_switches(activation, rows),
        )
    ]


def _enough(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    meeting = _meeting(rows)
    if meeting.empty:
        return []
    budgets = sorted(meeting["updates"].unique())
    longest = meeting[meeting["updates"] == budgets[-1]]
    shapes = longest.groupby(["depth", "width"]).ngroup()
    how = (
        "Networks whose layers have at least n^((k-1)/k) 2^(n^(1/k)) neurons, the first of k layers by the formula, "
        "after the most updates; shapes are clusters."
    )
    approximated = Measured.clustered_share(longest["error"] <= APPROXIMATED, shapes, how)
    errors = meeting.groupby("updates")["error"].agg(lambda some: float(np.exp(np.log(some).mean())))
    means = ", ".join(f"{errors[budget]:.3f} after {budget:,}" for budget in budgets)
    return [
        TRIAL.verdict(
            f"enough-neurons/{activation}",
            "Training finds the product in most runs of networks with as many neurons in every hidden layer as should "
            "suffice.",
            dataclasses.replace(approximated, samples=len(longest)),
            above(RATE).contradicted_only_if(bool(_fall(meeting) <= SETTLED), SETTLED_WORDS),
            prediction=f"share of networks with an error of at most {APPROXIMATED:g} times the constant's >= {RATE:g}",
            notes=f"{shapes.nunique()} shapes meet the formula; their least error: {longest['error'].min():.3g}; mean "
            f"errors: {means} updates",
            **_switches(activation, rows),
        )
    ]


def _deeper(activation: str, rows: pd.DataFrame) -> list[Verdict]:
    logs = np.log(rows.groupby(["width", "restart", "depth"])["error"].first()).unstack("depth")
    if 1 not in logs or len(logs.columns) < 2:
        return []
    # Runs of one width are not independent, so the interval is over widths.
    gain = (logs[1] - logs.drop(columns=1).mean(axis=1)).groupby("width").mean().dropna().to_numpy()

    def estimate(α: float) -> tuple[float, float, float]:
        mean, low, high = mean_interval(gain, α)
        return float(np.exp(mean)), float(np.exp(low)), float(np.exp(high))

    medians = ", ".join(
        f"{error:.3f} at depth {depth}" for depth, error in rows.groupby("depth")["error"].median().items()
    )
    how = (
        "For every width: the error of one hidden layer over the geometric mean of those of more, as a logarithm, "
        f"averaged over restarts. Its mean over widths has a {percent()} Student interval."
    )
    return [
        TRIAL.verdict(
            f"deeper-is-better/{activation}",
            "At equal width more hidden layers than one get nearer to the product.",
            Measured(estimate, len(gain), how=how),
            above(1),
            prediction="error of one hidden layer / error of more > 1",
            notes=f"median errors {medians}",
            **_switches(activation, rows),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The heat map: median error over the constant's, by width and depth, with the curve of what should suffice."""
    table = _chosen(table)
    table = table[table["updates"] == table["updates"].max()]
    activations = sorted(table["activation"].unique())
    figure, axes_of = panels(activations, width=3.6, height=3.5)
    numbers = table.groupby(["activation", "depth", "width"])["error"].median().reset_index()
    # White is the constant's error; the colours reach as far as the best network, and at least a tenth.
    reach = max(0.1, 1 - numbers["error"].min())
    for activation, axes in axes_of.items():
        mine = numbers[numbers["activation"] == activation].pivot(index="width", columns="depth", values="error")
        picture = _map(axes, mine, reach)
        _curve(axes, mine, int(table["n"].iloc[0]))
        axes.set_title(f"product of {table['n'].iloc[0]} numbers, {activation}", fontsize=8)
    figure.axes[0].set_ylabel("width of every hidden layer")
    figure.colorbar(picture, ax=figure.axes, label="mean absolute error / the constant's", extend="max")
    legend_below(figure)
    paper = numbers["depth"].map({d: groups.formula(int(table["n"].iloc[0]), d) for d in set(numbers["depth"])})
    title = (
        f"The product of 20 numbers: no network errs by less than {numbers['error'].min():.2g} of the constant's error"
    )
    caption = "Left: width and depth of the networks, and where they should suffice. Right: their best errors."
    return {"width-and-depth": Drawing(figure, numbers.assign(neurons_on_paper=paper), title, caption)}


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
    """The width from which on networks meet the formula."""
    depth, places = errors.columns.to_numpy(float), np.arange(len(errors.index))
    paper = np.log2([groups.formula(n, int(k)) for k in depth])
    height = np.interp(paper, np.log2(errors.index), places, left=np.nan, right=np.nan)
    axes.plot(np.arange(len(depth)), height, "-", color=COLOURS[2], lw=1.5, label="neurons of the first layer, formula")
