"""Every number of every claim has two ends, and nothing beyond them, no infinity and no NaN, is a setting."""

import dataclasses
import math
import typing

import pytest

from experiments import settings
from experiments.claims import claims_of, families
from experiments.errors import UserError
from experiments.settings import ClaimSettings, Engine, RunSettings, parse, setting

SCHEMAS = {
    f"{family}.{claim}": module.Settings for family in families() for claim, module in claims_of(family).items()
} | {"run": RunSettings, "engine": Engine}


def kind_of(schema: type, name: str) -> type:
    kind = typing.get_type_hints(schema)[name]
    return typing.get_args(kind)[0] if typing.get_origin(kind) is list else kind


NUMBERS = [
    pytest.param(schema, field, id=f"{name}.{field.name}")
    for name, schema in SCHEMAS.items()
    for field in dataclasses.fields(schema)
    if kind_of(schema, field.name) in (int, float)
]


def problems_with(schema: type, field: dataclasses.Field, value: object) -> list[str]:
    problems: list[str] = []
    settings._parse_value(value, kind_of(schema, field.name), field, field.name, problems)
    return problems


@pytest.mark.parametrize(("schema", "field"), NUMBERS)
def test_every_number_has_two_ends(schema, field):
    low, high = (field.metadata[end] for end in ("low", "high"))
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low <= high
    beyond = (math.nan, math.inf, -math.inf, low - 1, high + 1, 2 * high + 1, 10**400)
    for value in (*beyond, *map(float, beyond[:-1])):
        assert problems_with(schema, field, value), value
    for value in (low, high):
        assert not problems_with(schema, field, kind_of(schema, field.name)(value))


@pytest.mark.parametrize("name", SCHEMAS)
def test_nothing_is_learned_at_a_rate_of_nothing(name):
    rates = [field for field in dataclasses.fields(SCHEMAS[name]) if field.name == "learning_rate"]
    for field in rates:
        assert problems_with(SCHEMAS[name], field, 0.0)
        assert problems_with(SCHEMAS[name], field, 1e-300)


@dataclasses.dataclass
class Free(ClaimSettings):
    number: float = setting(1.0)
    exponents: str = setting("1", low=1, high=9)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_a_number_without_ends_is_a_number_all_the_same(value):
    with pytest.raises(UserError, match="is not allowed; give a number"):
        parse({"sweep": {"family": "x", "free": {"number": value}}}, "x", {"free": Free})


@pytest.mark.parametrize("text", ["", " ", "0", "10", "-1", "1.5", "nan", "1,2", "²", "9" * 5000])
def test_numbers_in_a_text_have_ends_too(text):
    with pytest.raises(UserError, match="whole numbers from 1 to 9, separated by spaces"):
        parse({"sweep": {"family": "x", "free": {"exponents": text}}}, "x", {"free": Free})


@pytest.mark.parametrize("results", ["", "  "])
def test_the_folder_of_the_results_has_a_name(results):
    with pytest.raises(UserError, match=r"results: .* is not allowed; give a text that is not empty"):
        parse({"results": results, "sweep": {"family": "x", "free": {}}}, "x", {"free": Free})


@dataclasses.dataclass
class Odd(ClaimSettings):
    n: list[int] = setting([1, 3], low=1, high=9, such_that="n % 2 == 1")
    word: str = setting("a", choices=("a", "b"), such_that="word != 'b'")
    divisor: int = setting(1, low=0, high=9, such_that="8 % divisor == 0")


@pytest.mark.parametrize("value", [{"n": [1, 5, 9]}, {"n": 7}, {"word": "a"}, {"divisor": 4}])
def test_a_value_that_meets_its_condition_is_allowed(value):
    assert settings.problems_of(value, Odd, "odd") == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"n": [1, 2]}, "odd.n: 2 is not allowed; give a whole number from 1 to 9, such that n % 2 == 1"),
        ({"word": "b"}, "odd.word: 'b' is not allowed; give one of a, b, such that word != 'b'"),
        ({"divisor": 0}, "odd.divisor: 0 is not allowed; give a whole number from 0 to 9, such that 8 % divisor == 0"),
    ],
)
def test_a_value_that_does_not_is_told_the_condition(value, words):
    assert settings.problems_of(value, Odd, "odd") == [words]
