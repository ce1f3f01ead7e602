"""Whether one hidden layer needs 2^n neurons, how many several layers need, and how many digits are right."""

from typing import Any

import numpy as np
import pandas as pd

from experiments.claims.depth import _products as products
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, all_within, at_least, decide, exhibits, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from theory.depth.groups import formula

# Largest error of three right digits.
ACCURATE = 1e-3
# An error agrees with its prediction within this factor.
FACTOR = 5.0
# A network with k layers has at most this factor times the neurons of the formula.
OF_FORMULA = 2.0
# Eq. 28 is about this switch of biases and this activation.
ASSUMED = ("none", "exponential")
WITH = {"none": "without biases", "output": "with an output bias", "hidden": "with hidden biases"}
TREES = "Rolnick & Tegmark 2018, arXiv 1705.05502, on k hidden layers"
NEEDED = Trial(
    source="Lin, Tegmark & Rolnick 2017, arXiv 1608.08225, eq. 28 and appendix A",
    bears_on=on("no-flattening") + on("ltr-exponential-product"),
    existence="representable",
    switches={"task": "product of n numbers", "weights": "λ times a fixed direction, λ -> 0", "output": "linear"},
)
SUFFICES = NEEDED.but(bears_on=on("no-flattening", role="control") + on("ltr-product-suffices"))
POSSIBLE = SUFFICES.but(
    source="ours, theory/depth/product.py and equations.py: eq. 28 of Lin et al. has other neurons",
    bears_on=on("no-flattening", role="control") + on("ltr-product-suffices", role="variant"),
)
FEWER = POSSIBLE.but(
    bears_on=on("no-flattening", "against", "variant") + on("ltr-exponential-product", "against", "variant")
)
EXPONENTIAL = NEEDED.but(
    source="theory/depth/equations.py; 2^(n-1) powers of linear forms for a product: Carlini, Catalisano & Geramita "
    "2012, arXiv 1110.0745; also in the limit: Oeding 2016, arXiv 1608.02530",
    bears_on=on("no-flattening", role="variant"),
)
TREE = NEEDED.but(
    source=f"{TREES}; counted as in Lin et al. 2017", bears_on=on("no-flattening") + on("ltr-product-tree")
)
BETWEEN = NEEDED.but(
    source=f"{TREES}: the first layer's share, up to a constant; {OF_FORMULA:g} from the sum over layers, "
    "theory/depth/groups.py",
    bears_on=on("no-flattening", role="variant") + on("rt-between"),
)
DIGITS = NEEDED.but(
    source="theory/depth/scale.py",
    bears_on=on("no-flattening", role="control"),
    switches={"precision": products.PRECISION},
)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether 2^n neurons are needed and enough, also for other switches; trees, networks between, and digits."""
    verdicts = []
    for (bias, activation), rows in table[table["layers"] == 1].groupby(["bias", "activation"], sort=False):
        sentences = (_suffices, _needed) if (bias, activation) == ASSUMED else (_possible, _fewer)
        verdicts += [sentence(str(bias), str(activation), rows) for sentence in sentences]
    built = table[table["possible"]]
    flats = built[built["layers"] == 1]
    deepest = built[built["layers"] == np.ceil(np.log2(built["n"]))]
    verdicts += [_exponential(flats), *_tree(built), *_between(built), _digits("flat", flats)]
    return [*verdicts, _digits("deep", deepest[deepest["layers"] > 1]), _as_predicted(flats)]


def _switches(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "activation": rows["activation"],
        "bias": products.bias_of(rows["bias"]),
        "hidden_layers": np.sort(rows["layers"].unique()),
        "n": np.sort(rows["n"].unique()),
    }


def _names(values: pd.Series) -> str:
    return ", ".join(map(str, values)) or "none"


def _suffices(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    good = rows["possible"] & (rows["neurons"] <= rows["promised"])
    return SUFFICES.verdict(
        f"suffices/{bias}/{activation}",
        f"2^n {activation} neurons in one hidden layer {WITH[bias]} multiply n numbers.",
        Measured.exactly(good.mean(), len(rows), how="The share of the n."),
        exhibits("a network of at most 2^n neurons was built for every n", good.all()),
        prediction="share of the n for which such a network was built = 1",
        notes=f"n without such a network: {_names(rows.loc[~good, 'n'])}",
        **_switches(rows),
    )


def _needed(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    built, proved = rows["neurons"] / rows["promised"], rows["least"] / rows["promised"]
    how = (
        "Measured is the least number of neurons that the Taylor equations prove necessary, over 2^n. The interval "
        "goes from it to the least number that was built, over 2^n."
    )
    return NEEDED.verdict(
        f"needed/{bias}/{activation}",
        f"No fewer than 2^n {activation} neurons in one hidden layer {WITH[bias]} multiply n numbers.",
        Measured.exactly(proved.min(), len(rows), high=built.min(), how=how),
        at_least(1),
        finding=f"Without biases, one hidden layer needs {'' if proved.min() == 1 else '{measured} times '}2^n "
        f"neurons that apply the {activation} function to multiply n numbers; a tree of layers needs 4 (n - 1).",
        prediction="neurons that are proved necessary / 2^n = 1",
        **_switches(rows),
    )


def _possible(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    how = (
        "The share of the n. If there is no network, the n-th derivative at 0 vanishes and no bias changes that: "
        "nothing of degree n is left."
    )
    return POSSIBLE.verdict(
        f"possible/{bias}/{activation}",
        f"One hidden layer of {activation} neurons {WITH[bias]} multiplies n numbers, for every n.",
        Measured.exactly(rows["possible"].mean(), len(rows), how=how),
        holds_for_all("a network was built", rows["possible"]),
        prediction="share of the n for which such a network was built = 1",
        notes=f"n without a network: {_names(rows.loc[~rows['possible'], 'n'])}",
        **_switches(rows),
    )


def _fewer(bias: str, activation: str, rows: pd.DataFrame) -> Verdict:
    built = rows[rows["possible"]]
    share, proved = built["neurons"] / built["promised"], built["least"] / built["promised"]
    how = (
        "Measured is the least number of neurons that was built, over 2^n. The interval begins at the least number "
        "that the Taylor equations prove necessary, over 2^n."
    )
    return FEWER.verdict(
        f"fewer/{bias}/{activation}",
        f"For some n, fewer than 2^n {activation} neurons in one hidden layer {WITH[bias]} multiply n numbers.",
        Measured.exactly(share.min(), len(built) or len(rows), proved.min(), share.min(), how=how),
        Rule(
            "Supported if a network of fewer neurons was built; contradicted if the equations prove that 2^n are "
            "needed for every n; else inconclusive.",
            lambda m: decide(m.high < 1, m.low >= 1),
        ),
        prediction="neurons of the smallest network / 2^n < 1 for some n",
        notes=f"the least share is that of n = {built.loc[share.idxmin(), 'n']}" if len(built) else "no network",
        **_switches(built if len(built) else rows),
    )


def _exponential(flats: pd.DataFrame) -> Verdict:
    needed, built = (flats[column] * 2 / flats["promised"] for column in ("least", "neurons"))
    return EXPONENTIAL.verdict(
        "exponential",
        "One hidden layer needs at least 2^(n-1) neurons to multiply n numbers, for every activation and all biases; "
        "2^(n-1) are enough if some bias makes the derivative of order n - 1 vanish.",
        Measured.exactly(built.min(), len(flats), how="The least number of neurons built / 2^(n-1)."),
        Rule(
            "Supported if at least 2^(n-1) neurons are proved necessary for every n, activation and switch, and some "
            "network of 2^(n-1) was built; contradicted if a smaller one was built; else inconclusive.",
            lambda m: decide(bool((needed >= 1).all() and (built == 1).any()), m.high < 1),
        ),
        prediction="least number of neurons proved / 2^(n-1) >= 1, and networks of that size exist",
        **_switches(flats),
    )


def _bias_free(built: pd.DataFrame) -> pd.DataFrame:
    return built[(built["bias"] == "none") & (built["activation"] == "exponential")]


def _tree(built: pd.DataFrame) -> list[Verdict]:
    """4 (n - 1) neurons without biases, in no more layers than a binary tree has."""
    rows = _bias_free(built)
    rows = rows[rows["layers"] <= np.ceil(np.log2(rows["n"]))]
    if rows.empty:
        return []
    best = rows.loc[rows.groupby("n")["neurons"].idxmin()]
    exact = rows[(rows["layers"] == np.ceil(np.log2(rows["n"]))) & (rows["neurons"] > 4 * (rows["n"] - 1))]
    excess = best["neurons"] - 4 * (best["n"] - 1)
    counts = ", ".join(f"n = {row.n}: {row.neurons:.0f} in {row.layers}" for row in best.itertuples())
    only = ", ".join(f"n = {row.n} ({row.neurons:.0f})" for row in exact.itertuples()) or "none"
    how = (
        "The smallest of all groupings with at most log2 n layers, rounded up. A number without a partner is carried, "
        "gates of a layer share one constant neuron, and neurons are counted in the weights. Measured is the largest "
        "difference from 4 (n - 1); the interval goes from the least to the largest."
    )
    return [
        TREE.verdict(
            "tree",
            "4 (n - 1) bias-free neurons in at most log2 n layers, rounded up, multiply n numbers.",
            Measured.exactly(excess.max(), len(best), excess.min(), excess.max(), how=how),
            exhibits("no difference is above 0", (excess <= 0).all()),
            finding="A tree of layers multiplies n numbers with at most 4 (n - 1) neurons, for every n from "
            f"{best['n'].min()} to {best['n'].max()}."
            if (excess <= 0).all()
            else "",
            prediction="neurons - 4 (n - 1) <= 0 for every n",
            notes=f"neurons and layers: {counts}; more than 4 (n - 1) in exactly log2 n layers: {only}",
            **_switches(best),
        )
    ]


def _between(built: pd.DataFrame) -> list[Verdict]:
    rows = _bias_free(built).sort_values(["n", "layers"])
    rows = rows[rows["layers"] > 1]
    if rows.empty:
        return []
    formulas = np.array([formula(*pair) for pair in zip(rows["n"].tolist(), rows["layers"].tolist(), strict=True)])
    ratio, largest = rows["neurons"] / formulas, rows["n"].max()
    counted = zip(rows["n"], rows["layers"], rows["neurons"], formulas, strict=True)
    counts = ", ".join(f"k = {k}: {count:.0f} ({one:.1f})" for n, k, count, one in counted if n == largest)
    how = (
        "The smallest grouping without biases. Measured is the largest ratio over n and k; the interval goes from the "
        "least to the largest."
    )
    return [
        BETWEEN.verdict(
            "between",
            f"k hidden layers multiply n numbers with at most {OF_FORMULA:g} n^((k-1)/k) 2^(n^(1/k)) neurons in all.",
            Measured.exactly(ratio.max(), len(rows), ratio.min(), ratio.max(), how=how),
            exhibits(f"no ratio is above {OF_FORMULA:g}", (ratio <= OF_FORMULA).all()),
            prediction=f"neurons counted / formula <= {OF_FORMULA:g} for 2 to log2 n layers, rounded up",
            notes=f"counted (formula) for n = {largest}: {counts}",
            **_switches(rows),
        )
    ]


def _digits(shape: str, rows: pd.DataFrame) -> Verdict:
    rows = rows[rows["error"].notna()]
    rows = rows[rows["n"] == rows["n"].max()]
    n = int(rows["n"].max()) if len(rows) else 0
    how = (
        "It is about the networks that were built and no others. Measured is the least error over activations and "
        "switches, at scales near the best one; the interval goes to the largest error."
    )
    return DIGITS.verdict(
        f"digits/{shape}",
        f"Some {shape} network that is built here multiplies {n} numbers in float64 to three digits.",
        Measured.exactly(rows["error"].min(), len(rows), high=rows["error"].max(), how=how),
        Rule(
            f"Supported if it is at most {ACCURATE:g}, else contradicted.",
            lambda m: decide(m.value <= ACCURATE, m.value > ACCURATE),
        ),
        prediction=f"least error at n = {n} <= {ACCURATE:g}",
        **_switches(rows),
    )


def _as_predicted(flats: pd.DataFrame) -> Verdict:
    ratios = (flats["error"] / flats["predicted"]).dropna()
    how = "Geometric mean over all flat networks; the interval goes from the least to the largest ratio."
    return DIGITS.verdict(
        "digits/as-predicted",
        "The least error of a flat product of n numbers in float64 is the least sum of truncation and rounding.",
        Measured.exactly(np.exp(np.log(ratios).mean()), len(flats), ratios.min(), ratios.max(), how=how),
        all_within(1 / FACTOR, FACTOR),
        prediction="least error / predicted = 1",
        **_switches(flats),
    )
