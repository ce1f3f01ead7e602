"""Tables planted for the rules about networks and backpropagation, see experiments/judging/planting.py.

Most statements are about all networks, and one network that differs contradicts them. Their rules are planted as tests:
no network differs at an effect of 0, and a part of the networks differs at other effects.
"""

import numpy as np
import pandas as pd

from experiments.claims.anatomy import (
    activations_derivatives,
    backprop_equals_gradient,
    backprop_one_point_step,
    layerwise_evaluation,
)
from experiments.judging.planting import Planted, Rng

# Networks of each planted setting.
NETWORKS = 1000
# The setting of planted steps.
SETTING = {"activation": "tanh", "output": "identity", "depth": 2}
# Sizes of steps, those of the claim.
STEPS = backprop_one_point_step.Settings(networks=NETWORKS).step
# Other points of each network.
OTHER_POINTS = 16
# Networks that differ do so by this multiple of the rule's limit.
FAR = 100.0


def differences(count: int, limit: float, effect: float, rng: Rng) -> np.ndarray:
    """Errors far below a limit, as by rounding; for each unit, a twentieth of them is far above the limit."""
    rounding = limit * 1e-3 * rng.lognormal(size=count)
    return np.where(rng.random(count) < 0.05 * abs(effect), FAR * limit, rounding)


def gradients(effect: float, rng: Rng) -> pd.DataFrame:
    """150 layered networks with gradients that differ by rounding; for each unit, a twentieth differs by more."""
    facts = {"form": "layered", "activation": "tanh", "edges": 20, "largest": 1.0, "control": 1e-3}
    automatic, numeric = (
        differences(150, limit, effect, rng)
        for limit in (backprop_equals_gradient.AUTOMATIC, backprop_equals_gradient.NUMERIC)
    )
    return pd.DataFrame({"network": range(150), "automatic": automatic, "numeric": numeric}).assign(**facts)


def evaluations(effect: float, rng: Rng) -> pd.DataFrame:
    """360 networks with outputs that differ by rounding; for each unit, a twentieth differs by more."""
    limit = layerwise_evaluation.ROUNDING * layerwise_evaluation.EPSILON
    facts = {"activation": "tanh", "depth": 2, "by_layer": 0.0, "control": 1e-6, "exact": "not rational"}
    return pd.DataFrame({"network": range(360), "compiled": differences(360, limit, effect, rng)}).assign(**facts)


def derivatives(effect: float, rng: Rng) -> pd.DataFrame:
    """2000 points with derivatives that differ by rounding; for each unit, a twentieth differs by more."""
    limits = activations_derivatives.AUTOMATIC, activations_derivatives.NUMERIC
    automatic, numeric = (differences(2000, limit, effect, rng) for limit in limits)
    return pd.DataFrame({"automatic_off": automatic, "numeric_off": numeric}).assign(
        activation="sine", identity="none stated"
    )


def stepped(**columns: object) -> pd.DataFrame:
    """Steps of every size on 1000 networks; only the given columns are planted."""
    facts: dict[str, float] = {
        "networks": NETWORKS,
        "moved": NETWORKS,
        "zero_gradient": 0,
        "lowered": NETWORKS,
        "raised": 0,
    }
    facts |= {"only_alone": 0, "own_change": -1.0, "others_change": -1.0, "others_lowered": 0.5, "others_error": 0.01}
    return pd.DataFrame({"step": STEPS, **SETTING, **facts, **columns})


def falling(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 networks; the loss falls for 99 % of them, and for half a percent more with each unit, up to all."""
    lowered = rng.binomial(NETWORKS, min(backprop_one_point_step.NEARLY_ALL + 0.005 * effect, 1.0))
    return stepped(lowered=lowered, raised=NETWORKS - lowered)


def jumping(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 networks; the loss rises for half of them, and for 2.5 % more with each unit."""
    raised = rng.binomial(NETWORKS, 0.5 + 0.025 * effect)
    return stepped(raised=raised, lowered=NETWORKS - raised)


def moving(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 networks; the gradient is 0 for a hundredth of them with each unit."""
    return stepped(zero_gradient=rng.binomial(NETWORKS, 0.01 * abs(effect)))


def together(effect: float, rng: Rng) -> pd.DataFrame:
    """For 5 % of 1000 networks, and fewer with each unit, each weight alone lowers the loss and all together do not."""
    share = max(backprop_one_point_step.OFTEN - 0.0125 * effect, 0.0)
    names = backprop_one_point_step.USUAL
    every = [stepped(only_alone=rng.binomial(NETWORKS, share, len(STEPS)), activation=name) for name in names]
    return pd.concat(every, ignore_index=True)


def elsewhere(effect: float, rng: Rng) -> pd.DataFrame:
    """1000 networks with 16 other points; the loss falls on half of these, and on more with each unit.

    The shares of networks have a standard deviation of 0.3.
    """
    rates = np.clip(0.5 + 0.02 * effect + 0.3 * rng.normal(size=NETWORKS), 0, 1)
    shares = rng.binomial(OTHER_POINTS, rates) / OTHER_POINTS
    return stepped(others_lowered=shares.mean(), others_error=shares.std() / np.sqrt(NETWORKS))


def _agreement(judge: object, table: object, verdict: str) -> Planted:
    return Planted(judge, table, verdict, "one that differs, of enough", "a twentieth of all", test=True)  # type: ignore[arg-type]


STEP = backprop_one_point_step.judge
EXACT = "Clopper and Pearson's interval"
PLANTED = {
    "activations-derivatives/formulas": _agreement(activations_derivatives.judge, derivatives, "formulas"),
    "backprop-equals-gradient/automatic": _agreement(backprop_equals_gradient.judge, gradients, "layered")._replace(
        kinds=("layered", "skips", "matrices", "nine-neurons")
    ),
    "backprop-equals-gradient/differences": _agreement(backprop_equals_gradient.judge, gradients, "differences"),
    "layerwise-evaluation/float64": _agreement(layerwise_evaluation.judge, evaluations, "float64"),
    "backprop-one-point-step/falls": Planted(STEP, falling, "falls", EXACT, "half a percent"),
    "backprop-one-point-step/jumps": Planted(STEP, jumping, "jumps", EXACT, "0.025"),
    "backprop-one-point-step/moves": Planted(STEP, moving, "moves", "one network that does not move", "1 %", test=True),
    "backprop-one-point-step/together": Planted(STEP, together, "together", f"{EXACT}, of 44 settings", "1.25 %"),
    "backprop-one-point-step/others": Planted(STEP, elsewhere, "others", "normal interval over networks", "0.02"),
}
