"""counting.simplicity: random networks of seven bits, and two explanations of which functions they compute.

For 7-40-40-1 the complexity of a function is that of its truth table's text, by Lempel and Ziv. One explanation of what
is seen is that random networks prefer simple functions. Its rival is that they prefer functions with few ones or few
zeros, whatever their order: then, among tables with the same number of ones, all are as likely. A shuffled table is
drawn from exactly these. So each network's table is held against itself, shuffled: the rival predicts that the
network's is the less complex of the two in half of the draws, ties counted half. One measurement decides.

How the probability of a function falls with its complexity is measured on functions that were seen often in one half of
the draws; their frequencies are those of the other half, so that none is chosen by the number that it is judged by.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.claims.counting._draws import NETWORKS, TABLES, drawn_again, truth_tables
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, Drawing
from experiments.ensemble.tracing import Rebuilt, no_curve
from experiments.errors import UserError
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below, within
from experiments.judging.statistics import line_slope, normal_interval, percent
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory.counting.complexity import lempel_ziv

# Functions that are seen as often in the first half of the draws are judged by the second.
OFTEN = 5
# A share of draws as near to one half as this is one half.
HALF = 0.03
# Networks that are drawn together: 40 x 40 weights and 128 inputs for each.
TOGETHER = 2**10

TRIAL = Trial(
    source="Valle-Pérez et al. 2019",
    bears_on=on("valle-perez-simple"),
    existence="drawn at random",
    switches={
        "n": 7,
        "sizes": "7-40-40-1",
        "activation": "rectifier",
        "bias": True,
        "inputs": "{0, 1}^n",
        "weights": "normal, variance 2 / inputs",
        "complexity": "Lempel and Ziv's words of the truth table",
    },
)
WITHIN = TRIAL.but(source="Mingard et al. 2019", bears_on=on("mingard-within"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Networks that are drawn, tables beside them, and how many of both are held against others."""

    drawn: list[str] = setting([NETWORKS, TABLES], choices=(NETWORKS, TABLES), static=True)
    sizes: list[int] = setting([40], low=1, high=1000, static=True)
    draws: int = setting(150_000, low=100, high=10**9)
    compared: int = setting(6000, low=10, high=10**7)


SMOKE = {"draws": 3000, "compared": 200}
FULL = {"draws": 100_000_000, "compared": 100_000}

KEYS = ("of", "number")
BITS = 7


class Seen(NamedTuple):
    """Different truth tables, and how often each was drawn in the first and in the second half."""

    tables: np.ndarray
    first: np.ndarray
    second: np.ndarray


def measure(unit: Unit) -> pd.DataFrame:
    """Rows of two kinds: draws that are held against a shuffled and a random table, and functions that were seen often.

    One more row, of kind `all`, says how many functions were seen, and how many once.
    """
    rng = random_generator(unit.seed, unit.claim, unit.static("drawn"), unit.static("sizes"))
    octets = _drawn(unit, rng)
    seen = _seen(octets)
    often = seen.first >= OFTEN
    frequent = pd.DataFrame(
        {
            "of": "function",
            "complexity": [lempel_ziv(text) for text in _texts(seen.tables[often])],
            "first": seen.first[often],
            "second": seen.second[often],
        }
    )
    times = seen.first + seen.second
    every = {"of": "all", "functions": len(times), "once": int((times == 1).sum())}
    rows = [frequent, _compared(octets[: unit.settings.compared], rng), pd.DataFrame([every])]
    numbered = pd.concat([one.assign(number=np.arange(len(one))) for one in rows], ignore_index=True)
    return unit.cells.merge(numbered.assign(draws=len(octets)), how="cross")


