"""What an ensemble is asked to do and what it answers: programs, members, outcomes.

Everything in a `Program` is the same for all members; everything in `Members` differs from network to network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from theory import network
from theory.initial import INITIALS
from theory.network import Network, Numbers


@jax.custom_jvp
def cross_entropy(y: Float[Array, "*points"], z: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """log(1 + exp(-y z)) of targets y in {-1, 1} and outputs z."""
    return jax.nn.softplus(-y * z)


@cross_entropy.defjvp
def _cross_entropy_derivative(
    primals: tuple[Array, Array], tangents: tuple[Array, Array]
) -> tuple[Float[Array, "*points"], Float[Array, "*points"]]:
    # By hand, because the derivative that JAX knows of a softplus takes three exponentials instead of one.
    y, z = primals
    slope = jax.nn.sigmoid(-y * z)
    return cross_entropy(y, z), -slope * (y * tangents[1] + z * tangents[0])


def squared(y: Float[Array, "*points"], z: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """(y - z)² of targets y and outputs z."""
    return (y - z) ** 2


def absolute(y: Float[Array, "*points"], z: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """|y - z| of targets y and outputs z."""
    return jnp.abs(y - z)


def hinge(y: Float[Array, "*points"], z: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """max(0, 1 - y z) of targets y in {-1, 1} and outputs z."""
    return jnp.maximum(0.0, 1 - y * z)


def huber(y: Float[Array, "*points"], z: Float[Array, "*points"]) -> Float[Array, "*points"]:
    """r² / 2 for residuals r = y - z of at most 1, and |r| - 1/2 beyond (Huber 1964)."""
    r = jnp.abs(y - z)
    within = jnp.minimum(r, 1.0)
    return within * (r - within / 2)


def softmax(y: Float[Array, "points *members"], z: Float[Array, "points classes *members"]) -> Float[Array, "..."]:
    """log Σ_c exp(z_c) - z_y of classes y = 0, 1, ... and an output for each class: -log of the share of class y."""
    return jax.nn.logsumexp(z, axis=1) - jnp.sum(jnp.where(_is_class(y, z), z, 0.0), axis=1)


def squared_distance(
    y: Float[Array, "points outputs *members"], z: Float[Array, "points outputs *members"]
) -> Float[Array, "points *members"]:
    """Σ_o (y_o - z_o)² of targets y and outputs z that are vectors."""
    return jnp.sum((y - z) ** 2, axis=1)


def _is_class(y: Numbers, z: Numbers) -> Array:
    return jnp.asarray(y)[:, None] == jnp.arange(z.shape[1], dtype=y.dtype).reshape(-1, *[1] * (z.ndim - 2))


LOSSES: dict[str, Callable[[Any, Any], Array]] = {
    "cross-entropy": cross_entropy,
    "squared": squared,
    "absolute": absolute,
    "hinge": hinge,
    "huber": huber,
    "softmax": softmax,
    "squared-distance": squared_distance,
}
# Losses with an output for each class; targets are the numbers of classes.
CLASSES = ("softmax",)
# Losses of outputs that are vectors, as their targets are.
VECTORS = ("squared-distance",)
# Losses that know two answers, and outputs that they go with: targets are -1 and 1, and for logistic outputs 0 and 1.
TWO_ANSWERS = {"cross-entropy": ("identity", "tanh", "logistic"), "hinge": ("identity", "tanh")}

# The factor on the step size when a share p of all updates has been made.
SCHEDULES: dict[str, Callable[[Array], Array]] = {
    "constant": jnp.ones_like,
    "linear": lambda p: 1 - p,
    "cosine": lambda p: (1 + jnp.cos(jnp.pi * p)) / 2,
}

# The output between the two answers of a network.
MIDDLE = {"identity": 0.0, "tanh": 0.0, "logistic": 0.5}


@dataclass(frozen=True)
class Program:
    """The settings common to all members of an ensemble.

    Attributes:
        sizes: number of inputs, widths of hidden layers, and 1 output; with a loss of `CLASSES` one for each class,
            with one of `VECTORS` one for each number of an answer.
        activation: of the hidden layers, a key of `WEIGHT_VARIANCE`.
        loss: a key of `LOSSES`; its mean over the points is made small.
        optimizer: see `optimizers.direction`.
        steps: number of updates after which a member is given up.
        precision: float32 or float64 for every number of the training.
        output: activation of the output, a key of `MIDDLE`; the answer is the side of that middle, for vectors the side
            of every number, for classes the one with the largest output.
        batch: points per update, drawn without replacement, in an order of each member's own; 0 for all of them.
        schedule: how the step size falls over the updates, a key of `SCHEDULES`.
        stop_when_solved: whether a member stops at the first network that is right on every point.
        gradient_bound: a member stops where the Euclidean norm of its gradient falls below; 0 for nowhere.
        room: sizes to compile for, so that networks of several sizes share a program, see `room.py`; () for `sizes`.
        repeats: how often every point is repeated, to share a program with larger sets of points.
        patches, shared: locally connected layers, see `network.layer_shapes`; () for dense layers only.
        initial: the distribution of initial weights, a key of `INITIALS`.
        initial_variance: a factor on its variance: weights that begin small have to be learned.
        weight_decay: every update subtracts the step size times this share of all parameters, beside the optimiser's
            direction (Loshchilov & Hutter 2019).
    """

    sizes: tuple[int, ...]
    activation: str
    loss: str
    optimizer: str
    steps: int
    precision: str
    output: str = "identity"
    batch: int = 0
    schedule: str = "constant"
    stop_when_solved: bool = True
    gradient_bound: float = 0.0
    room: tuple[int, ...] = ()
    repeats: int = 1
    patches: tuple[int, ...] = ()
    shared: bool = False
    initial: str = "fan-in"
    initial_variance: float = 1.0
    weight_decay: float = 0.0

    @property
    def stops(self) -> bool:
        """Whether members may end at different updates, other than by diverging."""
        return self.stop_when_solved or self.gradient_bound > 0

    @property
    def several_outputs(self) -> bool:
        """Whether there are as many outputs as classes, or as numbers in an answer."""
        return self.loss in CLASSES or self.loss in VECTORS

    def targets_of(self, points: int) -> tuple[int, ...]:
        """The shape of one member's targets."""
        return (points, self.sizes[-1]) if self.loss in VECTORS else (points,)

    @property
    def parameters(self) -> int:
        """Number of weights and biases of one network."""
        return network.parameter_count(self.sizes, self.patches, self.shared)

    def networks(self, normals: Float[Numbers, "*members parameters"]) -> Network:
        """The initial networks that standard normal numbers stand for, see `network.from_normals`."""
        # Only with `fan-in` the variance is for the activation to say.
        own = network.WEIGHT_VARIANCE[self.activation] if self.initial == "fan-in" else 1.0
        variance, initial = own * self.initial_variance, INITIALS[self.initial]
        return network.from_normals(normals, self.sizes, variance, self.patches, self.shared, initial)

    def margins(self, y: Float[Numbers, "points *members"], z: Float[Numbers, "..."]) -> Float[Numbers, "..."]:
        """Of every point and member: above 0 where an answer is right, and not where an output is no number."""
        if self.loss not in CLASSES:
            middle = MIDDLE[self.output]
            sides = (y - middle) * (z - middle)
            return jnp.min(sides, axis=1) if self.loss in VECTORS else sides
        own = _is_class(y, z)
        return jnp.sum(jnp.where(own, z, 0.0), axis=1) - jnp.max(jnp.where(own, -jnp.inf, z), axis=1)


class Members(NamedTuple):
    """What differs between members. Functions of one member see one, everybody else an axis of them in front.

    Attributes:
        key: two 32-bit numbers, from which weights and orders of points are drawn; or (), within compiled programs that
            draw nothing.
        targets: y for every point; with a loss of `VECTORS` a vector for each.
        learning_rate: the step size, before the schedule and the optimiser.
    """

    key: Any
    targets: Float[Numbers, "*members_points_outputs"]
    learning_rate: Float[Numbers, "*members"]


class TrainingOutcome(NamedTuple):
    """How the training of one member, or of each, ended.

    Training ends when a stopping rule of the program holds, when an output is no longer a finite number, or after
    `steps` updates; without any stopping rule only after all of them. With mini-batches this is looked at once in every
    pass over the points. `loss` and `errors`, the number of points answered wrongly, are those of `network`, over all
    points; `steps` counts its updates.
    """

    loss: Float[Numbers, "*members"]
    errors: Int[Numbers, "*members"]
    steps: Int[Numbers, "*members"]
    network: Network
