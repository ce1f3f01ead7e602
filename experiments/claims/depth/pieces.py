"""depth.pieces: L layers of w rectifiers have at most (w + 1)^L linear pieces on the line, far fewer at random weights.

Pieces of networks with one input are counted exactly on the whole line, see theory/depth/pieces.py: for networks that
are built to have many pieces, and for networks with random weights. Sources: Telgarsky 2015 and Serra, Tjandraatmadja &
Ramalingam 2018 for the bound, Hanin & Rolnick 2019 for random weights.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.judging.measured import Measured
from experiments.judging.rules import at_most, exhibits, holds_for_all
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.dense import Layers
from theory.depth.pieces import bound, count
from theory.depth.sawtooth import deep, zigzags

# Network that is built: (how to build it, its width).
BUILT = {"sawtooth": (deep, 2), "zigzag": (zigzags, 3)}
RANDOM = "random"
# A random network has at most this many pieces per neuron.
PER_NEURON = 2.0
# The bound is attained from this width on.
SHARP_FROM = 3
BOUND = Trial(
    source="(2w)^L: Telgarsky 2015; (w + 1)^L, exact for one input: Serra, Tjandraatmadja & Ramalingam 2018, "
    "1711.02114",
    bears_on=on("no-flattening", role="variant"),
    existence="representable",
    switches={"activation": "rectifier", "bias": True, "output": "linear", "inputs": 1, "domain": "the whole line"},
)
NARROW = BOUND.but(source="theory/depth/pieces.py", bears_on=on("no-flattening", role="control"))
AT_RANDOM = BOUND.but(
    source="Hanin & Rolnick 2019, arXiv 1901.09021",
    bears_on=on("no-flattening", "against", "variant"),
    existence="drawn at random",
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is counted: `draws` random networks of each shape have normal weights and biases with He's variance."""

    network: list[str] = setting([*BUILT, RANDOM], choices=(*BUILT, RANDOM), static=True)
    width: list[int] = setting([2, 3, 4, 8], low=1, high=64)
    layers: list[int] = setting([1, 2, 3, 4, 5, 6], low=1, high=12)
    draws: int = setting(20, low=1, high=1_000_000, counts="draw")
    where: str = setting(
        "network == 'random' or (draw == 0 and network == 'sawtooth' and width == 2)"
        " or (draw == 0 and network == 'zigzag' and width == 3)"
    )


SMOKE = {
    "width": [2, 3],
    "layers": [1, 2, 3],
    "draws": 2,
}
FULL = {
    "layers": [1, 2, 3, 4, 5, 6, 7, 8],
    "draws": 200,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its pieces, and the two bounds."""
    cells, rows = unit.cells, []
    for key, width, layers in zip(unit.keys.tolist(), cells["width"].tolist(), cells["layers"].tolist(), strict=True):
        name = unit.static("network")
        network = _random(width, layers, key) if name == RANDOM else BUILT[name][0](layers)
        bounds = {"bound": float(bound([width] * layers)), "quoted": float((2 * width) ** layers)}
        rows.append({"neurons": float(width * layers), "pieces": count(network), **bounds})
    return pd.concat([cells, pd.DataFrame(rows)], axis=1)


def _random(width: int, layers: int, key: list[int]) -> Layers:
    from theory.network import WEIGHT_VARIANCE, from_normals, parameter_count

    sizes = (1, *[width] * layers, 1)
    normals = np.random.default_rng(key).normal(size=parameter_count(sizes))
    network = from_normals(normals, sizes, WEIGHT_VARIANCE["rectifier"])
    return tuple((np.asarray(W), np.asarray(b)) for W, b in network)


def work(unit: Unit) -> Work:
    """Products of whole numbers on every piece."""
    if unit.static("network") == RANDOM:
        pieces = unit.cells["width"] * unit.cells["layers"]
    else:
        pieces = (unit.cells["width"] + 1.0) ** unit.cells["layers"]
    return Work(0, float(np.sum(1e3 * pieces * unit.cells["width"] ** 2 * unit.cells["layers"])))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The bound holds; wide networks attain it and narrow ones do not; random networks are far from it."""
    built, random = table[table["network"] != RANDOM], table[table["network"] == RANDOM]
    deep = table[table["layers"] > 1]
    wide, narrow = built[(built["layers"] > 1) & (built["width"] >= SHARP_FROM)], deep[deep["width"] < SHARP_FROM]
    verdicts = [_holds(table)]
    verdicts += [_attained(wide)] if len(wide) else []
    verdicts += [_narrow(narrow)] if len(narrow) else []
    return [*verdicts, *([_at_random(random)] if len(random) else [])]


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "hidden_layers": np.sort(rows["layers"].unique()),
        "width": np.sort(rows["width"].unique()),
        "network": rows["network"],
    }


