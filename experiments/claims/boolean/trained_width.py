"""boolean.trained-width: the least width at which gradient descent finds a boolean function, and how it grows with n.

Networks of one hidden layer are trained on all 2^n inputs, many times for each function, family, width and activation.
Per family the least width that succeeds in at least half of the runs is read off, and its growth with n is compared
with the one of n². What is found by training is kept apart from what is representable: a second verdict says whether
training succeeds at the width that a construction needs.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.drawing import COLOURS, MARKERS, Drawing, new_figure
from experiments.plan import Unit, Work, random_generator
from experiments.remembering import remembered
from experiments.settings import ClaimSettings, setting
from experiments.statistics import least_squares_slope, percent, percentile_interval, wilson
from experiments.verdict import Verdict, decide
from theory import boolean

STATIC = ("n", "width", "activation")
RATE = 0.5
RESAMPLES = 2000
ROUNDING = 1e-9
PANELS = 4
LARGEST_ROOM = 2**14
SOURCE = "the post, ch. II; counting bound of theory/boolean/bounds.py"

# Hidden threshold units that are known to suffice; training is held against them.
SUFFICIENT = {"and": lambda n: 1, "majority": lambda n: 1, "threshold": lambda n: 1, "parity": lambda n: n}


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is trained, and how. `function` numbers the members of a family; a fixed family has one, drawn again.

    `batch` is the number of points per update, 0 for all of them; `schedule` how the learning rate falls.
    `share_programs` compiles small networks of several n and widths as one: it pays where there are few of each.
    """

    family: list[str] = setting(list(boolean.FAMILIES), choices=tuple(boolean.FAMILIES))
    n: list[int] = setting([2, 3, 4, 5, 6, 7, 8], low=1, high=16)
    width: list[int] = setting([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64], low=1, high=100_000)
    activation: list[str] = setting(["logistic", "tanh", "rectifier"], choices=("logistic", "tanh", "rectifier"))
    learning_rate: list[float] = setting([0.03], low=1e-9, high=1000.0)
    functions: int = setting(10, low=1, high=100_000, counts="function")
    restarts: int = setting(low=1, high=10_000_000, counts="restart")
    loss: str = setting("cross-entropy", choices=("cross-entropy", "squared"))
    optimizer: str = setting("adam", choices=("adam", "sgd", "momentum", "rms", "amsgrad", "lion", "yogi", "radam"))
    schedule: str = setting("constant", choices=("constant", "linear", "cosine"))
    batch: int = setting(0, low=0, high=65_536)
    share_programs: bool = setting(True)
    steps: int = setting(2000, low=1, high=100_000_000)
    where: str = setting("width <= 2 ** n")


def measure(unit: Unit) -> pd.DataFrame:
    """One row per trained network: loss, errors out of 2^n, whether and after how many updates it was solved."""
    from experiments import ensemble

    n, settings = unit.static("n"), unit.settings
    width = unit.static("width")
    room_n, room_width = _room(n, width) if settings.share_programs and not settings.batch else (n, width)
    program = ensemble.Program(
        sizes=(n, width, 1),
        room=(room_n, room_width, 1),
        repeats=2 ** (room_n - n),
        activation=unit.static("activation"),
        loss=settings.loss,
        optimizer=settings.optimizer,
        steps=settings.steps,
        precision=unit.precision,
        schedule=settings.schedule,
        batch=settings.batch,
    )
    pairs = list(zip(unit.cells["family"], unit.cells["function"].tolist(), strict=True))
    truths = {pair: truth_table(unit.seed, n, *pair) for pair in set(pairs)}
    members = ensemble.Members(
        key=unit.keys,
        targets=np.stack([2.0 * truths[pair] - 1.0 for pair in pairs]),
        learning_rate=unit.cells["learning_rate"].to_numpy(),
    )
    outcome = ensemble.train_ensemble(program, boolean.signed_inputs(n), members, unit.engine.layout, unit.engine.chunk)
    return unit.cells.assign(
        loss=outcome.loss,
        errors=outcome.errors,
        solved=outcome.errors == 0,
        steps=outcome.steps,
        diverged=~np.isfinite(outcome.loss),
    )