def _drawn(unit: Unit, rng: np.random.Generator) -> np.ndarray:
    """Truth tables as octets, one row a draw."""
    draws = unit.settings.draws
    if unit.static("drawn") == TABLES:
        return rng.integers(0, 256, (draws, 2**BITS // 8), dtype=np.uint8)
    sizes = (BITS, unit.static("sizes"), unit.static("sizes"), 1)
    parts = truth_tables(rng, draws, sizes, True, TOGETHER)
    return np.concatenate([np.packbits(part, axis=1, bitorder="little") for part in parts])


def rebuild(unit: Unit, row: dict[str, Any]) -> Rebuilt:
    """The random network of a row of kind `draw` again; it was not trained, so that its loss is not a number.

    Raises:
        UserError: if the row is of another kind, or of a random table.
    """
    if row["of"] != "draw" or row["drawn"] == TABLES:
        raise UserError(f"no network has this row, of {row['of']} {row['drawn']}; give a draw of {NETWORKS}")
    rng, width = random_generator(unit.seed, unit.claim, row["drawn"], row["sizes"]), unit.static("sizes")
    layers, table = drawn_again(rng, int(row["number"]), (BITS, width, width, 1), True, TOGETHER)
    (text,) = _texts(np.packbits(table[None], axis=1, bitorder="little"))
    return Rebuilt(layers, no_curve(), {"complexity": lempel_ziv(text), "ones": table.sum()})


def _seen(octets: np.ndarray) -> Seen:
    different, place = np.unique(octets, axis=0, return_inverse=True)
    half = np.arange(len(octets)) < len(octets) // 2
    first, second = (np.bincount(place.ravel()[mine], minlength=len(different)) for mine in (half, ~half))
    return Seen(different, first, second)


def _texts(octets: np.ndarray) -> list[str]:
    bits = np.unpackbits(octets, axis=1, bitorder="little") + ord("0")
    return [row.tobytes().decode() for row in bits]


def _compared(octets: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Complexity of each draw, of the same table shuffled, and of a table that is drawn from all."""
    from theory.counting.random_networks import shuffled

    bits = np.unpackbits(octets, axis=1, bitorder="little").astype(bool)
    tables = {
        "complexity": octets,
        "shuffled": np.packbits(shuffled(bits, rng), axis=1, bitorder="little"),
        "any": rng.integers(0, 256, octets.shape, dtype=np.uint8),
    }
    columns = {name: [lempel_ziv(text) for text in _texts(table)] for name, table in tables.items()}
    return pd.DataFrame({"of": "draw", **columns, "ones": bits.sum(1)})


def work(unit: Unit) -> Work:
    """All networks on all inputs; words of texts take some hundred operations a letter."""
    width = unit.static("sizes")
    networks = unit.settings.draws * 2.0**BITS * 2 * (BITS + width + 1) * width
    return Work(0, networks + 3.0 * unit.settings.compared * 2**BITS * 1000)


def less_complex(rows: pd.DataFrame, other: str) -> Measured:
    """The share of draws with a table less complex than another, ties counted half.

    Args:
        rows: of kind `draw`.
        other: the column of the other table's complexity.
    """
    # Tables of zeros or of ones only are the same, shuffled.
    rows = rows[(rows["ones"] > 0) & (rows["ones"] < 2**BITS)] if other == "shuffled" else rows
    won = (rows["complexity"] < rows[other]) + (rows["complexity"] == rows[other]) / 2
    error = float(won.std(ddof=1)) / np.sqrt(len(rows)) if len(rows) > 1 else np.inf

    def estimate(α: float) -> tuple[float, float, float]:
        return (float(won.mean()), *normal_interval(float(won.mean()), error, α))

    how = f"The share of draws that are less complex, ties counted half, with a normal {percent()} interval."
    return Measured(estimate, len(rows), how=how)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Networks against all tables, and against tables with as many ones; how probabilities fall; and controls."""
    networks, tables = (table[table["drawn"] == drawn] for drawn in (NETWORKS, TABLES))
    verdicts = [_simpler(networks), _within(networks), *_falls(networks)] if len(networks) else []
    return [*verdicts, *([_control(tables)] if len(tables) else [])]


def _draws(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["of"] == "draw"]


def _simpler(rows: pd.DataFrame) -> Verdict:
    every = rows[rows["of"] == "all"].iloc[0]
    return TRIAL.verdict(
        "simpler",
        "A random network's function is less complex than a function that is drawn from all.",
        less_complex(_draws(rows), "any"),
        above(0.5),
        prediction="share of draws that are less complex > 1/2",
        finding="A random network of seven bits has a simpler function than a random table in a share of {measured} of "
        "all draws.",
        notes=f"of {every['draws']:,.0f} networks {every['functions']:,.0f} functions differ, {every['once']:,.0f} of "
        "them were seen once",
    )


def _within(rows: pd.DataFrame) -> Verdict:
    return WITHIN.verdict(
        "same-ones",
        "Among functions with the same number of ones, a random network's is less complex.",
        less_complex(_draws(rows), "shuffled"),
        above(0.5),
        prediction="share of draws less complex than their own shuffled table > 1/2; the rival predicts 1/2",
        finding="Preferring few ones does not explain it: a random network's table is simpler than the same table "
        "shuffled in a share of {measured} of draws.",
        notes="constant functions are left out: shuffled, they are the same",
    )


def _falls(rows: pd.DataFrame) -> list[Verdict]:
    often = rows[rows["of"] == "function"]
    if len(often) < 3:
        return []
    # Half a draw is added, so that a function which the second half does not have has a logarithm.
    logs = np.log2((often["second"].to_numpy() + 0.5) / (often["draws"].to_numpy() / 2))
    complexity = often["complexity"].to_numpy(dtype=float)
    how = (
        f"Slope of log2 of the frequency in the second half of the draws on the complexity, over functions that the "
        f"first half has {OFTEN} times or more; Student's {percent()} interval of a line, over functions."
    )
    return [
        TRIAL.verdict(
            "slope",
            "The more complex a function, the less often a random network computes it.",
            Measured(lambda α: line_slope(complexity, logs, α), len(often), how=how),
            below(0),
            prediction="slope of log2 P on complexity < 0",
            finding="Among functions that are seen often, each unit of complexity makes one 2^{measured} times as "
            "likely.",
            notes="rare functions cannot be seen, which makes the slope flatter than it is",
        )
    ]


def _control(rows: pd.DataFrame) -> Verdict:
    return TRIAL.but(bears_on=on("valle-perez-simple", role="control") + on("mingard-within", role="control")).verdict(
        "tables",
        "A random table is as often less complex than itself shuffled as more.",
        less_complex(_draws(rows), "shuffled"),
        within(0.5, HALF),
        prediction=f"share = 1/2, within {HALF:g}",
        drawn=TABLES,
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Frequencies against complexity, and the complexity of draws beside those of the same tables, shuffled."""
    networks = table[table["drawn"] == NETWORKS]
    often, draws = networks[networks["of"] == "function"], _draws(networks)
    figure, axes_of = panels(["functions seen often", "all draws"], width=3.1)
    left, right = axes_of.values()
    left.plot(
        often["complexity"], (often["second"] + 0.5) / (often["draws"] / 2), "o", ms=3, alpha=0.5, color=COLOURS[0]
    )
    left.set(yscale="log", xlabel="complexity", ylabel="frequency, second half")
    labels = {"complexity": "random network", "shuffled": "the same, shuffled", "any": "random table"}
    bins = np.linspace(0, draws[list(labels)].to_numpy(dtype=float).max() + 1, 40).tolist()
    for colour, (column, label) in zip(COLOURS, labels.items(), strict=False):
        right.hist(draws[column], bins, histtype="step", color=colour, label=label)
    right.set(xlabel="complexity", ylabel="draws")
    right.legend(fontsize=7)
    share = less_complex(draws, "shuffled").value
    title = f"With as many ones, a random network's table is the simpler one in {share:.0%} of draws"
    caption = "Complexity: words of Lempel and Ziv. Left: functions that the first half of the draws had often."
    numbers = networks[["of", "number", "complexity", "shuffled", "any", "ones", "first", "second"]]
    return {"simplicity": Drawing(figure, numbers[numbers["of"] != "all"], title, caption)}
