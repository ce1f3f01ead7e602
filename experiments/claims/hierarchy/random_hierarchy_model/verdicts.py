"""Verdicts of hierarchy.random-hierarchy-model: counts, growth of the samples needed, what depth saves, the control."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.hierarchy._networks import LATIN, SWITCHES, shape_of
from experiments.claims.hierarchy.random_hierarchy_model import collapse, uncorrelated
from experiments.claims.hierarchy.random_hierarchy_model.samples import (
    DEEP,
    MARGIN,
    SHALLOW,
    doublings,
    growth,
    mean_doublings,
    needed,
)
from experiments.judging.measured import Measured
from experiments.judging.rules import above, holds_for_all, within
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

# Errors of two networks on shuffled labels count as equal within this, in units of the error by chance.
CONTROL = 0.1
NAMES = {
    "local": "networks that join two neighbours in every layer",
    "shared": "convolutional networks that join two neighbours in every layer",
    "dense": "networks of one hidden layer",
}

SOURCE = "Cagnetta et al., PRX 14, 031001, arXiv 2307.02129"
TRIAL = Trial(
    source=SOURCE,
    bears_on=on("hierarchy", role="variant") + on("rhm-deep"),
    existence="found by training",
    switches=SWITCHES,
)
DENSE = TRIAL.but(bears_on=on("rhm-shallow"))
SAVED = TRIAL.but(bears_on=on("hierarchy", role="variant") + on("rhm-depth-saves"))
CONTROLLED = TRIAL.but(bears_on=on("hierarchy", role="control"))
COUNTED = TRIAL.but(bears_on=on("rhm-count"), existence="drawn at random", switches={"tuple_size": 2})
SYNONYMS = COUNTED.but(bears_on=on("rhm-synonyms"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """All verdicts that the networks and models of a table allow."""
    latin, table = (table[(table["rules"] == LATIN) == wanted] for wanted in (True, False))
    found = [*_exact(table)]
    networks = set(table["network"])
    for network in sorted(networks - {"dense"}):
        found += uncorrelated.judge(table, latin, network) if network in set(latin["network"]) else []
        found += [deep(table, network), *collapse.judge(table, network, **_of(table))]
        if "dense" in networks:
            found += saved(table, network)
            found.append(control(table, network))
    return found + ([shallow(table)] if "dense" in networks else [])


def _exact(table: pd.DataFrame) -> Iterator[Verdict]:
    grammars = table.drop_duplicates(["model", "grammar"])
    grammars = grammars[grammars["distinct"] >= 0]
    models, total = grammars["model"].unique(), int(grammars["data"].sum())
    ratio = grammars["distinct"] / grammars["data"]
    yield COUNTED.verdict(
        "count",
        "There are n_c m^((d-1)/(s-1)) different strings.",
        Measured.exactly(
            float(ratio.mean()) if len(ratio) else np.nan, total, how="Different strings, enumerated, over the formula."
        ),
        holds_for_all("there are as many as the formula says", ratio == 1),
        prediction="different strings / n_c m^((d-1)/(s-1)) = 1",
        model=models,
        grammars=len(grammars),
    )
    lost = float(grammars["lost_bits"].max()) if len(grammars) else np.nan
    bits = grammars["pair_bits"]
    yield SYNONYMS.verdict(
        "synonyms",
        "Synonyms have equal class posteriors, so that grouping them loses no information about the class.",
        Measured.exactly(lost, total, how="The largest difference of bits about the class, before and after grouping."),
        holds_for_all(
            "synonyms have equal posteriors at every node, in integer counts of all strings",
            grammars["synonyms_agree"] == 1,
        ),
        prediction="bits lost = 0",
        notes=f"a pair carries {bits.min():.3f} to {bits.max():.3f} bits on average over nodes" if len(bits) else "",
        model=models,
        grammars=len(grammars),
    )


def deep(table: pd.DataFrame, network: str) -> Verdict:
    """With which power of n_c m^L the samples grow that a deep network needs."""
    needs = needed(table[table["network"] == network], DEEP)
    censored = int(np.isinf(needs["needed"]).sum())
    return TRIAL.verdict(
        f"growth/{network}",
        f"The samples that {NAMES[network]} need grow as n_c m^L.",
        growth(needs, "deep_samples"),
        within(1.0, MARGIN),
        prediction="exponent of P* against n_c m^L = 1",
        finding="The samples needed grow as n_c m^L to the power {measured}.",
        notes=f"{censored} of {len(needs)} P* were not reached" if censored else "",
        network=network,
        threshold=f"{DEEP:g} of chance",
        **_of(table),
    )


def shallow(table: pd.DataFrame) -> Verdict:
    """With which power of the number of strings the samples grow that a shallow network needs."""
    like = [name for name in table["model"].unique() if shape_of(name).synonyms == shape_of(name).symbols]
    rows = table[(table["network"] == "dense") & table["model"].isin(like)]
    needs = needed(rows, SHALLOW) if len(rows) else pd.DataFrame(columns=["model", "data", "needed"])
    censored = int(np.isinf(needs["needed"].to_numpy(float)).sum())
    measured = growth(needs, "data") if len(like) > 1 else Measured(lambda α: (np.nan, -np.inf, np.inf), len(needs))
    return DENSE.verdict(
        "growth/dense",
        f"The samples that {NAMES['dense']} need grow as the number of all strings, where m = v = n_c.",
        measured,
        within(1.0, MARGIN),
        prediction="exponent of P* against the number of strings = 1",
        finding="The samples needed grow as the number of strings to the power {measured}.",
        notes=f"{censored} of {len(needs)} P* were not reached" if censored else "",
        network="dense",
        threshold=f"{SHALLOW:g} of chance",
        **(_of(rows) if len(rows) else {}),
    )


def saving(table: pd.DataFrame, network: str) -> pd.DataFrame:
    """log2 of dense P* over another network's, for each grammar; see `doublings`."""
    needs = needed(table, DEEP)
    return doublings(*(needs[needs["network"] == name] for name in (network, "dense")))


