"""depth.product-gate: four neurons without biases multiply two numbers with an error of C λ^p + R λ^-q.

The smallest known gate is built for every activation and switch of biases. It is evaluated at scales λ of its input
weights, in float32 and in float64. Its error is the sum of truncation, C λ^p, and rounding, R λ^-q, see
theory/depth/scale.py. If the network is odd up to a constant, no gate exists: then the four neurons ±(u + v), ±(u - v)
with the best output weights show the remaining error. Errors are the largest on a grid of [-1, 1]², relative to the
largest product, which is 1. Eq. 11 of Lin, Tegmark & Rolnick 2017 is about neurons without biases and with σ''(0) ≠ 0;
the sentences about others are ours.
"""

from dataclasses import dataclass
from typing import Any

from experiments.claims.depth.product_gate.figures import draw
from experiments.claims.depth.product_gate.measure import measure, rebuild, work
from experiments.claims.depth.product_gate.verdicts import judge
from experiments.settings import ClaimSettings, setting
from theory.depth.product import BIASES
from theory.depth.scale import UNIT
from theory.depth.taylor import DERIVATIVES

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built. `log2_scale`: log2 of λ; λ multiplies all input weights."""

    activation: list[str] = setting(list(DERIVATIVES), choices=tuple(DERIVATIVES), static=True)
    bias: list[str] = setting(list(BIASES), choices=BIASES, static=True)
    precision: list[str] = setting(list(UNIT), choices=tuple(UNIT), static=True)
    log2_scale: list[float] = setting([-k / 2 for k in range(57)], low=-40, high=2)


SMOKE = {
    "activation": ["gelu", "tanh"],
    "bias": ["none", "hidden"],
    "precision": ["float64"],
}
FULL: dict[str, Any] = {}
