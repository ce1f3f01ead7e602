"""Verdicts of depth.matrix-product: what its table says, put before rules."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, at_least, decide, holds_for_all
from experiments.judging.statistics import least_squares_slope
from experiments.judging.verdict import Trial, Verdict, on

# The exponent of Strassen's scheme.
LOG_7 = float(np.log2(7))


# An exponent is right within NEAR, and wrong beyond FAR.
NEAR, FAR = 0.05, 0.1


TRIAL = Trial(
    source="the post, ch. II: multiplying by a fixed matrix takes n³ operations flat, and fewer by faster algorithms "
    "deep",
    bears_on=on("matrix-product"),
    existence="representable",
    switches={
        "activation": "identity",
        "bias": False,
        "inputs": "the n² entries of M",
        "weights": "computed in advance from N, which is fixed: random integers, none of them 0",
        "network": "layered; an edge that carries a value along counts",
    },
)


VARIANT = TRIAL.but(bears_on=on("matrix-product", role="variant"))


CONTROL = TRIAL.but(bears_on=on("matrix-product", role="control"))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether networks are right, the edges of flat ones, from which n deep ones have fewer, and the exponent."""
    verdicts = [_equal(table), _flat(table)]
    for scheme, rows in table.groupby("scheme", sort=False):
        verdicts += [_saves(str(scheme), rows), *_exponent(str(scheme), rows)]
    return [*verdicts, *_one_hidden_layer(table)]


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "scheme": rows["scheme"],
        "n": rows["n"].sort_values(),
        "recursion": f"up to {rows['recursion'].max()} times",
    }


def _equal(table: pd.DataFrame) -> Verdict:
    right = table["equal"] & table["exact"]
    how = (
        "The share of the networks with the outputs M N for random integer M, in integer arithmetic. Brent's 64 "
        "equations in integers prove it for blocks of any size."
    )
    return TRIAL.verdict(
        "equal",
        "A deep linear network multiplies every matrix M by a fixed matrix N, by a fast algorithm.",
        Measured.exactly(right.mean(), len(table), how=how),
        holds_for_all("the equations hold for the scheme and the network is right", right),
        prediction="share of networks that are right = 1",
        **_switches(table),
    )


def _flat(table: pd.DataFrame) -> Verdict:
    flat = table[table["layers"] == 1]
    share = (flat["edges"] / flat["n"] ** 3).max() if len(flat) else np.nan
    how = (
        "A linear map has one matrix, here I ⊗ N. So the weights of a flat network are unique, and their non-zeros are "
        "the fewest edges; each output depends on n inputs."
    )
    return TRIAL.verdict(
        "flat",
        "A network without a hidden layer that multiplies by N has n³ edges, and none has fewer.",
        Measured.exactly(share, len(flat), how=how),
        holds_for_all("the flat network has n³ edges", flat["edges"] == flat["n"] ** 3),
        prediction="edges / n³ = 1",
        **_switches(flat),
    )


def best(rows: pd.DataFrame) -> pd.DataFrame:
    """For every n: the deep network of a scheme with the fewest edges, and its edges over n³."""
    deep = rows[rows["layers"] > 1]
    found = deep.loc[deep.groupby("n")["edges"].idxmin()].sort_values("n", kind="stable")
    free = (deep["edges"] - deep["wires"]).groupby(deep["n"]).min()
    return found.assign(share=found["edges"] / found["n"] ** 3, free_share=found["n"].map(free) / found["n"] ** 3)


def _saves(scheme: str, rows: pd.DataFrame) -> Verdict:
    mine = best(rows)
    fewer = {column: mine.loc[mine[column] < 1, "n"] for column in ("share", "free_share")}
    last = mine.iloc[-1]
    least = {column: f"n = {n.min()}" if len(n) else "no n that was tried" for column, n in fewer.items()}
    return (CONTROL if scheme == "naive" else TRIAL).verdict(
        f"saves/{scheme}",
        f"A deep network by {_words(scheme)} multiplies a large enough matrix with fewer edges than a flat network.",
        Measured.exactly(last["share"], len(rows), how="The fewest edges over all numbers of recursions, over n³."),
        Rule(
            "Supported if there are fewer than n³ edges at the largest n, contradicted if not.",
            lambda m: decide(m.value < 1, m.value >= 1),
        ),
        finding=f"At n = {last['n']} a deep network by {_words(scheme)} takes {{measured}} times the n³ edges of a "
        "flat one.",
        prediction=f"fewest edges / n³ < 1 at the largest n, {last['n']}",
        notes=f"fewer edges first at {least['share']}, and without the edges that only carry a value at "
        f"{least['free_share']}; best at n = {last['n']}: {last['recursion']} recursions, {last['layers']} layers, "
        f"{last['edges']:,} edges, {last['wires']:,} of them only carry a value",
        **_switches(rows),
    )


