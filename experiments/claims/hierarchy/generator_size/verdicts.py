"""Whether functions that few steps make need fewer examples and fewer units, and whether more steps need more."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy import _generators as generators_of
from experiments.judging import statistics
from experiments.judging.measured import Measured
from experiments.judging.rules import above, below
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on

# Few steps; and the examples that are to be enough for them, as a share of the domain.
FEW, ENOUGH = 4, 0.5
# The share of functions that is asked for where they are said to be learned, and at most for the control.
MOST, HARDLY_ANY = 0.5, 0.05

TRIAL = Trial(
    source="the post, ch. II: simpler than the space; that steps are counted so is ours",
    bears_on=on("generative-process", role="variant"),
    existence="found by training",
    switches={
        "hidden_layers": 1,
        "bias": True,
        "output": "sign of a linear unit",
        "domain": "{-1, 1}^n",
        "ones": "a quarter to three quarters",
        "control": "the truth table in random order",
    },
)
# Pairs that are joined level by level are a hierarchy. That a network of one hidden layer learns it says that steps
# make it easier, and not that layers undo them.
GRAMMAR = TRIAL.but(bears_on=on("generative-process", role="variant") + on("hierarchy", role="variant"))
CONTROL = TRIAL.but(source="ours", bears_on=on("generative-process", role="control"))
BY = ["function", "made", "role"]


def wholly(table: pd.DataFrame) -> pd.DataFrame:
    """Those that were trained on all of it."""
    return table[table["examples"] == 2 ** table["n"]]


def judge(table: pd.DataFrame) -> list[Verdict]:
    """For each family four verdicts, and the control, as far as the table has rows for them."""
    found = []
    for name, rows in table.groupby("family"):
        family, made = str(name), rows[rows["role"] == "made"]
        if len(generators_of.partly(made)):
            found += [_few_examples(family, rows), _more_examples(family, made)]
        if len(wholly(made)):
            found += [_narrower(family, rows), _wider(family, made)]
    shuffled = generators_of.partly(table[table["role"] == "shuffled"])
    return [*found, _whole_table(shuffled)] if len(shuffled) else found


def _switches(family: str, rows: pd.DataFrame) -> dict[str, Any]:
    names = {"generator": family, "n": rows["n"].iloc[0], "steps_of_the_generator": rows["made"].sort_values()}
    return names | generators_of.how_trained(rows)


def _few_examples(family: str, rows: pd.DataFrame) -> Verdict:
    part = generators_of.partly(rows)
    enough = part["examples"] <= ENOUGH * 2 ** part["n"]
    half = part[enough & (part["examples"] == part.loc[enough, "examples"].max())]
    learned = half["error"] <= generators_of.BOUND
    made, control = (half["role"] == "made") & (half["made"] <= FEW), half["role"] == "shuffled"
    share = Measured.clustered_share(
        learned[made],
        half.loc[made, "function"],
        f"The share of functions with an error of at most {generators_of.BOUND:g} on the rest of the domain; functions "
        "of one cluster have the same examples.",
    )
    beside = Measured.share(learned[control])
    return (GRAMMAR if family == "grammar" else TRIAL).verdict(
        f"examples/{family}/enough",
        "A function that few random steps made is learned from half of all inputs, and one with as many ones that none "
        "made is not.",
        share,
        above(MOST).supported_only_if(
            beside.high < MOST, f"Supported only if the share of shuffled functions lies below {MOST:g}."
        ),
        prediction=f"share learned > {MOST:g}",
        finding=f"Of functions of at most {FEW} steps {{measured}} are learned from half of all inputs, of shuffled "
        f"ones {beside.value:.2g}.",
        notes=f"{int(half['examples'].max())} examples; of shuffled functions {beside.in_words}",
        **(_switches(family, rows) | {"steps_of_the_generator": half.loc[made, "made"].sort_values()}),
    )


def _more_examples(family: str, made: pd.DataFrame) -> Verdict:
    slope = generators_of.slope_of(generators_of.partly(made), BY)
    beyond = "The examples needed grow with the steps of the generator beyond all numbers that were tried."
    return TRIAL.verdict(
        f"examples/{family}/growth",
        "The more steps made a function, the more examples it needs.",
        slope,
        above(0.0),
        prediction="slope of log2(examples) on log2(steps) > 0",
        finding="The examples needed grow with the steps of the generator to the power {measured}."
        if np.isfinite(slope.value)
        else beyond,
        **_switches(family, made),
    )


def _narrower(family: str, rows: pd.DataFrame) -> Verdict:
    needed = generators_of.width_needed(wholly(rows), BY)
    of_role = needed.unstack("role").reindex(columns=list(generators_of.ROLES))
    with np.errstate(invalid="ignore"):
        saved = (of_role["shuffled"] - of_role["made"]).dropna()
    # Where neither width is known, nothing is known of their ratio.
    of_function = saved.groupby("function").median().to_numpy(float)
    return TRIAL.verdict(
        f"width/{family}/narrower",
        "Training finds a function that random steps made with fewer hidden units than one with as many ones that none "
        "made.",
        Measured(
            lambda α: statistics.median_interval(of_function, α),
            len(of_function),
            how="log2 of the least width that succeeds on all inputs, for the shuffled truth table less for the made "
            "one; the median over steps for each set of functions, and over these sets with the interval of its order "
            f"statistics at {percent()}. Widths that are too large for the ladder are infinite.",
        ),
        above(0.0),
        prediction="log2 of the ratio of widths > 0",
        finding="A shuffled truth table takes 2^{measured} times the width of the one that steps made.",
        **_switches(family, rows),
    )


def _wider(family: str, made: pd.DataFrame) -> Verdict:
    needed = generators_of.width_needed(wholly(made), BY)
    x, samples = generators_of.samples_by(needed, "made")
    slope = Measured(
        lambda α: statistics.slope_of_means(x, samples, α),
        len(needed),
        how="The slope of the line through the means over functions of log2 of the least width that succeeds, with "
        f"Student's {percent()} interval. It is unknown if a function needs more than the ladder has.",
    )
    return TRIAL.verdict(
        f"width/{family}/growth",
        "The more steps made a function, the more hidden units training needs for it.",
        slope,
        above(0.0),
        prediction="slope of log2(width) on log2(steps) > 0",
        finding="The more steps the process has, the wider the network must be: as their number to the power "
        "{measured}."
        if np.isfinite(slope.value)
        else "The width needed is beyond what was tried for some function, so that its growth is not known.",
        **_switches(family, made),
    )


def _whole_table(part: pd.DataFrame) -> Verdict:
    most = part[part["examples"] == part["examples"].max()]
    return CONTROL.verdict(
        "shuffled",
        "A truth table in random order is learned by heart only: no part of it tells anything of the rest.",
        Measured.share(
            most["error"] <= generators_of.BOUND,
            f"The share of shuffled functions with an error of at most {generators_of.BOUND:g} on the rest, for the "
            "most examples that leave one.",
        ),
        below(HARDLY_ANY, MOST),
        prediction=f"share < {HARDLY_ANY:g}",
        finding="Of shuffled truth tables a share of {measured} is learned from a part.",
        notes=f"{int(most['examples'].max())} examples",
        **_switches("none", part),
    )
