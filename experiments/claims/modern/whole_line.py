"""modern.whole-line: without a compact domain sin is out of reach; every network is at least 1 away from it somewhere.

Networks are drawn, trained on sin on [-2π, 2π], or built. For each a certificate in fractions names places of the line,
at one of which the network is at least 1 away from sin, see theory/modern/whole_line.py. Two hypotheses are switched on
beside it: the same networks approximate sin on [-2π, 2π], and what is sin there and 0 elsewhere on the whole line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from experiments.drawing.legends import legend_beside
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.ensemble import fields
from experiments.ensemble.cells import hexadecimal, program_with
from experiments.ensemble.tracing import Rebuilt, layers_of, trained_again
from experiments.judging.measured import Measured
from experiments.judging.rules import exhibits
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.approximation.construction import rectify
from theory.dense import Layers
from theory.modern import whole_line as theory
from theory.modern.whole_line import ACTIVATIONS, EDGE, LOGISTIC, RECTIFIER, TANH

if TYPE_CHECKING:
    from experiments.ensemble import Members, Program

DRAWN, TRAINED, BUILT = WAYS = ("drawn", "trained", "built")
ON_HOST = {RECTIFIER: rectify, LOGISTIC: expit, TANH: np.tanh}
# Points of training on [-2π, 2π], and points where errors are measured, there and on the line, beyond any training.
POINTS, GRID, FAR = 128, 4001, 3 * EDGE
# A certificate is at most so far below 1: places are fractions next to the crests of sin.
ROUNDING = 1e-9
# An error that is small beside 1.
SMALL = 0.1

TRIAL = Trial(
    source="ours; proof in theory/modern/whole_line.py",
    bears_on=on("nuland-not-all") + on("universal-approximation", "against", "variant"),
    existence="drawn at random",
    switches={
        "bias": True,
        "output": "linear",
        "inputs": 1,
        "target": "sin",
        "domain": "the whole line",
        "error": "largest",
        "precision": "exact fractions",
    },
)
COMPACT = TRIAL.but(
    source="Cybenko 1989; Leshno et al. 1993",
    bears_on=on("universal-approximation", role="control"),
    existence="found by training",
    switches={"domain": "[-2π, 2π]", "loss": "squared", "optimizer": "adam", "points": POINTS, "precision": "float32"},
)
VANISHING = TRIAL.but(
    source="van Nuland 2023, arXiv 2308.03812; constructions of theory/modern/whole_line.py",
    bears_on=on("nuland-vanishing"),
    existence="representable",
    switches={"target": "sin on [-2π, 2π], 0 elsewhere", "precision": "float64"},
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Where networks are from, their activations, hidden layers and widths, and how they are trained."""

    way: list[str] = setting(list(WAYS), choices=WAYS, static=True)
    activation: list[str] = setting(list(ACTIVATIONS), choices=ACTIVATIONS, static=True)
    layers: list[int] = setting([1, 3], low=1, high=8, static=True)
    width: list[int] = setting([8, 32, 128], low=2, high=1024, static=True)
    restarts: int = setting(12, low=1, high=1_000_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.01)
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(4000)
    schedule: str = fields.schedule("cosine")
    where: str = setting("width <= 32 and way != 'built' or layers == 1 and way == 'built' and restart == 0")