def _words(scheme: str) -> str:
    return {"naive": "the definition, block by block (control),", "winograd": "Winograd's variant"}.get(
        scheme, f"{scheme.capitalize()}'s scheme"
    )


def local_slopes(rows: pd.DataFrame) -> pd.DataFrame:
    """Exponents log2(edges(2n) / edges(n)) of the best networks, deep or flat, for each pair n and 2n."""
    fewest = rows.groupby("n")["edges"].min()
    pairs = [(n, 2 * n) for n in fewest.index if 2 * n in fewest.index]
    slopes = [np.log2(fewest[double] / fewest[n]) for n, double in pairs]
    return pd.DataFrame({"n": [double for _, double in pairs], "slope": slopes}, dtype=float)


def _exponent(scheme: str, rows: pd.DataFrame) -> Iterator[Verdict]:
    slopes = local_slopes(rows)
    if slopes.empty:
        return
    expected = 3.0 if scheme == "naive" else LOG_7
    last, tail = float(slopes["slope"].iloc[-1]), slopes[slopes["slope"] < 3]
    fewest = rows.groupby("n")["edges"].min()
    used = fewest[fewest.index >= (tail["n"].min() if len(tail) else 0)]
    fitted = float(least_squares_slope(np.log2(used.index.to_numpy(float)), np.log2(used.to_numpy(float))))
    each = ", ".join(f"{row.n:.0f}: {row.slope:.4f}" for row in slopes.itertuples())
    yield (CONTROL if scheme == "naive" else VARIANT).verdict(
        f"exponent/{scheme}",
        f"The edges of the best network by {_words(scheme)} grow as n^{expected:.4g}.",
        Measured.exactly(last, len(rows), how="The slope between the two largest sizes."),
        Rule(
            f"Supported if it is within {NEAR:g} of the exponent, contradicted if it is off by more than {FAR:g}, else "
            "inconclusive.",
            lambda m: decide(abs(m.value - expected) <= NEAR, abs(m.value - expected) > FAR),
        ),
        prediction=f"log2(edges at n / edges at n/2) = {'3' if scheme == 'naive' else 'log2 7'} = {expected:.4f} at "
        f"the largest n, {slopes['n'].iloc[-1]:.0f}",
        notes=f"slopes from n / 2 to n: {each}; least-squares slope over the sizes from the first that saves edges: "
        f"{fitted:.4f}; faster algorithms, such as those of exponent 2.37, are not built here",
        **_switches(rows),
    )


def _one_hidden_layer(table: pd.DataFrame) -> Iterator[Verdict]:
    rows = table[table["one_hidden_layer"].notna()]
    if rows.empty:
        return
    how = (
        "Deep networks are multiplied out to one hidden layer, in all ways that keep the order of the layers, and "
        "their edges are counted. Measured is the smallest edges / n³."
    )
    least = Measured.exactly((rows["one_hidden_layer"] / rows["n"] ** 3).min(), len(rows), how=how)
    yield VARIANT.verdict(
        "one-hidden-layer/schemes",
        "Every scheme that is multiplied out to one hidden layer has at least n³ edges: it saves nothing.",
        least,
        at_least(1),
        prediction="edges / n³ >= 1",
        notes="a proof for all schemes uses the rank of an entry of M N as a bilinear form, see "
        "theory/depth/matrix_product.py",
        **_switches(rows),
    )
    yield VARIANT.verdict(
        "one-hidden-layer/any",
        "Every network of one hidden layer that multiplies by N has at least n³ edges, whatever its weights.",
        least,
        Rule(
            "Contradicted if it is below 1, else inconclusive: these are only some networks of one hidden layer, and "
            "we know no lower bound for all of them.",
            lambda m: decide(False, m.value < 1),
        ),
        prediction="edges / n³ >= 1 for every network with one hidden layer",
        **_switches(rows),
    )
