"""approximation.optimum: the theorem says that a good network exists; does training find it?

One input, rectifiers. Below every network of a width is an exact floor, the best piecewise-linear fit with as many
pieces, and next to the floor a network that is known, see theory/approximation/piecewise.py. Networks of the same width
are trained from many initial weights and finished by second-order steps. These may fit the training points by leaps
between them, so they are taken only where they help on a second set of points. Errors are measured on a third.
"""

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, MARKERS, Drawing, label_outside, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from experiments.statistics import least_squares_slope, percentile_interval
from experiments.verdict import Verdict, decide
from theory.approximation.construction import Layers, interpolant, interpolant_bound, outputs, rectify
from theory.approximation.curves import CURVES, Curve, grid, midpoints, root_mean_square
from theory.approximation.piecewise import asymptote, best_runs, floor, reachable, refined
from theory.restarts.best_of import expected_least

if TYPE_CHECKING:
    from experiments.ensemble import Outcome

STATIC = ("width", "optimizer")
OPTIMIZERS = ("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam")
BEST_OF = 8
RESAMPLES = 500
FOUND = 2.0
# Of the target's norm: an error as small counts as none, so that a floor of 0 can be met.
NEGLIGIBLE = 1e-3
ROUNDING = 1e-6
ASYMPTOTIC = 4
MARGIN = 0.25
CLOSE, FAR = 0.25, 2.0
DRAWN_WIDTH = 8
SOURCE = "the post, ch. II, says that it exists; that training need not find it: Adcock & Dexter, arXiv 2001.07523"


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `train_points` are equal parts' middles, `points` an equally spaced grid with both ends,
    on which errors are measured; `finish` is the number of evaluations that second-order steps may take, in float64,
    checked on the middles of twice as many parts.
    """

    target: list[str] = setting(["sine", "bump", "ramp", "root"], choices=tuple(CURVES))
    width: list[int] = setting([2, 4, 8, 16, 32], low=1, high=200)
    optimizer: list[str] = setting(["adam", "sgd"], choices=OPTIMIZERS)
    learning_rate: list[float] = setting([0.01, 0.03, 0.1], low=0.0)
    restarts: int = setting(low=2, high=1_000_000, counts="restart")
    steps: int = setting(5000, low=1, high=100_000_000)
    schedule: str = setting("cosine", choices=("constant", "linear", "cosine"))
    finish: int = setting(200, low=1, high=100_000)
    train_points: int = setting(256, low=2, high=1_000_000)
    points: int = setting(1001, low=2, high=5000)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: its training loss, errors on the grid as trained and when finished, and what they face."""
    settings, x, rows = unit.settings, grid(unit.settings.points), []
    x_train = midpoints(settings.train_points)
    outcome = train(unit, "rectifier", unit.static("optimizer"))
    for i, target in enumerate(unit.cells["target"]):
        layers, curve = network_of(outcome, i), CURVES[target]
        row: dict[str, Any] = {"loss": float(outcome.loss[i])}
        if np.isfinite(row["loss"]):
            finished = refined(x_train, curve.of(x_train), layers, settings.finish)
            row["trained_rms"] = errors_of(layers, curve, x, rectify)["rms"]
            layers = checked((layers, finished), curve, 2 * settings.train_points, rectify)
        row |= errors_of(layers, curve, x, rectify)
        # For the figure alone, so at one width only.
        row["network"] = as_text(layers) if unit.static("width") == DRAWN_WIDTH else ""
        rows.append(row | references(target, unit.static("width"), settings.points)._asdict())
    return pd.concat([unit.cells, pd.DataFrame(rows)], axis=1)


def train(unit: Unit, activation: str, optimizer: str) -> "Outcome":
    """Trains a network of one hidden layer for every cell, on the middles of equal parts of [-1, 1], squared loss."""
    from experiments import ensemble

    settings, x = unit.settings, midpoints(unit.settings.train_points)
    program = ensemble.Program(
        sizes=(1, unit.static("width"), 1),
        activation=activation,
        loss="squared",
        optimizer=optimizer,
        steps=settings.steps,
        precision=unit.precision,
        schedule=settings.schedule,
        stop_when_solved=False,
    )
    targets = {name: CURVES[name].of(x) for name in unit.cells["target"].unique()}
    members = ensemble.Members(
        key=unit.keys,
        targets=np.stack([targets[name] for name in unit.cells["target"]]),
        learning_rate=unit.cells["learning_rate"].to_numpy(),
    )
    return ensemble.train_ensemble(program, x[:, None], members, unit.engine.layout, unit.engine.chunk)


