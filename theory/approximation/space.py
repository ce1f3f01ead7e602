"""One hidden layer approximates every continuous function on [-1, 1]^d: the proof made into networks.

The function is replaced by its mean, a sum of ridge cosines a cos(<w, x> + φ) (see cosines.py). Each of them is a
function of the one number s = <w, x> / |w|_1 in [-1, 1], and is replaced there by one of the constructions on a line
(see construction.py); its hidden units look along w. All of these side by side are one hidden layer, and

    |N(x) - f(x)| <= ω(√d r) + Σ |a| e(w, m),

with e(w, m) the bound of the construction on a line, of m units, for cos(|w|_1 s + φ): it is Lipschitz with |w|_1 and
its second derivative is at most |w|_1². Assumes biases, linear output, one hidden layer.
"""

from collections.abc import Iterator
from math import inf, sqrt

import numpy as np

from theory.approximation.construction import Construction
from theory.approximation.cosines import Cosines
from theory.approximation.curves import Curve
from theory.dense import Layers


def profile(length: float, phase: float = 0.0) -> Curve:
    """cos(length · s + phase) on [-1, 1]: a ridge cosine along its direction, length = |w|_1."""
    return Curve(lambda s: np.cos(length * s + phase), length, 1.0, length**2, 1.0, sqrt(1 / 2))


def profiles(cosines: Cosines) -> Iterator[tuple[float, Curve]]:
    """|w|_1 of every ridge cosine, and itself along its direction."""
    lengths = np.abs(cosines.frequencies).sum(1).tolist()
    for length, phase in zip(lengths, cosines.phases.tolist(), strict=True):
        yield length, profile(length, phase)


def widths(cosines: Cosines, kind: Construction, error: float) -> list[int]:
    """Units of every ridge cosine: the fewest that are guaranteed to err by the same everywhere, and together by this.

    Args:
        cosines: the sum.
        kind: how each of them is made.
        error: in the sup norm, of the whole sum.
    """
    each = error / cosines.mass if cosines.mass else inf
    return [kind.needed(curve, each) for _, curve in profiles(cosines)]


def bound(cosines: Cosines, kind: Construction, units: list[int]) -> float:
    """Σ |a| e(w, m): the network is nowhere farther from the sum of cosines."""
    errors = [kind.bound(curve, m) for (_, curve), m in zip(profiles(cosines), units, strict=True)]
    return float(np.abs(cosines.amplitudes) @ np.array(errors)) if errors else 0.0


def build(cosines: Cosines, kind: Construction, units: list[int]) -> Layers:
    """The network of one hidden layer of Σ units; `units` gives their number for each ridge cosine."""
    d = cosines.frequencies.shape[1]
    # The empty arrays are for a sum without cosines.
    W, b, V, constant = [np.zeros((d, 0))], [np.zeros(0)], [np.zeros((0, 1))], np.array([cosines.constant])
    parts = zip(cosines.amplitudes, cosines.frequencies, profiles(cosines), units, strict=True)
    for amplitude, frequency, (length, curve), m in parts:
        (slopes, biases), (jumps, start) = kind.build(curve, m)
        W.append(np.outer(frequency / length, slopes[0]))
        b.append(biases)
        V.append(amplitude * jumps)
        constant = constant + amplitude * start
    return (np.concatenate(W, axis=1), np.concatenate(b)), (np.concatenate(V), constant)
