"""Random networks and points of anatomy.backprop-one-point-step, and one step of each."""

import functools

import numpy as np

from experiments.plan import Unit, random_generator

# Inputs of every network.
INPUTS = 2


def steps_of_all(unit: Unit) -> dict[str, np.ndarray]:
    """The result of `steps.one_step` for every network; the first axis is networks."""
    import jax
    import jax.numpy as jnp

    from experiments.claims.anatomy.backprop_one_point_step import steps
    from experiments.ensemble import devices
    from theory.network import WEIGHT_VARIANCE

    activation, last = unit.static("activation"), unit.static("output")
    tried = steps.Tried(
        sizes=sizes(unit),
        variance=WEIGHT_VARIANCE.get(activation, 1.0),
        hidden=activation,
        output=activation if last == "same" else last,
        steps=tuple(unit.cells["step"].tolist()),
    )
    # Compiling takes most of the time.
    options = devices.compiler_options(quick=True)
    with jax.enable_x64(True):
        drawn = [jnp.asarray(one) for one in draw_networks(unit)]
        run = jax.jit(functools.partial(steps.steps_of_many, tried), compiler_options=options)
        return {name: np.asarray(value) for name, value in run(*drawn).items()}


def sizes(unit: Unit) -> tuple[int, ...]:
    """Neurons of each layer, inputs first."""
    return (INPUTS, *[unit.settings.width] * unit.static("depth"), 1)


def draw_networks(unit: Unit) -> list[np.ndarray]:
    """Normal numbers for the weights of every network, inputs and targets; the point of the step is the first."""
    from theory.network import parameter_count

    networks, points = unit.settings.networks, 1 + unit.settings.other_points
    rng = random_generator(unit.seed, unit.claim, *(unit.static(axis) for axis in ("activation", "output", "depth")))
    return [
        rng.normal(size=(networks, parameter_count(sizes(unit)))),
        rng.uniform(-1, 1, size=(networks, points, INPUTS)),
        rng.uniform(-1, 1, size=(networks, points, 1)),
    ]