def network_of(outcome: "Outcome", i: int) -> Layers:
    """(W, b) of the layers of the i-th trained network, in float64."""
    hidden, output = ((np.asarray(W[i], float), np.asarray(b[i], float)) for W, b in outcome.network)
    return hidden, output


def checked(candidates: Sequence[Layers], curve: Curve, points: int, σ: Callable) -> Layers:
    """The network with the least error on the middles of so many parts, where none of them was trained."""
    return min(candidates, key=lambda layers: errors_of(layers, curve, midpoints(points), σ)["rms"])


def errors_of(layers: Layers, curve: Curve, x: np.ndarray, σ: Callable) -> dict[str, float]:
    """The root mean square and the largest error of a network at some points."""
    errors = outputs(layers, x, σ) - curve.of(x)
    return {"rms": root_mean_square(errors), "sup": float(np.abs(errors).max())}


class References(NamedTuple):
    """Root mean square errors that a width is held against: the floor, what it tends to, and so on.

    Attributes:
        floor, asymptote: the exact one, and the one that it tends to as the width grows.
        reachable: of a network near the floor.
        interpolant, bound: of the construction, and what its proof guarantees.
        known: the network near the floor, as text, at the width that is drawn.
    """

    floor: float
    asymptote: float
    reachable: float
    interpolant: float
    bound: float
    known: str


@functools.lru_cache(maxsize=256)
def references(target: str, width: int, points: int) -> References:
    """What networks of so many rectifiers are held against, on a grid of so many points."""
    curve, x = CURVES[target], grid(points)
    y = curve.of(x)
    runs = best_runs(y, width + 1)
    near = reachable(x, y, runs, width)
    known, built = (errors_of(layers, curve, x, rectify)["rms"] for layers in (near, interpolant(curve, width)))
    text = as_text(near) if width == DRAWN_WIDTH else ""
    tends_to = asymptote(x, y) / (width + 1) ** 2
    return References(floor(runs, points, width), tends_to, known, built, interpolant_bound(curve, width), text)


def as_text(layers: Layers) -> str:
    """Weights of a network of one hidden layer, rounded for drawing."""
    (W, b), (V, c) = layers
    return json.dumps([[float(f"{value:.12g}") for value in values] for values in (W[0], b, V[:, 0], c)])


def from_text(text: str) -> Layers:
    """The network that `as_text` wrote down."""
    W, b, V, c = (np.array(values) for values in json.loads(text))
    return (W[None], b), (V[:, None], c)


def work(unit: Unit) -> Work:
    """All updates; second-order steps cost about as much as a factorisation of the Jacobian each."""
    settings, width = unit.settings, unit.static("width")
    updates = len(unit.cells) * settings.steps
    finish = len(unit.cells) * settings.finish * settings.train_points * 4.0 * (2 * width + 1) ** 2
    return Work(updates, updates * settings.train_points * 18.0 * width + finish)


@dataclass(frozen=True)
class Series:
    """Judged runs of one target and optimiser: `least` is the expected least error of `k` of them at each width.

    `resampled` are bootstraps of `least`, [widths, resamples]; `runs` the rows at the widest.
    """

    target: str
    optimizer: str
    k: int
    facts: pd.DataFrame
    least: np.ndarray
    resampled: np.ndarray
    runs: pd.DataFrame

    def interval(self) -> np.ndarray:
        """95 % intervals of `least`, [widths, 2]."""
        return np.array([percentile_interval(some) for some in self.resampled])


