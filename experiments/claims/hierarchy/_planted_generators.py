"""Tables planted for the rules of generators and teachers, see experiments/judging/planting.py.

Examples needed are planted in error curves: the error on the rest is a line in log2 of the examples, which crosses the
bound where it is said to. Widths needed are powers of two, as they are read off a ladder.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.hierarchy import _generators as generators_of
from experiments.claims.hierarchy import generator_size, random_students, teacher_size
from experiments.claims.hierarchy.generator_size.verdicts import FEW, HARDLY_ANY, MOST
from experiments.claims.hierarchy.teacher_size.verdicts import MARGIN
from experiments.judging.planting import Planted, Rng

SETTINGS, TAUGHT, GUESSED = generator_size.Settings(), teacher_size.Settings(), random_students.Settings()
ROLES = generators_of.ROLES
FAMILIES = ("gates", "polynomial", "grammar")
# Steps of a family other than the grammar at default scale.
MADE = np.array([1, 2, 4, 8, 16])
# How much the error falls with each doubling of the examples: about what trained networks show near the bound.
FALL = 0.05
# Standard deviation, in bits, of the examples that functions of one number of steps need.
SPREAD = 0.7
# Standard deviation of log2 of the bits that find teachers of one size: that of counted ones.
BITS_SPREAD = 0.1


def _crossed(bits: Float[np.ndarray, "*shape"], examples: Float[np.ndarray, "*shape"]) -> np.ndarray:
    """The error on the rest, where it crosses the bound at 2^bits examples."""
    return np.clip(generators_of.BOUND - FALL * (np.log2(examples) - bits), 0.0, 0.5)


def _grid(**axes: Iterable[Any]) -> pd.DataFrame:
    """One row for every combination."""
    return pd.MultiIndex.from_product([list(axis) for axis in axes.values()], names=list(axes)).to_frame(index=False)


def enough(spread: float) -> Planted:
    """The rule of functions that are learned from half of the domain."""

    def table(effect: float, rng: Rng) -> pd.DataFrame:
        rows = _grid(role=list(ROLES), made=MADE[MADE <= FEW], function=range(SETTINGS.functions))
        # Symmetric about one half, so that the share is that of a function in the middle.
        of_function = spread * rng.choice([-1.0, 1.0], SETTINGS.functions)[rows["function"]]
        share = np.clip(MOST + 0.12 * effect + of_function, 0.0, 1.0)
        learned = (rows["role"] == "made") & (rng.random(len(rows)) < share)
        facts = {"family": "gates", "n": SETTINGS.n, "width": 64, "examples": 2 ** (SETTINGS.n - 1), "solved": True}
        return rows.assign(error=np.where(learned, 0.0, 0.45), **facts)

    table.__doc__ = (
        f"10 functions of each of 3 numbers of steps, half of which are learned, and 0.12 more for each unit; those "
        f"with the same examples by {spread:g} more, or less; shuffled ones never."
    )
    return Planted(generator_size.judge, table, "enough", "Korn and Graubard's interval of a share", "0.12")


def example_growth(effect: float, rng: Rng) -> pd.DataFrame:
    """10 functions of each number of steps; the median of the examples needed grows with the power 0.15 a unit."""
    rows = _grid(made=MADE, function=range(SETTINGS.functions))
    rows["bits"] = 5.5 + 0.15 * effect * (np.log2(rows["made"]) - 2) + SPREAD * rng.normal(size=len(rows))
    tried = rows.merge(pd.DataFrame({"examples": SETTINGS.examples[:-1]}), "cross")
    facts = {"family": "gates", "role": "made", "n": SETTINGS.n, "width": 64, "solved": True}
    return tried.assign(error=_crossed(tried["bits"].to_numpy(), tried["examples"].to_numpy()), **facts)


def _on_ladder(rows: pd.DataFrame) -> pd.DataFrame:
    """Networks of all widths, which succeed from 2^bits on, trained on the whole domain."""
    tried = rows.merge(pd.DataFrame({"width": SETTINGS.width}), "cross")
    facts = {"family": "gates", "n": SETTINGS.n, "examples": 2**SETTINGS.n, "error": np.nan}
    return tried.assign(solved=np.log2(tried["width"]) >= tried["bits"], **facts)


def width_growth(effect: float, rng: Rng) -> pd.DataFrame:
    """10 functions of each number of steps; the mean of log2 of the width grows by 0.1 a unit for each doubling."""
    rows = _grid(role=["made"], made=MADE, function=range(SETTINGS.functions))
    middle = 2.5 + 0.1 * effect * (np.log2(rows["made"]) - 2)
    # Rounded at random, so that the mean of whole numbers is the planted one.
    return _on_ladder(rows.assign(bits=np.floor(middle + rng.random(len(rows)))))


def narrower(effect: float, rng: Rng) -> pd.DataFrame:
    """10 functions; the shuffled table takes twice the width for half of them, and half of it for the others; a unit
    moves one in eight.
    """
    rows = _grid(role=list(ROLES), made=MADE, function=range(SETTINGS.functions))
    wider = rng.random(SETTINGS.functions) < 0.5 + 0.125 * effect
    shift = np.where(wider, 1, -1)[rows["function"]] * (rows["role"] == "shuffled")
    return _on_ladder(rows.assign(bits=2 + shift))


def shuffled(effect: float, rng: Rng) -> pd.DataFrame:
    """130 shuffled functions, 5 % of which are learned from a part, and 15 % more for each unit below."""
    share = np.clip(HARDLY_ANY - 0.15 * effect, 0.0, 1.0)
    rows = _grid(function=range(SETTINGS.functions), made=range(13))
    facts = {"family": "gates", "role": "shuffled", "n": SETTINGS.n, "width": 64, "examples": 192, "solved": True}
    return rows.assign(error=np.where(rng.random(len(rows)) < share, 0.0, 0.45), **facts)


def _taught(bits: Callable[[pd.DataFrame], Float[np.ndarray, " rows"]]) -> pd.DataFrame:
    """Students of all widths and teachers of all sizes, with log2 of the examples that they need."""
    rows = _grid(made=TAUGHT.made, function=range(TAUGHT.functions), width=TAUGHT.width)
    tried = rows.assign(bits=bits(rows)).merge(pd.DataFrame({"examples": TAUGHT.examples}), "cross")
    facts = {"family": "units", "n": TAUGHT.n}
    return tried.assign(error=_crossed(tried["bits"].to_numpy(), tried["examples"].to_numpy()), role="made", **facts)


def teacher(effect: float, rng: Rng) -> pd.DataFrame:
    """10 teachers of each size; the median of the examples needed grows with the power 0.25 a unit of their size."""

    def bits(rows: pd.DataFrame) -> np.ndarray:
        drawn = SPREAD * rng.normal(size=(len(TAUGHT.made), TAUGHT.functions, 1))
        of_teacher = np.repeat(drawn, len(TAUGHT.width), -1).ravel()
        return 7.25 + 0.25 * effect * (np.log2(rows["made"].to_numpy()) - 1.5) + of_teacher

    return _taught(bits)


def student(effect: float, rng: Rng) -> pd.DataFrame:
    """10 sets of teachers; the examples needed grow with the power 0.25 of the student's width, and 0.06 less a unit;
    sets differ by 0.05.
    """

    def bits(rows: pd.DataFrame) -> np.ndarray:
        exponents = MARGIN - 0.06 * effect + 0.05 * rng.normal(size=TAUGHT.functions)
        return 7.25 + exponents[rows["function"]] * (np.log2(rows["width"].to_numpy()) - 6)

    return _taught(bits)


def shuffled_teachers(effect: float, rng: Rng) -> pd.DataFrame:
    """10 shuffled teachers, half of which are learned, and one in eight less for each unit."""
    rows = _grid(made=[1], function=range(TAUGHT.functions), examples=[max(TAUGHT.examples)], width=[64])
    share = MOST - 0.125 * effect
    facts = {"role": "shuffled", "family": "units", "n": TAUGHT.n}
    return rows.assign(error=np.where(rng.random(len(rows)) < share, 0.0, 0.45), **facts)


def _guessed(bits: Callable[[pd.DataFrame], Float[np.ndarray, " rows"]]) -> pd.DataFrame:
    """Teachers of all sizes and students of all widths at default scale, with the bits that find a teacher."""
    rows = _grid(role=list(ROLES), made=GUESSED.made, function=range(GUESSED.functions), width=GUESSED.width)
    return rows.assign(bits=bits(rows), n=GUESSED.n, draws=GUESSED.draws)


def guessed_teacher(effect: float, rng: Rng) -> pd.DataFrame:
    """40 teachers of each size; the median of log2 of the bits grows with the power 0.02 a unit of their size."""

    def bits(rows: pd.DataFrame) -> np.ndarray:
        size = np.log2(rows["made"].to_numpy()) - 1.5
        return 13 * np.exp2(0.02 * effect * size + BITS_SPREAD * rng.normal(size=len(rows)))

    return _guessed(bits)


def guessed_student(effect: float, rng: Rng) -> pd.DataFrame:
    """40 sets of teachers; bits grow with the power 0.25 of the student's width, and 0.03 less for each unit."""

    def bits(rows: pd.DataFrame) -> np.ndarray:
        exponents = MARGIN - 0.03 * effect + 0.05 * rng.normal(size=GUESSED.functions)
        return 8 * np.exp2(exponents[rows["function"]] * (np.log2(rows["width"].to_numpy()) - 2))

    return _guessed(bits)


