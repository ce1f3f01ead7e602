"""boolean.minimum-width: the exact least number of hidden threshold units of every function of n <= 4 bits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import seaborn as sns

from experiments.drawing.style import COLOURS, Drawing, new_figure
from experiments.judging.verdict import Verdict, decide
from experiments.plan import Unit, Work
from experiments.settings import ClaimSettings, setting
from theory import boolean
from theory.boolean.census import LARGEST_N

KEYS = ("width",)
EXAMPLES = 4
HYPOTHESES = (
    "one hidden layer of threshold units, one threshold output that sees the hidden units only, any real weights and "
    "biases; quantifier: each function with weights and width of its own"
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of bits whose 2^(2^n) functions are all counted."""

    n: list[int] = setting([1, 2, 3, 4], low=1, high=LARGEST_N, static=True)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of bits and width: how many functions and NPN classes need it, and which."""
    n = unit.static("n")
    widths, classes = boolean.minimum_widths(n), boolean.npn_classes(n)
    parity = boolean.pack(boolean.functions.parity(n, np.random.default_rng()))
    rows = []
    for width in np.unique(widths):
        functions = np.flatnonzero(widths == width)
        representatives = np.unique(classes[functions])
        rows.append(
            {
                "n": n,
                "width": int(width),
                "functions": len(functions),
                "classes": len(representatives),
                "has_parity": parity in functions,
                "examples": " ".join(str(f) for f in representatives[-EXAMPLES:]),
            }
        )
    return pd.DataFrame(rows)


def work(unit: Unit) -> Work:
    """Majorities of three threshold functions, one of them up to symmetry, are by far the most of it."""
    thresholds = boolean.THRESHOLD_FUNCTIONS[unit.static("n")]
    return Work(0, 30.0 * thresholds**2)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Parity is the worst case, and the construction's 2^(n-1) units are more than any function needs."""
    worst = table.sort_values("width").groupby("n").last().reset_index()
    total = int(table["functions"].sum())
    n, needed = int(worst["n"].max()), int(worst["width"].iloc[-1])
    up_to = f"all functions of n <= {n} bits"
    is_parity = bool((worst["has_parity"] & (worst["functions"] == 2) & (worst["width"] == worst["n"])).all())
    construction = boolean.construction_width(n)
    return [
        Verdict(
            claim="boolean.minimum-width/parity",
            statement="Parity of n bits needs n hidden units; no other function, its complement aside, needs as many.",
            source="for parity: hyperplanes that slice all edges of the n-cube, n for n <= 5; else: this census",
            hypotheses=f"{HYPOTHESES}; {up_to}",
            existence="representable",
            prediction=f"largest least width = n = {n}",
            measured=needed,
            low=needed,
            high=needed,
            samples=total,
            evidence="exact",
            rule="Supported if for each n the largest least width is n and exactly parity and its complement have it; "
            "contradicted otherwise.",
            verdict=decide(is_parity, not is_parity),
        ),
        Verdict(
            claim="boolean.minimum-width/construction-is-optimal",
            statement="The brute-force construction is the best there is: some function of n bits needs 2^(n-1) units.",
            source="a reading of the post's 'exponential', which its sources do not claim",
            hypotheses=f"{HYPOTHESES}; {up_to}",
            existence="representable",
            prediction=f"largest least width = 2^(n-1) = {construction}",
            measured=needed,
            low=needed,
            high=needed,
            samples=total,
            evidence="exact",
            rule="Supported if the largest least width is 2^(n-1) for every n; contradicted if it is smaller for one.",
            verdict=decide(
                bool((worst["width"] == 2 ** (worst["n"] - 1)).all()),
                bool((worst["width"] < 2 ** (worst["n"] - 1)).any()),
            ),
        ),
    ]


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The census as bars: functions, and NPN classes, per least width."""
    figure = new_figure(7.0, 3.2, columns=2)
    for axes, column, title in zip(figure.axes, ("functions", "classes"), ("functions", "NPN classes"), strict=True):
        palette = list(COLOURS[: table["n"].nunique()])
        sns.barplot(table, x="width", y=column, hue="n", palette=palette, ax=axes, legend=column == "classes")
        for bars in axes.containers:
            axes.bar_label(bars, fmt="{:,.0f}", fontsize=6)  # type: ignore[arg-type]
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.5)
        axes.set_xlabel("least number of hidden threshold units")
        axes.set_ylabel(title)
        axes.set_title(f"All {title} of n bits")
    figure.axes[1].get_legend().set_title("n")  # type: ignore[union-attr]
    return {"census": Drawing(figure, table.sort_values(["n", "width"]))}
