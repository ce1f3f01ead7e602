"""depth.product: one hidden layer multiplies n numbers with 2^n neurons, log2 n layers with 4 (n - 1).

Every network is built, and its neurons are counted in its weights. It is evaluated in float64 at the predicted best
scale of its input weights, and at one scale on either side. Deep networks are the smallest of all groupings, see
theory/depth/groups.py. Points are corners of [-1, 1]^n, where the product is ±1, and points between the corners and
their halves; errors are the largest over these points.

Eq. 28 of Lin et al. 2017 makes two assumptions: neurons have no biases, and no Taylor coefficient of σ at 0 up to order
n vanishes. Only the exponential, of the activations here, fulfils the second. The sentences without these assumptions
are ours. Every flat product of a network has its own output bias. All neurons have the same hidden bias, but three
neurons that multiply two numbers, such as those of tanh, have two.
"""

from dataclasses import dataclass

from experiments.claims.depth.product.figures import draw
from experiments.claims.depth.product.measure import measure, rebuild, work
from experiments.claims.depth.product.verdicts import judge
from experiments.settings import ClaimSettings, setting
from theory.depth.product import BIASES
from theory.depth.taylor import DERIVATIVES

__all__ = ["Settings", "draw", "judge", "measure", "rebuild", "work"]


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """What is built. `layers`: hidden layers, 1 for flat networks; more than log2 n of them have no use."""

    n: list[int] = setting([2, 3, 4, 5, 6, 8, 12, 16, 20], low=2, high=22)
    layers: list[int] = setting([1, 2, 3, 4, 5], low=1, high=6)
    activation: list[str] = setting(
        ["exponential", "gelu", "sine", "softplus", "tanh"], choices=tuple(DERIVATIVES), static=True
    )
    bias: list[str] = setting(list(BIASES), choices=BIASES, static=True)
    where: str = setting("2 ** (layers - 1) < n and (layers == 1 or activation in ['exponential', 'gelu', 'sine'])")
    points: int = setting(256, low=16, high=100_000)
    evaluated: int = setting(1 << 20, low=1, high=1 << 22)
    """Largest number of neurons of a network that is evaluated, at `points` points or, if large, at 16 or more."""


SMOKE = {
    "n": [2, 4, 5],
    "activation": ["exponential", "gelu"],
    "bias": ["none"],
}
FULL = {
    "activation": ["exponential", "gelu", "logistic", "silu", "sine", "softplus", "tanh"],
}
