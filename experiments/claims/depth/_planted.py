"""Tables planted for the rules of depth, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.depth import _planted_training, flattening_cost, hidden_products, pieces, width_and_depth
from experiments.claims.depth.hidden_products.verdicts import RARE, RATE
from experiments.judging.planting import Planted, Rng
from theory.depth import flattening
from theory.depth.schemes import RANKS, SQUARE

# Tables of counts: flattening, hidden products, linear pieces.

# The settings (n, p) of flattening-cost.
SETTINGS = [(n, p) for n in (64, 256, 1000) for p in flattening_cost.Settings().p if p * n * n >= 10]
# Pairs of layers in each setting.
PAIRS = flattening_cost.Settings().draws
# Runs that search for hidden products.
RUNS = 200
# Random networks that are drawn.
DRAWS = 20
# Relative standard deviation of the ratio of one pair of layers, as in the sparsest settings that are judged.
SPREAD = 0.02


def _ratios(share: np.ndarray, weights: str, rng: Rng) -> pd.DataFrame:
    """Ratios that are a given share of the formula, each the mean of as many pairs of layers as by default."""
    table = pd.DataFrame(SETTINGS, columns=["n", "p"]).assign(weights=weights, pairs=PAIRS)
    formula = [flattening.ratio(int(n), p, weights) for n, p in SETTINGS]
    drawn = share[:, None] * (1 + SPREAD * rng.normal(size=(len(table), PAIRS)))
    error = drawn.std(1, ddof=1) / np.sqrt(PAIRS)
    found = {"ratio": formula * drawn.mean(1), "ratio_error": formula * error}
    return table.assign(formula=formula, never_cancelling=formula, **found)


def ratios_off_everywhere(effect: float, rng: Rng) -> pd.DataFrame:
    """Ratios of pairs of sparse layers; all are above the formula by the margin, less 1 % for each unit."""
    off = flattening_cost.MARGIN - 0.01 * effect
    return _ratios(np.full(len(SETTINGS), 1 + off), "zero-one", rng)


def ratios_off_once(effect: float, rng: Rng) -> pd.DataFrame:
    """Ratios of pairs of sparse layers; one setting is above the formula by the margin, less 1 % for each unit."""
    share = np.ones(len(SETTINGS))
    share[SETTINGS.index((1000, 0.05))] += flattening_cost.MARGIN - 0.01 * effect
    return _ratios(share, "signs", rng)


def ratios_of_one(effect: float, rng: Rng) -> pd.DataFrame:
    """Ratios of pairs of sparse layers; they are 1 in every setting, and 2 % more for each unit."""
    table = _ratios(np.ones(len(SETTINGS)), "zero-one", rng)
    up = (1 + 0.02 * effect) / table["formula"]
    return table.assign(ratio=table["ratio"] * up, ratio_error=table["ratio_error"] * up)


def _schemes(rate: float, exact: float, r: int, rng: Rng) -> pd.DataFrame:
    solved = rng.random(RUNS) < rate
    table = pd.DataFrame({"product": "2x2-2x2", "r": r, "method": "adam", "restart": range(RUNS), "solved": solved})
    exact_too = solved & (rng.random(RUNS) < exact)
    return table.assign(exact=exact_too, residual=np.where(solved, 1e-9, 1.0), largest_weight=1.0)


def schemes_found(effect: float, rng: Rng) -> pd.DataFrame:
    """200 runs; half of them find seven products."""
    return _schemes(RATE + 0.05 * effect, 1.0, RANKS[SQUARE], rng)


def schemes_rounded(effect: float, rng: Rng) -> pd.DataFrame:
    """200 runs that find seven products; 95 % of them become exact."""
    return _schemes(1.0, min(1.0, 1 - RARE + 0.02 * effect), RANKS[SQUARE], rng)


def schemes_of_six(effect: float, rng: Rng) -> pd.DataFrame:
    """200 runs; 5 % of them find six products."""
    return _schemes(max(0.0, RARE - 0.02 * effect), 1.0, RANKS[SQUARE] - 1, rng)


def random_pieces(effect: float, rng: Rng) -> pd.DataFrame:
    """20 random networks of 48 neurons. The geometric mean of their linear pieces is twice the neurons, less 10 % for
    each unit. Logarithms of pieces have the standard deviation 0.3, as those of real networks do.
    """
    facts = {"network": pieces.RANDOM, "width": 8, "layers": 6, "neurons": 48.0, "bound": 9.0**6, "quoted": 16.0**6}
    logs = np.log(pieces.PER_NEURON) - 0.1 * effect + 0.3 * rng.normal(size=DRAWS)
    return pd.DataFrame({"pieces": 48 * np.exp(logs)}).assign(**facts)


# Tables of training: the product of twenty numbers.

SHAPES = [(depth, width) for depth in (1, 2, 3, 4, 6) for width in (4, 8, 16, 32, 64, 128)]


def _networks(error: np.ndarray, deviation: float, updates: int = 2700) -> pd.DataFrame:
    """Two runs of every shape, with errors [shapes, 2]."""
    table = pd.DataFrame([shape for shape in SHAPES for _ in range(2)], columns=["depth", "width"])
    table = table.assign(restart=np.tile([0, 1], len(SHAPES)), neurons=table["depth"] * table["width"])
    facts = {"activation": "tanh", "n": 20, "batch": 64, "learning_rate": 1.0, "deviation": deviation}
    return table.assign(error=error.ravel(), validation_error=error.ravel(), updates=updates, **facts)


def as_good_as_a_constant(effect: float, rng: Rng) -> pd.DataFrame:
    """60 networks with two measurements of their errors. True errors are those of the best constant after all numbers
    of updates, less one standard error for each unit.
    """
    unit = 0.002
    truth = 1 - unit * effect
    table = _networks(truth + unit * rng.normal(size=(len(SHAPES), 2)), unit)
    table = table.assign(validation_error=truth + unit * rng.normal(size=len(table)))
    return pd.concat([table.assign(updates=900), table], ignore_index=True)


def found_by_half(effect: float, rng: Rng) -> pd.DataFrame:
    """Two runs of each of seven shapes that meet the formula. Success rates differ between shapes; their mean is a
    half, and 0.12 more for each unit. More updates change nothing.
    """
    mean = min(max(0.5 + 0.12 * effect, 0.0), 1.0)
    chance = rng.beta(4 * mean, 4 * (1 - mean), size=len(SHAPES)) if 0 < mean < 1 else np.full(len(SHAPES), mean)
    error = np.where(rng.random((len(SHAPES), 2)) < chance[:, None], 0.2, 0.9)
    return pd.concat([_networks(error, 0.002, updates) for updates in (900, 2700)], ignore_index=True)


def no_deeper_no_better(effect: float, rng: Rng) -> pd.DataFrame:
    """Networks with errors that do not depend on depth in the mean over widths; the effect of depth varies by width."""
    gains = 0.01 * effect + 0.02 * rng.normal(size=6)
    logs = [(-gains[SHAPES.index((1, width))] if depth > 1 else 0.0) for depth, width in SHAPES]
    return _networks(np.exp(np.array(logs)[:, None] + 0.005 * rng.normal(size=(len(SHAPES), 2))), 0.002)


COUNTED = {
    "flattening-cost/formula": Planted(
        flattening_cost.judge, ratios_off_everywhere, "formula", "Student intervals, Bonferroni", "1 % of the formula"
    ),
    "flattening-cost/cancellation": Planted(
        flattening_cost.judge, ratios_off_once, "cancellation", "Student intervals, all of them", "1 % of the formula"
    ),
    "flattening-cost/always-costs": Planted(
        flattening_cost.judge, ratios_of_one, "always-costs", "Student intervals, Bonferroni", "2 % of the ratio"
    ),
    "hidden-products/found": Planted(
        hidden_products.judge, schemes_found, "found", "Clopper and Pearson's interval", "a rate of 5 %"
    ),
    "hidden-products/whole-numbers": Planted(
        hidden_products.judge, schemes_rounded, "whole-numbers", "Clopper and Pearson's interval", "a rate of 2 %"
    ),
    "hidden-products/too-few": Planted(
        hidden_products.judge, schemes_of_six, "too-few", "Clopper and Pearson's interval", "a rate of 2 %"
    ),
    "pieces/random": Planted(pieces.judge, random_pieces, "random", "Student interval of a mean logarithm", "10 %"),
}
LEARNED = {
    "width-and-depth/beats-constant": Planted(
        width_and_depth.judge, as_good_as_a_constant, "beats-constant", "normal interval", "one standard error"
    ),
    "width-and-depth/enough-neurons": Planted(
        width_and_depth.judge, found_by_half, "enough-neurons", "Korn and Graubard's interval", "a rate of 12 %"
    ),
    "width-and-depth/deeper-is-better": Planted(
        width_and_depth.judge, no_deeper_no_better, "deeper-is-better", "Student interval over widths", "1 %"
    ),
}
PLANTED = COUNTED | LEARNED | _planted_training.PLANTED
