"""hierarchy.random-students: do the bits that find a teacher by guess and check follow its size, or the student's?

Students with random quantised weights are drawn, and how often one of them is its teacher on all inputs is counted:
-log2 of that is, up to factors that do not depend on either, the number of examples which students need that are drawn
until they are right on all of them. This is Buzaglo et al.'s setting, at sizes at which everything can be counted.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy import _generators as generators_of
from experiments.claims.hierarchy.teacher_size.verdicts import MARGIN, student_slopes
from experiments.drawing.style import COLOURS, MARKERS, Drawing, logarithmic_ticks, new_figure
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.errors import UserError
from experiments.judging import statistics
from experiments.judging.measured import Measured
from experiments.judging.rules import above, within
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.hierarchy import generators, random_students

BY = ["function", "made", "width"]
TRIAL = Trial(
    source="Buzaglo et al. 2024 (arXiv 2402.06323), abstract",
    # The sentence counts examples; that they go with these bits is the theorem, which is not tested.
    bears_on=on("buzaglo-teacher", role="variant"),
    existence="drawn at random",
    switches={
        "hidden_layers": 1,
        "activation": "threshold",
        "bias": True,
        "output": "threshold of a linear unit",
        "weights": "-1, 0 and 1, equally likely",
        "domain": "{-1, 1}^n",
        "ones": "a quarter to three quarters",
    },
)
CEILING = "{} bits name any function of so few inputs, so that exponents are small"
CONTROL = TRIAL.but(source="ours", bears_on=on("buzaglo-teacher", role="control"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Teachers of `made` units, `functions` of each size; `draws` students of each width."""

    made: list[int] = setting([1, 2, 4, 8], low=1, high=64)
    role: list[str] = setting(list(generators_of.ROLES), choices=generators_of.ROLES)
    width: list[int] = setting([4, 16, 64], low=1, high=random_students.LARGEST_WIDTH, static=True)
    functions: int = setting(40, low=1, high=100_000, counts="function", follows="restarts")
    n: int = setting(4, low=2, high=random_students.LARGEST_N)
    draws: int = setting(500_000, low=1, high=10**10)


