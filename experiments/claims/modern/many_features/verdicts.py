"""Verdicts of many-features: dense and rare features, linear models, pairs, polygons, and dimensionalities."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, above, decide, exhibits, holds_for_all
from experiments.judging.statistics import mean_interval, percent
from experiments.judging.verdict import Trial, Verdict, on

RECTIFIER, IDENTITY = OUTPUTS = ("rectifier", "identity")
# A feature is kept if its squared length is more than this.
KEPT = 0.5
# Features are rare up to this p: where the source has its pentagon, as we know it.
RARE = 0.1
# A trained loss is that of an arrangement if it is within this share of it.
NEAR = 0.01
# Corners are at equal angles if no angle between neighbours is off by more than this, in degrees.
OFF = 5.0
# Dimensionalities of the corners of the uniform polytopes that the source names, and a feature's own dimension.
POLYTOPES = {
    "a dimension of its own": 1.0,
    "tetrahedron": 3 / 4,
    "triangle": 2 / 3,
    "pair": 1 / 2,
    "pentagon": 2 / 5,
    "square antiprism": 3 / 8,
}
# A dimensionality is at such a value if it is no further away.
AT = 0.01
# The share of runs that a sentence of the form "training finds it" is taken to promise.
RATE = 0.5
# Rounding of a loss without a rectifier, as a share.
ROUNDING = 1e-9

TRIAL = Trial(
    source="Elhage et al. 2022, arXiv 2209.10652; losses are derived in theory/modern/many_features.py",
    bears_on=on("elhage-phases") + on("elhage-superposition"),
    existence="representable",
    switches={
        "inputs": "0 or uniform on [0, 1], independent",
        "output": RECTIFIER,
        "bias": True,
        "weights": "the same for reading and writing",
        "loss": "squared, over the population",
        "precision": "exact fractions",
    },
)
TRAINED = TRIAL.but(
    bears_on=on("elhage-superposition"),
    existence="found by training",
    switches={
        "optimizer": "adam",
        "initial_weights": "N(0, 1/m), biases 0",
        "points": "fresh at every step, as many for each number of active features",
        "precision": "float64",
    },
)
DENSE = TRAINED.but(bears_on=on("elhage-dense"))
EQUAL = TRAINED.but(source="ours", bears_on=on("elhage-dense", role="variant"))
PHASES = TRAINED.but(bears_on=on("elhage-phases"))
LINEAR = TRAINED.but(
    bears_on=on("elhage-linear") + on("elhage-superposition", role="control"), switches={"output": IDENTITY}
)
POLYGONS = TRAINED.but(bears_on=on("elhage-polytopes"))
CLUSTERS = TRAINED.but(bears_on=on("elhage-dimensionality"), switches={"polytopes": "in at most 3 dimensions"})


class Group(NamedTuple):
    """The models of one number of features and dimensions, importance and output.

    Attributes:
        n, m, importance: what they share.
        features: a row for each feature of each model, with `kept`.
        models: a row for each model, with `kept`, the number of features kept, and `first`, whether these are the m
            most important ones.
        best: the model of least loss for each p, by p; a model that diverged is none.
    """

    n: int
    m: int
    importance: float
    features: pd.DataFrame
    models: pd.DataFrame
    best: pd.DataFrame

    @property
    def name(self) -> str:
        """For names of verdicts."""
        return f"{self.n}-{self.m}/{self.importance:g}"

    @property
    def facts(self) -> dict[str, Any]:
        """Switches of its verdicts."""
        return {"features": self.n, "dimensions": self.m, "importance": self.importance}


def groups(table: pd.DataFrame, output: str) -> Iterator[Group]:
    """Every group of an output with more features than dimensions."""
    mine = table[(table["output"] == output) & (table["n"] > table["m"])]
    for (n, m, importance), rows in mine.groupby(["n", "m", "importance"]):
        features = rows.assign(kept=rows["squared_length"] > KEPT)
        features["first"] = features["kept"] == (features["feature"] < m)
        by_model = features.groupby(["active", "restart"])
        counted = pd.DataFrame({"kept": by_model["kept"].sum(), "first": by_model["first"].all()})
        models = rows[rows["feature"] == 0].join(counted, on=["active", "restart"])
        known = models[models["loss"].notna()]
        best = known.loc[known.groupby("active")["loss"].idxmin()].sort_values("active", kind="stable")
        yield Group(int(n), int(m), float(importance), features, models, best)


def judge(table: pd.DataFrame) -> list[Verdict]:
    """The ladder of pairs, exactly; what trained models keep of dense and of rare features, and how they arrange it."""
    found = [_ladder(table)]
    for group in groups(table, RECTIFIER):
        found += [*_dense(group), *_rare(group)]
        found += [*_polygon(group), *_clusters(group)] if group.importance == 1 else [_phases(group)]
    for group in groups(table, IDENTITY):
        found += [_linear(group), _floor(group)]
    return found


def _ladder(table: pd.DataFrame) -> Verdict:
    rows = table.drop_duplicates(["n", "m", "importance", "active"])
    return TRIAL.verdict(
        "pairs",
        "In m dimensions, one more pair of features that are opposite to each other is better if and only if "
        "p < 4 r / (2 + 5 r), where r is the importance of the feature that is added over that of its partner.",
        Measured.exactly(
            float(rows["ladder"].mean()),
            len(rows),
            how="The share of n, m, importances and p for which all differences of losses have the predicted sign.",
        ),
        holds_for_all("all signs are as predicted", rows["ladder"]),
        prediction="share with the predicted signs = 1",
        notes="losses by exact integrals; importances are I^i",
        finding="For a share of {measured} of all settings, every further pair pays below p = 4 r / (2 + 5 r), and "
        "not above.",
        features=rows["n"],
        dimensions=rows["m"],
        importance=rows["importance"],
        active=rows["active"],
    )


def _dense(group: Group) -> Iterator[Verdict]:
    """For features that are always active: the best model beside the best linear one."""
    best = group.best[group.best["active"] == 1]
    if best.empty:
        return
    (row,) = best.to_dict("records")
    ratio = Measured.exactly(
        row["loss"] / row["least_linear_loss"],
        int((group.models["active"] == 1).sum()),
        how="The least loss of all restarts over the least loss of linear models, which is known.",
    )
    if group.importance < 1:
        yield _as_linear(group, ratio, row)
    elif row["loss_error"] == 0:
        yield _spread(group, ratio, row)


def _as_linear(group: Group, ratio: Measured, row: dict[Any, Any]) -> Verdict:
    return DENSE.verdict(
        f"dense/{group.name}",
        "Of features that are always active, the best trained models keep the most important ones, as many as there "
        "are dimensions, and lose as much as the best linear model.",
        ratio,
        Rule(
            f"Supported if it is within {NEAR:g} of 1 and the {group.m} most important features are kept, and no "
            f"other: squared lengths above and below {KEPT:g}. Contradicted if it is less than {1 - NEAR:g}: something "
            "else is better. Else inconclusive, because a search that fails says nothing.",
            lambda m: decide(bool(abs(m.value - 1) <= NEAR and row["first"]), m.value < 1 - NEAR),
        ),
        prediction="least loss over that of linear models = 1",
        notes=f"the best model keeps {row['kept']} features",
        finding=f"Of {group.n} dense features in {group.m} dimensions the best trained model keeps {row['kept']}; its "
        "loss is {measured} times the least one of linear models.",
        active=1.0,
        **group.facts,
    )


def _spread(group: Group, ratio: Measured, row: dict[Any, Any]) -> Verdict:
    return EQUAL.verdict(
        f"dense-equal/{group.n}-{group.m}",
        "Of features that are always active and equally important, no model with a rectifier loses less than the best "
        "linear one.",
        ratio,
        Rule(
            f"Contradicted if it is less than 1, by more than a share of {ROUNDING:g} of rounding; else inconclusive, "
            "because a search that fails says nothing.",
            lambda m: decide(False, m.value < 1 - ROUNDING),
        ),
        prediction="least loss over that of linear models >= 1",
        notes=f"the best model spreads squared lengths of {_lengths(group, row)} over all features",
        finding=f"Of {group.n} dense and equal features in {group.m} dimensions the best trained model loses "
        "{measured} times as much as the best linear one.",
        active=1.0,
        **group.facts,
    )


def _lengths(group: Group, row: dict[Any, Any]) -> str:
    mine = (group.features["active"] == row["active"]) & (group.features["restart"] == row["restart"])
    lengths = group.features.loc[mine, "squared_length"]
    return f"{lengths.min():.2f} to {lengths.max():.2f}"


def _phases(group: Group) -> Verdict:
    """For falling importances: the number of features kept at every p, beside that of the best pairs."""
    best = group.best
    pairs = group.m + best["pairs"]
    as_predicted = (best["kept"] == pairs) | (best["kept"] > pairs) & (best["loss"] < best["pairs_loss"])
    kept = ", ".join(f"{row.kept} ({group.m + row.pairs}) at p = {row.active:g}" for row in best.itertuples())
    return PHASES.verdict(
        f"phases/{group.name}",
        "The best trained models keep as many features as the best pairs do at every p, or lose less with more.",
        Measured.exactly(
            float(as_predicted.mean()),
            len(best),
            how="Of the best model of all restarts, for each p: the share that keeps as many features as pairs of the "
            f"least loss, or more with a smaller loss. Kept is a squared length of more than {KEPT:g}.",
        ),
        exhibits("all of them do", bool(len(best) and as_predicted.all())),
        prediction="share of p = 1",
        notes=f"features kept by the best models (and by pairs): {kept}; their losses are at most "
        f"{(best['loss'] / best['pairs_loss']).max():.4f} times those of pairs",
        finding=f"Of {group.n} features in {group.m} dimensions the best trained models keep as many as pairs, or more "
        f"with a smaller loss, at a share of {{measured}} of all p: {kept}.",
        active=best["active"],
        **group.facts,
    )


def _rare(group: Group) -> Iterator[Verdict]:
    """For rare features: how many runs keep more than there are dimensions."""
    runs = group.models[group.models["active"] <= RARE]
    if runs.empty:
        return
    best = group.best[group.best["active"] <= RARE]
    kept = ", ".join(f"{row.kept} at p = {row.active:g}" for row in group.best.itertuples())
    yield TRAINED.verdict(
        f"rare/{group.name}",
        "Of rare features, most runs keep more than there are dimensions, and so do the best ones.",
        Measured.share(
            runs["kept"] > group.m,
            how=f"Of the runs with p of at most {RARE:g}: a hit keeps more than {group.m} features, with a squared "
            f"length of more than {KEPT:g}.",
        ),
        above(RATE).supported_only_if(
            bool((best["kept"] > group.m).all()), "Supported only if the best run at each p is a hit."
        ),
        prediction=f"share of runs > {RATE:g}",
        notes=f"the best models keep {kept}",
        finding=f"Of {group.n} rare features in {group.m} dimensions, a share of {{measured}} of the runs keeps more "
        f"than {group.m}.",
        active=runs["active"],
        **group.facts,
    )


def gaps(angles: np.ndarray) -> np.ndarray:
    """Angles between neighbouring directions in the plane, in degrees."""
    angles = np.sort(angles)
    return np.diff(np.append(angles, angles[:1] + 360))


def _polygon(group: Group) -> Iterator[Verdict]:
    """In the plane: whether the best models are regular polygons."""
    best = group.best[(group.best["active"] <= RARE) & group.best["polygon_loss"].notna()]
    if best.empty:
        return
    ratios = best["loss"] / best["polygon_loss"]
    off, kept = [], []
    for row in best.itertuples():
        mine = group.features[(group.features["active"] == row.active) & (group.features["restart"] == row.restart)]
        corners = mine.loc[mine["kept"], "angle"].to_numpy(float)
        kept.append(len(corners))
        off.append(np.abs(gaps(corners) - 360 / max(len(corners), 1)).max(initial=0))
    regular = np.array(kept) == best["corners"].to_numpy()
    regular &= np.array(off) <= OFF
    shapes = ", ".join(f"{k} at p = {p:g}" for k, p in zip(best["corners"], best["active"], strict=True))
    yield POLYGONS.verdict(
        f"polygon/{group.n}-{group.m}",
        "Rare features of equal importance in the plane are the corners of a regular polygon; the others are dropped.",
        Measured.exactly(
            float(ratios.median()),
            len(best),
            float(ratios.min()),
            float(ratios.max()),
            how=f"For each p of at most {RARE:g}, the least loss of all restarts over the least of all regular "
            "polygons, whose size and bias are the best ones: median and range.",
        ),
        Rule(
            f"Supported if all are within {NEAR:g} of 1, and the best models are that polygon: as many corners, at "
            f"angles that are off by {OFF:g} degrees at most. Contradicted if one is less than {1 - NEAR:g}: "
            "something else is better. Else inconclusive, because a search that fails says nothing.",
            lambda m: decide(bool(m.low >= 1 - NEAR and m.high <= 1 + NEAR and regular.all()), bool(m.low < 1 - NEAR)),
        ),
        prediction="least loss over that of polygons = 1",
        notes=f"corners of the best polygon: {shapes}; angles of the best models are off by {max(off):.2g} degrees at "
        "most",
        finding=f"Of {group.n} rare features in the plane the best models lose {{measured}} times as much as the best "
        f"regular polygon; its corners are {shapes}.",
        active=best["active"],
        **group.facts,
    )


def at_polytopes(dimensionality: pd.Series) -> pd.Series:
    """Whether each dimensionality is at the value of a polytope."""
    values = np.array(list(POLYTOPES.values()))
    near = np.abs(dimensionality.to_numpy(float)[:, None] - values).min(1) <= AT
    return pd.Series(near, dimensionality.index)


def in_tight_frame(features: pd.DataFrame) -> pd.Series:
    """The dimensionality that a feature's length alone would give, in directions that share all dimensions evenly."""
    length = features["squared_length"]
    return length * features["m"] / length.groupby([features["active"], features["restart"]]).transform("sum")