def guessed_shuffled(effect: float, rng: Rng) -> pd.DataFrame:
    """40 sets of teachers; a shuffled one takes 0.3 bits more for each unit, give or take 1 in each of them."""

    def bits(rows: pd.DataFrame) -> np.ndarray:
        more = 0.3 * effect + rng.normal(size=GUESSED.functions)
        return 13 + more[rows["function"]] * (rows["role"] == "shuffled").to_numpy()

    return _guessed(bits)


MEDIANS = "medians drawn from order statistics"
PLANTED = {
    "generator-size/enough": enough(0.0),
    "generator-size/enough/clusters": enough(0.2),
    "generator-size/examples/growth": Planted(
        generator_size.judge,
        example_growth,
        "examples/gates/growth",
        MEDIANS,
        "0.15",
        kinds=tuple(f"examples/{family}/growth" for family in FAMILIES),
    ),
    "generator-size/width/growth": Planted(
        generator_size.judge,
        width_growth,
        "width/gates/growth",
        "Student's interval of a slope of means",
        "0.1",
        kinds=tuple(f"width/{family}/growth" for family in FAMILIES),
    ),
    "generator-size/narrower": Planted(
        generator_size.judge, narrower, "narrower", "interval of a median from order statistics", "1/8 of the functions"
    ),
    "generator-size/shuffled": Planted(
        generator_size.judge, shuffled, "shuffled", "Clopper and Pearson's interval of a share", "0.15"
    ),
    "teacher-size/teacher": Planted(teacher_size.judge, teacher, "teacher", MEDIANS, "0.25"),
    "teacher-size/student": Planted(
        teacher_size.judge, student, "student", "interval of a median, within a margin", "0.06"
    ),
    "teacher-size/shuffled": Planted(
        teacher_size.judge, shuffled_teachers, "shuffled", "Clopper and Pearson's interval of a share", "1/8"
    ),
    "random-students/teacher": Planted(random_students.judge, guessed_teacher, "teacher", MEDIANS, "0.02"),
    "random-students/student": Planted(
        random_students.judge, guessed_student, "student", "interval of a median, within a margin", "0.03"
    ),
    "random-students/shuffled": Planted(
        random_students.judge, guessed_shuffled, "shuffled", "interval of a median from order statistics", "0.3 bits"
    ),
}
