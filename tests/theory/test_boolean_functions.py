import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import boolean
from theory.boolean import functions


@given(st.integers(1, 9), st.data())
def test_unpacking_is_the_inverse_of_packing(n, data):
    function = data.draw(st.integers(0, 2**2**n - 1))
    truth = boolean.unpack(function, n)
    assert len(truth) == 2**n
    assert boolean.pack(truth) == function
    assert all(int(bit) == (function >> i) & 1 for i, bit in enumerate(truth))


def test_numbers_outside_the_table_are_refused():
    with pytest.raises(ValueError, match="3 bits is an integer from 0 to"):
        boolean.unpack(256, 3)


def test_coordinate_j_of_input_i_is_bit_j_of_i():
    assert boolean.inputs(3)[6].tolist() == [0, 1, 1]


@pytest.mark.parametrize("n", range(2, 10))
@pytest.mark.parametrize("family", boolean.FAMILIES)
def test_families_agree_with_their_definition_input_by_input(family, n):
    rng = np.random.default_rng(n)
    truth = boolean.FAMILIES[family](n, rng)
    bits = [[(i >> j) & 1 for j in range(n)] for i in range(2**n)]
    expected = {
        "parity": lambda x: sum(x) % 2,
        "majority": lambda x: int(sum(x) > n / 2),
        "and": lambda x: int(all(x)),
    }
    if family in expected:
        assert truth.tolist() == [expected[family](x) for x in bits]
    elif family == "random" or family == "threshold":
        assert truth.sum() == 2 ** (n - 1)


@pytest.mark.parametrize(("n", "address_bits"), [(3, 1), (6, 2), (11, 3)])
def test_classic_multiplexers_select_the_addressed_bit(n, address_bits):
    truth = functions.multiplexer(n, np.random.default_rng())
    for i in range(2**n):
        address = i & (2**address_bits - 1)
        assert truth[i] == (i >> (address_bits + address)) & 1


def test_random_threshold_functions_are_threshold_functions():
    every = set(boolean.threshold_functions(4).tolist())
    rng = np.random.default_rng(0)
    assert all(boolean.pack(functions.threshold(4, rng)) in every for _ in range(50))


@pytest.mark.parametrize("n", range(3, 13))
@pytest.mark.parametrize("family", ["parity", "majority", "and", "multiplexer"])
def test_fixed_families_depend_on_every_bit(family, n):
    truth = boolean.FAMILIES[family](n, np.random.default_rng())
    inputs = np.arange(2**n)
    assert all((truth != truth[inputs ^ (1 << j)]).any() for j in range(n))