def saved(table: pd.DataFrame, network: str) -> Iterator[Verdict]:
    """Of each model, whether a deep network needs fewer samples than a shallow one."""
    for model, rows in saving(table, network).groupby("model", sort=False):
        bounds = int(rows["bound"].sum())
        how = f"The mean over grammars of log2(P* dense / P* {network}); Student's {percent()} interval. "
        yield SAVED.verdict(
            f"saved/{network}/{model}",
            f"{NAMES[network].capitalize()} need fewer samples than {NAMES['dense']}.",
            mean_doublings(
                rows, f"{how}A dense P* that was not reached counts as the largest P that is fitted: a bound."
            ),
            above(0.0).contradicted_only_if(
                bounds == 0, "Contradicted only if every dense P* was reached: else the quantity is a bound from below."
            ),
            prediction="log2(P* dense / P*) > 0",
            notes=f"{bounds} of {len(rows)} dense P* were not reached" if bounds else "",
            network=network,
            threshold=f"{DEEP:g} of chance",
            **_of(table[table["model"] == model]),
        )


def control(table: pd.DataFrame, network: str) -> Verdict:
    """Whether depth has no advantage where labels are shuffled."""
    errors = table.groupby(["model", "grammar", "network"])["control_error"].mean().unstack("network")
    differences = (errors["dense"] - errors[network]).to_numpy(float)

    return CONTROLLED.verdict(
        f"control/{network}",
        "With shuffled labels depth has no advantage on new strings.",
        Measured(
            lambda α: mean_interval(differences, α),
            len(differences),
            how="Test error of dense networks less that of local ones, in units of chance, averaged over numbers of "
            f"samples, then over grammars; Student's {percent()} interval.",
        ),
        within(0.0, CONTROL),
        prediction="difference = 0",
        network=network,
        **_of(table),
    )


def _of(table: pd.DataFrame) -> dict[str, Any]:
    return {
        "model": table["model"].unique(),
        "grammars": int(table["grammar"].nunique()),
        "updates": sorted(table["steps"].unique()),
    }
