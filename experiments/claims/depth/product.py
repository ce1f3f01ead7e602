"""depth.product: n numbers in one hidden layer, in log2 n of them, and in between.

Every network is built, its neurons are counted in its weights, and it is evaluated in float64 at the scale of its input
weights that is best by prediction, and at one on either side of it. Points are corners of [-1, 1]^n, where the product
is ±1, and points between them and their halves; errors are the largest over them.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from experiments.verdict import Verdict, decide
from theory.boolean.construction import Layers
from theory.depth.groups import Groups, best_groups, formula, grouped, neurons
from theory.depth.product import BIASES, bounds, flat
from theory.depth.scale import predicted
from theory.depth.taylor import DERIVATIVES

STATIC = ("activation", "bias")
PRECISION = "float64"
# Around the scale that is predicted to be best.
FACTORS = (2**-0.5, 1.0, 2**0.5)
# Neurons that are evaluated at once, corners that a prediction looks at, and gates with all of their corners.
BLOCK, FEW, SMALL_GATE = 1 << 15, 8, 6
ACCURATE, FACTOR, NEAR, OFF = 1e-3, 5.0, 0.1, 0.25
SOURCE = "Lin, Tegmark & Rolnick 2017, arXiv 1608.08225, eq. 28 and appendix A"
TREES = "Rolnick & Tegmark 2018, arXiv 1705.05502, theorem 4.1"
WITH = {"none": "without biases", "output": "with an output bias", "hidden": "with hidden biases"}
SWITCH = {
    "none": "no biases at all",
    "output": "an output bias of every flat product, no other biases",
    "hidden": "hidden biases, one value for all neurons (three for tanh-like units and two numbers), no output bias",
}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built. `layers`: hidden layers, 1 for flat; more than log2 n of them are not of use."""

    n: list[int] = setting([2, 3, 4, 5, 6, 8, 10, 12, 16, 20], low=2, high=22)
    layers: list[int] = setting([1, 2, 3, 4, 5], low=1, high=6)
    activation: list[str] = setting(["exponential", "gelu", "sine", "softplus", "tanh"], choices=tuple(DERIVATIVES))
    bias: list[str] = setting(list(BIASES), choices=BIASES)
    where: str = setting("2 ** (layers - 1) < n")
    points: int = setting(32, low=2, high=100_000)
    evaluated: int = setting(1 << 20, low=1, high=1 << 22)
    """Networks of more neurons are built and counted only."""


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: neurons promised, proved necessary, and built; its least error, and the predicted one."""
    activation, bias = unit.static("activation"), unit.static("bias")
    rows = []
    for n, layers in zip(unit.cells["n"].tolist(), unit.cells["layers"].tolist(), strict=True):
        least, built = bounds_of(n, activation, bias)
        count, groups = best_groups(n, layers, lambda b: bounds_of(b, activation, bias)[1])
        row: dict[str, Any] = {"promised": 2.0**n, "least": float(least), "possible": bool(np.isfinite(count))}
        if row["possible"]:
            build = functools.partial(_network, groups, activation, bias)
            row |= {"neurons": float(neurons(build(1.0))), "groups": _words(groups)}
            row |= {"predicted": _predicted_error(groups, activation, bias)}
            x = _points(n, unit.settings.points, random_generator(unit.seed, "product", n))
            if count <= unit.settings.evaluated:
                row["error"] = min(_error(build(factor), activation, x) for factor in FACTORS)
        rows.append(row)
    columns = ["promised", "least", "possible", "neurons", "groups", "predicted", "error"]
    return pd.concat([unit.cells, pd.DataFrame(rows).reindex(columns=columns)], axis=1)


@functools.cache
def bounds_of(n: int, activation: str, bias: str) -> tuple[int, float]:
    """See `product.bounds`: neurons that are needed, and those that are built, for n numbers in one hidden layer."""
    return bounds((1,) * n, activation, bias)


def _points(n: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Corners of [-1, 1]^n, and as many points with coordinates between ½ and 1 in size."""
    corners = rng.choice([-1.0, 1.0], (-(-count // 2), n))
    return np.concatenate([corners, corners * rng.uniform(0.5, 1, corners.shape)])[:count]


@functools.lru_cache(maxsize=64)
def _model(size: int, activation: str, bias: str) -> Any:
    corners = np.array(list(product((1.0, -1.0), repeat=min(size, SMALL_GATE))))
    if size > SMALL_GATE:
        corners = np.concatenate([np.ones((1, size)), np.random.default_rng(size).choice([-1.0, 1.0], (FEW, size))])
    return predicted(flat((1,) * size, activation, bias), activation, corners, PRECISION)


def _network(groups: Groups, activation: str, bias: str, factor: float) -> Layers:
    def gate(size: int) -> Layers:
        scale = factor * _model(size, activation, bias).best_scale
        return flat((1,) * size, activation, bias).layers(scale)

    return gate(groups[0][0]) if len(groups) == 1 else grouped(groups, gate)


def _predicted_error(groups: Groups, activation: str, bias: str) -> float:
    """The errors of all gates together: each is passed on by products of numbers of size 1."""
    models = [_model(size, activation, bias) for sizes in groups for size in sizes]
    return float(sum(model.at(model.best_scale) for model in models))


def _words(groups: Groups) -> str:
    return "; ".join(" ".join(map(str, sizes)) for sizes in groups)


def _error(layers: Layers, activation: str, x: np.ndarray) -> float:
    import jax

    from theory import network
    from theory.activations import ACTIVATIONS

    with jax.enable_x64(True):
        z = sum(
            np.asarray(
                network.evaluate(network.from_arrays(part, PRECISION), jax.numpy.asarray(x), ACTIVATIONS[activation])
            )
            for part in _parts(layers)
        )
    return float(np.abs(z[:, 0] - np.prod(x, axis=1)).max())


def _parts(layers: Layers) -> Iterator[Layers]:
    """Networks whose outputs add up to that of a network, so that a wide layer need not be in memory at once."""
    (W, b), (V, c), *deeper = layers
    if deeper or W.shape[1] <= BLOCK:
        yield layers
        return
    for start in range(0, W.shape[1], BLOCK):
        some = slice(start, start + BLOCK)
        yield (W[:, some], b[some]), (V[some], c if start == 0 else 0 * c)


def work(unit: Unit) -> Work:
    """The flat networks are by far the largest."""
    sizes = 2.0 ** unit.cells.loc[unit.cells["layers"] == 1, "n"]
    return Work(0, 200.0 * len(unit.cells) + float(sizes.sum()) * 3 * 50.0 * unit.settings.points)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Under which switches 2^n neurons are needed and suffice; trees and what is in between; digits."""
    verdicts = []
    for (bias, activation), rows in table[table["layers"] == 1].groupby(["bias", "activation"], sort=False):
        verdicts += [_suffices(str(bias), str(activation), rows), _needed(str(bias), str(activation), rows)]
    built = table[table["possible"]]
    flats = built[built["layers"] == 1]
    deepest = built[built["layers"] == np.ceil(np.log2(built["n"]))]
    verdicts += [_exponential(flats), *_pairs(deepest), *_between(built), _digits("flat", flats)]
    return [*verdicts, _digits("deep", deepest[deepest["layers"] > 1]), _as_predicted(built)]


def _verdict(name: str, statement: str, rows: pd.DataFrame, **others: Any) -> Verdict:
    standard: dict[str, Any] = {
        "source": SOURCE,
        "existence": "representable",
        "samples": len(rows),
        "evidence": "exact",
        "hypotheses": "",
        "measured": np.nan,
    }
    given = standard | others
    given["hypotheses"] = (
        f"n = {', '.join(map(str, sorted(rows['n'].unique())))} numbers; input weights λ times a fixed direction, "
        f"λ -> 0; {given['hypotheses'] or _switches(rows)}"
    )
    given = {"low": given["measured"], "high": given["measured"]} | given
    return Verdict(claim=f"depth.product/{name}", statement=statement, **given)


def _switches(rows: pd.DataFrame) -> str:
    biases = [str(bias) for bias in rows["bias"].unique()]
    return f"{', '.join(rows['activation'].unique())}; biases: {', '.join(biases)}"


def _suffices(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    good = rows["possible"] & (rows["neurons"] <= rows["promised"])
    missing = ", ".join(map(str, rows.loc[~good, "n"])) or "none"
    return _verdict(
        f"suffices/{bias}/{activation}",
        f"2^n {activation} neurons in one hidden layer {WITH[bias]} multiply n numbers.",
        rows,
        hypotheses=SWITCH[bias],
        prediction="share of the n for which such a network was built = 1",
        measured=float(good.mean()),
        rule="Supported if one of at most 2^n neurons was built for every n; contradicted if for some n there is none, "
        f"because the n-th derivative at 0 vanishes and no bias moves it; else inconclusive. n without: {missing}.",
        verdict=decide(bool(good.all()), bool((~rows["possible"]).any())),
    )


def _needed(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    built = rows[rows["possible"]]
    share, proved = built["neurons"] / built["promised"], built["least"] / built["promised"]
    n_of_least = int(built.loc[share.idxmin(), "n"]) if len(built) else 0
    return _verdict(
        f"needed/{bias}/{activation}",
        f"No fewer than 2^n {activation} neurons in one hidden layer {WITH[bias]} multiply n numbers.",
        built if len(built) else rows,
        hypotheses=SWITCH[bias],
        prediction="neurons of the smallest network / 2^n = 1",
        measured=float(share.min()) if len(built) else np.nan,
        low=float(proved.min()) if len(built) else np.nan,
        high=float(share.min()) if len(built) else np.nan,
        rule="Of all n for which there is a network. Measured is the least share that was built, here for "
        f"n = {n_of_least}; low is what the Taylor equations prove. Supported if they prove 2^n for every n; "
        "contradicted if for some n a network of fewer was built; else inconclusive.",
        verdict=decide(bool(len(built) and (proved >= 1).all()), bool((share < 1).any())),
    )


def _exponential(flats: pd.DataFrame) -> Verdict:
    ratio = flats["least"] * 2 / flats["promised"]
    return _verdict(
        "exponential",
        "Whatever the activation and the biases, one hidden layer takes at least 2^(n-1) neurons, and no more are needed "
        "where some bias makes the derivative of order n - 1 vanish.",
        flats,
        source="theory/depth/equations.py; that of sums of powers of linear forms",
        prediction="least number of neurons proved / 2^(n-1) >= 1, and networks of that size exist",
        measured=float((flats["neurons"] * 2 / flats["promised"]).min()),
        rule="Supported if for every n, activation and switch at least 2^(n-1) neurons are proved necessary and some "
        "network of 2^(n-1) was built; contradicted if a smaller one was built. Measured is the least built / 2^(n-1).",
        verdict=decide(
            bool((ratio >= 1).all() and (flats["neurons"] * 2 == flats["promised"]).any()),
            bool((flats["neurons"] * 2 < flats["promised"]).any()),
        ),
    )


def _pairs(deepest: pd.DataFrame) -> list[Verdict]:
    """4 (n - 1) neurons without biases, for powers of 2 and for the rest."""
    rows = deepest[(deepest["bias"] == "none") & (deepest["activation"] == "exponential")]
    power = rows["n"].isin([2**k for k in range(1, 10)])
    return [
        _verdict(
            f"tree/{name}",
            f"4 (n - 1) bias-free neurons in log2 n layers, rounded up, multiply n numbers: {words}.",
            some,
            source=f"{TREES}; counted as in Lin et al. 2017",
            prediction="neurons - 4 (n - 1) = 0",
            measured=float((excess := some["neurons"] - 4 * (some["n"] - 1)).max()),
            low=float(excess.min()),
            high=float(excess.max()),
            rule="The smallest grouping with so many layers, neurons counted in its weights; the interval goes from the "
            "least to the largest difference. Supported if none is above 0; contradicted if one is, for a number that "
            "is alone in its group must be carried through the layer.",
            verdict=decide(bool((excess <= 0).all()), bool((excess > 0).any())),
        )
        for name, words, some in (
            ("powers-of-2", "n a power of 2", rows[power]),
            ("other-n", "any other n", rows[~power]),
        )
        if len(some)
    ]


def _between(built: pd.DataFrame) -> list[Verdict]:
    rows = built[(built["bias"] == "none") & (built["activation"] == "exponential") & (built["layers"] > 1)]
    rows = rows[rows["n"] == rows["n"].max()]
    if rows.empty:
        return []
    n = int(rows["n"].iloc[0])
    ratio = pd.Series(
        [count / formula(n, k) for count, k in zip(rows["neurons"], rows["layers"], strict=True)], rows["layers"]
    )
    counts = ", ".join(
        f"k = {k}: {count:.0f} ({formula(n, k):.1f})" for count, k in zip(rows["neurons"], rows["layers"], strict=True)
    )
    return [
        _verdict(
            "between",
            "With k hidden layers the grouped product of n numbers has n^((k-1)/k) 2^(n^(1/k)) neurons.",
            rows,
            source=TREES,
            prediction=f"neurons counted / formula = 1, n = {n}, k = 2 to {rows['layers'].max()}",
            measured=float(ratio.max()),
            low=float(ratio.min()),
            high=float(ratio.max()),
            rule=f"The smallest grouping, bias-free. The interval goes from the least to the largest ratio. Supported "
            f"if all are within {NEAR:.0%} of 1; contradicted if one is off by more than {OFF:.0%}: the formula is "
            f"the first hidden layer's share, with groups of equal, not whole size; else inconclusive. Counted "
            f"(formula): {counts}.",
            verdict=decide(bool(((ratio - 1).abs() <= NEAR).all()), bool(((ratio - 1).abs() > OFF).any())),
        )
    ]


def _digits(shape: str, rows: pd.DataFrame) -> Verdict:
    rows = rows[rows["error"].notna()]
    rows = rows[rows["n"] == rows["n"].max()]
    least = float(rows["error"].min()) if len(rows) else np.nan
    n = int(rows["n"].max()) if len(rows) else 0
    who = rows.loc[rows["error"].idxmin()] if len(rows) else None
    return _verdict(
        f"digits/{shape}",
        f"A {shape} network multiplies many numbers in float64 to three digits.",
        rows,
        source="theory/depth/scale.py",
        prediction=f"least error at n = {n} <= {ACCURATE:g}",
        measured=least,
        low=least,
        high=float(rows["error"].max()) if len(rows) else np.nan,
        rule=f"Measured is the least error over activations and switches, at scales near the best one; the interval "
        f"goes to the largest. Supported if it is at most {ACCURATE:g}, else contradicted."
        + (f" It is that of {who['activation']}, bias: {who['bias']}." if who is not None else ""),
        verdict=decide(least <= ACCURATE, least > ACCURATE),
    )


def _as_predicted(built: pd.DataFrame) -> Verdict:
    rows = built[built["error"].notna()]
    ratios = (rows["error"] / rows["predicted"])[rows["layers"] == 1]
    typical = float(np.exp(np.log(ratios).mean()))
    return _verdict(
        "digits/as-predicted",
        "What accuracy a flat product of n numbers reaches in float64 is where truncation and rounding cross.",
        rows[rows["layers"] == 1],
        source="theory/depth/scale.py",
        prediction="least error / predicted = 1",
        measured=typical,
        low=float(ratios.min()),
        high=float(ratios.max()),
        rule=f"Geometric mean over all flat networks; the interval goes from the least to the largest ratio. Supported "
        f"if all are within a factor of {FACTOR:g} of 1, contradicted if the mean is not, else inconclusive.",
        verdict=decide(bool((np.abs(np.log(ratios)) <= np.log(FACTOR)).all()), abs(np.log(typical)) > np.log(FACTOR)),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Neurons against n, flat, deep and in between, and the least errors against n."""
    return {"product-neurons": draw_neurons(table), "product-error": draw_errors(table)}


def draw_neurons(table: pd.DataFrame) -> Drawing:
    """One panel a switch; points are counted, one activation each for which there are most, lines are formulas."""
    biases = list(table["bias"].unique())
    figure = new_figure(2.9 * len(biases) + 1.6, 3.4, 1, len(biases))
    n = np.linspace(2, table["n"].max(), 100)
    numbers = []
    for axes, bias in zip(figure.axes, biases, strict=True):
        axes.plot(n, 2.0**n, "k-", lw=0.8, label="2^n")
        axes.plot(n, 2.0 ** (n - 1), "k--", lw=0.8, label="2^(n-1)")
        axes.plot(n, 4 * (n - 1), "k:", lw=0.8, label="4 (n - 1)")
        rows = table[(table["bias"] == bias) & table["possible"]]
        shown = rows[rows["activation"] == ("gelu" if bias == "hidden" and "gelu" in set(rows["activation"]) else rows["activation"].mode()[0])]
        for i, (layers, mine) in enumerate(shown.groupby("layers")):
            label = "one hidden layer" if layers == 1 else f"{layers} hidden layers"
            axes.plot(mine["n"], mine["neurons"], MARKERS[i], color=COLOURS[i], ms=4, label=label)
        numbers.append(shown)
        axes.set_yscale("log", base=2)
        axes.set_title(f"bias: {bias}; {shown['activation'].iloc[0]}", fontsize=8)
    label_outside(figure, "n, numbers that are multiplied", "hidden neurons, counted in the weights")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=7)
    return Drawing(figure, pd.concat(numbers, ignore_index=True))


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Flat and deepest networks: measured as points, predicted as lines; one panel a switch."""
    biases, activations = list(table["bias"].unique()), list(table["activation"].unique())
    figure = new_figure(2.9 * len(biases) + 1.8, 3.4, 1, len(biases))
    rows = table[table["error"].notna()]
    rows = rows.assign(shape=np.where(rows["layers"] == 1, "flat", "deep"))
    rows = rows[(rows["layers"] == 1) | (rows["layers"] == np.ceil(np.log2(rows["n"])))]
    for axes, bias in zip(figure.axes, biases, strict=True):
        mine = rows[rows["bias"] == bias].sort_values("n")
        for shape, fill, line in (("flat", None, "-"), ("deep", "none", ":")):
            for i, activation in enumerate(activations):
                some = mine[(mine["activation"] == activation) & (mine["shape"] == shape)]
                looks: dict[str, Any] = {"color": COLOURS[i], "label": f"{activation}, {shape}"}
                axes.plot(some["n"], some["error"], MARKERS[i], ms=3.5, mfc=fill, **looks)
                axes.plot(some["n"], some["predicted"], line, color=COLOURS[i], lw=0.7)
        axes.set_yscale("log")
        axes.set_title(f"bias: {bias}", fontsize=8)
    label_outside(figure, "n, numbers that are multiplied", "largest error in float64")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=7)
    return Drawing(figure, rows)