def _room(n: int, width: int) -> tuple[int, int]:
    """The n and width as which small networks are compiled: even n from 4 on, widths that are powers of 4."""
    room_n, room_width = max(4, n + n % 2), 4 ** max(1, math.ceil(math.log(width, 4)))
    return (room_n, room_width) if 2**room_n * room_width <= LARGEST_ROOM else (n, width)


def truth_table(seed: int, n: int, family: str, function: int) -> boolean.functions.Truth:
    """The numbered function of a family: the same for every width, activation and restart."""
    return boolean.FAMILIES[family](n, random_generator(seed, "function", family, n, function))


def work(unit: Unit) -> Work:
    """All updates of all networks, forward and backward, as if none were solved early."""
    n, width = unit.static("n"), unit.static("width")
    network_steps = len(unit.cells) * unit.settings.steps
    return Work(network_steps, network_steps * 6.0 * 2**n * width * (n + 2))


class Successes:
    """The success counts of one family and activation, and what follows from them.

    Attributes:
        n: numbers of bits, ascending; widths[n]: widths tried there, ascending.
        rates[n]: success rate over restarts, one row a width and one column a function.
        restarts: networks behind each of these rates.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        """From the rows of the table."""
        counts = rows.groupby(["n", "width", "function"])["solved"]
        self.restarts = int(counts.size().min())
        table = counts.mean().unstack("function")
        self.n = sorted(int(n) for n in rows["n"].unique())
        self.widths = {n: np.array(table.loc[n].index) for n in self.n}
        self.rates = {n: table.loc[n].dropna(axis="columns").to_numpy(float) for n in self.n}

    def least_widths(self, rate: float) -> Float[np.ndarray, " n"]:
        """For each n the least width whose success rate is at least `rate`, and not zero; NaN if there is none."""
        return np.array([_least(self.widths[n], self.rates[n].mean(1), rate) for n in self.n])

    def resampled_least_widths(self, rng: np.random.Generator) -> Float[np.ndarray, "resamples n"]:
        """The same at rate ½ on bootstrap resamples: functions are drawn again, and restarts within each."""
        columns = []
        for n in self.n:
            functions = self.rates[n].shape[1]
            chosen = rng.integers(functions, size=(RESAMPLES, functions))
            successes = rng.binomial(self.restarts, self.rates[n][:, chosen])
            rates = successes.mean(-1) / self.restarts
            columns.append(_least(self.widths[n], rates, RATE))
        return np.array(columns).T


@remembered
def resampled_least_widths(rows: pd.DataFrame, family: str, activation: str) -> Float[np.ndarray, "resamples n"]:
    """Of the rows of one family and activation, see `Successes`; the same however often it is asked for."""
    return Successes(rows).resampled_least_widths(random_generator(0, "bootstrap", family, activation))


def _least(
    widths: Float[np.ndarray, " widths"], rates: Float[np.ndarray, "widths *resamples"], rate: float
) -> Float[np.ndarray, "*resamples"]:
    good = (rates >= rate) & (rates > 0)
    return np.where(good.any(0), widths[good.argmax(0)], np.nan)


@remembered
def series(table: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The rows of every family and activation, in the order of the families, at the best learning rate of each."""
    for family in [name for name in boolean.FAMILIES if name in table["family"].unique()]:
        for activation, rows in table[table["family"] == family].groupby("activation"):
            best = rows.groupby("learning_rate")["solved"].mean().idxmax()
            yield family, str(activation), rows[rows["learning_rate"] == best]


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family and activation: how the width grows, and whether the width that suffices on paper is found."""
    return [
        verdict
        for family, activation, rows in series(table)
        for verdict in (
            _growth(family, activation, rows),
            *_found_at_sufficient_width(family, activation, rows),
        )
    ]


def _hypotheses(activation: str, rows: pd.DataFrame) -> str:
    return (
        f"one hidden layer of {activation} units with biases, linear output whose sign is the answer; all 2^n inputs "
        f"in {{-1, 1}}^n; n = {', '.join(str(n) for n in sorted(rows['n'].unique()))}; learning rate "
        f"{rows['learning_rate'].iloc[0]:g}; widths {', '.join(str(w) for w in sorted(rows['width'].unique()))}"
    )


def _growth(family: str, activation: str, rows: pd.DataFrame) -> Verdict:
    successes = Successes(rows)
    n = np.array(successes.n, float)
    resampled = resampled_least_widths(rows, family, activation)
    slope = float(least_squares_slope(n, np.log2(successes.least_widths(RATE))))
    low, high = percentile_interval(least_squares_slope(n, np.log2(resampled)))
    square = float(least_squares_slope(n, 2 * np.log2(n)))
    counting = float(least_squares_slope(n, np.log2([boolean.counting_bound(int(i)) for i in n])))
    exponential = family == "random"
    supported, contradicted = low > square, high < min(square, counting)
    if not exponential:
        supported, contradicted = high < square, low > square
    trustworthy = low - ROUNDING <= slope <= high + ROUNDING
    return Verdict(
        claim=f"boolean.trained-width/{family}/{activation}/growth",
        statement=f"The width at which training finds {_words(family)} of n bits grows "
        + ("faster than n², as exponential growth must in the end." if exponential else "slower than n²."),
        source=SOURCE,
        hypotheses=_hypotheses(activation, rows),
        existence="found by training",
        prediction=f"slope of log2(width) {'>' if exponential else '<'} {square:.3f}, that of n²",
        measured=slope,
        low=low,
        high=high,
        samples=len(rows),
        evidence="statistical",
        rule=f"Least width with success rate >= {RATE:g} per n, at the learning rate with most successes; slope of its "
        f"log2 on n with a {percent()} bootstrap interval over functions and restarts. Supported if the whole "
        "interval is on "
        "the predicted side of the slope of n² over the same n; contradicted if it is on the other side and, for "
        f"random functions, also below {counting:.3f}, the slope of the exponential counting bound over the same n; "
        "else, and where some n has no such width or the interval does not hold the estimate, inconclusive.",
        verdict=decide(supported and trustworthy, contradicted and trustworthy),
    )


def _found_at_sufficient_width(family: str, activation: str, rows: pd.DataFrame) -> list[Verdict]:
    n = int(rows["n"].max())
    at_n = rows[rows["n"] == n]
    if family not in SUFFICIENT or at_n["width"].max() < SUFFICIENT[family](n):
        return []
    width = int(at_n.loc[at_n["width"] >= SUFFICIENT[family](n), "width"].min())
    solved = at_n.loc[at_n["width"] == width, "solved"]
    low, high = wilson(int(solved.sum()), len(solved))
    return [
        Verdict(
            claim=f"boolean.trained-width/{family}/{activation}/found",
            statement=f"Training finds {_words(family)} of n bits at the width that suffices on paper.",
            source="ours: what is representable need not be found",
            hypotheses=f"{_hypotheses(activation, at_n)}; judged at width {width}",
            existence="found by training",
            prediction=f"success rate >= {RATE:g} at n = {n}, width {width}",
            measured=solved.mean(),
            low=low,
            high=high,
            samples=len(solved),
            evidence="statistical",
            rule="Runs of all functions together, at the learning rate with most successes. "
            f"Supported if the {percent()} Wilson interval of the success rate lies above {RATE:g}, contradicted if it "
            "lies below, else inconclusive.",
            verdict=decide(low > RATE, high < RATE),
        )
    ]


def _words(family: str) -> str:
    return {
        "random": "a random balanced function",
        "and": "AND",
        "threshold": "a random threshold function",
        "multiplexer": "the multiplexer",
    }.get(family, family)


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Least width against n with both bounds, and success rate against width."""
    return {"width-against-n": draw_widths(table), "success-against-width": draw_successes(table)}


