"""Verdicts of depth.hidden-products: what its table says, put before rules."""

from typing import Any

import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, below, decide, exhibits
from experiments.judging.verdict import Trial, Verdict, on
from theory.depth.decomposition import EXACT, NEARLY_SOLVED, STEPS
from theory.depth.schemes import BORDER_RANKS, PRODUCTS, RANKS, SQUARE

METHODS = ("least-squares", "adam")
# Training finds networks of the least number of products if more than this share of the runs does.
RATE = 0.5
# An event in at most this share of the runs is rare.
RARE = 0.05

THEOREMS = (
    "Hopcroft & Kerr 1971, with Strassen 1969 and Winograd 1971: 7 products for 2x2 by 2x2; 11 for 2x3 by 3x2, for "
    "real weights by Alekseyev 1985 [literature, not proved here]"
)


TRAINED = Trial(
    source=THEOREMS,
    bears_on=on("hopcroft-kerr-rank", role="variant") + on("matrix-product", role="variant"),
    existence="found by training",
    switches={
        "network": "bilinear: r products (u·A)(v·B) of linear combinations, linear outputs",
        "bias": False,
        "loss": "squared, of Brent's equations for all A and B",
        "initial_weights": "normal",
        "precision": "float64",
    },
)
LEAST = TRAINED.but(bears_on=on("hopcroft-kerr-rank"))
TOO_FEW = TRAINED.but(
    bears_on=on("hopcroft-kerr-rank", role="control") + on("matrix-product", role="control"),
)
SUFFICE = TRAINED.but(existence="representable", switches={"arithmetic": "exact"})
DISGUISE = TRAINED.but(
    source="de Groote 1978: all schemes of 7 products are Strassen's in other bases (from memory, not checked)"
)

# How a run is said to have found a network.
FOUND = (
    "A success is a network that Newton's steps bring to an exact one: with a residual of at most "
    f"{NEARLY_SOLVED:g} after training and of at most {EXACT:g} after {STEPS} steps."
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Of each product of matrices: the fewest products that are found, how often they are, and one fewer is."""
    verdicts = []
    for name, mine in table.groupby("product"):
        rank = RANKS[PRODUCTS[str(name)]]
        enough, too_few = mine[mine["r"] == rank], mine[mine["r"] == rank - 1]
        verdicts += [_least(str(name), mine)] if len(enough) and len(too_few) else []
        verdicts += [_found(str(name), str(method), rows) for method, rows in enough.groupby("method")]
        verdicts += [_too_few(str(name), str(method), rows) for method, rows in too_few.groupby("method")]
        if PRODUCTS[str(name)] == SQUARE and len(enough):
            verdicts += [_suffice(enough), *([_in_disguise(enough)] if enough["solved"].any() else [])]
    return verdicts


def words(method: str) -> str:
    """A method of the search in words."""
    return {"adam": "Adam", "least-squares": "alternating least squares"}[method]


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {"r": rows["r"].sort_values(), "optimizer": rows["method"]}


def _least(name: str, rows: pd.DataFrame) -> Verdict:
    rank, found = RANKS[PRODUCTS[name]], rows.loc[rows["solved"], "r"].min()
    how = f"The least r with a success among {rows['r'].min()} to {rows['r'].max()} hidden products. {FOUND}"
    return LEAST.verdict(
        f"least/{name}",
        f"Training finds networks of {rank} hidden products for {PRODUCTS[name]} matrices, and of no fewer.",
        Measured.exactly(found, len(rows), how=how),
        Rule(
            f"Supported if it is {rank}, the number of the theorem; contradicted if it is smaller; else inconclusive, "
            "because a search that fails says nothing.",
            lambda m: decide(m.value == rank, m.value < rank),
        ),
        prediction=f"least r = {rank}",
        finding=f"The fewest hidden products with which training finds a network for {PRODUCTS[name]} matrices are "
        "{measured}.",
        **_switches(rows),
    )


def _found(name: str, method: str, rows: pd.DataFrame) -> Verdict:
    rank = RANKS[PRODUCTS[name]]
    return TRAINED.verdict(
        f"found/{name}/{method}",
        f"Training by {words(method)} from random weights finds {rank} hidden products for {PRODUCTS[name]} matrices.",
        Measured.share(rows["solved"], FOUND),
        above(RATE),
        prediction=f"success rate >= {RATE:g}",
        **_switches(rows),
    )


def _too_few(name: str, method: str, rows: pd.DataFrame) -> Verdict:
    shape = PRODUCTS[name]
    few, border = RANKS[shape] - 1, BORDER_RANKS[shape]
    near = (
        f"none comes arbitrarily close, either: that takes {border}"
        if few < border
        else "some come as near as one likes, with weights that grow without end"
    )
    how = (
        f"{FOUND} Runs that find nothing prove nothing. By a theorem no such network exists, and {near} (Conner, "
        "Harper & Landsberg 2019)."
    )
    least = rows.loc[rows["residual"].idxmin()]
    return TOO_FEW.verdict(
        f"too-few/{name}/{method}",
        f"Training by {words(method)} from random weights does not find {few} hidden products for {shape} matrices.",
        Measured.share(rows["solved"], how),
        below(RARE),
        prediction=f"success rate <= {RARE:g} for r = {few}",
        notes=f"least residual {least['residual']:.6f}, with a largest weight of {least['largest_weight']:.3g}",
        **_switches(rows),
    )


def _suffice(rows: pd.DataFrame) -> Verdict:
    how = "The number of such runs. Networks that are found are brought to whole weights by a change of bases."
    exact = int(rows["exact"].sum())
    return SUFFICE.verdict(
        "seven-suffice",
        "Seven hidden products multiply 2x2 matrices.",
        Measured.exactly(exact, len(rows), how=how),
        exhibits("all equations hold in integers for one of them", exact > 0),
        prediction="a scheme of 7 products for which Brent's 64 equations hold in integers",
        **_switches(rows),
    )


def _in_disguise(rows: pd.DataFrame) -> Verdict:
    solved = rows[rows["solved"]]
    return DISGUISE.verdict(
        "whole-numbers",
        "A change of bases turns the seven products that training finds into an exact scheme of whole numbers.",
        Measured.share(solved["exact"], "A scheme becomes exact if all equations hold for it in integers."),
        above(1 - RARE),
        prediction=f"share of the found schemes that become exact >= {1 - RARE:g}",
        notes="the change of bases is read off the products; a contradiction is about this way of rounding only",
        **_switches(rows),
    )