SMOKE = {
    "layers": [1],
    "width": [8, 128],
    "restarts": 2,
    "steps": 300,
    "where": "width == 8 and way == 'drawn' or width == 8 and way == 'trained' and activation == 'tanh' "
    "or way == 'built' and restart == 0",
}
FULL = {
    "layers": [1, 2, 3],
    "width": [8, 32, 128, 512],
    "restarts": 100,
    "steps": 20_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its error on [-2π, 2π], a certified error on the line, where, and that of the window."""
    networks, loss = _networks(unit)
    activation = unit.static("activation")
    return unit.cells.assign(
        **pd.DataFrame([_examined(one, activation) for one in networks], index=unit.cells.index),
        bound=theory.vanishing_bound(activation, unit.static("width")) if unit.static("way") == BUILT else np.nan,
        loss=loss,
        key=hexadecimal(unit),
    )


def _networks(unit: Unit) -> tuple[list[Layers], Any]:
    """The networks of a unit, for inputs x of the line, and their losses if they were trained."""
    if unit.static("way") == BUILT:
        return [theory.vanishing(unit.static("activation"), unit.static("width"))] * len(unit.cells), np.nan
    if unit.static("way") == DRAWN:
        return _drawn(unit), np.nan
    from experiments import ensemble

    outcome = ensemble.train_ensemble(_program(unit), _x(), _members(unit), unit.engine.layout, unit.engine.chunk)
    return [layers_of(outcome, i, 1 / EDGE) for i in range(len(unit.cells))], outcome.loss


def _examined(layers: Layers, activation: str) -> dict[str, float]:
    x = np.linspace(-EDGE, EDGE, GRID)
    line = np.linspace(-FAR, FAR, 3 * GRID)
    if not all(np.isfinite(part).all() for layer in layers for part in layer):
        return dict.fromkeys(("inside", "on_line", "place", "window"), np.nan)
    found = theory.certificate(layers, activation)
    return {
        "inside": float(np.abs(outputs(layers, activation, x) - np.sin(x)).max()),
        "on_line": float(found.error),
        "place": float(found.places[-1]),
        "window": float(np.abs(outputs(layers, activation, line) - theory.window(line)).max()),
    }


def outputs(layers: Layers, activation: str, x: np.ndarray) -> np.ndarray:
    """Outputs at points of the line, in float64."""
    z = x[:, None]
    for W, b in layers[:-1]:
        z = ON_HOST[activation](z @ np.asarray(W, float) + np.asarray(b, float))
    W, b = layers[-1]
    return (z @ np.asarray(W, float) + np.asarray(b, float))[:, 0]


def _sizes(unit: Unit) -> tuple[int, ...]:
    return (1, *[unit.static("width")] * unit.static("layers"), 1)


def _drawn(unit: Unit) -> list[Layers]:
    from theory.network import WEIGHT_VARIANCE, from_normals, parameter_count

    sizes, variance = _sizes(unit), WEIGHT_VARIANCE[unit.static("activation")]
    normals = [np.random.default_rng(key).normal(size=parameter_count(sizes)) for key in unit.keys.tolist()]
    networks = [from_normals(one, sizes, variance) for one in normals]
    return [tuple((np.asarray(W), np.asarray(b)) for W, b in network) for network in networks]


def _x() -> np.ndarray:
    return np.linspace(-1, 1, POINTS)[:, None]


def _program(unit: Unit) -> "Program":
    return program_with(unit, sizes=_sizes(unit), loss="squared", stop_when_solved=False)


def _members(unit: Unit) -> "Members":
    from experiments import ensemble

    targets = np.broadcast_to(np.sin(EDGE * _x()[:, 0]), (len(unit.cells), POINTS))
    return ensemble.Members(unit.keys, targets, np.full(len(unit.cells), unit.settings.learning_rate))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again, trained again if it was; for inputs x of the line."""
    activation = unit.static("activation")
    if unit.static("way") != TRAINED:
        (layers,), _ = _networks(unit)
        none = pd.DataFrame({"updates": [0], "loss": [np.nan]})
        return Rebuilt([(W, b) for W, b in layers], none, _examined(layers, activation))
    outcome, curve = trained_again(unit, _program(unit), _x(), _members(unit), unit.settings.steps)
    layers = layers_of(outcome, 0, 1 / EDGE)
    return Rebuilt(layers, curve, {"loss": outcome.loss[0], **_examined(layers, activation)})


def work(unit: Unit) -> Work:
    """Updates if there is training, and fractions for every weight."""
    from theory.network import parameter_count

    weights, networks = float(parameter_count(_sizes(unit))), len(unit.cells)
    updates = float(networks * unit.settings.steps) if unit.static("way") == TRAINED else 0.0
    return Work(updates, updates * 6 * weights * POINTS + networks * (weights * GRID * 10 + weights * 3e4))


def series(table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Way, activation and rows."""
    for (way, activation), rows in table.groupby(["way", "activation"]):
        yield str(way), str(activation), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each activation: sin on the whole line, sin on [-2π, 2π], and the window on the whole line."""
    found: list[Verdict] = []
    for way, activation, rows in series(table):
        if way == BUILT:
            found.append(_vanishing(activation, rows))
            continue
        known = rows[rows["on_line"].notna()]
        found.append(_line(way, activation, known))
        if way == TRAINED:
            found.append(_compact(activation, known))
    return found


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    return {"activation": rows["activation"], "hidden_layers": rows["layers"], "width": rows["width"]}


def _line(way: str, activation: str, rows: pd.DataFrame) -> Verdict:
    trial = TRIAL.but(existence="found by training") if way == TRAINED else TRIAL
    how = (
        "For each network a lower bound on the error at places that are named, in fractions: the least. The proof says "
        "where to look, and the bound needs no more of it."
    )
    return trial.verdict(
        f"line/{way}/{activation}",
        f"On the whole line {activation} networks are at least 1 away from sin.",
        Measured.exactly(rows["on_line"].min(), len(rows), how=how),
        exhibits(
            f"places with an error of at least 1 - {ROUNDING:g} are found for every network",
            bool(len(rows) and (rows["on_line"] >= 1 - ROUNDING).all()),
        ),
        prediction=f"largest error >= 1, up to {ROUNDING:g}",
        notes=f"no place that is named is farther than {rows['place'].max() / EDGE:.3g} times 2π; the network that is "
        "0 everywhere errs by 1",
        finding=f"On the whole line, each of {len(rows)} {way} {activation} networks is {{measured}} or more away from "
        "sin somewhere; the constant 0 is 1 away.",
        networks=way,
        **_facts(rows),
    )


def _compact(activation: str, rows: pd.DataFrame) -> Verdict:
    best = rows["inside"].min()
    return COMPACT.verdict(
        f"compact/{activation}",
        f"On [-2π, 2π] training finds {activation} networks with a small error.",
        Measured.exactly(best, len(rows), how=f"Largest error on {GRID} points: the least of all networks."),
        exhibits(f"a network errs by less than {SMALL:g}", bool(best < SMALL)),
        prediction=f"largest error < {SMALL:g} for some network",
        notes=f"on the line this network errs by at least {rows.loc[rows['inside'].idxmin(), 'on_line']:.4f}"
        if len(rows)
        else "",
        **_facts(rows),
    )


def _vanishing(activation: str, rows: pd.DataFrame) -> Verdict:
    widest = rows.loc[rows["width"].idxmax()]
    kept = (rows["window"] <= rows["bound"]).all()
    how = (
        f"Largest error on {3 * GRID} points from -6π to 6π, for the widest network. Its bound is proved for the "
        "whole line."
    )
    return VANISHING.verdict(
        f"vanishing/{activation}",
        f"On the whole line {activation} networks approximate a function that is sin on [-2π, 2π] and 0 elsewhere.",
        Measured.exactly(widest["window"], len(rows), how=how),
        exhibits(
            f"it is less than {SMALL:g} and no network errs by more than its bound",
            bool(kept and widest["bound"] < SMALL),
        ),
        prediction=f"largest error < {SMALL:g}",
        notes=f"bounds are {', '.join(f'{bound:.2g}' for bound in rows.sort_values('width')['bound'])}; on the line "
        f"these networks are at least {rows['on_line'].min():.4f} away from sin",
        finding=f"A function that vanishes at infinity is approximated on the whole line, up to {{measured}} by "
        f"{widest['width']} {activation} units.",
        **_facts(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors on the whole line against those on [-2π, 2π]; filled marks for sin, open ones for a window of it."""
    figure = new_figure(7, 3.4)
    (axes,) = figure.axes
    for way, activation, rows in series(table):
        look: dict[str, Any] = {
            "marker": MARKERS[ACTIVATIONS.index(activation)],
            "color": COLOURS[WAYS.index(way)],
            "ls": "none",
        }
        axes.plot(rows["inside"], rows["on_line"], ms=4, mew=0, alpha=0.6, label=f"{way}, {activation}", **look)
        if way == BUILT:
            axes.plot(rows["inside"], rows["window"], ms=5, mfc="none", label=f"window of sin, {activation}", **look)
    axes.axhline(1, color="k", lw=0.8, ls="--", label="nothing nearer to sin")
    axes.set(xscale="log", yscale="log", xlabel="largest error on [-2π, 2π]", ylabel="error on the whole line")
    legend_beside(figure)
    title = (
        f"The best network is {table['inside'].min():.2g} away from sin on [-2π, 2π]; on the whole line none is nearer "
        f"than {table['on_line'].min():.4g}"
    )
    caption = (
        "Every filled mark is a network and its certified error to sin. Open marks: to a function that is sin on "
        "[-2π, 2π] and 0 elsewhere."
    )
    return {"whole-line": Drawing(figure, table, title, caption)}