def judged(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The second half of the restarts at the learning rate whose first half is expected to have the least error.

    So a lucky choice does not judge itself.
    """
    half = rows["restart"] <= rows["restart"].max() // 2
    first = {rate: mine[column].to_numpy() for rate, mine in rows[half].groupby("learning_rate")}
    best = min(first, key=lambda rate: expected_least(first[rate], np.array([_tries(len(first[rate]))]))[0])
    return rows[~half & (rows["learning_rate"] == best)]


def _tries(runs: int) -> int:
    """The k of the best of k: half of the runs, so that there are many choices of k of them."""
    return max(1, min(BEST_OF, runs // 2))


def series(table: pd.DataFrame, column: str = "rms") -> Iterator[Series]:
    """Every target and optimiser of the table; `column` is the error that counts."""
    for (target, optimizer), rows in table.groupby(["target", "optimizer"], sort=False):
        chosen = {int(width): judged(mine, column) for width, mine in rows.groupby("width")}
        k = _tries(min(len(mine) for mine in chosen.values()))
        rng = random_generator(0, "bootstrap", column, target, optimizer)
        errors = [mine[column].to_numpy() for mine in chosen.values()]
        least = [expected_least(some, np.array([k]))[0] for some in errors]
        drawn = [rng.choice(some, (RESAMPLES, len(some))) for some in errors]
        resampled = [[expected_least(one, np.array([k]))[0] for one in some] for some in drawn]
        facts = rows.groupby("width")[["floor", "reachable", "interpolant", "bound"]].first().reset_index()
        widest = chosen[max(chosen)]
        yield Series(str(target), str(optimizer), k, facts, np.array(least), np.array(resampled), widest)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether the floor holds, how fast the best fit falls, and how far from it training ends and how fast it falls."""
    verdicts = [_floor(table)]
    verdicts += [_best_rate(str(target), rows) for target, rows in table.groupby("target", sort=False) if _falls(rows)]
    for one in series(table):
        rows = table[(table["target"] == one.target) & (table["optimizer"] == one.optimizer)]
        verdicts += [_gap(one, rows), *([_rate(one, rows)] if _falls(rows) else [])]
    return verdicts


def _falls(rows: pd.DataFrame) -> bool:
    """Whether there are slopes to speak of: three widths, and a floor that is not 0."""
    errors = rows[rows["width"] >= ASYMPTOTIC].groupby("width")["floor"].min()
    return len(errors) >= 3 and bool((errors > ROUNDING).all())


def _verdict(name: str, statement: str, rows: pd.DataFrame, **others: Any) -> Verdict:
    rates = ", ".join(f"{rate:g}" for rate in sorted(rows["learning_rate"].unique()))
    standard: dict[str, Any] = {
        "source": SOURCE,
        "existence": "found by training",
        "samples": len(rows),
        "evidence": "statistical",
        "hypotheses": f"one input in [-1, 1], one hidden layer of m rectifiers with biases, linear output; targets "
        f"{', '.join(rows['target'].unique())}; m = {', '.join(map(str, sorted(rows['width'].unique())))}; squared "
        f"loss on all points at once, {', '.join(rows['optimizer'].unique())}, learning rates {rates}, then "
        "Levenberg-Marquardt on all weights in float64, where it helps on points not trained on; root "
        "mean square errors on a grid that neither saw",
    }
    return Verdict(claim=f"approximation.optimum/{name}", statement=statement, **(standard | others))


def _floor(table: pd.DataFrame) -> Verdict:
    positive = table[(table["floor"] > ROUNDING) & table["rms"].notna()]
    ratio = float((positive[["rms", "trained_rms"]].min(axis=1) / positive["floor"]).min())
    return _verdict(
        "floor",
        "No network of m rectifiers has a smaller error than the best m + 1 lines on runs of neighbouring points.",
        table,
        source="counting kinks; dynamic programming, theory/approximation/piecewise.py",
        prediction="least error / floor >= 1",
        measured=ratio,
        low=ratio,
        high=ratio,
        samples=len(positive),
        rule=f"Of all networks whose floor is above {ROUNDING:g}, as trained and as finished. Supported if no ratio is "
        f"below 1 - {ROUNDING:g}, contradicted if one is, inconclusive if there is no such network.",
        verdict=decide(ratio >= 1 - ROUNDING, ratio < 1 - ROUNDING),
    )


def _slope(widths: Any, errors: np.ndarray) -> np.ndarray:
    """Slope of log error on log width, from `ASYMPTOTIC` on, for each resample of the errors on the first axis."""
    chosen = np.asarray(widths) >= ASYMPTOTIC
    return least_squares_slope(np.log2(np.asarray(widths, float)[chosen]), np.log2(errors[..., chosen]))


def _best_rate(target: str, rows: pd.DataFrame) -> Verdict:
    facts = rows.loc[rows["width"].idxmax(), ["width", "floor", "reachable", "asymptote"]]
    low, high = float(facts["floor"] / facts["asymptote"]), float(facts["reachable"] / facts["asymptote"])
    return _verdict(
        f"best-rate/{target}",
        f"The error of the best network of m rectifiers falls as (m + 1)^-2, with a known constant: {target}.",
        rows,
        source="free-knot approximation by lines; the constant is derived in theory/approximation/piecewise.py",
        existence="representable",
        evidence="exact",
        prediction=f"error / asymptote of m + 1 best lines = 1 at m = {facts['width']:g}",
        measured=high,
        low=low,
        high=high,
        samples=rows["width"].nunique(),
        rule="At the largest width; the interval goes from the floor to the network near it, and the best is "
        f"between them. Supported if both are within {CLOSE:.0%} of the asymptote, contradicted if the floor is "
        f"more than {FAR:g} times as large, else inconclusive.",
        verdict=decide(low >= 1 - CLOSE and high <= 1 + CLOSE, low > FAR),
    )


def _gap(one: Series, rows: pd.DataFrame) -> Verdict:
    facts, negligible = one.facts.iloc[-1], NEGLIGIBLE * CURVES[one.target].root_mean_square
    known, lowest = max(facts["reachable"], negligible), max(facts["floor"], negligible)
    low, high = one.interval()[-1] / known
    enough = len(one.runs) >= 2
    return _verdict(
        f"gap/{one.target}/{one.optimizer}",
        f"Training finds a network nearly as good as the best of its width: {one.target}, {one.optimizer}.",
        rows,
        prediction=f"error, best of {one.k} runs / error of a known network <= {FOUND:g} at m = {facts['width']:g}",
        measured=float(one.least[-1] / known),
        low=float(low),
        high=float(high),
        samples=len(one.runs),
        rule="At the largest width. The first half of the restarts chooses the learning rate, the expected least error "
        f"of {one.k} runs of the second half is judged, with a 95 % bootstrap interval. Supported if the interval is "
        f"at most {FOUND:g}, even over the floor; contradicted if it is above {FOUND:g} over the known network; else "
        f"inconclusive. Errors below {NEGLIGIBLE:g} of the target's norm count as that. Floor {facts['floor']:.3g}, "
        f"known network {facts['reachable']:.3g}, broken line of the construction {facts['interpolant']:.3g}.",
        verdict=decide(enough and high * known / lowest <= FOUND, enough and low > FOUND),
    )


def _rate(one: Series, rows: pd.DataFrame) -> Verdict:
    slope = float(_slope(one.facts["width"], one.least))
    low, high = percentile_interval(_slope(one.facts["width"], one.resampled.T))
    limit = float(_slope(one.facts["width"], one.facts["reachable"].to_numpy())) + MARGIN
    return _verdict(
        f"rate/{one.target}/{one.optimizer}",
        f"Trained error falls with the width as fast as that of the best network: {one.target}, {one.optimizer}.",
        rows,
        prediction=f"slope of log(error) on log(m) <= {limit:.2f}",
        measured=slope,
        low=low,
        high=high,
        samples=len(rows),
        rule=f"Best of {one.k} runs, learning rates chosen as for the gap; slope over m >= {ASYMPTOTIC} with a 95 % "
        f"bootstrap interval over the runs. The limit is the slope of the known network near the floor + {MARGIN:g}. "
        "Supported if the interval is below the limit, contradicted if above, else inconclusive.",
        verdict=decide(high < limit, low > limit),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Errors against width, the gap against the number of restarts, and networks on top of their targets."""
    drawings = {"optimum-error": draw_errors(table), "optimum-restarts": draw_restarts(table)}
    shown = table[(table["width"] == DRAWN_WIDTH) & table["rms"].notna()]
    return drawings | ({"optimum-fit": draw_fits(shown)} if len(shown) else {})


def draw_errors(table: pd.DataFrame) -> Drawing:
    """Construction with its bound, training, and the floor with the network near it, on one pair of axes a target."""
    targets, numbers = list(table["target"].unique()), []
    figure = new_figure(2.5 * len(targets) + 2.2, 3.2, 1, len(targets))
    lines = {"bound": "k:", "interpolant": "k--", "reachable": "k-", "floor": "-"}
    labels = ("construction, guaranteed bound", "construction", "network near the floor", "exact floor")
    for axes, target in zip(figure.axes, targets, strict=True):
        mine = table[table["target"] == target]
        facts = mine.groupby("width")[list(lines)].first().reset_index()
        numbers.append(facts.melt("width", var_name="line", value_name="error").assign(target=target))
        for (column, style), label in zip(lines.items(), labels, strict=True):
            grey = {"color": "#999999", "lw": 3, "zorder": 0} if column == "floor" else {"lw": 0.9}
            axes.plot(facts["width"], facts[column].clip(lower=1e-6), style, label=label, **grey)
        for column, how, fill in (("trained_rms", "as trained", "none"), ("rms", "finished", None)):
            for i, one in enumerate(series(mine, column)):
                low, high = np.abs(one.interval().T - one.least)
                label = f"{one.optimizer}, {how}, best of {one.k}"
                line = f"{MARKERS[i]}{':' if fill else '-'}"
                looks: dict[str, Any] = {"color": COLOURS[i], "ms": 3.5, "lw": 0.8, "mfc": fill, "label": label}
                axes.errorbar(one.facts["width"], one.least, [low, high], fmt=line, **looks)
                drawn = {"width": one.facts["width"], "line": label, "error": one.least, "target": target}
                numbers.append(pd.DataFrame(drawn | {"low": one.least - low, "high": one.least + high}))
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_title(target, fontsize=9)
    label_outside(figure, "m, rectifiers", "root mean square error")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=7)
    return Drawing(figure, pd.concat(numbers, ignore_index=True))


def draw_restarts(table: pd.DataFrame) -> Drawing:
    """Error of the best of k runs over that of the known network, against k, at the largest width."""
    targets, numbers = list(table["target"].unique()), []
    figure = new_figure(2.2 * len(targets) + 1.4, 2.8, 1, len(targets))
    colours = dict(zip(table["optimizer"].unique(), COLOURS, strict=False))
    for axes, target in zip(figure.axes, targets, strict=True):
        for one in series(table[table["target"] == target]):
            k = np.arange(1, len(one.runs) + 1)
            known = max(one.facts["reachable"].iloc[-1], NEGLIGIBLE * CURVES[target].root_mean_square)
            gap = expected_least(one.runs["rms"].to_numpy(), k) / known
            axes.plot(k, gap, "o-", color=colours[one.optimizer], ms=3, lw=0.9, label=one.optimizer)
            facts = {"target": target, "optimizer": one.optimizer, "width": one.facts["width"].iloc[-1]}
            numbers.append(pd.DataFrame({**facts, "k": k, "gap": gap}))
        axes.axhline(1, color="black", lw=0.8)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_title(f"{target}, m = {table['width'].max()}", fontsize=9)
    label_outside(figure, "k, restarts", "error of the best of k\n/ error of the known network")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return Drawing(figure, pd.concat(numbers, ignore_index=True))


def draw_fits(shown: pd.DataFrame) -> Drawing:
    """Targets, and on top of them the best trained network, the known one near the floor and the construction."""
    targets, numbers, x = list(shown["target"].unique()), [], grid(401)
    figure = new_figure(2.5 * len(targets) + 2.0, 2.8, 1, len(targets))
    for axes, target in zip(figure.axes, targets, strict=True):
        mine = shown[shown["target"] == target]
        best = mine.loc[mine["rms"].idxmin()]
        lines = {
            "target": CURVES[target].of(x),
            "construction": outputs(interpolant(CURVES[target], DRAWN_WIDTH), x, rectify),
            "network near the floor": outputs(from_text(best["known"]), x, rectify),
            "best trained network": outputs(from_text(best["network"]), x, rectify),
        }
        styles = (("#bbbbbb", 3.0, "-"), (COLOURS[2], 0.8, "-"), ("black", 1.0, "-"), (COLOURS[1], 1.2, "--"))
        for (line, z), (colour, thick, dash) in zip(lines.items(), styles, strict=True):
            axes.plot(x, z, dash, color=colour, lw=thick, label=line)
            numbers.append(pd.DataFrame({"target": target, "line": line, "x": x, "y": z}))
        axes.set_title(f"{target}, m = {DRAWN_WIDTH}", fontsize=9)
    label_outside(figure, "x", "output")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=7)
    return Drawing(figure, pd.concat(numbers, ignore_index=True))
