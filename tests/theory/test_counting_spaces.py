"""Sizes of spaces against integers that are written out, and pictures that are read off one number."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.counting.spaces import Power, decoded, encoded, pictures


@pytest.mark.parametrize(("base", "exponent"), [(256, 40_000), (100, 1000), (3, 7), (2, 1)])
def test_logarithms_are_those_of_the_integers(base, exponent):
    power = Power(base, exponent)
    assert 10 ** int(power.log(10)) <= power.number < 10 ** (int(power.log(10)) + 1)
    tenths = int(10 * power.log(256))
    assert 256**tenths <= power.number**10 < 256 ** (tenths + 1)


def test_the_numbers_of_the_post():
    assert pictures(200, 200) == Power(256, 40_000)
    assert pictures(1000, 1000, 4) == Power(256, 4_000_000)
    assert round(pictures(200, 200).log(10), 1) == round(Power(2, 320_000).log(10), 1)
    assert f"{pictures(200, 200).log(10):.1f}" == "96329.6"
    assert f"{pictures(1000, 1000, 4).log(10):.1f}" == "9632959.9"
    assert f"{Power(100, 1000).log(256):.1f}" == "830.5"


@given(st.integers(2, 300), st.integers(1, 12), st.randoms(use_true_random=False))
def test_every_picture_is_read_off_its_number(levels, count, rng: random.Random):
    picture = tuple(rng.randrange(levels) for _ in range(count))
    number = encoded(picture, levels)
    assert number == sum(value * levels**place for place, value in enumerate(picture))
    assert decoded(number, count, levels) == picture