def _holds(table: pd.DataFrame) -> Verdict:
    share = table["pieces"] / table["bound"]
    how = (
        "A unit has at most one zero on a piece, so a layer cuts one piece into at most w + 1. Measured is the largest "
        "share of the bound; the interval goes from the least to the largest."
    )
    return BOUND.verdict(
        "bound",
        "L layers of w rectifiers have at most (w + 1)^L linear pieces on the line, hence at most (2w)^L.",
        Measured.exactly(share.max(), len(table), share.min(), share.max(), how=how),
        holds_for_all("no network has more than (w + 1)^L pieces", share <= 1),
        prediction="pieces / (w + 1)^L <= 1",
        **_switches(table),
    )


def _attained(rows: pd.DataFrame) -> Verdict:
    share = rows["pieces"] / rows["bound"]
    best = rows.loc[share.idxmax()]
    return BOUND.verdict(
        "attained",
        f"Some network attains the bound (w + 1)^L on the number of linear pieces, for w >= {SHARP_FROM}.",
        Measured.exactly(share.max(), len(rows), how="The largest share of the bound."),
        exhibits(
            "some network that was built has (w + 1)^L pieces, for every L",
            (share.groupby(rows["layers"]).max() == 1).all(),
        ),
        prediction="pieces / (w + 1)^L = 1 for some network of every L > 1",
        notes=f"the largest share is that of the {best['network']} with w = {best['width']}, L = {best['layers']}",
        **_switches(rows),
    )


def _narrow(rows: pd.DataFrame) -> Verdict:
    share = rows["pieces"] / rows["bound"]
    how = (
        "Otherwise all units of the second layer would cut every piece of the first, and so change sign on each piece. "
        "Then their slopes would alternate, but the slopes of two rectifiers cannot alternate three times. Measured is "
        "the largest share; the interval goes from the least to the largest."
    )
    return NARROW.verdict(
        "narrow",
        f"For w < {SHARP_FROM} and L > 1, no network has (w + 1)^L linear pieces.",
        Measured.exactly(share.max(), len(rows), share.min(), share.max(), how=how),
        holds_for_all("no network has (w + 1)^L pieces", share < 1),
        prediction="pieces / (w + 1)^L < 1",
        **_switches(rows),
    )


def _at_random(random: pd.DataFrame) -> Verdict:
    deepest = random[random["layers"] == random["layers"].max()]
    rows = deepest[deepest["width"] == deepest["width"].max()]
    logarithms = np.log((rows["pieces"] / rows["neurons"]).to_numpy(float))
    per_neuron = ", ".join(f"{w}: {some:.2g}" for w, some in _per_neuron(deepest).items())
    how = f"Geometric mean over networks, with a {percent()} interval of Student's t for its logarithm."
    return AT_RANDOM.verdict(
        "random",
        f"Networks with random weights, however deep, have on average at most {PER_NEURON:g} linear pieces per neuron.",
        Measured(lambda α: tuple(np.exp(mean_interval(logarithms, α))), len(rows), how=how),
        at_most(PER_NEURON),
        prediction=f"geometric mean of pieces / neurons <= {PER_NEURON:g} at the largest w and L",
        notes=f"the median is {rows['pieces'].median():g} pieces of at most {rows['bound'].iloc[0]:,.0f}; mean pieces "
        f"per neuron at w = {per_neuron}",
        weights="normal, He's variance",
        **_switches(rows),
    )


def _per_neuron(rows: pd.DataFrame) -> pd.Series:
    """Mean pieces per neuron for every width."""
    return (rows["pieces"] / rows["neurons"]).groupby(rows["width"]).mean()


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Pieces against depth, one panel per width: bounds as lines, and built and random networks as points."""
    widths = sorted(table["width"].unique())
    figure, axes_of = panels(widths, width=2.3, height=2.7)
    for width, axes in axes_of.items():
        rows = table[table["width"] == width].sort_values("layers", kind="stable")
        lines = rows.groupby("layers")[["bound", "quoted", "neurons"]].first()
        for (column, style), label in zip(
            {"quoted": "k:", "bound": "k-", "neurons": "k--"}.items(),
            ("(2w)^L", "(w + 1)^L", "neurons, wL"),
            strict=True,
        ):
            axes.plot(lines.index, lines[column], style, lw=0.8, label=label)
        for i, name in enumerate([RANDOM, *BUILT]):
            mine = rows[rows["network"] == name]
            shift = np.random.default_rng(0).uniform(-0.15, 0.15, len(mine)) if name == RANDOM else 0.0
            looks: dict[str, Any] = {"color": COLOURS[i], "ms": 2 if name == RANDOM else 5, "mew": 0}
            axes.plot(mine["layers"] + shift, mine["pieces"], MARKERS[i], label=name, **looks)
        axes.set_yscale("log", base=2)
        axes.set_title(f"w = {width}", fontsize=9)
    label_outside(figure, "L, hidden layers", "linear pieces of the line")
    legend_beside(figure)
    drawn = table[table["network"] == "random"]
    usual = float(np.exp(np.log(drawn["pieces"] / drawn["neurons"]).mean())) if len(drawn) else float("nan")
    title = f"Depth can multiply linear pieces; random networks have {usual:.2g} pieces for each neuron"
    caption = "Pieces of networks built to have many, of random ones, and the bound (w + 1)^L."
    return {"pieces-depth": Drawing(figure, table, title, caption)}
