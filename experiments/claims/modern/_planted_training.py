"""Tables planted for the rules about trained networks of recent claims, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.modern import edge_of_stability, grokking, linear_regions
from experiments.claims.modern.edge_of_stability import verdicts as edge
from experiments.claims.modern.grokking import verdicts as grokked
from experiments.judging.budgets import RATE
from experiments.judging.planting import Planted, Rng

GROKKING, EDGE, REGIONS = grokking.Settings(), edge_of_stability.Settings(), linear_regions.Settings()
# Standard deviation of the logarithm of a number of updates over restarts: seen on seed 101.
SPREAD = 0.15
# Runs differ in what their units have learned, and in their accuracy on random labels, by about this: seed 101.
UNITS, GUESSES = 0.05, 0.01
# Runs differ in their sharpness over edge by about this on batches, and with small steps: seen on seed 101.
SHARPNESS = 0.1
# Networks differ in their breakpoints for each neuron by about this: seen on seed 101.
BREAKPOINTS = 0.1


def runs(decay: float, generalised_at: np.ndarray, **columns: object) -> pd.DataFrame:
    """Runs of grokking, which fit after 200 updates."""
    facts = {"p": 23, "share": 0.6, "weight_decay": decay, "labels": grokked.SUM, "units": 64, "steps": GROKKING.steps}
    learned = {"fitted_at": 200.0, "one_frequency": 0.8, "tied_phases": 0.9, "test_accuracy": 1.0}
    numbers = {"restart": range(len(generalised_at)), "generalised_at": generalised_at}
    return pd.DataFrame({**facts, **learned, **numbers, **columns})


def updates(median: float, rng: Rng) -> np.ndarray:
    """Updates until each run generalises, about a median."""
    return median * np.exp(SPREAD * rng.normal(size=GROKKING.restarts))


def generalising(effect: float, rng: Rng) -> pd.DataFrame:
    """24 runs; half of them generalise, and an eighth of all more with each unit."""
    late = rng.random(GROKKING.restarts) >= np.clip(RATE + effect / 8, 0, 1)
    return runs(0.0, np.where(late, np.inf, 900.0))


def late(effect: float, rng: Rng) -> pd.DataFrame:
    """24 runs that generalise after twice the updates until they fit, and after 15 % more with each unit."""
    return runs(0.0, updates(400 * 1.15**effect, rng))


def earlier(effect: float, rng: Rng) -> pd.DataFrame:
    """24 runs with weight decay and 24 without, alike but for 20 % fewer updates with it for each unit."""
    return pd.concat([runs(0.0, updates(900, rng)), runs(0.002, updates(900 * 0.8**effect, rng))], ignore_index=True)


def one_frequency(effect: float, rng: Rng) -> pd.DataFrame:
    """24 runs whose units have half of their weights in one frequency, and 5 % of all more with each unit."""
    return runs(0.0, updates(900, rng), one_frequency=_units(effect, rng))


def tied_phases(effect: float, rng: Rng) -> pd.DataFrame:
    """24 runs whose phases have a mean cosine of a half, and 0.05 more with each unit."""
    return runs(0.0, updates(900, rng), tied_phases=_units(effect, rng))


def _units(effect: float, rng: Rng) -> np.ndarray:
    return grokked.MOSTLY + 0.05 * effect + UNITS * rng.normal(size=GROKKING.restarts)


def random_labels(effect: float, rng: Rng) -> pd.DataFrame:
    """24 runs on random labels, right beyond chance by the margin, and by a quarter of it less with each unit."""
    accuracy = 1 / 23 + grokked.MARGIN * (1 - effect / 4) + GUESSES * rng.normal(size=GROKKING.restarts)
    random = runs(0.0, np.full(GROKKING.restarts, np.inf), test_accuracy=accuracy, labels=grokked.RANDOM)
    return pd.concat([runs(0.0, updates(900, rng)), random], ignore_index=True)


def looks(ratio: np.ndarray, at: float = 8.0, batch: int = 0) -> pd.DataFrame:
    """Runs that are looked at three times, in the second half at this sharpness over edge; they have more to learn."""
    cells = {"edge": at, "momentum": 0.0, "batch": batch, "points": 64, "width": 8, "layers": 2}
    run = pd.DataFrame({**cells, "restart": range(len(ratio)), "ratio": ratio, "loss": 0.1})
    return pd.concat([run.assign(updates=0, ratio=0.3), run.assign(updates=2000), run.assign(updates=3000)])


def hovering(effect: float, rng: Rng) -> pd.DataFrame:
    """48 runs; half of them stay at the edge, and an eighth of all more with each unit. The others are far below."""
    at_edge = rng.random(EDGE.restarts) < edge.MOST + effect / 8
    return looks(np.where(at_edge, 1.0, 0.5))


def capped(effect: float, rng: Rng) -> pd.DataFrame:
    """48 runs; three in four are not above the edge, and a sixteenth of all more or an eighth fewer with each unit."""
    below = rng.random(EDGE.restarts) < edge.NEARLY_ALL + effect / (16 if effect > 0 else 8)
    return looks(np.where(below, 1.0, 1.5))


def small_steps(effect: float, rng: Rng) -> pd.DataFrame:
    """48 runs with small steps at half of the edge, and 0.05 of the edge lower with each unit."""
    return looks(edge.FAR_BELOW - 0.05 * effect + SHARPNESS * rng.normal(size=EDGE.restarts), at=edge.CONTROL_EDGE)


def small_batches(effect: float, rng: Rng) -> pd.DataFrame:
    """48 restarts on all points and on batches, alike but for 0.05 of the edge less with batches for each unit."""
    full, less = (rng.normal(1.0, SHARPNESS / np.sqrt(2), EDGE.restarts) for _ in range(2))
    return pd.concat([looks(full), looks(less - 0.05 * effect, batch=2)], ignore_index=True)


def pieces(before: np.ndarray, more: np.ndarray) -> pd.DataFrame:
    """Networks of two hidden layers of 32 units, with so many breakpoints for each neuron, and times the pieces."""
    facts = {"width": 32, "layers": 2, "target": linear_regions.NOISE, "neurons": 64, "bound": 33.0**2, "steps": 2000}
    counted = {"before": 1 + 64 * before, "after": (1 + 64 * before) * more, "centred": 2.0, "unlearned": 0.1}
    return pd.DataFrame({**facts, **counted, "restart": range(len(before))})


def breakpoints(effect: float, rng: Rng) -> pd.DataFrame:
    """48 networks with a tenth more breakpoints than neurons, and a quarter of that less with each unit."""
    number = 2 * REGIONS.restarts
    mean = 1 + linear_regions.MARGIN * (1 - effect / 4)
    return pieces(mean + BREAKPOINTS * rng.normal(size=number), np.ones(number))


def more_pieces(effect: float, rng: Rng) -> pd.DataFrame:
    """24 networks with 1.5 times the pieces after training, and 5 % fewer with each unit."""
    more = linear_regions.HARDLY * 0.95**effect * np.exp(BREAKPOINTS * rng.normal(size=REGIONS.restarts))
    return pieces(np.ones(REGIONS.restarts), more)


RATE_OF_24, RATE_OF_48 = (f"exact interval of a rate, {number} runs" for number in (24, 48))
ORDERED = "order statistics of 24 runs"
STUDENT_24, STUDENT_48 = (f"Student's interval over {number} runs" for number in (24, 48))

PLANTED = {
    "grokking/generalises": Planted(grokking.judge, generalising, "generalises/", RATE_OF_24, "1/8"),
    "grokking/late": Planted(grokking.judge, late, "late/", ORDERED, "15 %"),
    "grokking/earlier": Planted(grokking.judge, earlier, "earlier/", ORDERED, "20 %"),
    "grokking/one-frequency": Planted(grokking.judge, one_frequency, "one-frequency/", STUDENT_24, "0.05"),
    "grokking/tied-phases": Planted(grokking.judge, tied_phases, "tied-phases/", STUDENT_24, "0.05"),
    "grokking/random-labels": Planted(grokking.judge, random_labels, "random-labels/", STUDENT_24, "margin / 4"),
    "edge-of-stability/hovers": Planted(edge_of_stability.judge, hovering, "hovers/", RATE_OF_48, "1/8"),
    "edge-of-stability/no-sharper": Planted(
        edge_of_stability.judge, capped, "no-sharper/", RATE_OF_48, "1/16 up, 1/8 down"
    ),
    "edge-of-stability/small-steps": Planted(
        edge_of_stability.judge, small_steps, "small-steps/", STUDENT_48, "0.05 of the edge"
    ),
    "edge-of-stability/batches": Planted(
        edge_of_stability.judge, small_batches, "batches/", STUDENT_48, "0.05 of the edge"
    ),
    "linear-regions/per-neuron": Planted(
        linear_regions.judge,
        breakpoints,
        "per-neuron/",
        "Student's interval within a margin, 48 networks",
        "margin / 4",
    ),
    "linear-regions/trained": Planted(
        linear_regions.judge, more_pieces, "trained/", "Student's interval of a logarithm, 24 networks", "5 %"
    ),
}
