"""Verdicts of restarts.spurious-minima: whether there are any, how often, at which losses, and with spare units."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.claims.restarts.spurious_minima import published
from experiments.claims.restarts.spurious_minima.ends import OUTCOMES, SAME_LEVEL, Share, levels
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, below, decide, exhibits, within
from experiments.judging.statistics import percent, slope_of_rates
from experiments.judging.verdict import Trial, Verdict, on
from theory.restarts import teacher_student
from theory.restarts.teacher_student import GLOBAL_LOSS, STRICT

# The papers report spurious minima from this k on.
FIRST_K = 7
# A measured share equals a published share of one half within this margin.
LARGEST_MARGIN = 0.1
# The margin is at least this, also for a published share near 0 or 1.
LEAST_MARGIN = 0.02
# Losses recur if more than this share of the spurious ends is on a level with another end.
RECURRING = 0.9
# Types of minima with a predicted loss, by their number of neurons astray.
ASTRAY = (1, 2, 3)
# Half of the last digit of a published loss.
SIX_DIGITS = 5e-7
# Levels are judged only if there are at least this number of spurious ends.
FEWEST_POINTS = 20
# Spare units remove most spurious ends if less than this share of them is left.
MOST = 0.5
# Spare units remove nearly all spurious ends if less than this share of them is left.
NEARLY_ALL = 0.05
# If more than this share of the runs ends in no minimum, these runs could change the verdict.
MOST_WITHOUT_END = 0.01

# The papers with the sentences.
SOURCE = "Safran & Shamir 2018, arXiv 1712.08968; Safran, Yehudai & Shamir 2021, arXiv 2006.01005"
# The papers, for verdicts that compare with their data.
PUBLISHED_SOURCE = f"{SOURCE} [D: computed from data that the authors released]"

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
EXIST = TRIAL.but(bears_on=on("gets-stuck", role="variant") + on("safran-spurious"))
PUBLISHED = TRIAL.but(source=PUBLISHED_SOURCE)
GROWS = PUBLISHED.but(bears_on=on("gets-stuck", role="variant") + on("safran-grows"))
REPLICATED = PUBLISHED.but(bears_on=on("gets-stuck", role="control") + on("safran-spurious", role="variant"))
REPLICATED_WITH_SPARE = PUBLISHED.but(
    bears_on=on("gets-stuck", role="control") + on("safran-one-extra", role="control")
)
ONE_SPARE = TRIAL.but(bears_on=on("gets-stuck", "against", "variant") + on("safran-one-extra"))
TWO_SPARE = TRIAL.but(bears_on=on("gets-stuck", "against", "variant") + on("safran-two-extra"))


class Removal(NamedTuple):
    """A sentence that spare units remove spurious ends.

    Attributes:
        extra: the number of spare units, and `units` the same in words.
        first_k: from this k on it is judged.
        left: less than this share of the spurious ends is left, and `seldom` the same in words.
        name: the verdict's, before the k.
        trial: what its verdicts bear on.
    """

    extra: int
    units: str
    first_k: int
    left: float
    seldom: str
    name: str
    trial: Trial


REMOVALS = (
    Removal(1, "one unit", FIRST_K, MOST, "less than half", "one-extra", ONE_SPARE),
    # Up to k = 9 a twentieth of the published share is less than a run in ninety, which a thousand runs hardly exclude.
    Removal(2, "two units", 10, NEARLY_ALL, "less than a twentieth", "two-extra", TWO_SPARE),
)
# The condition of rules that depend on runs without an end.
ENDED = f"Inconclusive as well if more than {MOST_WITHOUT_END:.0%} of the runs ended in no minimum."


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether there are spurious minima, how often, at which losses, with spare units, and whether they are strict."""
    square = table[table["extra"] == 0]
    large = square[square["k"] >= FIRST_K]
    verdicts = [_exist(large)] if len(large) else []
    verdicts += [grows(large)] if large["k"].nunique() > 1 else []
    for (k, extra), rows in table.groupby(["k", "extra"]):
        verdicts += [_share(int(k), int(extra), rows)] if (k, extra) in published.SHARES else []
    for k, rows in square.groupby("k"):
        if (rows["outcome"] == "spurious").any():
            verdicts += [_loss(int(k), rows)] if k in published.LOSSES else []
            verdicts += [_levels(int(k), rows), _types(int(k), rows)]
    return [*verdicts, *spare_units(table), _strict(table)]


def _ended(rows: pd.DataFrame) -> bool:
    """Whether nearly all runs ended in a minimum, so that the other runs do not matter."""
    return bool(rows["outcome"].isin(("global", "spurious")).mean() >= 1 - MOST_WITHOUT_END)


