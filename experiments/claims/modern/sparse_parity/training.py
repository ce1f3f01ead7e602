"""Stochastic gradient descent on many networks at once, with fresh points for every update, until each has learned."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, UInt32

from experiments.ensemble.descent import everywhere
from theory.modern import leaps
from theory.modern.leaps import Network

Numbers = Any

# Fresh points on which the error is estimated.
LOOKED_AT = 256


class Settings(NamedTuple):
    """How networks are trained; a program is compiled for each.

    Attributes:
        n: bits of the input.
        units, batch: hidden units, and fresh points for every update.
        learning_rate: of plain gradient descent on half the mean squared error.
        begun, learned: shares of the variance; it is looked at when the error falls below each for the first time.
        every, steps: updates between two looks, and the most updates.
    """

    n: int
    units: int
    batch: int
    learning_rate: float
    begun: float
    learned: float
    every: int
    steps: int


class Members(NamedTuple):
    """What differs between networks; an axis of them is in front.

    Attributes:
        key: from which weights and points are drawn.
        coefficients: of the function, see theory/modern/leaps.py.
        features: whether the hidden layer is trained, and not the output alone.
    """

    key: UInt32[Numbers, "*members 2"]
    coefficients: Float[Numbers, "*members bits"]
    features: Bool[Numbers, "*members"]


class Times(NamedTuple):
    """Updates until the first look at which the error is below a share of the variance; 0 where it never is."""

    begun: Int[Numbers, "*members"]
    learned: Int[Numbers, "*members"]


class Trained(NamedTuple):
    """Networks after training; an axis of them is in front.

    Attributes:
        network: one that has learned goes on until those that are trained beside it have.
        times: see `Times`.
        left: the error at every look, as a share of the variance; without looks if they were not to be kept.
    """

    network: Network
    times: Times
    left: Float[Numbers, "*members looks"]


class State(NamedTuple):
    """Networks on their way, and the number of updates."""

    trained: Trained
    step: Int[Array, ""]


def train(members: Members, settings: Settings, looks_kept: bool = False) -> Trained:
    """Trains every network."""
    return everywhere(_work(settings, looks_kept), settings.units * (settings.n + 2), members)


@functools.cache
def _work(settings: Settings, looks_kept: bool) -> Callable[[Members], Trained]:
    looks = -(-settings.steps // settings.every) if looks_kept else 0

    def work(members: Members) -> Trained:
        keys = jax.vmap(_keys)(members.key)
        never = jnp.zeros(len(members.key), jnp.int32)
        networks = jax.vmap(lambda pair: leaps.initial(pair[0], settings.n, settings.units))(keys)
        left = jnp.zeros((len(members.key), looks), jnp.float32)
        state = State(Trained(networks, Times(never, never), left), jnp.int32(0))
        segment = functools.partial(_segment, settings, members._replace(key=keys[:, 1]))
        return jax.lax.while_loop(functools.partial(_goes_on, settings), segment, state).trained

    return work


def _keys(key: UInt32[Numbers, "2"]) -> Array:
    """Of one network: the key of its weights, and that of its points."""
    return jax.random.split(jax.random.wrap_key_data(key, impl="threefry2x32"))


def _goes_on(settings: Settings, state: State) -> Array:
    return (state.trained.times.learned == 0).any() & (state.step < settings.steps)


def _segment(settings: Settings, members: Members, state: State) -> State:
    """The updates until the next look, and the look."""
    before = state.trained
    network = jax.vmap(functools.partial(_descended, settings), (0, 0, None))(before.network, members, state.step)
    step = state.step + settings.every
    left = jax.vmap(functools.partial(_left, settings), (0, 0, None))(network, members, step)
    shares = settings.begun, settings.learned
    times = [
        jnp.where((time == 0) & (left < share), step, time) for time, share in zip(before.times, shares, strict=True)
    ]
    kept = before.left.at[:, state.step // settings.every].set(left) if before.left.size else before.left
    return State(Trained(network, Times(*times), kept), step)


def _descended(settings: Settings, network: Network, member: Members, begin: Array) -> Network:
    rate = jnp.float32(settings.learning_rate)
    hidden = jnp.where(member.features, rate, 0)
    rates = Network(hidden, hidden, rate, rate)

    def update(network: Network, t: Array) -> tuple[Network, None]:
        x = leaps.points(jax.random.fold_in(member.key, t), settings.batch, settings.n)
        slope = jax.grad(leaps.loss)(network, x, leaps.target(x, member.coefficients))
        return jax.tree.map(lambda weights, part, rate: weights - rate * part, network, slope, rates), None

    return jax.lax.scan(update, network, begin + jnp.arange(settings.every, dtype=jnp.int32))[0]


def _left(settings: Settings, network: Network, member: Members, step: Array) -> Float[Array, ""]:
    """The squared error on fresh points, as a share of the variance, which is 1."""
    x = leaps.points(jax.random.fold_in(member.key, -step), LOOKED_AT, settings.n)
    return 2 * leaps.loss(network, x, leaps.target(x, member.coefficients))
