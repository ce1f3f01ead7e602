"""restarts.spurious-minima: descent from random weights ends in minima that are not global, but for spare units.

A student of n = k + extra rectifiers learns from k orthonormal ones. The loss over all inputs is known in closed form,
so that nothing is drawn but the start. How a run ended is one of five words:

- diverged: loss or gradient is not finite.
- global: the loss is at most 1e-6, where the lowest spurious minimum known has more than 0.002. Descent never raises
  the loss, so it cannot get there from here. With spare units the rest of the way is long: the minimum is degenerate.
- spurious: else, if the norm of the gradient is at most the bound, 1e-12 by default, and the smallest eigenvalue of the
  Hessian is above 1e-6: a strict local minimum, since rounding changes an eigenvalue by some 1e-14.
- saddle: else, if the norm of the gradient is at most the bound: a saddle, or a degenerate point.
- unfinished: else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.claims.restarts import _students as students
from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.ensemble import cells, fields
from experiments.ensemble.tracing import Rebuilt
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, below, decide, exhibits, within
from experiments.judging.statistics import (
    DEFAULT_LEVEL,
    combined_rates_interval,
    exact_interval,
    percent,
    slope_of_rates,
)
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts import teacher_student
from theory.restarts.teacher_student import GLOBAL_LOSS

OUTCOMES = ("global", "spurious", "saddle", "unfinished", "diverged")

# Of the smallest eigenvalue of a strict minimum's Hessian.
STRICT = 1e-6
# The least k at which spurious minima are said to exist.
FIRST_K = 7
# How far a share may be from the published one, where that is one half, and where it is near 0 or 1.
LARGEST_MARGIN, LEAST_MARGIN = 0.1, 0.02
# Losses that differ by no more than this share are the same.
SAME_LEVEL = 1e-6
# The share of the ends that have to be on a level with others.
RECURRING = 0.9
# Neurons gone astray, of the types whose losses are predicted.
ASTRAY = (1, 2, 3)
# Ends without which nothing is said of their levels.
FEWEST_POINTS = 20
# What is left of the spurious ends if nearly all are removed.
NEARLY_ALL = 0.05
# Runs that may end in no minimum without a bearing on the others.
MOST_WITHOUT_END = 0.01

SOURCE = "Safran & Shamir 2018, arXiv 1712.08968; Safran, Yehudai & Shamir 2021, arXiv 2006.01005"
PUBLISHED_SOURCE = f"{SOURCE} [D: computed from data that the authors released]"
PUBLISHED_RUNS = 500
# Share of the 500 runs per k that ended in a spurious minimum at n = k, and the loss at the type (1, k - 1).
PUBLISHED_SHARES = {6: 0.0, 7: 0.054, 10: 0.32, 12: 0.538, 15: 0.78, 20: 0.942, 30: 0.996, 50: 1.0}
PUBLISHED_LOSSES = {7: 0.023203, 10: 0.018702, 15: 0.014064, 20: 0.011276}


TRIAL = Trial(
    source=SOURCE,
    bears_on=on("gets-stuck", role="variant"),
    existence="found by training",
    switches={
        "inputs": "N(0, I)",
        "target": "a teacher of k orthonormal rectifiers",
        "activation": "rectifier",
        "bias": False,
        "output": "sum",
        "loss": "squared, over all inputs in closed form",
        "initial_weights": "N(0, I / k)",
        "optimizer": "sgd",
        "learning_rate": "5 / n",
        "precision": "float64",
    },
)
PUBLISHED = TRIAL.but(source=PUBLISHED_SOURCE)
SPARE = TRIAL.but(bears_on=on("gets-stuck", "against", "variant"))
ENDED = f"Inconclusive as well if more than {MOST_WITHOUT_END:.0%} of the runs ended in no minimum."


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Teachers of k units, students of k + extra; steps of a run at most, and the gradient that is short enough."""

    k: list[int] = setting([6, 7, 8, 9, 10, 12, 15, 20], low=4, high=100, static=True)
    extra: list[int] = setting([0, 1, 2], low=0, high=100, static=True)
    restarts: int = setting(1000, low=1, high=10_000_000, counts="restart", follows="restarts")
    steps: int = fields.steps(200_000)
    gradient_bound: float = setting(1e-12, low=1e-30, high=1.0)
    where: str = setting("extra == 0 or k >= 20 or k <= 10")


