"""depth.equal-budget: at equal numbers of parameters, which depth gets closest to a target, as found by training?

Networks of 1 to 6 hidden layers with equal numbers of parameters learn compositions of small functions, and controls
that are no compositions, see theory/depth/targets.py. If a network that equals the target is known, deep or of one
hidden layer, it is built and measured too: what is representable is kept apart from what training finds.

Depth has an advantage in what is representable only if no network of one hidden layer within the budget equals the
target. So each sawtooth has a budget between the parameters of the composition and those of one layer. Parity has no
such budget, because one layer takes fewer parameters than a tree: it is a control.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _depths as depths
from experiments.claims.depth._chosen import ZERO, ChosenDepth, best_of
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging import budgets
from experiments.judging.budgets import RATE
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, below, decide
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.depth.compositions import Layers
from theory.depth.targets import COMPOSITIONS, TARGETS, Target

# Depth wins if the error of one hidden layer exceeds that of the best depth by more than this factor.
MARGIN = 1.25
# Largest relative error at which a network has found the target.
FOUND = 0.05
# Largest relative error at which it has learned something; the best constant has 1.
LEARNED = 0.9
# Largest relative error of a network that equals the target: a gate multiplies exactly only in a limit.
EQUAL = 1e-3
# Points that choose the learning rate and depth, and points that judge.
JUDGED = ("validation", "test")
# Targets as they are named in statements.
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


TRAINED = Trial(
    source="the post, ch. II, after Lin, Tegmark & Rolnick 2017: some functions cannot be flattened cheaply",
    bears_on=on("no-flattening", role="variant"),
    existence="found by training",
    switches={
        "bias": True,
        "output": "linear",
        "norm": "root mean square over the target's standard deviation",
        "schedule": "falling",
    },
)
# Targets that are no compositions, or equal a network of one layer within the budget.
NOT_COMPOSED = TRAINED.but(bears_on=on("no-flattening", role="control"))
BUILT = TRAINED.but(existence="representable")
ONE_LAYER = BUILT.but(
    source="ours: the networks of theory/depth/targets.py, and for the sawtooth theory/depth/sawtooth.py [P]"
)
FOUND_BY_TRAINING = TRAINED.but(source="ours: what is representable need not be found")


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained and how.

    `budget` is the wanted number of parameters. Networks train on `points` points; as many other points choose the
    learning rate, and as many others judge. `batch`: points per update; `steps`: updates, see judging/budgets.py.
    """

    target: list[str] = setting(list(TARGETS), choices=tuple(TARGETS), static=True)
    depth: list[int] = setting([1, 2, 3, 5], low=1, high=64, static=True)
    activation: list[str] = setting(["tanh", "rectifier"], choices=("tanh", "rectifier"), static=True)
    budget: list[int] = setting([20, 64, 400], low=10, high=1_000_000, static=True)
    learning_rate: list[float] = fields.learning_rate([0.01, 0.03, 0.1])
    restarts: int = setting(12, low=4, high=100_000, counts="restart", follows="restarts")
    optimizer: str = fields.optimizer("adam")
    schedule: str = fields.schedule("linear")
    batch: int = fields.batch(64)
    steps: list[int] = fields.steps([1500, 3000], static=True)
    points: int = setting(8192, low=256, high=10_000_000)
    # Several hidden layers break down at the rates at which one layer learns best. One layer of 8 or 32 rectifiers
    # equals a sawtooth with 25 or 97 parameters; the compositions have 19 and 31.
    where: str = setting(
        "(depth == 1 and learning_rate > 0.02 or depth > 1 and learning_rate < 0.05)"
        " and (activation == 'tanh' and budget >= 97 and target not in ('sawtooth-8', 'sawtooth-32')"
        " or activation == 'rectifier' and (target == 'parity' and budget >= 97"
        " or target == 'sawtooth-8' and budget < 25 or target == 'sawtooth-32' and budget > 31 and budget < 97))"
    )


