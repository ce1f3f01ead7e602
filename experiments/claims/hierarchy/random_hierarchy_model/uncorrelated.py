"""The control in which pairs of symbols tell nothing about the class: grammars whose rules are random Latin squares.

Deep networks are said to need so few samples because pairs of symbols correlate with the class, and synonyms in the
same way. Then networks of the same depth need more samples of strings of the same number of steps without correlations.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from jaxtyping import Float

from experiments.claims.hierarchy._networks import LATIN, SWITCHES
from experiments.claims.hierarchy.random_hierarchy_model.samples import DEEP, SHALLOW
from experiments.judging.measured import Measured
from experiments.judging.rules import above, holds_for_all
from experiments.judging.statistics import mean_interval, percent
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
    """Whether pairs tell nothing there, and whether networks learn nothing there where they learn drawn rules."""
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
    drawn = table[table["network"] == network]
    errors = [errors_where_learned(drawn, rows) for _, rows in latin[latin["network"] == network].groupby("model")]
    values = np.concatenate(errors)

    def estimate(α: float) -> tuple[float, float, float]:
        return mean_interval(values, α) if np.isfinite(values).all() else (np.nan, -np.inf, np.inf)

    yield TRIAL.verdict(
        f"uncorrelated/{network}",
        "Where pairs of symbols tell nothing about the class, networks do not learn it from as many samples as suffice "
        "where they do.",
        Measured(
            estimate,
            len(values),
            how="The mean error on new strings of Latin squares, over models and grammars, in units of chance, at the "
            f"first number of samples where that of drawn rules is {DEEP:g}; Student's {percent()} interval.",
        ),
        above(SHALLOW),
        prediction=f"error of Latin squares > {SHALLOW:g} of chance, where that of drawn rules is {DEEP:g}",
        finding="Where pairs of symbols tell nothing about the class, networks that would have learned it are at "
        "{measured} of the error by chance.",
        network=network,
        updates=sorted(latin["steps"].unique()),
        **facts,
    )


def errors_where_learned(drawn: pd.DataFrame, latin: pd.DataFrame) -> Float[np.ndarray, " grammars"]:
    """Errors of one model's Latin squares at the first number of samples that teaches its drawn rules, if one does.

    A ladder that ended before counts with its last error: it was learned, or fewer samples were not fitted already.
    """
    curves = [
        rows.pivot_table(index="grammar", columns="samples", values="error").ffill(axis=1)
        for rows in (drawn[drawn["model"] == latin["model"].iloc[0]], latin)
    ]
    means = curves[0].mean()
    taught = means.index[means <= DEEP]
    if not len(taught):
        return np.full(len(curves[1]), np.nan)
    return curves[1].loc[:, curves[1].columns <= taught[0]].iloc[:, -1].to_numpy(float)