SMOKE = {"made": [1, 2], "width": [2, 4], "functions": 4, "n": 3, "draws": 20_000}
FULL = {
    "made": [1, 2, 3, 4, 6, 8, 16],
    "width": [2, 4, 8, 16, 32, 64, 120],
    "functions": 200,
    "draws": 50_000_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per teacher and width of the student: how many of all draws are the teacher on all inputs."""
    n, width, draws = unit.settings.n, unit.static("width"), unit.settings.draws
    drawn = random_students.draw_functions(n, width, draws, _rng(unit))
    hits = np.bincount(drawn, minlength=2**2**n)
    keys = unit.cells[["made", "function", "role"]].itertuples(index=False, name=None)
    teachers = [boolean.pack(teacher(unit.seed, n, *key)) for key in keys]
    with np.errstate(divide="ignore"):
        bits = -np.log2(hits[teachers] / draws)
    return unit.cells.assign(n=n, draws=draws, teacher=teachers, hits=hits[teachers], bits=bits)


def _rng(unit: Unit) -> np.random.Generator:
    return random_generator(unit.seed, "students", unit.settings.n, unit.static("width"))


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The first student that is a row's teacher; it was not trained, so that its loss is not a number.

    Raises:
        UserError: if none of the students is.
    """
    n, width, teacher = unit.settings.n, unit.static("width"), int(row["teacher"])
    found = random_students.first_student(n, width, unit.settings.draws, _rng(unit), teacher)
    if found is None:
        raise UserError(f"none of {unit.settings.draws:,} students is the teacher of this row; give one with hits")
    hidden = boolean.signed_inputs(n) @ found.W + found.b > 0
    layers = [(found.W, found.b), (found.v[:, None], np.array([found.c]))]
    return Rebuilt(layers, no_curve(), {"teacher": boolean.pack((hidden @ found.v + found.c > 0).astype(np.uint8))})


def teacher(seed: int, n: int, made: int, function: int, role: str) -> np.ndarray:
    """The numbered teacher: the first of random networks of `made` units that is not nearly constant."""
    rng = random_generator(seed, "teacher", n, made, function)
    while True:
        for one in random_students.draw_functions(n, made, 16, rng).tolist():
            if generators.is_mixed(truth := boolean.unpack(one, n)):
                return truth if role == "made" else generators.shuffled(truth, rng)


def work(unit: Unit) -> Work:
    """A look-up and a sum for every input of every unit of every draw."""
    return Work(0, 2.0 * unit.settings.draws * unit.static("width") * 2**unit.settings.n)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The teacher's size, the student's, and the control, as far as the table has rows for them."""
    taught = table[table["role"] == "made"]
    found = [_teacher(taught), _student(taught)]
    return [*found, _control(table)] if table["role"].nunique() > 1 else found


def _bits(rows: pd.DataFrame) -> pd.Series:
    """log2 of the bits, by teacher and student; infinite where no draw was the teacher."""
    return np.log2(rows.set_index(BY)["bits"])


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "n": rows["n"].iloc[0],
        "units_of_the_teacher": rows["made"].sort_values(),
        "width": rows["width"].sort_values(),
        "students_drawn": rows["draws"].iloc[0],
    }


def _teacher(taught: pd.DataFrame) -> Verdict:
    rows = taught[taught["width"] == taught["width"].max()]
    x, samples = generators_of.samples_by(_bits(rows), "made")
    return TRIAL.verdict(
        "teacher",
        "The larger the teacher, the more bits it takes to find it among students that are larger than all teachers.",
        Measured(
            lambda α: statistics.slope_of_medians(x, samples, α),
            len(rows),
            how="The slope of the line through the medians over teachers of log2 of -log2 p, with the "
            f"{percent()} interval of medians drawn from order statistics; p is the share of students that are the "
            "teacher, and bits are infinite where none is.",
        ),
        above(0.0),
        prediction="slope of log2(bits) on log2(units of the teacher) > 0",
        finding="The bits that find a teacher grow with its units to the power {measured}.",
        notes=CEILING.format(2 ** int(rows["n"].iloc[0])),
        **_switches(rows),
    )


def _student(taught: pd.DataFrame) -> Verdict:
    exponents = student_slopes(_bits(taught))
    return TRIAL.verdict(
        "student",
        "The bits that find a teacher by guess and check do not follow the size of the student.",
        Measured(
            lambda α: statistics.median_interval(exponents, α),
            len(exponents),
            how="The growth of log2 of -log2 p from the narrowest to the widest student, over that of log2 of the "
            f"width: the median over sizes of the teacher and over teachers, with the {percent()} interval of its "
            "order statistics.",
        ),
        within(0.0, MARGIN),
        prediction=f"exponent of the student's width = 0, within {MARGIN:g}; in proportion to its size it would be 1",
        finding="The bits that find a teacher grow with the student's width to the power {measured}.",
        notes=CEILING.format(2 ** int(taught["n"].iloc[0])),
        **_switches(taught),
    )


def _control(table: pd.DataFrame) -> Verdict:
    rows = table[table["width"] == table["width"].max()]
    of_role = rows.pivot(index=["function", "made"], columns="role", values="bits")
    with np.errstate(invalid="ignore"):
        more = (of_role["shuffled"] - of_role["made"]).dropna().groupby("function").median().to_numpy(float)
    return CONTROL.verdict(
        "shuffled",
        "It takes more bits to find a teacher's truth table in random order than to find the teacher.",
        Measured(
            lambda α: statistics.median_interval(more, α),
            len(more),
            how="The bits of the shuffled table less those of the teacher, the median over sizes and over teachers, "
            f"with the {percent()} interval of order statistics.",
        ),
        above(0.0),
        prediction="difference in bits > 0",
        finding="A teacher's truth table in random order takes {measured} bits more.",
        **_switches(rows),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Median bits against the width of the student, one line for each size of the teacher."""
    numbers = table.groupby(["role", "made", "width"])["bits"].agg(bits="median", teachers="size").reset_index()
    figure = new_figure(6.4, 3.6)
    (axes,) = figure.axes
    for i, (made, rows) in enumerate(numbers[numbers["role"] == "made"].groupby("made")):
        look: dict[str, Any] = {
            "color": COLOURS[i % len(COLOURS)],
            "marker": MARKERS[i % len(MARKERS)],
            "ms": 5,
            "lw": 1.2,
        }
        axes.plot(rows["width"], rows["bits"], label=f"teacher of {made}", **look)
    control = numbers[numbers["role"] == "shuffled"].groupby("width")["bits"].median()
    axes.plot(control.index, control, "k--", lw=1, label="shuffled")
    logarithmic_ticks(axes, numbers["width"].unique())
    axes.set(xlabel="width of the student", ylabel="bits, $-\\log_2 p$", ylim=(0, None))
    axes.legend(fontsize=8, loc="lower right", ncols=2)
    made = numbers[numbers["role"] == "made"].pivot(index="made", columns="width", values="bits")
    low, high = made.columns.min(), made.columns.max()
    title = (
        f"Students of {low} and of {high} units find a teacher with {made[low].median():.3g} and "
        f"{made[high].median():.3g} bits"
    )
    caption = (
        "p is the share of random students that are the teacher on all inputs; medians over teachers. Dashed: the "
        "teachers' truth tables in random order. Where no draw was one of them there is no point."
    )
    return {"bits": Drawing(figure, numbers, title, caption)}
