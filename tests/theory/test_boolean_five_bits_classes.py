"""The classes of five bits against published numbers, and against symmetries that are written out."""

import itertools

import numpy as np

from theory import boolean
from theory.boolean import five_bits
from theory.boolean.five_bits import classes


def written_out(function: int) -> np.ndarray:
    """All images of a function under exchanged and negated inputs and a negated output, one by one."""
    truth, x = boolean.unpack(function, 5), boolean.inputs(5)
    images = []
    for order, negated in itertools.product(itertools.permutations(range(5)), boolean.inputs(5)):
        image = boolean.pack(truth[(x[:, list(order)] ^ negated) @ (1 << np.arange(5))])
        images += [image, 2**32 - 1 - image]
    return np.array(images, np.uint32)


def test_classes_are_as_many_as_were_published_and_hold_every_function():
    found = five_bits.all_classes()
    assert len(found.sizes) == 616_126  # OEIS A000370
    assert int(found.sizes.sum()) == 2**32
    assert (np.diff(found.representatives.astype(np.int64)) > 0).all()


def test_least_members_and_sizes_are_those_of_all_images():
    rng = np.random.default_rng(101)
    parity = boolean.pack(boolean.functions.parity(5, rng))
    for function in [0, 1, parity, 0xFF00FF00, *rng.integers(0, 2**32, 4).tolist()]:
        images = written_out(function)
        least, sizes = five_bits.least_members(images)
        assert set(least.tolist()) == {int(images.min())}
        assert set(sizes.tolist()) == {len(np.unique(images))}


def test_the_class_of_a_function_has_its_least_member():
    functions = np.random.default_rng(102).integers(0, 2**32, 1000).astype(np.uint32)
    found = five_bits.all_classes()
    assert np.array_equal(found.representatives[found.of(functions)], five_bits.least_members(functions)[0])


def test_halves_belong_to_a_function_with_the_input_exchanged():
    function = np.array([0x12345678], np.uint32)
    truth = boolean.unpack(0x12345678, 5).reshape(2, 2, 2, 2, 2)  # axes: input 4 first, input 0 last
    for j in range(5):
        one, zero = classes._halves(function, j)[0]
        exchanged = np.swapaxes(truth, 0, 4 - j)
        assert boolean.pack(exchanged[1].ravel()) == one[0]
        assert boolean.pack(exchanged[0].ravel()) == zero[0]
