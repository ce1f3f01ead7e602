"""generalisation.train-and-test: networks that are right on all their examples, asked about the rest of the world.

The world is all of {-1, 1}^n, so that the error on the rest is exact. A training set is a share of it. For every
training set, functions and the random ones among them are drawn anew, and intervals are over these pairs of set and
function. A network stops at the first update after which it is right on all examples; one that never is, is left out
and counted. Random labels are the control: whatever is learned, the expected error on the rest is exactly 1/2.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.claims.generalisation import _networks
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import label_outside, panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing
from experiments.ensemble import fields
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.generalisation import tasks

CONTROL = "coin"
# A network does well if it errs at most half as often as the better constant answer does on the same inputs.
WELL = 0.5
# Random labels: how far from 1/2 the mean error may be.
MARGIN = 0.03
# The share of runs that must be right on all examples, or the others would be a selection.
LEARNED = 0.9
# What a point of the figure is of.
POINT = ["activation", "n", "family", "share"]
TRIAL = Trial(
    source="the post, ch. II.I; what doing well means is ours",
    bears_on=on("generalises"),
    existence="found by training",
    switches={"inputs": "all of {-1, 1}^n", "hidden_layers": 1, "bias": True, "output": "sign of a linear unit"},
)
RANDOM = TRIAL.but(
    source="Wolpert, Neural Computation 8, 1996: without a prior no learner beats chance",
    bears_on=on("generalises", role="control"),
)
LABELS = TRIAL.but(source="Zhang et al., ICLR 2017", bears_on=on("zhang-random-labels"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Functions, shares of the world that are examples, and networks; of several `n` the largest is judged.

    A `set` is a training set with a function of every family, drawn for it; restarts begin from other weights.
    """

    family: list[str] = setting(list(tasks.FAMILIES), choices=tuple(tasks.FAMILIES))
    n: list[int] = setting([6, 10], low=2, high=12, static=True)
    share: list[float] = setting([0.25, 0.5, 0.75], low=0.001, high=0.999, static=True)
    activation: list[str] = setting(["rectifier", "tanh"], choices=("logistic", "tanh", "rectifier"), static=True)
    width: int = setting(128, low=1, high=100_000)
    sets: int = setting(20, low=2, high=100_000, counts="set")
    restarts: int = setting(1, low=1, high=100_000, counts="restart", follows="restarts")
    learning_rate: float = fields.learning_rate(0.01)
    loss: str = fields.loss("cross-entropy")
    optimizer: str = fields.optimizer("adam")
    steps: int = fields.steps(3000)