def _facts(rows: pd.DataFrame) -> dict[str, Any]:
    """The notes of a verdict, with the ends of its runs, and the sizes of teacher and student."""
    counts = rows["outcome"].value_counts()
    ended = ", ".join(f"{counts[word]} {word}" for word in OUTCOMES if word in counts)
    return {
        "notes": f"global: loss <= {GLOBAL_LOSS:g}; spurious: not global, norm of the gradient <= 1e-12 by default, "
        f"and smallest eigenvalue of the Hessian > {STRICT:g}; saddle: not spurious, with the same bound of the "
        f"gradient; runs ended: {ended}",
        "k": rows["k"].sort_values(),
        "student": [f"n = k + {extra}" if extra else "n = k" for extra in sorted(rows["extra"].unique())],
    }


def _exist(rows: pd.DataFrame) -> Verdict:
    share = min((Share.spurious(mine) for _, mine in rows.groupby("k")), key=lambda share: share.value)
    how = (
        "The least share over k. "
        "Descent ends in a strict minimum from all points around it, and so with positive probability."
    )
    return EXIST.verdict(
        "exist",
        f"Descent from random weights ends in spurious minima with positive probability for every n = k >= {FIRST_K}.",
        Measured.exactly(share.value, len(rows), how=how),
        exhibits("for every k at least one run ended in a spurious minimum", share.value > 0),
        prediction="least share over k of runs that end in a spurious minimum > 0",
        finding=f"Descent from random weights ends in a spurious minimum for every n = k from {rows['k'].min()} to "
        f"{rows['k'].max()} that was tried, in at least {share.value:.1%} of the runs."
        if share.value > 0
        else "",
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
        f"The least-squares slope over all k >= {FIRST_K} of the shares {each}, "
        f"with Zou and Donner's {percent()} interval."
    )
    return GROWS.verdict(
        "grows",
        "The larger teacher and student are, n = k, the more often descent ends in a spurious minimum.",
        Measured(lambda α: slope_of_rates(x, spurious, runs, α=α), len(rows), how=how),
        above(0).provided(ended, ENDED),
        prediction="slope of the share of spurious ends on log2(k) > 0",
        finding=f"The share of runs that end in a spurious minimum is {shares[min(shares)].value:.1%} at n = k = "
        f"{min(shares)} and {shares[max(shares)].value:.1%} at n = k = {max(shares)}.",
        **_facts(rows),
    )


def _share(k: int, extra: int, rows: pd.DataFrame) -> Verdict:
    share, theirs = Share.spurious(rows), published.SHARES[k, extra]
    spread = float(np.sqrt(theirs.value * (1 - theirs.value)))
    margin = max(LEAST_MARGIN, 2 * LARGEST_MARGIN * spread)
    how = (
        f"Our share, {share.value:.4g}, less the published share of {theirs.runs} runs, "
        f"with Newcombe's {percent()} interval. The margin is a tenth for a share of one half, "
        f"and smaller in proportion to √(p (1 - p)), but at least {LEAST_MARGIN:g}. "
        "A margin of a tenth for all shares would let every small share agree with none."
    )
    trial, size = (REPLICATED_WITH_SPARE, f"k={k}/n={k + extra}") if extra else (REPLICATED, f"k={k}")
    students = f"k = {k} and n = k + {extra}" if extra else f"n = k = {k}"
    return trial.verdict(
        f"share/{size}",
        f"For {students}, {theirs.value:.1%} of all runs end in a spurious minimum.",
        Measured(lambda α: share.minus(theirs, α=α), len(rows), how=how),
        within(0.0, margin).provided(_ended(rows), ENDED),
        prediction=f"share less {theirs.value:g} within {margin:.3f} of 0",
        **_facts(rows),
    )


def _loss(k: int, rows: pd.DataFrame) -> Verdict:
    losses = rows.loc[rows["outcome"] == "spurious", "loss"]
    lowest, theirs = float(losses.min()), published.LOSSES[k]
    return REPLICATED.verdict(
        f"loss/k={k}",
        f"The lowest loss at a spurious minimum is {theirs:g}, for n = k = {k}.",
        Measured.exactly(lowest, len(losses), how="The least loss of all runs that ended in a spurious minimum."),
        Rule(
            f"Supported if it is the published loss to the six digits that are published, within {SIX_DIGITS:g}. "
            "Contradicted if it is lower. Else inconclusive, because no run has found that minimum.",
            lambda m: decide(abs(m.value - theirs) <= SIX_DIGITS, m.value < theirs - SIX_DIGITS),
        ),
        prediction=f"lowest loss = {theirs:g}, within {SIX_DIGITS:g}",
        finding=f"The lowest loss at a spurious minimum is {lowest:.7f} for n = k = {k}; published is {theirs:.6f}.",
        **_facts(rows),
    )


