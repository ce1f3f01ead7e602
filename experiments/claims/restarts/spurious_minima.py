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
from experiments.judging.flat import INCONCLUSIVE, Verdict, decide, equivalent
from experiments.judging.statistics import combined_rates_interval, exact_interval, percent, slope_of_rates
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory.restarts import teacher_student
from theory.restarts.teacher_student import GLOBAL_LOSS

OUTCOMES = ("global", "spurious", "saddle", "unfinished", "diverged")

STRICT = 1e-6

FIRST_K = 7
LARGEST_MARGIN = 0.1
LEAST_MARGIN = 0.02
SAME_LEVEL = 1e-6
RECURRING = 0.9
# Neurons gone astray, of the types whose losses are predicted.
ASTRAY = (1, 2, 3)
FEWEST_POINTS = 20
NEARLY_ALL = 0.05
MOST_WITHOUT_END = 0.01

SOURCE = "Safran & Shamir 2018, arXiv 1712.08968; Safran, Yehudai & Shamir 2021, arXiv 2006.01005"
PUBLISHED_SOURCE = f"{SOURCE} [D: computed from data that the authors released]"
PUBLISHED_RUNS = 500
# Share of the 500 runs per k that ended in a spurious minimum at n = k, and the loss at the type (1, k - 1).
PUBLISHED_SHARES = {6: 0.0, 7: 0.054, 10: 0.32, 12: 0.538, 15: 0.78, 20: 0.942, 30: 0.996, 50: 1.0}
PUBLISHED_LOSSES = {7: 0.023203, 10: 0.018702, 15: 0.014064, 20: 0.011276}


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

    def minus(self, other: "Share", weight: float = 1.0) -> tuple[float, float, float]:
        """This share less `weight` times an independent one, with Newcombe's interval."""
        return combined_rates_interval(
            np.array([1.0, -weight]), np.array([self.hits, other.hits]), np.array([self.runs, other.runs])
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


def _verdict(name: str, statement: str, rows: pd.DataFrame, **others: Any) -> Verdict:
    ks = ", ".join(str(k) for k in sorted(rows["k"].unique()))
    sizes = ", ".join(f"k + {extra}" if extra else "k" for extra in sorted(rows["extra"].unique()))
    counts = rows["outcome"].value_counts()
    ended = ", ".join(f"{counts[word]} {word}" for word in OUTCOMES if word in counts)
    standard: dict[str, Any] = {
        "source": SOURCE,
        "existence": "found by training",
        "samples": len(rows),
        "evidence": "statistical",
        "hypotheses": f"inputs N(0, I), teacher of k = {ks} orthonormal rectifiers, student of n = {sizes} rectifiers, "
        "no biases, output weights 1, loss over all inputs in closed form; start N(0, I / k), plain gradient descent "
        f"with step 5 / n in float64; global: loss <= {GLOBAL_LOSS:g}; spurious: else, norm of the gradient <= 1e-12, "
        f"if not set otherwise, and smallest eigenvalue of the Hessian > {STRICT:g}; saddle: else, gradient as small; "
        f"runs ended: {ended}",
    }
    return Verdict(claim=f"restarts.spurious-minima/{name}", statement=statement, **(standard | others))


def _ended(rows: pd.DataFrame) -> bool:
    """Whether nearly all runs ended in a minimum, so that the others do not matter."""
    return bool(rows["outcome"].isin(("global", "spurious")).mean() >= 1 - MOST_WITHOUT_END)


ENDED_RULE = f"Inconclusive as well if more than {MOST_WITHOUT_END:.0%} of the runs ended in no minimum."


def _exist(rows: pd.DataFrame) -> Verdict:
    share = min((Share.spurious(mine) for _, mine in rows.groupby("k")), key=lambda share: share.value)
    return _verdict(
        "exist",
        f"Descent from random weights ends in spurious minima with positive probability for every n = k >= {FIRST_K}.",
        rows,
        prediction="least share over k of runs that end in a spurious minimum > 0",
        measured=share.value,
        low=share.value,
        high=share.value,
        evidence="exact",
        rule="Supported if for every k at least one run ended in a spurious minimum: a strict one draws descent from "
        "all around it, and so with positive probability. What no run has found may still be there: else inconclusive.",
        verdict=decide(share.value > 0, False),
    )


def grows(rows: pd.DataFrame) -> Verdict:
    """Whether the share of spurious ends grows with k, over rows of students with as many units as the teacher."""
    shares = {int(k): Share.spurious(mine) for k, mine in rows.groupby("k")}
    spurious, runs = np.array([(share.hits, share.runs) for share in shares.values()]).T
    slope, low, high = slope_of_rates(np.log2(list(shares)), spurious, runs)
    ended = all(_ended(mine) for _, mine in rows.groupby("k"))
    return _verdict(
        "grows",
        "The larger teacher and student are, n = k, the more often descent ends in a spurious minimum.",
        rows,
        source=PUBLISHED_SOURCE,
        prediction="slope of the share of spurious ends on log2(k) > 0",
        measured=slope,
        low=low,
        high=high,
        rule=f"Least-squares slope over all k >= {FIRST_K} of the shares "
        f"{', '.join(f'{share.value:.3g} (k = {k})' for k, share in shares.items())}, with Zou and Donner's "
        f"{percent()} interval. Supported if it lies above 0, contradicted if below, else inconclusive. {ENDED_RULE}",
        verdict=decide(ended and low > 0, ended and high < 0),
    )


def _share(k: int, rows: pd.DataFrame) -> Verdict:
    published = PUBLISHED_SHARES[k]
    margin = max(LEAST_MARGIN, 2 * LARGEST_MARGIN * float(np.sqrt(published * (1 - published))))
    share = Share.spurious(rows)
    difference, low, high = share.minus(Share(round(published * PUBLISHED_RUNS), PUBLISHED_RUNS))
    ended = _ended(rows)
    return _verdict(
        f"share/k={k}",
        f"For n = k = {k}, {published:.1%} of all runs end in a spurious minimum.",
        rows,
        source=PUBLISHED_SOURCE,
        prediction=f"share less {published:g} within {margin:.3f} of 0",
        measured=difference,
        low=low,
        high=high,
        rule=f"Difference of our share, {share.value:.4g}, and the published one of {PUBLISHED_RUNS} runs with "
        f"Newcombe's {percent()} interval. Equality cannot be shown, agreement within a margin can: a tenth where the "
        "share is "
        f"one half and less in the proportion of √(p (1 - p)), but {LEAST_MARGIN:g} at least, since a tenth would "
        "make every small share agree with none. Supported if the interval lies within the margin, contradicted if it "
        f"lies outside, else inconclusive. {ENDED_RULE}",
        verdict=equivalent(low, high, 0.0, margin) if ended else INCONCLUSIVE,
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
    counts = np.bincount(levels(losses))
    recurring = Share(int(counts[counts > 1].sum()), len(losses))
    low, high = recurring.interval
    predicted, lowest = teacher_student.spurious_loss(k), float(losses.min())
    right, enough = abs(lowest - predicted) <= SAME_LEVEL * predicted, len(losses) >= FEWEST_POINTS
    published = f"; published: {PUBLISHED_LOSSES[k]:g}" if k in PUBLISHED_LOSSES else ""
    return _verdict(
        f"levels/k={k}",
        "The losses at spurious minima do not depend on the start: they are few, and the lowest is that of the type "
        f"(1, k - 1), at n = k = {k}.",
        rows,
        source=f"{PUBLISHED_SOURCE}; five equations of theory/restarts/teacher_student.py",
        prediction=f"share of losses that recur >= {RECURRING:g}; lowest {predicted:.6g}{published}",
        measured=recurring.value,
        low=low,
        high=high,
        samples=len(losses),
        rule=f"Losses at spurious end points within {SAME_LEVEL:g} of each other are one level; measured is the share "
        "of the points on a level with more points than one, which is about the probability that the next run shows "
        f"none but known levels. Supported if its exact {percent()} interval lies above {RECURRING:g} and the lowest "
        "level "
        f"is the predicted one within {SAME_LEVEL:g} of it; contradicted if the lowest is another or the interval "
        f"lies below; else, and with fewer than {FEWEST_POINTS} points, inconclusive. There were {len(counts)} levels, "
        f"the lowest at {lowest:.9g} with {counts[0]} points.",
        verdict=decide(enough and right and low > RECURRING, enough and not (right and high >= RECURRING)),
    )


def _types(k: int, rows: pd.DataFrame) -> Verdict:
    losses = rows.loc[rows["outcome"] == "spurious", "loss"].to_numpy()
    predicted = {s: teacher_student.spurious_loss(k, s) for s in ASTRAY}
    minima = [s for s in ASTRAY if teacher_student.spurious_eigenvalue(k, s) > STRICT]
    highest = max(predicted[s] for s in minima)
    low_losses = losses[losses <= highest * (1 + SAME_LEVEL)]
    found = {s: int((np.abs(low_losses / predicted[s] - 1) <= SAME_LEVEL).sum()) for s in minima}
    named, seen = sum(found.values()), ", ".join(f"({s}, k - {s}): {found.get(s, 'no minimum')}" for s in ASTRAY)
    return _verdict(
        f"types/k={k}",
        "The lowest losses at spurious minima are those of one, two and three neurons gone astray, the types (1, k - "
        f"1), (2, k - 2) and (3, k - 3), as far as these are minima: n = k = {k}.",
        rows,
        source=f"{SOURCE}, for the first type; the others by six equations of theory/restarts/teacher_student.py",
        prediction=f"share of the ends with a loss up to {highest:.6g} that have one of the predicted losses = 1",
        measured=named / len(low_losses) if len(low_losses) else float("nan"),
        low=named / len(low_losses) if len(low_losses) else 0.0,
        high=named / len(low_losses) if len(low_losses) else 1.0,
        samples=len(low_losses),
        evidence="exact",
        rule=f"Runs that ended with the loss of each type, within {SAME_LEVEL:g} of it: {seen}. Types that have a "
        "negative eigenvalue are saddles and not looked for. Supported if every minimum was found and no other loss "
        "up to the highest of them; contradicted if another was found; else, with a minimum that no run has found, "
        "inconclusive.",
        verdict=decide(named == len(low_losses) and all(found.values()), named < len(low_losses)),
    )


def spare_units(table: pd.DataFrame) -> Iterator[Verdict]:
    """At the largest k, what one and two units more than the teacher has do to the share of spurious ends."""
    at_k = table[table["k"] == table["k"].max()]
    shares = {int(extra): Share.spurious(rows) for extra, rows in at_k.groupby("extra")}
    k, ended = int(table["k"].max()), _ended(at_k)
    if 0 in shares and 1 in shares:
        difference, low, high = shares[1].minus(shares[0], weight=0.5)
        yield _verdict(
            "one-extra",
            "One unit more than the teacher has removes most of the spurious minima that descent ends in.",
            at_k[at_k["extra"] <= 1],
            prediction=f"share at n = k + 1 less half of that at n = k < 0, k = {k}",
            measured=difference,
            low=low,
            high=high,
            rule=f"At the largest k; shares {shares[1].value:.4g} and {shares[0].value:.4g}. Supported if Newcombe's "
            f"{percent()} interval of the difference lies below 0, contradicted if above, else inconclusive. "
            f"{ENDED_RULE}",
            verdict=decide(ended and high < 0, ended and low > 0),
        )
    if 2 in shares:
        share = shares[2]
        low, high = share.interval
        yield _verdict(
            "two-extra",
            "Two units more than the teacher has remove nearly all spurious minima that descent ends in.",
            at_k[at_k["extra"] == 2],
            prediction=f"share at n = k + 2 <= {NEARLY_ALL:g}, k = {k}",
            measured=share.value,
            low=low,
            high=high,
            rule=f"At the largest k. Supported if the exact {percent()} interval lies below {NEARLY_ALL:g}, "
            f"contradicted if above, else inconclusive. {ENDED_RULE}",
            verdict=decide(ended and high < NEARLY_ALL, ended and low > NEARLY_ALL),
        )


def _strict(table: pd.DataFrame) -> Verdict:
    rows = table[table["outcome"].isin(("spurious", "saddle"))]
    least = float(rows["smallest_eigenvalue"].min()) if len(rows) else float("nan")
    return _verdict(
        "strict",
        "Where descent comes to rest and not at a global minimum, the Hessian is positive definite.",
        rows if len(rows) else table,
        prediction="smallest eigenvalue of the Hessian > 0 at every such end point",
        measured=least,
        low=least,
        high=least,
        samples=len(rows),
        evidence="exact",
        rule=f"Of all end points that are spurious or saddles. Supported if the smallest eigenvalue of each is above "
        f"{STRICT:g}, contradicted if one is not, inconclusive if there is no such end point.",
        verdict=decide(len(rows) > 0 and least > STRICT, len(rows) > 0 and not least > STRICT),
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