def _clusters(group: Group) -> Iterator[Verdict]:
    """Of rare features: how many more dimensionalities are at the values of polytopes than in random directions."""
    rare = group.features[group.features["active"] <= RARE]
    rare = rare.assign(
        at=at_polytopes(rare["dimensionality"]),
        drawn=at_polytopes(rare["drawn_dimensionality"]),
        tight=at_polytopes(in_tight_frame(rare)),
    )
    shares = rare[rare["kept"]].groupby(["active", "restart"])[["at", "drawn", "tight"]].mean()
    if shares.empty:
        return
    more = (shares["at"] - shares["drawn"]).to_numpy(float)
    every = group.features[group.features["kept"]]
    by_p = at_polytopes(every["dimensionality"]).groupby(every["active"]).mean()
    at_each = ", ".join(f"{share:.2f} at p = {p:g}" for p, share in by_p.items())
    names = ", ".join(f"{value:.3g}" for value in POLYTOPES.values())
    yield CLUSTERS.verdict(
        f"clusters/{group.n}-{group.m}",
        "Dimensionalities of rare features of equal importance are at the values of uniform polytopes more often than "
        "in random directions.",
        Measured(
            lambda α: (float(more.mean()), *mean_interval(more, α)[1:]),
            len(more),
            how=f"Of the features that a run keeps, the share whose dimensionality is within {AT:g} of {names}, less "
            "the same share with the same lengths in directions drawn at random: the mean of all runs with p of at "
            f"most {RARE:g}, with Student's {percent()} interval.",
        ),
        above(0),
        prediction="difference of shares > 0",
        notes=f"shares of {shares['at'].mean():.3f} in trained models, {shares['drawn'].mean():.3f} in random "
        f"directions, and {shares['tight'].mean():.3f} if lengths alone decided, as in a tight "
        f"frame; in trained models {at_each}",
        finding=f"With {group.n} features in {group.m} dimensions, {shares['at'].mean():.0%} of the dimensionalities "
        "are at values of uniform polytopes, {measured} more than in random directions; lengths alone, as in a tight "
        f"frame, would have {shares['tight'].mean():.0%} there.",
        active=rare["active"],
        **group.facts,
    )