SMOKE = {"n": [4], "share": [0.5], "activation": ["rectifier"], "width": 32, "sets": 3, "steps": 500}
FULL = {
    "n": [6, 8, 10],
    "share": [0.125, 0.25, 0.5, 0.75, 0.9],
    "width": 512,
    "sets": 100,
    "restarts": 3,
    "steps": 20_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per network: errors on its examples and on the rest, and that of the better constant on the rest."""
    return pd.concat([_of_one_set(unit, rows) for _, rows in unit.cells.groupby("set", sort=False)]).sort_index()


def _of_one_set(unit: Unit, cells: pd.DataFrame) -> pd.DataFrame:
    """Networks that share a training set, one a row."""
    n, activation, number, settings = (
        unit.static("n"),
        unit.static("activation"),
        int(cells["set"].iloc[0]),
        unit.settings,
    )
    seen = tasks.examples(
        n, unit.static("share"), random_generator(unit.seed, "examples", n, unit.static("share"), number)
    )
    unseen, x = tasks.rest(n, seen), boolean.signed_inputs(n).astype(float)
    truths = np.stack([truth_of(unit.seed, family, n, number) for family in cells["family"]])
    from experiments.ensemble.outputs import outputs

    outcome = _networks.train(
        unit,
        x[seen],
        2.0 * truths[:, seen] - 1,
        unit.keys[cells.index],
        np.full(len(cells), settings.learning_rate),
        (settings.width,),
        activation,
    )
    answers = outputs(outcome.network, x, activation) > 0
    return cells.assign(
        width=settings.width,
        examples=len(seen),
        errors=outcome.errors,
        learned=outcome.errors == 0,
        steps=outcome.steps,
        rest_error=tasks.error_on_rest(answers, truths == 1, unseen),
        constant_error=tasks.constant_error(truths == 1, unseen),
    )


def truth_of(seed: int, family: str, n: int, number: int) -> boolean.functions.Truth:
    """The function of a family that goes with a training set: the same for every share, activation and restart."""
    return tasks.FAMILIES[family](n, random_generator(seed, "function", family, n, number))


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, as if a third of all were needed."""
    n, settings = unit.static("n"), unit.settings
    steps = len(unit.cells) * settings.steps / 3
    return Work(steps, steps * 6.0 * unit.static("share") * 2**n * settings.width * (n + 2))


def series(table: pd.DataFrame) -> Iterator[tuple[str, float, str, pd.DataFrame]]:
    """The runs of every family, share and activation at the largest n."""
    largest = table[table["n"] == table["n"].max()]
    for (family, share, activation), rows in largest.groupby(["family", "share", "activation"], sort=False):
        yield str(family), float(share), str(activation), rows


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For every family and share whether networks do well on the rest; for random labels that they cannot."""
    found = []
    for family, share, activation, rows in series(table):
        found += [_random(share, activation, rows)] if family == CONTROL else [_well(family, share, activation, rows)]
    random = table[(table["n"] == table["n"].max()) & (table["family"] == CONTROL)]
    return found + [_labels(str(name), rows) for name, rows in random.groupby("activation", sort=False)]


def over_sets(rows: pd.DataFrame, values: pd.Series, how: str) -> Measured:
    """Mean over training sets, of the runs that have learned theirs, with Student's interval over the sets."""
    # Where the rest has one label only, a constant errs nowhere, and nothing is that many times as much.
    means = values[rows["learned"] & np.isfinite(values)].groupby(rows["set"]).mean().to_numpy()
    how = f"{how} Student's {percent()} interval over training sets, each with a function drawn for it."
    return Measured(lambda α: mean_interval(means, α), len(means), how=how)


def _facts(rows: pd.DataFrame) -> dict:
    missed = int((~rows["learned"]).sum())
    return {
        "notes": f"{missed} of {len(rows)} runs were not right on all examples and are left out",
        "n": int(rows["n"].iloc[0]),
        "width": int(rows["width"].iloc[0]),
        "examples": int(rows["examples"].iloc[0]),
    }


def _learned(rows: pd.DataFrame) -> tuple[bool, str]:
    words = f"Inconclusive unless {LEARNED:.0%} of the runs are right on all their examples."
    return bool(rows["learned"].mean() >= LEARNED), words


def _well(family: str, share: float, activation: str, rows: pd.DataFrame) -> Verdict:
    ratio = over_sets(
        rows,
        rows["rest_error"] / rows["constant_error"],
        "The error on the rest over that of the better constant answer there.",
    )
    error = float(rows.loc[rows["learned"], "rest_error"].mean())
    return TRIAL.verdict(
        f"{family}/{share:g}/{activation}",
        "A network that is right on all its examples does well on the rest of the world: it errs at most half as often "
        "as the better constant answer.",
        ratio,
        below(WELL).provided(*_learned(rows)),
        prediction=f"error on the rest / error of a constant < {WELL:g}",
        finding=f"Networks that are right on {share:.0%} of all inputs as examples of {family} err on {error:.1%} of "
        "the rest, {measured} times as often as a constant answer.",
        task=family,
        share=share,
        activation=activation,
        **_facts(rows),
    )


def _random(share: float, activation: str, rows: pd.DataFrame) -> Verdict:
    return RANDOM.verdict(
        f"{CONTROL}/{share:g}/{activation}",
        "Of random labels nothing generalises: the expected error on the rest is exactly 1/2.",
        over_sets(rows, rows["rest_error"], "The error on the rest."),
        within(0.5, MARGIN).provided(*_learned(rows)),
        prediction="error on the rest = 1/2",
        finding="Networks that are right on random labels err on {measured} of the rest.",
        task=CONTROL,
        share=share,
        activation=activation,
        **_facts(rows),
    )


def _labels(activation: str, rows: pd.DataFrame) -> Verdict:
    facts = _facts(rows) | {"examples": sorted(rows["examples"].unique()), "notes": ""}
    return LABELS.verdict(
        f"random-labels-learned/{activation}",
        "Networks learn random labels of all their examples.",
        Measured.clustered_share(
            rows["learned"], rows.groupby(["share", "set"]).ngroup(), "Clusters are training sets."
        ),
        above(LEARNED),
        prediction=f"share of runs that are right on all examples > {LEARNED:g}",
        finding="A share of {measured} of all networks is right on all of its randomly labelled examples.",
        task=CONTROL,
        activation=activation,
        **facts,
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The error on the rest against the share of inputs that are examples, one panel an n and activation."""
    numbers = pd.DataFrame([_point(rows) for _, rows in table.groupby(POINT)])
    columns = sorted(numbers["n"].unique())
    keys = [(activation, n) for activation in numbers["activation"].unique() for n in columns]
    figure, axes_of = panels(keys, len(columns), width=2.8, height=2.3, beside=1.4)
    families = [name for name in tasks.FAMILIES if name in set(numbers["family"])]
    for (activation, n), axes in axes_of.items():
        mine = numbers[(numbers["activation"] == activation) & (numbers["n"] == n)]
        for i, family in enumerate(families):
            rows = mine[mine["family"] == family]
            errors = np.maximum([rows["error"] - rows["low"], rows["high"] - rows["error"]], 0)
            place = rows["share"] + 0.006 * (i - 2.5)
            axes.errorbar(
                place, rows["error"], errors, fmt=f"{MARKERS[i]}-", color=COLOURS[i], ms=4, lw=1, label=family
            )
        axes.axhline(0.5, color="black", lw=0.7, ls=":")
        axes.set(ylim=(-0.03, 1.03), title=f"{activation}, n = {n}")
    label_outside(figure, "share that are examples", "error on the rest")
    legend_beside(figure)
    last = numbers[(numbers["n"] == max(columns)) & (numbers["share"] == numbers["share"].max())]
    mean = last.groupby("family")["error"].mean()
    told = [f"{mean[name]:.1%} of {name}" for name in ("threshold", "parity", CONTROL) if name in mean]
    title = (
        f"Right on all examples, wrong on the rest: {', '.join(told)}, from {last['share'].iloc[0]:.0%} of all inputs"
    )
    caption = (
        "Mean error on the inputs that are no examples, of networks that are right on all examples, with intervals "
        "over training sets. Dotted: chance."
    )
    return {"rest-of-the-world": Drawing(figure, numbers, title, caption)}


def _point(rows: pd.DataFrame) -> dict:
    found = over_sets(rows, rows["rest_error"], "")
    ends = {"low": max(found.low, 0.0), "high": min(found.high, 1.0)}
    return rows.iloc[0][POINT].to_dict() | {
        "error": found.value,
        **ends,
        "learned": int(rows["learned"].sum()),
        "runs": len(rows),
    }
