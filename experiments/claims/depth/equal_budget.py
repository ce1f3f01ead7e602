"""depth.equal-budget: at equal numbers of parameters, which depth gets closest to a target, as found by training?

Networks of 1 to 6 hidden layers with as many parameters learn targets that are compositions of small functions, and
controls that are not, see theory/depth/targets.py. Where the deep network that is the target is known, it is built and
measured beside them: what is representable is kept apart from what training finds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing import COLOURS, Drawing, label_outside, new_figure
from experiments.measuring import choosing, depths, restarts
from experiments.plan import Unit, Work, random_generator
from experiments.rows import Rebuilt
from experiments.settings import ClaimSettings, setting
from experiments.statistics import wilson
from experiments.verdict import Verdict, decide
from theory.depth.targets import COMPOSITIONS, TARGETS, Target

STATIC = ("target", "depth", "activation", "budget")
# Depth wins, or loses, where its error is smaller, or larger, by more than this factor.
MARGIN = 1.25
# A relative error that counts as having found the target, and the share of runs that is asked for.
FOUND, RATE = 0.05, 0.5
# A relative error that counts as equality: a gate that multiplies does so in a limit.
EQUAL = 1e-3
JUDGED = ("validation", "test")
SOURCE = "the post, ch. II, after Lin, Tegmark & Rolnick 2017: some functions cannot be flattened cheaply"
WORDS = {
    "product": "the product of 8 numbers",
    "sawtooth-8": "a sawtooth of 8 pieces",
    "sawtooth-32": "a sawtooth of 32 pieces",
    "tree": "a binary tree of small smooth functions",
    "parity": "parity of 8 bits",
    "smooth": "a random smooth function",
    "ridge": "a single ridge",
    "boolean": "a random boolean function",
}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how. `budget` is the number of parameters wanted; so many `points` are trained on, and as
    many others choose the learning rate, and again others judge; `batch` is the number of points per update.
    """

    target: list[str] = setting(list(TARGETS), choices=tuple(TARGETS))
    depth: list[int] = setting([1, 2, 3, 4, 5, 6], low=1, high=64)
    activation: list[str] = setting(["tanh", "rectifier"], choices=("tanh", "rectifier"))
    budget: list[int] = setting([400], low=50, high=1_000_000)
    learning_rate: list[float] = setting([0.01, 0.03, 0.1, 0.3], low=1e-9, high=1000.0)
    restarts: int = setting(low=4, high=100_000, counts="restart")
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("linear", choices=("constant", "linear", "cosine"))
    batch: int = setting(64, low=0, high=65_536)
    steps: int = setting(3000, low=1, high=100_000_000)
    points: int = setting(8192, low=256, high=10_000_000)
    # Several hidden layers break down at rates at which a single one learns best.
    where: str = setting(
        "(depth == 1 and learning_rate > 0.02 or depth > 1 and learning_rate < 0.05)"
        " and (activation == 'tanh' and target not in ('sawtooth-8', 'sawtooth-32')"
        " or activation == 'rectifier' and target in ('sawtooth-8', 'sawtooth-32', 'parity'))"
    )


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`, with its relative errors on the points that choose
    (`validation_error`) and on those that judge (`error`), and depth, parameters and error of the network that is known
    to be the target, if one with this activation is.
    """
    problem, activation = _problem(unit), unit.static("activation")
    rows, networks = depths.fit(unit, problem, _program(unit, problem))
    validation, error = (
        problem.relative_errors(networks, activation, _points(unit, problem.targets[0], what)) for what in JUDGED
    )
    known = [_construction(unit, target) for target in problem.targets]
    widths = "-".join(str(len(b)) for _, b in networks[0][:-1])
    rows = rows.assign(widths=widths, validation_error=validation, error=error, solved=error <= FOUND)
    rows[["construction_depth", "construction_parameters", "construction_error"]] = known
    return rows


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    problem = _problem(unit)
    return depths.rebuild(unit, problem, _program(unit, problem), row)


def _problem(unit: Unit) -> depths.Problem:
    """Random targets are drawn anew for each restart, and are the same for every depth and way of training."""
    name, numbers = unit.static("target"), unit.cells["restart"].tolist()
    drawn = {i: TARGETS[name](random_generator(unit.seed, "depth", name, i)) for i in set(numbers)}
    targets = [drawn[i] for i in numbers]
    return depths.Problem(targets, _points(unit, targets[0], "train"))


def _points(unit: Unit, target: Target, what: str) -> np.ndarray:
    return target.points(unit.settings.points, random_generator(unit.seed, "depth", "points", what))


def _program(unit: Unit, problem: depths.Problem) -> Any:
    from theory.depth.budget import hidden_widths

    inputs, depth, budget = problem.x.shape[1], unit.static("depth"), unit.static("budget")
    sizes = (inputs, *hidden_widths(inputs, depth, budget), 1)
    return restarts.program_with(unit, sizes=sizes, loss="squared", stop_when_solved=False)


def _construction(unit: Unit, target: Target) -> tuple[float, float, float]:
    """Hidden layers, parameters and relative error of the network that is the target."""
    activation = unit.static("activation")
    if target.construction is None or target.activation != activation:
        return np.nan, np.nan, np.nan
    layers, points = target.construction, _points(unit, target, JUDGED[-1])
    error = depths.Problem([target], points, standard=False).relative_errors([layers], activation, points)
    return len(layers) - 1, depths.parameters(layers), float(error[0])


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    steps, batch = len(unit.cells) * unit.settings.steps, unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * unit.static("budget"))


def series(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str, int], pd.DataFrame]]:
    """The rows of every target, activation and budget, in the order of the targets."""
    for target in [name for name in TARGETS if name in set(table["target"])]:
        for (activation, budget), rows in table[table["target"] == target].groupby(["activation", "budget"]):
            yield (target, str(activation), int(budget)), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every setting: whether depth wins, and where the target's network is known, whether it fits the budget and
    whether training finds as good a one.
    """
    verdicts = []
    for names, rows in series(table):
        if rows["depth"].min() == 1 and rows["depth"].max() > 1:
            verdicts.append(_wins(names, rows))
        if rows["construction_depth"].notna().all():
            verdicts += [_representable(names, rows), *_found(names, rows)]
    return verdicts


def _verdict(short: str, names: tuple[str, str, int], rows: pd.DataFrame, **others: Any) -> Verdict:
    target, activation, budget = names
    rates = ", ".join(f"{rate:g}" for rate in sorted(rows["learning_rate"].unique()))
    standard: dict[str, Any] = {
        "source": SOURCE,
        "samples": len(rows),
        "evidence": "statistical",
        "existence": "found by training",
        "hypotheses": f"{WORDS[target]}, see theory/depth/targets.py; {activation} units with biases, linear output, "
        f"{rows['parameters'].min()} to {rows['parameters'].max()} parameters for a budget of {budget}; error: root "
        f"mean square over the target's standard deviation; {rows['steps'].max():,} updates at a falling rate, of the "
        f"learning rates {rates} the best of those tried at each depth",
    }
    standard["hypotheses"] += others.pop("also", "")
    return Verdict(claim=f"depth.equal-budget/{short}/{target}/{activation}/{budget}", **(standard | others))


def _wins(names: tuple[str, str, int], rows: pd.DataFrame) -> Verdict:
    choice, composed = choosing.Choice(rows), names[0] in COMPOSITIONS
    factor, low, high = choice.factor()
    typical = choice.typical().reset_index().to_dict("records")
    errors = "; ".join("{depth}: {error:.3g} ({learning_rate:g})".format(**one) for one in typical)
    lucky = "; ".join(f"{depth}: {error:.3g}" for depth, error in choosing.best_of(rows).items())
    wins, does_not = low > MARGIN, high < MARGIN
    return _verdict(
        "wins",
        names,
        rows,
        statement=f"At an equal number of parameters, {'more hidden layers' if composed else 'no more hidden layers'} "
        f"than one get closer to {WORDS[names[0]]}.",
        prediction=f"error of one hidden layer / error of the best depth {'>' if composed else '<'} {MARGIN:g}",
        measured=factor,
        low=low,
        high=high,
        also=f"; best depth: {choice.best}; errors by depth (and rate) {errors}; the best of all runs, "
        f"of all learning rates, by validation: {lucky}",
        rule="The first third of the restarts chooses the learning rate of each depth and the best depth above 1, by "
        "the median error on other points (boolean domains: on all); over the other restarts the geometric mean of "
        f"the ratio of errors, each at least {choosing.LEAST:g}, with a 95 % Student interval of its "
        "logarithm. "
        f"{'Supported' if composed else 'Contradicted'} if it lies above {MARGIN:g}, "
        f"{'contradicted' if composed else 'supported'} if below, else inconclusive.",
        verdict=decide(wins, does_not) if composed else decide(does_not, wins),
    )


def _representable(names: tuple[str, str, int], rows: pd.DataFrame) -> Verdict:
    facts = rows[["construction_depth", "construction_parameters", "construction_error"]].max()
    needed, error = facts["construction_parameters"], facts["construction_error"]
    fits = bool(needed <= names[2] and error <= EQUAL)
    return _verdict(
        "representable",
        names,
        rows,
        statement=f"Within the budget, a network of {facts['construction_depth']:.0f} hidden layers is "
        f"{WORDS[names[0]]}.",
        existence="representable",
        evidence="exact",
        prediction=f"parameters of the network that was built <= {names[2]}",
        measured=needed,
        low=needed,
        high=needed,
        also=f"; largest relative error of the network that was built: {error:.2g}",
        rule="The network is built, evaluated in float64 on the points that judge, and its weights and biases counted, "
        f"zeros among them included. Supported if they are within the budget and its error is at most {EQUAL:g}, else "
        "contradicted.",
        verdict=decide(fits, not fits),
    )


def _found(names: tuple[str, str, int], rows: pd.DataFrame) -> list[Verdict]:
    depth = int(rows["construction_depth"].iloc[0])
    if depth not in set(rows["depth"]):
        return []
    judged = choosing.Choice(rows).judged
    found = judged.loc[judged["depth"] == depth, "error"] <= FOUND
    low, high = wilson(int(found.sum()), len(found))
    return [
        _verdict(
            "found",
            names,
            rows,
            statement=f"Training finds {WORDS[names[0]]} with {depth} hidden layers, as deep as the network known to "
            "be it.",
            source="ours: what is representable need not be found",
            prediction=f"share of runs with a relative error <= {FOUND:g} is >= {RATE:g}",
            measured=float(found.mean()),
            low=low,
            high=high,
            samples=len(found),
            rule="The other restarts at the learning rate that the first third chose. Supported if the "
            f"95 % Wilson interval lies above {RATE:g}, contradicted if below, else inconclusive.",
            verdict=decide(low > RATE, high < RATE),
        )
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against depth at equal numbers of parameters, a panel for each target and activation."""
    every = list(series(table))
    columns = min(len(every), 3)
    lines = -(-len(every) // columns)
    figure = new_figure(2.3 * columns + 1.9, 2.1 * lines + 0.3, lines, columns)
    numbers = []
    for axes, (names, rows) in zip(figure.axes, every, strict=False):
        numbers.append(_panel(axes, names, rows))
    for axes in figure.axes[len(every) :]:
        axes.set_visible(False)
    label_outside(figure, "hidden layers", "relative error")
    handles = {
        label: handle for axes in figure.axes for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside right upper", fontsize=8)
    return {"equal-budget-error": Drawing(figure, pd.concat(numbers, ignore_index=True))}


def _panel(axes: Any, names: tuple[str, str, int], rows: pd.DataFrame) -> pd.DataFrame:
    target, activation, budget = names
    composed = target in COMPOSITIONS
    drawn = choosing.Choice(rows).typical().assign(best_of_all=choosing.best_of(rows)).reset_index()
    colour, kind = (COLOURS[0], "composition") if composed else (COLOURS[1], "control")
    reach = [drawn["error"] - drawn["low"], drawn["high"] - drawn["error"]]
    axes.errorbar(drawn["depth"], drawn["error"], reach, fmt="o-", color=colour, ms=4, lw=1, label=f"{kind}, mean")
    axes.plot(
        drawn["depth"],
        drawn["best_of_all"].clip(choosing.LEAST),
        "o",
        color=colour,
        ms=6,
        mfc="none",
        mew=0.6,
        label="best of all",
    )
    axes.axhline(1, color="black", ls="--", lw=0.8, label="constant predictor")
    axes.axhline(choosing.LEAST, color="black", ls=":", lw=0.8, label="counts as zero")
    known = rows["construction_depth"].iloc[0]
    if np.isfinite(known):
        axes.plot(known, choosing.LEAST, "*", color=COLOURS[2], ms=9, label="exact network")
    axes.set(yscale="log", ylim=(choosing.LEAST / 2, 3))
    axes.set_xticks(drawn["depth"])
    axes.set_title(f"{target}\n{activation}, {budget} parameters", fontsize=8)
    return drawn.assign(target=target, activation=activation, budget=budget)