def _levels(k: int, rows: pd.DataFrame) -> Verdict:
    losses = rows.loc[rows["outcome"] == "spurious", "loss"].to_numpy()
    of_each = levels(losses)
    counts = np.bincount(of_each)
    predicted, lowest = teacher_student.spurious_loss(k), float(losses.min())
    as_predicted, lower = abs(lowest - predicted) <= SAME_LEVEL * predicted, lowest < predicted * (1 - SAME_LEVEL)
    theirs = f"; published: {published.LOSSES[k]:g}" if k in published.LOSSES else ""
    how = (
        f"Losses at spurious end points within {SAME_LEVEL:g} of each other are one level. "
        "Measured is the share of points on a level with more than one point. "
        "This is about the probability that the next run ends on a known level."
    )
    facts = _facts(rows)
    facts["notes"] += f"; {len(counts)} levels, the lowest at {lowest:.9g} with {counts[0]} points"
    return PUBLISHED.but(source=f"{PUBLISHED_SOURCE}; five equations of theory/restarts/teacher_student.py").verdict(
        f"levels/k={k}",
        "The losses at spurious minima do not depend on the initial weights: they are few, "
        f"and the lowest is that of type (1, k - 1), at n = k = {k}.",
        Measured.share(counts[of_each] > 1, how),
        Rule(
            f"Supported if the interval lies above {RECURRING:g} "
            f"and the lowest level equals the predicted one within {SAME_LEVEL:g} of it; "
            "contradicted if there is a lower level or the interval lies below; "
            "else inconclusive, also if no run has found the predicted level.",
            lambda m: decide(as_predicted and m.low > RECURRING, lower or m.high < RECURRING),
        ).provided(len(losses) >= FEWEST_POINTS, f"Inconclusive with fewer than {FEWEST_POINTS} points."),
        prediction=f"share of losses that recur >= {RECURRING:g}; lowest {predicted:.6g}{theirs}",
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
    # If no run ended with such a low loss, the share may be anything.
    share, low, high = (named / len(low_losses),) * 3 if len(low_losses) else (float("nan"), 0.0, 1.0)
    facts = _facts(rows)
    facts["notes"] += f"; runs that ended with the loss of each type, within {SAME_LEVEL:g} of it: {seen}"
    return TRIAL.but(source=f"{SOURCE}, for the first type; the others by six equations, teacher_student.py").verdict(
        f"types/k={k}",
        "The lowest losses at spurious minima are those of one, two and three neurons astray, of the types (1, k - 1), "
        f"(2, k - 2) and (3, k - 3), if these are minima: n = k = {k}.",
        Measured.exactly(
            share, len(low_losses), low, high, "Types with a negative eigenvalue are saddles, not minima."
        ),
        Rule(
            "Supported if every minimum was found and no other loss up to the highest of them; "
            "contradicted if another loss was found; "
            "else inconclusive, because no run has found one of the minima.",
            lambda m: decide(named == m.samples and all(found.values()), named < m.samples),
        ),
        prediction=f"share of the ends with a loss up to {highest:.6g} that have one of the predicted losses = 1",
        **facts,
    )


def spare_units(table: pd.DataFrame) -> Iterator[Verdict]:
    """Whether spare units remove spurious ends, for each k with runs with them and without."""
    for k, rows in table.groupby("k"):
        of = {int(extra): mine for extra, mine in rows.groupby("extra")}
        for removal in REMOVALS:
            if k >= removal.first_k and {0, removal.extra} <= {*of}:
                yield _spare(removal, int(k), of[0], of[removal.extra])


def _spare(removal: Removal, k: int, without: pd.DataFrame, with_spare: pd.DataFrame) -> Verdict:
    none, spared = Share.spurious(without), Share.spurious(with_spare)
    both = pd.concat([without, with_spare])
    how = (
        f"The share {spared.value:.4g} at n = k + {removal.extra} less {removal.left:g} of {none.value:.4g} at n = k, "
        f"with the {percent()} interval that follows from the exact ones of both, as Newcombe's does from Wilson's."
    )
    return removal.trial.verdict(
        f"{removal.name}/k={k}",
        f"With {removal.units} more than a teacher of {k} has, descent ends in a spurious minimum {removal.seldom} as "
        "often.",
        Measured(lambda α: spared.minus_part(none, removal.left, α), len(both), how=how),
        below(0).provided(_ended(both), ENDED),
        prediction=f"share at n = k + {removal.extra} less {removal.left:g} of that at n = k < 0, k = {k}",
        finding=f"At k = {k}, {spared.value:.1%} of the runs end in a spurious minimum with {removal.units} to spare, "
        f"and {none.value:.1%} without.",
        **_facts(both),
    )


def _strict(table: pd.DataFrame) -> Verdict:
    rows = table[table["outcome"].isin(("spurious", "saddle"))]
    least = float(rows["smallest_eigenvalue"].min()) if len(rows) else float("nan")
    how = "The smallest eigenvalue of the Hessian over all spurious end points and saddles."
    return TRIAL.verdict(
        "strict",
        "The Hessian is positive definite at every point of rest that is not a global minimum.",
        Measured.exactly(least, len(rows), how=how),
        Rule(
            f"Supported if it is above {STRICT:g}, contradicted if not, inconclusive without such an end point.",
            lambda m: decide(m.samples > 0 and m.value > STRICT, m.samples > 0 and not m.value > STRICT),
        ),
        prediction="smallest eigenvalue of the Hessian > 0 at every such end point",
        **_facts(rows if len(rows) else table),
    )
