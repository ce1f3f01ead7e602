"""What the chains say: nothing is lost, nothing is gained either, and what it costs. All of it is exact."""

import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on

# Information in bits is a sum of floats: what differs by less is equal. Posteriors are compared as fractions.
ROUNDING = 1e-12

TRIAL = Trial(
    source="Lin, Tegmark & Rolnick 2017 (arXiv 1608.08225), theorem on hierarchies",
    bears_on=on("one-step-at-a-time") + on("ltr-one-step-at-a-time"),
    existence="representable",
    switches={
        "process": "Markov chain, finite, steps known",
        "arithmetic": "fractions",
        "kept_at_each_step": "the posterior",
    },
)
# What "best" leaves open. The paper says that nothing is lost, not that nothing else is as good, or cheaper.
BEST = TRIAL.but(source="readings of the post's 'best way', ours", bears_on=on("one-step-at-a-time", role="variant"))
CONTROL = TRIAL.but(
    source="ours", bears_on=on("one-step-at-a-time", role="control") + on("ltr-one-step-at-a-time", role="control")
)


def structured(table: pd.DataFrame) -> pd.DataFrame:
    """The chains with data that share posteriors: in generic ones there is nothing to forget."""
    return table[table["kind"] != "generic"]


def of_chains(table: pd.DataFrame) -> pd.DataFrame:
    """One row per chain, for what does not depend on the level."""
    return table[table["level"] == 0]


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The verdicts for which the table has chains."""
    found = [_nothing_lost(table), _not_better(table), _guesses(table), _shrinks(table), _tables(table)]
    if (table["kind"] == "tree").any():
        found.append(_by_parts(table))
    found.append(_one_pair_too_many(table))
    if (table["kind"] == "synonyms").any():
        found.append(_skipped(table))
    if (table["kind"] == "generic").any():
        found.append(_empty(table))
    return found


def _switches(rows: pd.DataFrame) -> dict:
    return {"chains": rows["kind"], "steps": rows["n"].sort_values()}


def _nothing_lost(table: pd.DataFrame) -> Verdict:
    rows = structured(table) if len(structured(table)) else table
    lost = rows[["lost", "lost_of_cause"]].abs().max(axis=1)
    right = rows["factors"] & rows["equal"] & rows["paths_agree"] & rows["parts_equal"] & (lost <= ROUNDING)
    return TRIAL.verdict(
        "nothing-lost",
        "A chain of generating steps can be undone one step after the other, each from the statistic of the step after "
        "it alone, without losing information on any earlier state.",
        Measured.exactly(float(lost.max()), len(rows), how="The most bits lost, at any level of any chain."),
        holds_for_all(
            "the statistic of each level is a function of the next one's, the posteriors that come out are equal "
            f"fractions to those of a sum over all paths, and at most {ROUNDING:g} bits are lost",
            right,
        ),
        prediction="T_i = f_i(T_{i+1}) and 0 bits lost",
        finding="Undoing one step after the other loses {measured} bits: it is best in that nothing is lost, and "
        "need not be cheapest.",
        notes="rounding of the bits only; the posteriors are equal as fractions",
        **_switches(rows),
    )


def _not_better(table: pd.DataFrame) -> Verdict:
    rows = of_chains(table)
    # T_0 is one table from x, made without any step in between; what it loses is what undoing at once loses.
    return BEST.verdict(
        "better-than-at-once",
        "Undoing one step after the other keeps more information on the cause than undoing all steps at once.",
        Measured.exactly(
            float(rows["lost"].abs().max()), len(rows), how="The most bits on the cause that are lost at once."
        ),
        Rule(
            f"Supported if undoing at once loses more than {ROUNDING:g} bits in some chain, contradicted if in none.",
            lambda m: decide(m.value > ROUNDING, m.value <= ROUNDING),
        ),
        prediction="bits lost at once > 0",
        finding="Undoing all steps at once loses {measured} bits: one after the other is no better in what it keeps.",
        **_switches(rows),
    )


def _guesses(table: pd.DataFrame) -> Verdict:
    rows = of_chains(table)
    excess = rows["guess_error"] - rows["best_error"]
    return BEST.verdict(
        "guesses",
        "Guessing one state after the other, each from the guess of the next, guesses the cause as well as can be.",
        Measured.exactly(
            float(excess.max()),
            len(rows),
            how="The largest difference between how often this guess of the cause is wrong, and how often the best is.",
        ),
        Rule(
            f"Contradicted if it is more than {ROUNDING:g} in some chain, else inconclusive: others were not drawn.",
            lambda m: decide(False, m.value > ROUNDING),
        ),
        prediction="difference of error rates = 0",
        finding="Guesses kept in place of posteriors are wrong up to {measured} more often than the best guess.",
        kept_at_each_step="the likeliest state",
        **_switches(rows),
    )


def _shrinks(table: pd.DataFrame) -> Verdict:
    ratio = table["size"] / table["size_before"]
    return BEST.verdict(
        "shrinks",
        "Each step that is undone leaves less to remember: the statistic has fewer values than the one before.",
        Measured.exactly(
            float(ratio.max()), len(table), how="The largest ratio of the sizes of T_i and T_{i+1}, at any level."
        ),
        holds_for_all("T_i has fewer values than T_{i+1}", table["size"] < table["size_before"]),
        prediction="size of T_i / size of T_{i+1} < 1",
        finding="Undoing a step may leave {measured} times the values to remember: a statistic need not shrink.",
        **_switches(table),
    )


def _tables(table: pd.DataFrame) -> Verdict:
    rows = of_chains(table)
    ratio = rows["entries_one_by_one"] / rows["entries_at_once"]
    return BEST.verdict(
        "smaller-tables",
        "Undoing one step after the other takes smaller tables than undoing all steps at once.",
        Measured.exactly(
            float(ratio.min()),
            len(rows),
            how="Lines of all tables, T_{i+1} to T_i, over the lines of one table, x to T_0; the least ratio.",
        ),
        holds_for_all("its tables have fewer lines", ratio < 1),
        prediction="ratio of lines < 1",
        finding="One step after the other takes {measured} times the lines of one table or more: it is not cheaper.",
        tables="whole",
        **_switches(rows),
    )


def _by_parts(table: pd.DataFrame) -> Verdict:
    rows = of_chains(table[table["kind"] == "tree"])
    ratio = rows["entries_by_parts"] / rows["entries_at_once"]
    return BEST.verdict(
        "smaller-tables/parts",
        "Where each step falls into parts that are alike, undoing one step after the other takes smaller tables than "
        "undoing all at once.",
        Measured.exactly(
            float(ratio.max()),
            len(rows),
            float(ratio.min()),
            float(ratio.max()),
            how="Lines of the tables from children's messages to their parent's, over those of one table, x to T_0: "
            "the largest ratio.",
        ),
        holds_for_all("its tables have fewer lines and give T_0", (ratio < 1) & rows["parts_equal"]),
        prediction="ratio of lines < 1",
        finding="On a tree the tables of single nodes take at most {measured} times the lines of one table.",
        tables="of one node, shared by a row",
        **_switches(rows),
    )


def _one_pair_too_many(table: pd.DataFrame) -> Verdict:
    rows = table[table["merged_lost"].notna()]
    off = (rows["merged_lost"] - rows["merged_formula"]).abs()
    return CONTROL.verdict(
        "one-pair-too-many",
        "A statistic that merges one pair of values too many loses the weighted Jensen-Shannon divergence of the pair.",
        Measured.exactly(float(rows["merged_lost"].min()), len(rows), how="The least loss in bits, over all levels."),
        holds_for_all(
            f"the loss is that of the formula to {ROUNDING:g} bits, and more than that",
            (off <= ROUNDING) & (rows["merged_lost"] > ROUNDING),
        ),
        prediction="loss = (w_a + w_b) JS(p_a, p_b) > 0",
        finding="A statistic that merges one pair too many loses {measured} bits or more.",
        **_switches(rows),
    )


def _skipped(table: pd.DataFrame) -> Verdict:
    rows = of_chains(table[table["kind"] == "synonyms"])
    return CONTROL.verdict(
        "skipped",
        "A statistic that is made as if the last step did not exist loses information on the cause.",
        Measured.exactly(float(rows["skipped_lost"].min()), len(rows), how="The least loss in bits, over all chains."),
        holds_for_all(f"it loses more than {ROUNDING:g} bits", rows["skipped_lost"] > ROUNDING),
        prediction="loss > 0",
        finding="Skipping a step loses {measured} bits or more.",
        **_switches(rows),
    )


def _empty(table: pd.DataFrame) -> Verdict:
    rows = table[table["kind"] == "generic"]
    return CONTROL.verdict(
        "generic",
        "Of a chain without structure every datum has a posterior of its own: the theorem is true of it and empty.",
        Measured.exactly(float((rows["size"] / rows["data"]).min()), len(rows), how="The least size of T_i over data."),
        holds_for_all("every T_i tells all data apart", rows["size"] == rows["data"]),
        prediction="size of T_i = number of data",
        finding="In generic chains a statistic keeps a share of {measured} of all data apart.",
        **_switches(rows),
    )
