"""The control in which pairs of symbols tell nothing about the class: grammars whose rules are random Latin squares.

Deep networks are said to need so few samples because pairs of symbols correlate with the class, and synonyms in the
same way. Then networks of the same depth need more samples of strings of the same number of steps without correlations.
"""

from collections.abc import Iterator

import pandas as pd

from experiments.claims.hierarchy._networks import LATIN, SWITCHES
from experiments.claims.hierarchy.random_hierarchy_model.samples import DEEP, doublings, mean_doublings, needed
from experiments.judging.measured import Measured
from experiments.judging.rules import above, holds_for_all
from experiments.judging.statistics import percent
from experiments.judging.verdict import Trial, Verdict, on

TRIAL = Trial(
    source="ours, after the data of parities in the authors' code, pcsl-epfl/hierarchy-learning",
    bears_on=on("rhm-deep", role="control") + on("hierarchy", role="control"),
    existence="found by training",
    switches=SWITCHES | {"rules": LATIN},
)
COUNTED = TRIAL.but(
    bears_on=on("rhm-synonyms", role="control"), existence="drawn at random", switches={"tuple_size": 2, "rules": LATIN}
)


def judge(table: pd.DataFrame, latin: pd.DataFrame, network: str) -> Iterator[Verdict]:
    """Whether pairs tell nothing there, and whether networks of one kind need more samples than of drawn rules."""
    facts = {"model": latin["model"].unique(), "grammars": int(latin["grammar"].nunique())}
    grammars = latin.drop_duplicates(["model", "grammar"])
    yield COUNTED.verdict(
        f"latin-squares/{network}",
        "Of Latin squares no pair of symbols at the end of a string tells anything about the class.",
        Measured.exactly(float(grammars["pair_bits"].max()), len(grammars), how="The most bits, of all grammars."),
        holds_for_all("every pair is as frequent in all classes, in integers", grammars["classes_agree"] == 1),
        prediction="bits = 0",
        network=network,
        **facts,
    )
    few, many = (needed(rows[rows["network"] == network], DEEP) for rows in (table, latin))
    rows = doublings(few, many)
    bounds = int(rows["bound"].sum())
    yield TRIAL.verdict(
        f"uncorrelated/{network}",
        "Where pairs of symbols tell nothing about the class, networks of the same depth need more samples.",
        mean_doublings(
            rows,
            "The mean over models and grammars of log2 of P* of Latin squares over that of drawn rules; Student's "
            f"{percent()} interval. One that was not reached counts as the largest P that is fitted: a bound.",
        ),
        above(0.0).contradicted_only_if(
            bounds == 0, "Contradicted only if every P* was reached: else the quantity is a bound from below."
        ),
        prediction="log2(P* of Latin squares / P*) > 0",
        finding="Where pairs of symbols tell nothing about the class, the same networks need at least 2^{measured} "
        "times as many samples.",
        notes=f"{bounds} of {len(rows)} P* of Latin squares were not reached" if bounds else "",
        network=network,
        threshold=f"{DEEP:g} of chance",
        updates=sorted(latin["steps"].unique()),
        **facts,
    )