SMOKE = {
    "target": ["tree"],
    "depth": [1, 2],
    "budget": [321],
    "learning_rate": [0.03],
    "restarts": 4,
    "batch": 0,
    "steps": [50, 100],
    "points": 256,
}
FULL = {
    "depth": [1, 2, 3, 4, 5, 6],
    "budget": [20, 64, 100, 400, 1600],
    "learning_rate": [0.003, 0.01, 0.03, 0.1],
    "restarts": 24,
    "steps": [15_000, 30_000],
    "points": 16_384,
    "where": (
        "budget >= 97 or activation == 'rectifier' and (target == 'sawtooth-8' or budget == 64 and "
        "target == 'sawtooth-32')"
    ),
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network, see `depths.fit`.

    Relative errors are on the points that choose (`validation_error`) and on those that judge (`error`). Columns
    `construction_...` describe the deep network of this activation that equals the target, if it is known; columns
    `flat_...` the network of one hidden layer, and whether it is the smallest.
    """
    regression, activation = _regression(unit), unit.static("activation")
    rows, networks = depths.fit(unit, regression, _program(unit, regression))
    validation, error = (
        regression.relative_errors(networks, activation, _points(unit, regression.targets[0], what)) for what in JUDGED
    )
    known = [_construction(unit, target) for target in regression.targets]
    flat = [_flat(unit, target) for target in regression.targets]
    widths = "-".join(str(len(b)) for _, b in networks[0][:-1])
    rows = rows.assign(widths=widths, validation_error=validation, error=error, solved=error <= FOUND)
    rows[["construction_depth", "construction_parameters", "construction_error"]] = known
    rows[["flat_parameters", "flat_error", "flat_is_least"]] = flat
    return rows


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The network of one row again."""
    regression = _regression(unit)
    return depths.rebuild(unit, regression, _program(unit, regression), row)


def _regression(unit: Unit) -> depths.Regression:
    """Random targets are drawn for each restart; every depth and way of training shares them."""
    name, numbers = unit.static("target"), unit.cells["restart"].tolist()
    drawn = {i: TARGETS[name](random_generator(unit.seed, "depth", name, i)) for i in set(numbers)}
    targets = [drawn[i] for i in numbers]
    return depths.Regression(targets, _points(unit, targets[0], "train"))


def _points(unit: Unit, target: Target, what: str) -> np.ndarray:
    return target.points(unit.settings.points, random_generator(unit.seed, "depth", "points", what))


def _program(unit: Unit, regression: depths.Regression) -> Any:
    from theory.depth.budget import hidden_widths

    inputs, depth, budget = regression.x.shape[1], unit.static("depth"), unit.static("budget")
    sizes = (inputs, *hidden_widths(inputs, depth, budget), 1)
    return cells.program_with(unit, sizes=sizes, loss="squared", stop_when_solved=False)


def _construction(unit: Unit, target: Target) -> tuple[float, float, float]:
    """Hidden layers, parameters and relative error of the network that equals the target; NaN if none is known."""
    activation = unit.static("activation")
    if target.construction is None or target.activation != activation:
        return np.nan, np.nan, np.nan
    layers = target.construction
    return len(layers) - 1, depths.parameters(layers), _error_of(unit, target, layers)


def _flat(unit: Unit, target: Target) -> tuple[float, float, float]:
    """Parameters and relative error of the one-layer network that equals the target, and 1 if it is the smallest."""
    layers = target.flat.get(unit.static("activation"))
    if layers is None:
        return np.nan, np.nan, np.nan
    return depths.parameters(layers), _error_of(unit, target, layers), float(target.flat_is_least)


def _error_of(unit: Unit, target: Target, layers: Layers) -> float:
    """Relative error on the points that judge."""
    points = _points(unit, target, JUDGED[-1])
    regression = depths.Regression([target], points, standard=False)
    return float(regression.relative_errors([layers], unit.static("activation"), points)[0])


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward."""
    steps, batch = len(unit.cells) * unit.static("steps"), unit.settings.batch or unit.settings.points
    return Work(steps, steps * 6.0 * batch * unit.static("budget"))


def series(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str, int], pd.DataFrame]]:
    """The rows of every target, activation and budget, in the order of the targets."""
    for target in [name for name in TARGETS if name in set(table["target"])]:
        for (activation, budget), rows in table[table["target"] == target].groupby(["activation", "budget"]):
            yield (target, str(activation), int(budget)), rows


def flat_fits(names: tuple[str, str, int], rows: pd.DataFrame) -> bool:
    """Whether a network of one hidden layer within the budget is known to equal the target."""
    facts = rows[["flat_parameters", "flat_error"]].max()
    return bool(facts["flat_parameters"] <= names[2] and facts["flat_error"] <= EQUAL)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every setting: whether depth wins.

    If a network that equals the target is known, deep or of one layer: whether it fits the budget, and, for the deep
    one, whether training finds the target at its depth.
    """
    verdicts = []
    for names, rows in series(table):
        chosen = ChosenDepth(rows)
        if rows["depth"].min() == 1 and rows["depth"].max() > 1:
            verdicts.append(_wins(names, rows, chosen))
        if rows["construction_depth"].notna().all():
            verdicts += [_representable(names, rows), *_found(names, rows, chosen)]
        if rows["flat_parameters"].notna().all():
            verdicts.append(_one_layer(names, rows))
    return verdicts


def _switches(names: tuple[str, str, int], rows: pd.DataFrame) -> dict[str, Any]:
    target, activation, budget = names
    return {
        "target": target,
        "activation": activation,
        "budget": budget,
        "parameters": f"{rows['parameters'].min()} to {rows['parameters'].max()}",
        "hidden_layers": rows["depth"].sort_values(),
        "updates": int(rows["steps"].max()),
        "learning_rate": rows["learning_rate"].sort_values(),
    }


def _wins(names: tuple[str, str, int], rows: pd.DataFrame, chosen: ChosenDepth) -> Verdict:
    fits = flat_fits(names, rows)
    composed = names[0] in COMPOSITIONS and not fits
    typical = chosen.typical()
    errors = "; ".join("{depth}: {error:.3g} ({learning_rate:g})".format(**one) for one in _records(typical))
    lucky = "; ".join(f"{depth}: {error:.3g}" for depth, error in best_of(rows).items())
    learned = bool(typical.loc[[1, chosen.best], "error"].min() <= LEARNED)
    how = (
        "The first quarter of the restarts chooses the learning rate of each depth and the best depth above 1, by the "
        "median error on other points (boolean domains: on all). Over the other restarts, each with both depths on one "
        "target: the median of the ratio of errors, with an exact interval between two of the ratios, valid for any "
        f"distribution, {budgets.STILL}."
    )
    statement = (
        f"At an equal number of parameters, networks of several hidden layers get closer to {WORDS[names[0]]}."
        if composed
        else f"At an equal number of parameters, networks of several hidden layers get no closer to {WORDS[names[0]]}."
    )
    one_layer = "one hidden layer within the budget equals the target; " if fits else ""
    nothing = "" if learned else "neither depth learned anything; "
    return (TRAINED if composed else NOT_COMPOSED).verdict(
        f"wins/{_named(names)}",
        statement,
        chosen.factor(how),
        (above(MARGIN) if composed else below(MARGIN)).provided(
            learned, f"Inconclusive unless a depth learned something: a median error of at most {LEARNED:g}."
        ),
        prediction=f"error of one hidden layer / error of the best depth {'>' if composed else '<'} {MARGIN:g}",
        notes=f"{one_layer}{nothing}best depth: {chosen.best}; errors by depth (and rate) {errors}; "
        f"the best of all runs and learning rates, by validation: {lucky}",
        **_switches(names, rows),
    )


def _named(names: tuple[str, str, int]) -> str:
    return "/".join(map(str, names))


def _records(typical: pd.DataFrame) -> list[dict[Any, Any]]:
    return typical.reset_index().to_dict("records")


def _representable(names: tuple[str, str, int], rows: pd.DataFrame) -> Verdict:
    facts = rows[["construction_depth", "construction_parameters", "construction_error"]].max()
    needed, error = facts["construction_parameters"], facts["construction_error"]
    how = (
        "The network is built, and evaluated in float64 on the points that judge. All its weights and biases count, "
        "zeros too."
    )
    return BUILT.verdict(
        f"representable/{_named(names)}",
        f"Within the budget, a network of {facts['construction_depth']:.0f} hidden layers equals {WORDS[names[0]]}.",
        Measured.exactly(needed, _targets_of(names, rows), how=how),
        Rule(
            f"Supported if the parameters are within the budget and the error is at most {EQUAL:g}; else inconclusive: "
            "other networks were not tried.",
            lambda m: decide(m.value <= names[2] and error <= EQUAL, False),
        ),
        prediction=f"parameters of the network that was built <= {names[2]}",
        notes=f"largest relative error of the network that was built: {error:.2g}",
        **_switches(names, rows),
    )


def _one_layer(names: tuple[str, str, int], rows: pd.DataFrame) -> Verdict:
    needed, error, least = rows[["flat_parameters", "flat_error", "flat_is_least"]].max()
    fits = flat_fits(names, rows)
    proved = "no smaller one equals the target" if least else "a smaller one may equal the target"
    return ONE_LAYER.verdict(
        f"one-layer/{_named(names)}",
        f"Within the budget, no network of one hidden layer equals {WORDS[names[0]]}.",
        Measured.exactly(
            needed, _targets_of(names, rows), how="The network of one hidden layer is built and evaluated."
        ),
        Rule(
            f"Contradicted if it is within the budget and its error is at most {EQUAL:g}. Supported if it is not "
            "within the budget, and a proof says that none with fewer units equals the target. Else inconclusive.",
            lambda m: decide(bool(m.value > names[2] and least), fits),
        ),
        prediction=f"parameters that one hidden layer takes > {names[2]}",
        notes=f"largest relative error of the network that was built: {error:.2g}; {proved}",
        **_switches(names, rows),
    )


def _targets_of(names: tuple[str, str, int], rows: pd.DataFrame) -> int:
    """How many networks were built: one for each restart if targets are drawn, else one."""
    return rows["restart"].nunique() if names[0] == "tree" else 1


def _found(names: tuple[str, str, int], rows: pd.DataFrame, chosen: ChosenDepth) -> list[Verdict]:
    depth = int(rows["construction_depth"].iloc[0])
    if depth not in set(rows["depth"]):
        return []
    how = (
        "The first quarter of the restarts chooses the learning rate, by the median error on other points. The other "
        "restarts are judged."
    )
    (now, before), reference = _solved(chosen, depth), budgets.success_share(*_solved(chosen, 1))
    success = budgets.success_share(now, before, how)
    return [
        FOUND_BY_TRAINING.verdict(
            f"found/{_named(names)}",
            f"Training finds {WORDS[names[0]]} with {depth} hidden layers, the depth of a known exact network.",
            dataclasses.replace(success, beside={**success.beside, "reference": reference}),
            budgets.FOUND_BESIDE,
            prediction=f"share of runs with a relative error <= {FOUND:g} is >= {RATE:g}",
            notes=f"{budgets.before_in_words(before)}; one hidden layer finds it in {reference.value:.2f} of all runs",
            **_switches(names, rows),
        )
    ]


def _solved(chosen: ChosenDepth, depth: int) -> tuple[pd.Series, pd.Series]:
    """Which judged runs of a depth have found the target, at the largest budget and at half of it."""
    now, before = (rows.loc[rows["depth"] == depth, "error"] <= FOUND for rows in (chosen.judged, chosen.earlier))
    return now, before


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Error against depth at equal numbers of parameters, a panel for each target and activation."""
    every = list(series(table))
    figure, axes_of = panels((names for names, _ in every), 3, width=2.3, height=2.1, beside=1.9)
    numbers = [_panel(axes_of[names], names, rows) for names, rows in every]
    label_outside(figure, "hidden layers", "relative error")
    legend_beside(figure)
    every = pd.concat(numbers, ignore_index=True)
    best = every.loc[every.groupby(["target", "activation"])["error"].idxmin(), "depth"]
    title = f"At an equal budget several layers are best in {int((best > 1).sum())} of {len(best)} tasks"
    caption = "Median error with intervals against the number of hidden layers, learning rates chosen on other runs."
    return {"equal-budget-error": Drawing(figure, every, title, caption)}


def _panel(axes: Any, names: tuple[str, str, int], rows: pd.DataFrame) -> pd.DataFrame:
    target, activation, budget = names
    composed = target in COMPOSITIONS and not flat_fits(names, rows)
    drawn = ChosenDepth(rows).typical().assign(best_of_all=best_of(rows)).reset_index()
    colour, kind = (COLOURS[0], "composition") if composed else (COLOURS[1], "control")
    # Of few runs an interval is unbounded: nothing is drawn.
    ends = drawn[["low", "high"]].where(np.isfinite(drawn[["low", "high"]]), drawn["error"], axis=0)
    reach = [drawn["error"] - ends["low"], ends["high"] - drawn["error"]]
    axes.errorbar(drawn["depth"], drawn["error"], reach, fmt="o-", color=colour, ms=4, lw=1, label=f"{kind}, median")
    best = drawn["best_of_all"].clip(ZERO)
    axes.plot(drawn["depth"], best, "o", color=colour, ms=6, mfc="none", mew=0.6, label="best of all")
    axes.axhline(1, color="black", ls="--", lw=0.8, label="constant predictor")
    # At the lower edge: their error is that of rounding.
    edge = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    for at, label, marker in (
        (rows["construction_depth"].iloc[0], "exact network", "*"),
        (1.0 if flat_fits(names, rows) else np.nan, "exact, one layer", "P"),
    ):
        if np.isfinite(at):
            axes.plot(at, 0.05, marker, color=COLOURS[2], ms=8, label=label, **edge)
    axes.set(yscale="log", ylim=(None, 3))
    axes.set_xticks(drawn["depth"])
    axes.set_title(f"{target}\n{activation}, {budget} parameters", fontsize=8)
    return drawn.assign(target=target, activation=activation, budget=budget)