SMOKE = {
    "k": [6, 7],
    "extra": [0, 1],
    "restarts": 20,
}
FULL = {
    "k": [6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 37],
    "restarts": 4000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per run, from W ~ N(0, I / k) with steps of 5 / n; the eigenvalue is NaN where the end is global."""
    k, settings = unit.static("k"), unit.settings
    n, bound = k + unit.static("extra"), settings.gradient_bound
    points, steps, norms = students.descended(unit.keys, n, k, settings.steps, bound)
    table = unit.cells.assign(
        loss=students.losses(points),
        steps=steps,
        gradient_norm=norms,
        smallest_eigenvalue=np.nan,
        least_angle=[float(teacher_student.least_angle(W)) for W in points],
        key=cells.hexadecimal(unit),
    )
    at_rest = np.flatnonzero((table["loss"] > GLOBAL_LOSS) & (norms <= settings.gradient_bound))
    table.loc[at_rest, "smallest_eigenvalue"] = [float(teacher_student.smallest_eigenvalue(W)) for W in points[at_rest]]
    return table.assign(outcome=outcomes(table, settings.gradient_bound))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The student of one row again."""
    k = unit.static("k")
    return students.rebuild(unit.keys, k + unit.static("extra"), k, row)


def is_stuck(table: pd.DataFrame) -> pd.Series:
    """Whether a row is of a run that ended in a spurious minimum."""
    return table["outcome"] == "spurious"


def outcomes(table: pd.DataFrame, gradient_bound: float) -> np.ndarray:
    """The word for how each run ended, as the head of this module defines them."""
    norm, at_rest = table["gradient_norm"], table["gradient_norm"] <= gradient_bound
    conditions = [
        ~np.isfinite(table["loss"]) | ~np.isfinite(norm),
        table["loss"] <= GLOBAL_LOSS,
        at_rest & (table["smallest_eigenvalue"] > STRICT),
        at_rest,
    ]
    return np.select(conditions, ["diverged", "global", "spurious", "saddle"], "unfinished")


def work(unit: Unit) -> Work:
    """Two products of matrices and the angles between all neurons per step; then eigenvalues of Hessians."""
    k = unit.static("k")
    n, runs = k + unit.static("extra"), len(unit.cells)
    steps = runs * min(unit.settings.steps, students.USUAL_STEPS)
    return Work(steps, steps * (4.0 * n * n * k + 40.0 * n * (n + k)) + 10.0 * runs * (n * k) ** 3)


class Share(NamedTuple):
    """How many of some runs it is, and the exact interval of their share."""

    hits: int
    runs: int

    @classmethod
    def spurious(cls, rows: pd.DataFrame) -> "Share":
        """Of the runs that ended in a spurious minimum."""
        return cls(int((rows["outcome"] == "spurious").sum()), len(rows))

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.runs

    @property
    def interval(self) -> tuple[float, float]:
        """Exact, because shares near 0 and 1 are what is asked about."""
        return exact_interval(self.hits, self.runs)

    def facts(self) -> dict[str, float]:
        """What is drawn of it."""
        low, high = self.interval
        return {"value": self.value, "low": low, "high": high, "runs": self.runs}

    def minus(self, other: "Share", weight: float = 1.0, α: float = DEFAULT_LEVEL) -> tuple[float, float, float]:
        """This share less `weight` times an independent one, with Newcombe's interval at a level."""
        return combined_rates_interval(
            np.array([1.0, -weight]), np.array([self.hits, other.hits]), np.array([self.runs, other.runs]), α=α
        )


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether there are spurious minima, how often, with how many spare units, at which losses, and whether strict."""
    square = table[table["extra"] == 0]
    large = square[square["k"] >= FIRST_K]
    verdicts = [_exist(large)] if len(large) else []
    verdicts += [grows(large)] if large["k"].nunique() > 1 else []
    for k, rows in square.groupby("k"):
        verdicts += [_share(int(k), rows)] if k in PUBLISHED_SHARES else []
        verdicts += [_levels(int(k), rows), _types(int(k), rows)] if (rows["outcome"] == "spurious").any() else []
    return [*verdicts, *spare_units(table), _strict(table)]


def _ended(rows: pd.DataFrame) -> bool:
    """Whether nearly all runs ended in a minimum, so that the others do not matter."""
    return bool(rows["outcome"].isin(("global", "spurious")).mean() >= 1 - MOST_WITHOUT_END)


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    """How the runs ended, for the notes of a verdict, and the sizes of teacher and student."""
    counts = rows["outcome"].value_counts()
    ended = ", ".join(f"{counts[word]} {word}" for word in OUTCOMES if word in counts)
    return {
        "notes": f"global: loss <= {GLOBAL_LOSS:g}; spurious: else, norm of the gradient <= 1e-12, if not set "
        f"otherwise, and smallest eigenvalue of the Hessian > {STRICT:g}; saddle: else, gradient as small; runs ended: "
        f"{ended}",
        "k": rows["k"].sort_values(),
        "student": [f"n = k + {extra}" if extra else "n = k" for extra in sorted(rows["extra"].unique())],
    }


def _exist(rows: pd.DataFrame) -> Verdict:
    share = min((Share.spurious(mine) for _, mine in rows.groupby("k")), key=lambda share: share.value)
    how = "The least share over k. A strict minimum draws descent from all around it, and so with positive probability."
    return TRIAL.verdict(
        "exist",
        f"Descent from random weights ends in spurious minima with positive probability for every n = k >= {FIRST_K}.",
        Measured.exactly(share.value, len(rows), how=how),
        exhibits("for every k at least one run ended in a spurious minimum", share.value > 0),
        prediction="least share over k of runs that end in a spurious minimum > 0",
        **_facts(rows),
    )


def grows(rows: pd.DataFrame) -> Verdict:
    """Whether the share of spurious ends grows with k, over rows of students with as many units as the teacher."""
    shares = {int(k): Share.spurious(mine) for k, mine in rows.groupby("k")}
    spurious, runs = np.array([(share.hits, share.runs) for share in shares.values()]).T
    x = np.log2(list(shares))
    ended = all(_ended(mine) for _, mine in rows.groupby("k"))
    each = ", ".join(f"{share.value:.3g} (k = {k})" for k, share in shares.items())
    how = (
        f"Least-squares slope over all k >= {FIRST_K} of the shares {each}, with Zou and Donner's {percent()} interval."
    )
    return PUBLISHED.verdict(
        "grows",
        "The larger teacher and student are, n = k, the more often descent ends in a spurious minimum.",
        Measured(lambda α: slope_of_rates(x, spurious, runs, α=α), len(rows), how=how),
        above(0).provided(ended, ENDED),
        prediction="slope of the share of spurious ends on log2(k) > 0",
        **_facts(rows),
    )


def _share(k: int, rows: pd.DataFrame) -> Verdict:
    published = PUBLISHED_SHARES[k]
    margin = max(LEAST_MARGIN, 2 * LARGEST_MARGIN * float(np.sqrt(published * (1 - published))))
    share, theirs = Share.spurious(rows), Share(round(published * PUBLISHED_RUNS), PUBLISHED_RUNS)
    how = (
        f"Our share, {share.value:.4g}, less the published one of {PUBLISHED_RUNS} runs, with Newcombe's {percent()} "
        f"interval. The margin is a tenth where the share is one half and less in the proportion of √(p (1 - p)), but "
        f"{LEAST_MARGIN:g} at least, since a tenth would make every small share agree with none."
    )
    return PUBLISHED.verdict(
        f"share/k={k}",
        f"For n = k = {k}, {published:.1%} of all runs end in a spurious minimum.",
        Measured(lambda α: share.minus(theirs, α=α), len(rows), how=how),
        within(0.0, margin).provided(_ended(rows), ENDED),
        prediction=f"share less {published:g} within {margin:.3f} of 0",
        **_facts(rows),
    )


def levels(losses: np.ndarray) -> np.ndarray:
    """For each loss the number of its level, from the lowest up: levels are apart by more than 1e-6 of a loss."""
    order = np.argsort(losses)
    ascending = losses[order]
    numbers = np.empty(len(losses), int)
    numbers[order] = np.cumsum(np.diff(ascending, prepend=ascending[:1]) > SAME_LEVEL * ascending)
    return numbers


def _levels(k: int, rows: pd.DataFrame) -> Verdict:
    losses = rows.loc[rows["outcome"] == "spurious", "loss"].to_numpy()
    of_each = levels(losses)
    counts = np.bincount(of_each)
    predicted, lowest = teacher_student.spurious_loss(k), float(losses.min())
    right = abs(lowest - predicted) <= SAME_LEVEL * predicted
    published = f"; published: {PUBLISHED_LOSSES[k]:g}" if k in PUBLISHED_LOSSES else ""
    how = (
        f"Losses at spurious end points within {SAME_LEVEL:g} of each other are one level; measured is the share of "
        "the points on a level with more points than one, which is about the probability that the next run shows none "
        "but known levels."
    )
    facts = _facts(rows)
    facts["notes"] += f"; {len(counts)} levels, the lowest at {lowest:.9g} with {counts[0]} points"
    return PUBLISHED.but(source=f"{PUBLISHED_SOURCE}; five equations of theory/restarts/teacher_student.py").verdict(
        f"levels/k={k}",
        "The losses at spurious minima do not depend on the start: they are few, and the lowest is that of the type "
        f"(1, k - 1), at n = k = {k}.",
        Measured.share(counts[of_each] > 1, how),
        Rule(
            f"Supported if the interval lies above {RECURRING:g} and the lowest level is the predicted one within "
            f"{SAME_LEVEL:g} of it; contradicted if the lowest is another or the interval lies below; else "
            "inconclusive.",
            lambda m: decide(right and m.low > RECURRING, not (right and m.high >= RECURRING)),
        ).provided(len(losses) >= FEWEST_POINTS, f"Inconclusive with fewer than {FEWEST_POINTS} points."),
        prediction=f"share of losses that recur >= {RECURRING:g}; lowest {predicted:.6g}{published}",
        **facts,
    )


def _types(k: int, rows: pd.DataFrame) -> Verdict:
    losses = rows.loc[rows["outcome"] == "spurious", "loss"].to_numpy()
    predicted = {s: teacher_student.spurious_loss(k, s) for s in ASTRAY}
    minima = [s for s in ASTRAY if teacher_student.spurious_eigenvalue(k, s) > STRICT]
    highest = max(predicted[s] for s in minima)
    low_losses = losses[losses <= highest * (1 + SAME_LEVEL)]
    found = {s: int((np.abs(low_losses / predicted[s] - 1) <= SAME_LEVEL).sum()) for s in minima}
    named, seen = sum(found.values()), ", ".join(f"({s}, k - {s}): {found.get(s, 'no minimum')}" for s in ASTRAY)
    # Where no run ended so low the share may be anything.
    share, low, high = (named / len(low_losses),) * 3 if len(low_losses) else (float("nan"), 0.0, 1.0)
    facts = _facts(rows)
    facts["notes"] += f"; runs that ended with the loss of each type, within {SAME_LEVEL:g} of it: {seen}"
    return TRIAL.but(source=f"{SOURCE}, for the first type; the others by six equations, teacher_student.py").verdict(
        f"types/k={k}",
        "The lowest losses at spurious minima are those of one, two and three neurons gone astray, the types (1, k - "
        f"1), (2, k - 2) and (3, k - 3), as far as these are minima: n = k = {k}.",
        Measured.exactly(share, len(low_losses), low, high, "Types with a negative eigenvalue are saddles, no minima."),
        Rule(
            "Supported if every minimum was found and no other loss up to the highest of them; contradicted if another "
            "was found; else, with a minimum that no run has found, inconclusive.",
            lambda m: decide(named == m.samples and all(found.values()), named < m.samples),
        ),
        prediction=f"share of the ends with a loss up to {highest:.6g} that have one of the predicted losses = 1",
        **facts,
    )


def spare_units(table: pd.DataFrame) -> Iterator[Verdict]:
    """At the largest k, what one and two units more than the teacher has do to the share of spurious ends."""
    at_k = table[table["k"] == table["k"].max()]
    shares = {int(extra): Share.spurious(rows) for extra, rows in at_k.groupby("extra")}
    k, ended = int(table["k"].max()), _ended(at_k)
    if 0 in shares and 1 in shares:
        some = at_k[at_k["extra"] <= 1]
        how = (
            f"At the largest k, from the shares {shares[1].value:.4g} and {shares[0].value:.4g}, with Newcombe's "
            f"{percent()} interval."
        )
        yield SPARE.verdict(
            "one-extra",
            "One unit more than the teacher has removes most of the spurious minima that descent ends in.",
            Measured(lambda α: shares[1].minus(shares[0], weight=0.5, α=α), len(some), how=how),
            below(0).provided(ended, ENDED),
            prediction=f"share at n = k + 1 less half of that at n = k < 0, k = {k}",
            **_facts(some),
        )
    if 2 in shares:
        some = at_k[at_k["extra"] == 2]
        yield SPARE.verdict(
            "two-extra",
            "Two units more than the teacher has remove nearly all spurious minima that descent ends in.",
            Measured.share(some["outcome"] == "spurious", "At the largest k."),
            below(NEARLY_ALL).provided(ended, ENDED),
            prediction=f"share at n = k + 2 <= {NEARLY_ALL:g}, k = {k}",
            **_facts(some),
        )


def _strict(table: pd.DataFrame) -> Verdict:
    rows = table[table["outcome"].isin(("spurious", "saddle"))]
    least = float(rows["smallest_eigenvalue"].min()) if len(rows) else float("nan")
    how = "The smallest eigenvalue of the Hessian over all end points that are spurious or saddles."
    return TRIAL.verdict(
        "strict",
        "Where descent comes to rest and not at a global minimum, the Hessian is positive definite.",
        Measured.exactly(least, len(rows), how=how),
        Rule(
            f"Supported if it is above {STRICT:g}, contradicted if not, inconclusive if there is no such end point.",
            lambda m: decide(m.samples > 0 and m.value > STRICT, m.samples > 0 and not m.value > STRICT),
        ),
        prediction="smallest eigenvalue of the Hessian > 0 at every such end point",
        **_facts(rows if len(rows) else table),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """How often descent ends in a spurious minimum, at which losses, and how strict these minima are."""
    drawings = {"spurious-share": draw_shares(table)}
    ended = table[(table["extra"] == 0) & table["outcome"].isin(("global", "spurious"))]
    if (ended["outcome"] == "spurious").any():
        drawings["spurious-levels"] = draw_levels(ended)
        drawings["spurious-eigenvalues"] = draw_eigenvalues(ended)
    return drawings


def draw_shares(table: pd.DataFrame) -> Drawing:
    """Share of runs that end in a spurious minimum against k, for each number of spare units, beside the published."""
    rows = []
    for (extra, k), mine in table.groupby(["extra", "k"]):
        rows.append({"extra": extra, "k": k, **Share.spurious(mine).facts(), "source": "measured"})
    for k in sorted(set(PUBLISHED_SHARES) & set(table["k"])):
        share = Share(round(PUBLISHED_SHARES[k] * PUBLISHED_RUNS), PUBLISHED_RUNS)
        rows.append({"extra": 0, "k": k, **share.facts(), "source": "published"})
    numbers = pd.DataFrame(rows)
    figure = new_figure(6.4, 3.8)
    axes = figure.axes[0]
    measured = numbers[numbers["source"] == "measured"]
    for (extra, mine), colour, marker in zip(measured.groupby("extra"), COLOURS, MARKERS, strict=False):
        errors = [mine["value"] - mine["low"], mine["high"] - mine["value"]]
        label = f"n = k + {extra}" if extra else "n = k"
        axes.errorbar(mine["k"], mine["value"], errors, fmt=f"{marker}-", color=colour, ms=4, lw=1, label=label)
    other = numbers[numbers["source"] == "published"]
    errors = [other["value"] - other["low"], other["high"] - other["value"]]
    # A little beside ours, so that both intervals can be seen.
    beside = other["k"] + 0.12
    label = f"n = k, published ({PUBLISHED_RUNS} runs each)"
    axes.errorbar(beside, other["value"], errors, fmt="o", color="black", ms=6, mfc="none", lw=0.8, label=label)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("k, units of the teacher and dimensions of the input")
    axes.set_ylabel("share of runs in a spurious minimum")
    axes.set_title("Where descent from random weights ends, without and with spare units")
    axes.legend(fontsize=8)
    return Drawing(figure, numbers)


def draw_levels(ended: pd.DataFrame) -> Drawing:
    """Share of runs at n = k whose loss is at most so much: a step for each level, the lowest of them predicted."""
    parts = []
    for k, mine in ended.groupby("k"):
        losses = mine.loc[mine["outcome"] == "spurious"]
        counted = losses.groupby(levels(losses["loss"].to_numpy()))["loss"].agg(["median", "size"])
        part = pd.DataFrame({"k": k, "loss": [GLOBAL_LOSS, *counted["median"]]})
        counts = [len(mine) - len(losses), *counted["size"]]
        parts.append(part.assign(runs=counts, share_up_to=np.cumsum(counts) / len(mine)))
    numbers = pd.concat(parts, ignore_index=True)
    figure = new_figure(6.4, 3.8)
    axes = figure.axes[0]
    ends = numbers.loc[numbers["loss"] > GLOBAL_LOSS, "loss"]
    left, right = 0.7 * ends.min(), 1.3 * ends.max()
    chosen = [k for k in numbers["k"].unique() if (numbers["k"] == k).sum() > 1][-len(COLOURS) :]
    for k, colour, marker in zip(chosen, COLOURS, MARKERS, strict=False):
        mine = numbers[numbers["k"] == k]
        loss, share = mine["loss"].clip(lower=left), mine["share_up_to"]
        axes.step([*loss, right], [*share, share.iloc[-1]], where="post", color=colour, lw=1, label=f"k = {k}")
        axes.plot(loss.iloc[1:], share.iloc[1:], marker, color=colour, ms=2.5)
        axes.axvline(teacher_student.spurious_loss(int(k)), color=colour, lw=0.8, ls=":")
    axes.set_xscale("log")
    axes.set_xlim(left, right)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("loss F at the end; dotted: predicted for type (1, k - 1)")
    axes.set_ylabel("share of runs with at most this loss")
    axes.set_title("Losses where descent ends, n = k; at the left edge the share of global minima")
    axes.legend(fontsize=8, loc="lower right")
    return Drawing(figure, numbers)


def draw_eigenvalues(ended: pd.DataFrame) -> Drawing:
    """Smallest eigenvalue of the Hessian against the loss, a point for each level of a k, at n = k."""
    spurious = ended[ended["outcome"] == "spurious"]
    parts = []
    for k, mine in spurious.groupby("k"):
        grouped = mine.groupby(levels(mine["loss"].to_numpy()))
        part = grouped.agg(loss=("loss", "median"), runs=("loss", "size"))
        eigenvalues = grouped["smallest_eigenvalue"]
        parts.append(part.assign(k=k, smallest=eigenvalues.min(), largest=eigenvalues.max()))
    numbers = pd.concat(parts, ignore_index=True)
    figure = new_figure(6.4, 3.8)
    axes = figure.axes[0]
    for (k, mine), colour, marker in zip(list(numbers.groupby("k"))[-len(COLOURS) :], COLOURS, MARKERS, strict=False):
        size = 8 + 60 * np.sqrt(mine["runs"] / numbers["runs"].max())
        axes.scatter(mine["loss"], mine["smallest"], size, color=colour, marker=marker, alpha=0.7, label=f"k = {k}")
    at_global = float(teacher_student.smallest_eigenvalue(np.eye(2)))
    axes.axhline(at_global, color="black", lw=0.8, label="global minimum")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("loss F at the end, one mark for each level (larger: more runs)")
    axes.set_ylabel("smallest eigenvalue of the Hessian")
    axes.set_title("How strict the minima are where descent ends, n = k")
    axes.legend(fontsize=8, loc="lower left")
    return Drawing(figure, numbers)