def _linear(group: Group) -> Verdict:
    best = group.best
    return LINEAR.verdict(
        f"linear/{group.name}",
        "The best trained linear models keep the most important features, as many as there are dimensions, however "
        "rare features are.",
        Measured.exactly(
            float(best["kept"].max()), len(best), how="The number of features kept: the largest of all p."
        ),
        holds_for_all(
            f"the {group.m} most important features have squared lengths above {KEPT:g}, and all others below",
            best["first"],
        ),
        prediction=f"features kept = {group.m}",
        finding=f"Of {group.n} features in {group.m} dimensions no best linear model keeps more than {{measured}}.",
        active=best["active"],
        **group.facts,
    )


def _floor(group: Group) -> Verdict:
    models = group.models[group.models["loss"].notna()]
    ratio = models["loss"] / models["least_linear_loss"]
    return LINEAR.but(bears_on=on("elhage-linear", role="control")).verdict(
        f"linear-floor/{group.name}",
        "No linear model loses less than the n - m least important features have of variance.",
        Measured.exactly(
            ratio.min(), len(models), how="The loss over that floor: the least of all trained linear models."
        ),
        holds_for_all(f"no ratio is below 1, but for a share of {ROUNDING:g} of rounding", ratio >= 1 - ROUNDING),
        prediction="loss over the floor >= 1",
        active=models["active"],
        **group.facts,
    )
