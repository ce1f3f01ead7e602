"""What the census of up to five bits says of the worst function, of the typical one, and of the construction."""

import pandas as pd

from experiments.claims.boolean._one_hidden_layer import EACH_FUNCTION
from experiments.judging.measured import Measured, counted
from experiments.judging.rules import Rule, at_least, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from theory import boolean

CHECKED = (
    "Inconclusive if a network of the census is wrong, or if a search for a single function finds another width than "
    "the census has."
)
# Counting bounds are asked for up to this n; there, the bound is far above n.
LARGEST_COUNTED = 64

EACH = Trial(
    source="this census; the post and its theorem speak of one architecture for all functions",
    bears_on=on("exponential-bound", "against", "variant"),
    existence="representable",
    switches=EACH_FUNCTION | {"functions": "all"},
)
PARITY = EACH.but(
    source="for parity: hyperplanes that slice all edges of the n-cube, n for n <= 5; else: this census",
    bears_on=on("exponential-hidden-layer", "against", "variant"),
)
OPTIMAL = EACH.but(
    source="a reading of the post's 'exponential', which its sources do not claim",
    bears_on=on("exponential-hidden-layer", role="variant"),
)
TYPICAL = EACH.but(
    source="ours: counting dichotomies (Cover 1965) bounds the worst function, and nearly all others as well",
    bears_on=on("exponential-hidden-layer", role="variant"),
)
CONTROL = EACH.but(source="ours", bears_on=on("exponential-bound", role="control"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Every function of up to the largest n is counted, so that one other number contradicts."""
    table = table.sort_values(["n", "width"])
    return [_n_units_suffice(table), _parity(table), _construction(table), _typical(table), _search(table)]


def _worst(table: pd.DataFrame) -> pd.DataFrame:
    """For every n the row of its largest width; `all` is the number of its functions."""
    totals = table.groupby("n")["functions"].transform("sum")
    return table.assign(all=totals).groupby("n").last().reset_index()


def _largest_width(table: pd.DataFrame) -> Measured:
    worst = _worst(table).iloc[-1]
    how = f"The largest least width at n = {worst['n']}, over all functions. {_origin(table)}"
    return Measured.exactly(int(worst["width"]), int(table["functions"].sum()), how=how)


def _origin(table: pd.DataFrame) -> str:
    """Which widths are new, for the reader."""
    if table["counted"].all():
        return "All widths were counted in this run."
    kept = table.loc[~table["counted"], "width"].min()
    return f"Widths of {kept} units and more at n = 5 are kept from an exact count, which recount=true does again."


def _checked(rule: Rule, table: pd.DataFrame) -> Rule:
    return rule.provided(not (table["wrong_networks"].any() or table["disagreeing"].any()), CHECKED)


def _n_units_suffice(table: pd.DataFrame) -> Verdict:
    worst = _worst(table)
    ends = next(n for n in range(1, LARGEST_COUNTED) if boolean.counting_bound(n) > n)
    return EACH.verdict(
        "n-units-suffice",
        "Every boolean function of n bits has a network of its own with at most n hidden units.",
        _largest_width(table),
        _checked(holds_for_all("no function of n bits needs more than n units", worst["width"] <= worst["n"]), table),
        finding=f"No function of {worst['n'].max()} bits needs more than {{measured}} hidden units of its own. This "
        f"has to end: by counting, some function of {ends} bits needs more than {ends}.",
        prediction=f"largest least width <= n = {worst['n'].max()}",
        notes=f"by counting it fails at n = {ends} at the latest",
        n=worst["n"],
    )


def _parity(table: pd.DataFrame) -> Verdict:
    worst = _worst(table)
    alone = worst["has_parity"] & (worst["functions"] == 2) & (worst["width"] == worst["n"])
    return PARITY.verdict(
        "parity",
        "Parity of n bits needs n hidden units, and no other function but its complement needs as many.",
        _largest_width(table),
        _checked(
            holds_for_all("the largest least width is n and exactly parity and its complement have it", alone), table
        ),
        prediction=f"largest least width = n = {worst['n'].max()}",
        n=worst["n"],
    )


def _construction(table: pd.DataFrame) -> Verdict:
    worst = _worst(table)
    n = int(worst["n"].max())
    return OPTIMAL.verdict(
        "construction-is-optimal",
        "The brute-force construction is optimal: some function of n bits needs 2^(n-1) units.",
        _largest_width(table),
        _checked(holds_for_all("the largest least width is 2^(n-1)", worst["width"] == 2 ** (worst["n"] - 1)), table),
        prediction=f"largest least width = 2^(n-1) = {boolean.construction_width(n)}",
        n=worst["n"],
    )


def _typical(table: pd.DataFrame) -> Verdict:
    """The share of functions within one unit of the bound, at the n where it is least."""
    bound = table["n"].map(boolean.counting_bound)
    near = table["functions"].where(table["width"] <= bound + 1, 0)
    shares = near.groupby(table["n"]).sum() / table.groupby("n")["functions"].sum()
    n = int(shares.idxmin())
    how = f"The share of the functions of n bits that need no more, at the n where it is least, {n}. {_origin(table)}"
    return TYPICAL.verdict(
        "typical",
        "Most functions of n bits need at most one hidden unit more than counting says that the worst one needs.",
        Measured.exactly(float(shares.min()), int(table["functions"].sum()), how=how),
        _checked(at_least(0.5), table),
        finding=f"Of the functions of {n} bits a share of {{measured}} needs at most one hidden unit more than "
        "counting says that the worst one needs.",
        prediction="share of functions >= 1/2 at every n",
        n=table["n"].drop_duplicates(),
    )


def _search(table: pd.DataFrame) -> Verdict:
    searched, disagreeing = int(table["searched"].sum()), int(table["disagreeing"].sum())
    networks, wrong = int(table["networks"].sum()), int(table["wrong_networks"].sum())
    agreeing = 1 - disagreeing / searched
    how = (
        "The share of the classes searched, drawn from all of each n and width, for which an exact search finds a "
        "network of the census's width and none with a unit less. Of the networks of the census, "
        f"{counted(networks - wrong, networks)} compute a function of their class with as many units as it says."
    )
    return CONTROL.verdict(
        "search",
        "A search that knows nothing of the census finds its widths, and its networks compute their functions.",
        Measured.exactly(agreeing, searched, how=how),
        holds_for_all("no class disagrees and no network is wrong", [disagreeing == 0, wrong == 0]),
        prediction="share of classes that agree = 1",
        n=table["n"].drop_duplicates(),
    )
