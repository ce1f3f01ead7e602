"""What the machine can do at most, measured: multiply-adds in products of large matrices, activation functions."""

import functools
import json
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array

from experiments.ensemble import devices, sharing

NUMBERS, TIMES = 4096, 8


def main() -> None:
    """Prints the peaks as JSON, in operations a second of all cores or the device together."""
    devices.start("auto", "float32")
    peaks = {
        "matrix_product": matrix_product(),
        "tanh": in_cache(jnp.tanh),
        "logistic": in_cache(jax.nn.sigmoid),
    }
    print(json.dumps(peaks | devices.describe() | {"jax": jax.__version__}))


def matrix_product(size: int = 2048) -> float:
    """Multiply-adds a second of large float32 products, one on each device or core."""
    a = jnp.ones((jax.local_device_count(), size, size), jnp.float32)
    mesh = Mesh(np.array(jax.local_devices()), ("d",))
    spread = PartitionSpec("d")
    product = jax.jit(jax.shard_map(lambda a: a[0] @ a[0], mesh=mesh, in_specs=spread, out_specs=spread))
    return devices.count() * size**3 / _fastest(functools.partial(product, a))


def in_cache(function: Callable[[Array], Array], turns: int = 2000) -> float:
    """Evaluations a second of a function, several independent ones for each number that the nearest cache holds."""
    mesh, spread = Mesh(np.array(jax.local_devices()), ("d",)), PartitionSpec("d")

    def several(a: Array) -> Array:
        # One after the other they would wait for each other's result.
        values = [function(a + k / TIMES) for k in range(TIMES)]
        return functools.reduce(jnp.add, values) / TIMES

    def many(a: Array) -> Array:
        return jax.lax.fori_loop(0, turns, lambda _, a: several(a), a)

    start = jnp.full((jax.local_device_count() * NUMBERS,), 0.5, jnp.float32)
    sharded = jax.shard_map(many, mesh=mesh, in_specs=spread, out_specs=spread)
    compiled = jax.jit(sharded).lower(start).compile(compiler_options=devices.compiler_options(False))
    return devices.calls_at_once() * start.size * TIMES * turns / _fastest(lambda: compiled(start))


def _fastest(run: Callable[[], Array], times: int = 5) -> float:
    """Seconds of as many calls as work at once."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        list(sharing.launched([run] * devices.calls_at_once()))
        seconds.append(time.perf_counter() - started)
    return min(seconds[1:])


if __name__ == "__main__":
    main()
