"""Many small arrays as two large ones.

A network in training is a dozen arrays, most of them a few numbers long. The inputs and outputs of a compiled program
are packed into one matrix of floating-point numbers and one of integers, with a row for each member. So the host that
moves members together, the compiler and the running program handle two arrays instead of dozens.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

Tree = Any
Matrix = Array | np.ndarray


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Packed:
    """Rows of members: their floating-point numbers, and their integers and truth values."""

    floats: Float[Matrix, "members floats"]
    integers: Int[Matrix, "members integers"]

    def rows(self, chosen: Any) -> "Packed":
        """Some of the members."""
        return Packed(self.floats[chosen], self.integers[chosen])


@dataclass(frozen=True)
class Packing:
    """The places of a tree's arrays in the rows."""

    structure: Any
    shapes: tuple[tuple[int, ...], ...]
    kinds: tuple[np.dtype, ...]
    float_kind: np.dtype

    @classmethod
    def of(cls, tree: Tree, float_kind: Any) -> "Packing":
        """From a tree of arrays, or of their descriptions. The axis of members is the first of each."""
        leaves, structure = jax.tree.flatten(tree)
        shapes, kinds = (tuple(leaf.shape[1:]) for leaf in leaves), (np.dtype(leaf.dtype) for leaf in leaves)
        return cls(structure, tuple(shapes), tuple(kinds), np.dtype(float_kind))

    def places(self) -> Iterator[tuple[bool, slice]]:
        """For each array in its order whether it is among the floating-point numbers, and its columns there."""
        ends = {True: 0, False: 0}
        for shape, kind in zip(self.shapes, self.kinds, strict=True):
            is_float = kind == self.float_kind
            start, ends[is_float] = ends[is_float], ends[is_float] + math.prod(shape)
            yield is_float, slice(start, ends[is_float])

    def widths(self) -> tuple[int, int]:
        """Number of floating-point numbers and of integers of one member."""
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        floats = sum(size for size, kind in zip(sizes, self.kinds, strict=True) if kind == self.float_kind)
        return floats, sum(sizes) - floats

    def column(self, name: str) -> int:
        """The first column of a field of the tree, which is a named tuple, among those of its kind."""
        numbered = jax.tree.unflatten(self.structure, range(len(self.shapes)))
        field = min(jax.tree.leaves(getattr(numbered, name)))
        return list(self.places())[field][1].start

    def only(self, *names: str) -> tuple["Packing", Packed]:
        """The packing of some fields of the tree, which is a named tuple, and their columns; other fields are empty."""
        numbered = jax.tree.unflatten(self.structure, range(len(self.shapes)))
        others = {name: () for name in numbered._fields if name not in names}
        chosen, structure = jax.tree.flatten(numbered._replace(**others))
        columns: dict[bool, list[int]] = {True: [], False: []}
        places = list(self.places())
        for leaf in chosen:
            is_float, own = places[leaf]
            columns[is_float] += range(own.start, own.stop)
        both = Packed(np.array(columns[True], np.int32), np.array(columns[False], np.int32))
        shapes, kinds = tuple(self.shapes[leaf] for leaf in chosen), tuple(self.kinds[leaf] for leaf in chosen)
        return Packing(structure, shapes, kinds, self.float_kind), both

    def pack(self, tree: Tree, members_last: bool = False) -> Packed:
        """The rows of a tree; its arrays have the axis of members in front or at the end."""
        leaves = jax.tree.leaves(tree)
        numbers = np if all(isinstance(leaf, np.ndarray) for leaf in leaves) else jnp

        def matrix(floats: bool, kind: Any) -> Matrix:
            mine = [leaf for leaf, own in zip(leaves, self.kinds, strict=True) if (own == self.float_kind) == floats]
            if members_last:
                none = numbers.zeros((0, leaves[0].shape[-1]), kind)
                return numbers.concatenate(
                    [none, *(leaf.reshape(-1, leaf.shape[-1]).astype(kind, copy=False) for leaf in mine)]
                ).T
            none = numbers.zeros((len(leaves[0]), 0), kind)
            return numbers.concatenate(
                [none, *(leaf.reshape(len(leaf), -1).astype(kind, copy=False) for leaf in mine)], 1
            )

        return Packed(matrix(True, self.float_kind), matrix(False, np.int32))

    def unpack(self, packed: Packed, members_last: bool = False) -> Tree:
        """The tree again, with the axis of members in front or at the end of each array."""
        matrices = [packed.integers, packed.floats]
        if members_last:
            matrices = [matrix.T for matrix in matrices]
        leaves = []
        for shape, kind, (is_float, columns) in zip(self.shapes, self.kinds, self.places(), strict=True):
            matrix = matrices[is_float]
            leaf = matrix[columns].reshape(*shape, -1) if members_last else matrix[:, columns].reshape(-1, *shape)
            leaves.append(leaf.astype(kind, copy=False))
        return jax.tree.unflatten(self.structure, leaves)
