"""Tables planted for the rules about loss landscapes of recent claims, see experiments/judging/planting.py."""

import numpy as np
import pandas as pd

from experiments.claims.modern import deep_linear_trained as linear
from experiments.judging.planting import Planted, Rng

LINEAR = linear.Settings()


def ends(activation: str, far: np.ndarray) -> pd.DataFrame:
    """Runs at rest in networks of three weight matrices; some are far above the least loss."""
    facts = {"activation": activation, "layers": 3, "width": linear.WIDE, "least_loss": 0.0, "gradient_norm": 0.0}
    return pd.DataFrame({**facts, "steps": 9, "loss": np.where(far, 1.0, 0.0)})


def arriving(effect: float, rng: Rng) -> pd.DataFrame:
    """600 linear runs; 99 % arrive, and 0.25 % of all more, or 0.75 % fewer, with each unit."""
    share = linear.NEARLY_ALL + effect * (0.0025 if effect > 0 else 0.0075)
    return ends(linear.IDENTITY, rng.random(LINEAR.restarts) >= share)


def stuck(effect: float, rng: Rng) -> pd.DataFrame:
    """600 runs of rectifiers; 1 % are stuck, and 1 % of all more, or 0.25 % fewer, with each unit."""
    share = 1 - linear.NEARLY_ALL + effect * (0.01 if effect > 0 else 0.0025)
    return ends(linear.RECTIFIER, rng.random(LINEAR.restarts) < share)


RATE_OF_600 = "exact interval of a rate, 600 runs"

PLANTED = {
    "deep-linear-trained/arrives": Planted(linear.judge, arriving, "arrives/", RATE_OF_600, "0.25 % up, 0.75 % down"),
    "deep-linear-trained/stuck": Planted(linear.judge, stuck, "stuck/", RATE_OF_600, "1 % up, 0.25 % down"),
}