def draw_widths(table: pd.DataFrame) -> Drawing:
    """Which families grow exponentially: least width with rate >= ½ against n, one panel an activation."""
    numbers = pd.concat([_width_rows(*one) for one in series(table)], ignore_index=True)
    activations = sorted(numbers["activation"].unique())
    figure = new_figure(3.2 * len(activations) + 1.2, 3.8, columns=len(activations))
    n = range(int(table["n"].min()), int(table["n"].max()) + 1)
    for axes, activation in zip(figure.axes, activations, strict=True):
        axes.plot(n, [boolean.construction_width(i) for i in n], "k-", lw=0.8, label="suffices for all: 2^(n-1)")
        axes.plot(n, [boolean.counting_bound(i) for i in n], "k--", lw=0.8, label="needed for all: counting")
        axes.plot(n, [boolean.vc_bound(i) for i in n], "k:", lw=0.8, label="needed for all: VC dimension")
        mine = numbers[numbers["activation"] == activation]
        for i, (family, rows) in enumerate(mine.groupby("family", sort=False)):
            # Side by side, so that families with the same width can be told apart.
            shifted = rows["n"] + 0.07 * (i - 2.5)
            # On noisy rates the interval of a least width need not hold the estimate itself.
            errors = [(rows["width"] - rows["low"]).clip(lower=0), (rows["high"] - rows["width"]).clip(lower=0)]
            line = f"{MARKERS[i]}-"
            axes.errorbar(shifted, rows["width"], errors, fmt=line, color=COLOURS[i], ms=4, lw=1, label=str(family))
            axes.plot(shifted, rows["width_any_restart"], MARKERS[i], color=COLOURS[i], ms=6, mfc="none", mew=0.5)
        axes.set_yscale("log", base=2)
        axes.set_title(str(activation))
        axes.set_xlabel("n, input bits")
    figure.axes[0].set_ylabel("least width: half of the runs (filled), any run (hollow)")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return Drawing(figure, numbers)


