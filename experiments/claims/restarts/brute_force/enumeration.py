"""Brute force on all devices: every setting of a grid is evaluated on every point.

The number of a setting is split. Its low digits choose a *lane* of one table of sums, its high digits a *row* of
another table, and the margin on a point is the sum of both. For each row a device adds, takes the least margin over the
points and compares it, for all lanes at once and within its cache. If margins are rounded, settings too close to 0 are
counted apart, and the host decides them exactly.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Int

from experiments.ensemble import devices, lanes, sharing
from theory import network
from theory.activations import ACTIVATIONS
from theory.boolean import signed_inputs
from theory.boolean.functions import Truth
from theory.restarts.grid import Grid, Terms, margin_terms, solves, summed

# The number of lanes of a call is a power of two between these; more lanes take several calls.
FEWEST_LANES, MOST_LANES = 256, 4096
# This number of rows is counted as one block.
ROWS = 16
# A device takes this number of blocks in one call.
BLOCKS = 256
# This number of guesses is evaluated at a time.
GUESSES = 1 << 16

Matrix = Int[np.ndarray, "settings points"]


class Census(NamedTuple):
    """Counts over all settings of a grid.

    Attributes:
        settings: number of settings.
        solved: number of settings that solve the task.
        first: number of the first setting that does, or -1.
        close: number of settings too close to 0 for rounded margins; exact arithmetic decided them.
    """

    settings: int
    solved: int
    first: int
    close: int


def take_census(grid: Grid, truth: Truth) -> Census:
    """Evaluates every setting of a grid on every point; all counts are exact."""
    solved, first, close = 0, -1, 0
    low, high = _split(margin_terms(grid, truth))
    for blocks, certain, possible in _counts(grid, low, high):
        undecided = [
            _listed(low, high, blocks[i], lambda least: abs(least) <= grid.tolerance)
            for i in np.flatnonzero(possible > certain)
        ]
        numbers = np.concatenate([np.zeros(0, int), *undecided])
        found = numbers[solves(grid, truth, numbers)]
        solved, close = solved + int(certain.sum()) + len(found), close + len(numbers)
        if first < 0 and (certain.any() or len(found)):
            rows = blocks[int(np.argmax(certain > 0))].rows
            same_rows = [block for block in blocks if block.rows == rows]
            sure = [_listed(low, high, block, lambda least: least > grid.tolerance) for block in same_rows]
            first = int(np.concatenate([found, *sure]).min())
    return Census(grid.settings, solved, first, close)


class CountedTile(NamedTuple):
    """Rows and lanes that are counted together."""

    rows: range
    lanes: range


def _listed(
    low: Matrix, high: Terms, block: CountedTile, wanted: Callable[[Matrix], Matrix]
) -> Int[np.ndarray, " settings"]:
    """The settings of a block with a least margin for which `wanted` holds."""
    rows, columns = block
    part = summed(high, np.arange(rows.start, rows.stop)).astype(np.int32)
    table = low[columns.start : columns.stop].T.astype(np.int32)
    least = functools.reduce(np.minimum, (part[:, point, None] + table[point] for point in range(len(table))))
    row, lane = np.divmod(np.flatnonzero(wanted(least)), len(columns))
    return (rows.start + row) * len(low) + columns.start + lane


def _split(terms: Terms) -> tuple[Matrix, Terms]:
    """The sums of the first terms for all their digits, and the other terms, at least one."""
    taken = 1
    while taken < len(terms) - 1 and math.prod(len(term) for term in terms[: taken + 1]) <= MOST_LANES:
        taken += 1
    return summed(terms[:taken], np.arange(math.prod(len(term) for term in terms[:taken]))), terms[taken:]


def _counts(
    grid: Grid, low: Matrix, high: Terms
) -> Iterator[tuple[list[CountedTile], Int[np.ndarray, " blocks"], Int[np.ndarray, " blocks"]]]:
    """Blocks, and for each the number of settings that certainly solve and that possibly solve; one call at a time."""
    rows, rows_of_call = grid.settings // len(low), ROWS * BLOCKS * jax.local_device_count()
    # Rows and lanes of padding have this margin and are never counted.
    never = -(grid.largest + grid.tolerance + 1)
    kind = np.int16 if -never < 2**14 else np.int32
    lane_count = min(max(FEWEST_LANES, 1 << (len(low) - 1).bit_length()), MOST_LANES)
    pieces = [range(first, min(first + lane_count, len(low))) for first in range(0, len(low), lane_count)]
    tables = [_padded(low[piece.start : piece.stop], lane_count, never, kind).T for piece in pieces]
    thresholds = np.unique([grid.tolerance, grid.threshold])[::-1].astype(kind)
    count = compiled(low.shape[1], lane_count, len(thresholds), np.dtype(kind).name)

    def calls(start: int) -> Iterator[Callable[[], Array]]:
        part = _padded(summed(high, np.arange(start, min(start + rows_of_call, rows))), rows_of_call, never, kind)
        return (functools.partial(sharing.called, count, part, table, thresholds) for table in tables)

    starts = range(0, rows, rows_of_call)
    # Further calls are made before an answer is read, so that devices do not wait for the host.
    every = sharing.launched(itertools.chain.from_iterable(map(calls, starts)))
    for start in starts:
        answers, end = itertools.islice(every, len(tables)), min(start + rows_of_call, rows)
        groups = [range(row, min(row + ROWS, end)) for row in range(start, end, ROWS)]
        blocks = [CountedTile(group, piece) for group in groups for piece in pieces]
        counts = np.stack([np.asarray(answer)[: len(groups)] for answer in answers], axis=1).reshape(len(blocks), -1)
        yield blocks, counts[:, 0], counts[:, -1]


def _padded(matrix: Matrix, rows: int, fill: int, kind: type) -> Matrix:
    padded: Matrix = np.full((rows, matrix.shape[1]), fill, kind)
    padded[: len(matrix)] = matrix
    return padded


@functools.lru_cache(maxsize=64)
def compiled(points: int, lane_count: int, thresholds: int, kind: str) -> jax.stages.Compiled:
    """(high rows x points, low points x lanes, thresholds) -> number of margins above each threshold, by block.

    Rows are spread over the devices. The least margin over the points is compared with the thresholds.
    """

    def on_device(high: Array, low: Array, limits: Array) -> Int[Array, "blocks thresholds"]:
        def add_row(row: Array, counts: tuple[Array, ...]) -> tuple[Array, ...]:
            margin = row[0] + low[0]
            for point in range(1, points):
                margin = jnp.minimum(margin, row[point] + low[point])
            return tuple(count + (margin > limit) for count, limit in zip(counts, limits, strict=True))

        def count_block(rows: Array) -> Int[Array, " thresholds"]:
            none = (jnp.zeros(lane_count, kind),) * thresholds
            counts = jax.lax.fori_loop(0, ROWS, lambda i, counts: add_row(rows[i], counts), none)
            return jnp.stack([jnp.sum(count, dtype=jnp.int32) for count in counts])

        return jax.lax.map(count_block, high.reshape(-1, ROWS, points))

    everywhere, spread = PartitionSpec(), PartitionSpec("rows")
    specs = (spread, everywhere, everywhere)
    mesh = Mesh(np.array(jax.local_devices()), ("rows",))
    sharded = jax.shard_map(on_device, mesh=mesh, in_specs=specs, out_specs=spread, check_vma=False)
    shapes = ((ROWS * BLOCKS * len(mesh.devices), points), (points, lane_count), (thresholds,))
    lowered = jax.jit(sharded, in_shardings=tuple(NamedSharding(mesh, spec) for spec in specs)).lower(
        *(jax.ShapeDtypeStruct(shape, kind) for shape in shapes)
    )
    return lowered.compile(compiler_options=devices.compiler_options(quick=False))


def count_solving_guesses(sizes: tuple[int, ...], activation: str, truth: Truth, guesses: int, key: list[int]) -> int:
    """Number of networks that solve a function, if weights are drawn as training draws its initial weights."""
    rng = np.random.default_rng(key)
    # The scale of the weights does not matter to threshold units and to a single neuron.
    variance = network.WEIGHT_VARIANCE.get(activation, 1.0)
    y, counts = 2 * truth.astype(np.float32) - 1, []
    for start in range(0, guesses, GUESSES):
        normals = rng.standard_normal((GUESSES, network.parameter_count(sizes)), np.float32)
        counts.append(_right(normals, y, sizes, activation, variance)[: guesses - start].sum())
    return sum(int(count) for count in counts)


@functools.partial(jax.jit, static_argnames=("sizes", "activation", "variance"))
def _right(normals: Array, y: Array, sizes: tuple[int, ...], activation: str, variance: float) -> Array:
    """Which networks, each given by a row of normal numbers, are right on every point."""
    networks = jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 0, -1), network.from_normals(normals, sizes, variance))
    x = jnp.asarray(signed_inputs(sizes[0]), normals.dtype)[:, :, None]
    z = network.propagate(networks, x, ACTIVATIONS[activation], ACTIVATIONS["identity"], lanes.pre_activation)
    return (z[:, 0] * y[:, None] > 0).all(0)
