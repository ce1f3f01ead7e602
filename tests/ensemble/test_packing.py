"""Trees of arrays as two matrices: what is packed comes back, and columns are where the packing says."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from experiments.ensemble.packing import Packed, Packing


class State(NamedTuple):
    """Fields of both kinds, in turn, one of them a tree and one empty."""

    loss: Any
    steps: Any
    network: Any
    memory: Any
    running: Any


def state(members: int, kind=np.float32) -> State:
    rng = np.random.default_rng(members)
    return State(
        rng.normal(size=members).astype(kind),
        rng.integers(0, 9, members).astype(np.int32),
        ((rng.normal(size=(members, 2, 3)).astype(kind), rng.normal(size=(members, 3)).astype(kind)),),
        (),
        rng.random(members) < 0.5,
    )


def same(a: State, b: State) -> bool:
    flat = [(a.loss, b.loss), (a.steps, b.steps), (a.running, b.running), *zip(a.network[0], b.network[0], strict=True)]
    return all(np.array_equal(x, y) and x.dtype == y.dtype for x, y in flat) and a.memory == b.memory == ()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("members", [1, 5])
def test_what_is_packed_comes_back_with_its_kinds(members, kind):
    tree = state(members, kind)
    packing = Packing.of(tree, kind)
    packed = packing.pack(tree)
    assert packing.widths() == (1 + 6 + 3, 2)
    assert packed.floats.shape == (members, 10)
    assert packed.integers.shape == (members, 2)
    assert packed.floats.dtype == kind
    assert packed.integers.dtype == np.int32
    assert same(packing.unpack(packed), tree)


def test_members_may_be_the_last_axis():
    tree = state(4)
    packing = Packing.of(tree, np.float32)
    moved = tuple(tuple(np.moveaxis(leaf, 0, -1) for leaf in layer) for layer in tree.network)
    last = tree._replace(network=moved)
    packed = packing.pack(last, members_last=True)
    np.testing.assert_array_equal(packed.floats, packing.pack(tree).floats)
    back = packing.unpack(packed, members_last=True)
    assert back.network[0][0].shape == (2, 3, 4)
    np.testing.assert_array_equal(back.network[0][0], last.network[0][0])


def test_rows_are_members():
    tree = state(5)
    packing = Packing.of(tree, np.float32)
    some = packing.unpack(packing.pack(tree).rows(np.array([4, 0, 4])))
    np.testing.assert_array_equal(some.network[0][0], tree.network[0][0][[4, 0, 4]])
    np.testing.assert_array_equal(some.running, tree.running[[4, 0, 4]])


def test_columns_are_counted_among_their_own_kind():
    tree = state(3)
    packing = Packing.of(tree, np.float32)
    packed = packing.pack(tree)
    assert (packing.column("loss"), packing.column("network")) == (0, 1)
    assert (packing.column("steps"), packing.column("running")) == (0, 1)
    np.testing.assert_array_equal(packed.integers[:, packing.column("running")], tree.running)


def test_some_fields_have_a_packing_of_their_own_and_columns_in_the_whole():
    tree = state(3)
    packing = Packing.of(tree, np.float32)
    own, columns = packing.only("running", "network")
    assert own.widths() == (9, 1)
    assert columns.floats.tolist() == list(range(1, 10))
    assert columns.integers.tolist() == [1]
    packed = packing.pack(tree)
    part = own.unpack(Packed(packed.floats[:, columns.floats], packed.integers[:, columns.integers]))
    np.testing.assert_array_equal(part.network[0][1], tree.network[0][1])
    assert (part.loss, part.steps) == ((), ())


def test_a_tree_without_integers_has_a_matrix_of_no_columns():
    packing = Packing.of((np.ones((2, 3), np.float32),), np.float32)
    packed = packing.pack((np.ones((2, 3), np.float32),))
    assert packing.widths() == (3, 0)
    assert packed.integers.shape == (2, 0)