def _width_rows(family: str, activation: str, rows: pd.DataFrame) -> pd.DataFrame:
    successes = Successes(rows)
    resampled = resampled_least_widths(rows, family, activation)
    intervals = np.array([percentile_interval(column) for column in resampled.T])
    return pd.DataFrame(
        {
            "family": family,
            "activation": activation,
            "n": successes.n,
            "width": successes.least_widths(RATE),
            "low": np.where(np.isinf(intervals[:, 0]), np.nan, intervals[:, 0]),
            "high": np.where(np.isinf(intervals[:, 1]), np.nan, intervals[:, 1]),
            "width_any_restart": successes.least_widths(0.0),
            "counting_bound": [boolean.counting_bound(n) for n in successes.n],
            "construction": [boolean.construction_width(n) for n in successes.n],
        }
    )


def draw_successes(table: pd.DataFrame) -> Drawing:
    """Success rate against width with Wilson intervals: rows of panels are activations, columns the largest n."""
    columns = sorted(table["n"].unique())[-PANELS:]
    kept = pd.concat([rows for _, _, rows in series(table)])
    kept = kept[kept["n"].isin(columns)]
    counts = kept.groupby(["activation", "n", "family", "width"])["solved"].agg(["sum", "size"]).reset_index()
    counts["rate"] = counts["sum"] / counts["size"]
    intervals = [wilson(row["sum"], row["size"]) for _, row in counts.iterrows()]
    counts["low"], counts["high"] = np.array(intervals).T
    activations = sorted(counts["activation"].unique())
    figure = new_figure(2.4 * len(columns) + 1.2, 1.9 * len(activations) + 0.4, len(activations), len(columns))
    panels = [(activation, n) for activation in activations for n in columns]
    for axes, (activation, n) in zip(figure.axes, panels, strict=True):
        mine = counts[(counts["activation"] == activation) & (counts["n"] == n)]
        for i, family in enumerate(name for name in boolean.FAMILIES if name in set(counts["family"])):
            rows = mine[mine["family"] == family]
            axes.plot(rows["width"], rows["rate"], f"{MARKERS[i]}-", color=COLOURS[i], ms=3, lw=1, label=family)
            axes.fill_between(rows["width"], rows["low"], rows["high"], color=COLOURS[i], alpha=0.2, linewidth=0)
        axes.set_xscale("log", base=2)
        axes.set_ylim(-0.03, 1.03)
        axes.set_title(f"{activation}, n = {n}")
    for axes in figure.axes[-len(columns) :]:
        axes.set_xlabel("width")
    for axes in figure.axes[:: len(columns)]:
        axes.set_ylabel("share of runs solved")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    return Drawing(figure, counts.rename(columns={"sum": "solved", "size": "runs"}))
