"""Whether the examples needed grow with the teacher, and whether they grow with the student."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy import _generators as generators_of
from experiments.claims.hierarchy.generator_size.verdicts import MOST
from experiments.judging import statistics
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on

# Examples in proportion to the student's parameters would grow with the power 1 of its width; a quarter of that is no
# growth worth the name.
MARGIN = 0.25

TRIAL = Trial(
    source="Buzaglo et al. 2024 (arXiv 2402.06323), of students drawn at random; that training does the same is ours",
    bears_on=on("buzaglo-teacher", role="variant"),
    existence="found by training",
    switches={
        "student": "one hidden layer",
        "bias": True,
        "output": "sign of a linear unit",
        "domain": "{-1, 1}^n",
        "weights": "real",
    },
)
# A teacher is a process that is simpler than the network which learns it.
SIMPLER = TRIAL.but(bears_on=on("buzaglo-teacher", role="variant") + on("generative-process", role="variant"))
CONTROL = TRIAL.but(source="ours", bears_on=on("buzaglo-teacher", role="control"))
BY = ["function", "made", "width"]
TEACHERS = {"units": "threshold units, output weights ±1", "rectifiers": "rectifiers, output weights ±1"}


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The teacher's size, the student's, and the control, as far as the table has rows for them."""
    part, found = generators_of.partly(table), []
    for _, rows in part.groupby("family", sort=False):
        taught, shuffled = (rows[rows["role"] == role] for role in generators_of.ROLES)
        found += [_teacher(taught), _student(taught)] if len(taught) else []
        found += [_control(shuffled)] if len(shuffled) else []
    return found


def _name(verdict: str, rows: pd.DataFrame) -> str:
    return f"{verdict}/{rows['family'].iloc[0]}"


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    names = {
        "teacher": TEACHERS[rows["family"].iloc[0]],
        "n": rows["n"].iloc[0],
        "units_of_the_teacher": rows["made"].sort_values(),
        "width": rows["width"].sort_values(),
    }
    return names | generators_of.how_trained(rows)


def _teacher(rows: pd.DataFrame) -> Verdict:
    widest = rows[rows["width"] == rows["width"].max()]
    slope = generators_of.slope_of(widest, BY)
    return TRIAL.verdict(
        _name("teacher", widest),
        "The larger the teacher, the more examples a student needs that is larger than all of them.",
        slope,
        above(0.0),
        prediction="slope of log2(examples) on log2(units of the teacher) > 0",
        finding="The examples needed grow with the teacher's units to the power {measured}."
        if np.isfinite(slope.value)
        else "The examples needed grow with the teacher's units beyond all numbers that were tried.",
        **_switches(widest),
    )


def _student(rows: pd.DataFrame) -> Verdict:
    of_function = student_slopes(generators_of.examples_needed(rows, BY))
    return SIMPLER.verdict(
        _name("student", rows),
        "A wider student needs no more examples than a narrow one for the same teacher.",
        Measured(
            lambda α: statistics.median_interval(of_function, α),
            len(of_function),
            how="The growth of log2 of the examples needed from the narrowest to the widest student, over that of log2 "
            "of the width; the median over teachers for each set of examples, and over these sets with the interval "
            f"of its order statistics at {percent()}. What is beyond the ladder on either side is infinite, and "
            "left out where it is so for both.",
        ),
        within(0.0, MARGIN),
        prediction=f"exponent of the student's width = 0, within {MARGIN:g}; in proportion to its size it would be 1",
        finding="The examples needed grow with the student's width to the power {measured}.",
        **_switches(rows),
    )


def student_slopes(needed: pd.Series) -> np.ndarray:
    """For each set of examples the exponent with which the examples needed grow with the width of the student.

    Args:
        needed: log2 of the examples, by function, units of the teacher and width of the student.
    """
    of_width = needed.unstack("width")
    narrow, wide = of_width.columns.min(), of_width.columns.max()
    if narrow == wide:
        return np.array([])
    with np.errstate(invalid="ignore"):
        exponents = (of_width[wide] - of_width[narrow]) / np.log2(wide / narrow)
    return exponents.dropna().groupby("function").median().to_numpy(float)


def _control(rows: pd.DataFrame) -> Verdict:
    most = rows[rows["examples"] == rows["examples"].max()]
    return CONTROL.verdict(
        _name("shuffled", rows),
        "A student does not learn the truth table of a teacher in random order from a part of it.",
        Measured.share(
            most["error"] <= generators_of.BOUND,
            f"The share of shuffled teachers with an error of at most {generators_of.BOUND:g} on the rest, for the "
            "most examples.",
        ),
        below(MOST),
        prediction=f"share < {MOST:g}",
        finding="Of shuffled teachers a share of {measured} is learned from a part.",
        **_switches(rows),
    )
