"""Names of end points: which comes first, and the tolerances of the definition."""

import numpy as np
import pytest

from theory.restarts import kinds

# A strict minimum above 0: everything is small, and all eigenvalues are positive.
MINIMUM = {
    "loss": 0.5,
    "gradient_norm": 0.0,
    "smallest": 0.1,
    "largest": 1.0,
    "dead": False,
    "saturated": False,
    "on_a_kink": False,
}


def kind(**changes) -> str:
    """The kind of one point, which is `MINIMUM` but for these numbers."""
    (found,) = kinds.kinds(**{name: np.array([value]) for name, value in (MINIMUM | changes).items()})
    return found


def test_a_point_has_the_first_kind_that_applies():
    everything = {"dead": True, "saturated": True, "on_a_kink": True, "smallest": -1.0}
    assert kind(loss=np.nan, **everything) == kind(loss=np.inf) == kinds.DIVERGED
    assert kind(loss=0.0, gradient_norm=1.0, **everything) == kinds.GLOBAL
    assert kind(**everything) == kinds.KINK
    assert kind(**(everything | {"on_a_kink": False})) == kinds.SADDLE
    assert kind(dead=True, saturated=True) == kinds.STRICT
    assert kind(dead=True, saturated=True, smallest=0.0) == kinds.PLATEAU
    assert kind(dead=True, smallest=0.0) == kinds.DEAD
    assert kind(smallest=0.0) == kinds.WEAK
    assert kind(gradient_norm=1.0) == kinds.UNFINISHED


@pytest.mark.parametrize(
    ("at", "beyond", "inside", "outside"),
    [
        ({"loss": kinds.SOLVED}, {"loss": kinds.SOLVED * 1.01}, kinds.GLOBAL, kinds.STRICT),
        ({"gradient_norm": 1e-9}, {"gradient_norm": 1.01e-9}, kinds.STRICT, kinds.UNFINISHED),
        ({"smallest": 1.01e-7}, {"smallest": 1e-7}, kinds.STRICT, kinds.WEAK),
        ({"smallest": -1.01e-7}, {"smallest": -1e-7}, kinds.SADDLE, kinds.WEAK),
        (
            {"saturated": True, "gradient_norm": 1e-5},
            {"saturated": True, "gradient_norm": 1.01e-5},
            kinds.PLATEAU,
            kinds.UNFINISHED,
        ),
    ],
)
def test_tolerances_are_those_of_the_definition(at, beyond, inside, outside):
    assert kind(**at) == inside
    assert kind(**beyond) == outside


def test_flatness_is_measured_by_the_largest_eigenvalue_and_never_by_a_negative_one():
    assert kind(smallest=1e-5, largest=10.0) == kinds.STRICT
    assert kind(smallest=1e-5, largest=1000.0) == kinds.WEAK
    # All eigenvalues negative: a maximum, which descent leaves like a saddle.
    assert kind(smallest=-1e-12, largest=-1e-13) == kinds.SADDLE
    # Nothing curves at all.
    assert kind(smallest=0.0, largest=0.0) == kinds.WEAK


def test_many_points_are_named_each_by_its_own_numbers():
    columns = {name: np.array([value] * 3) for name, value in MINIMUM.items()}
    columns["loss"] = np.array([0.0, 0.5, np.inf])
    assert kinds.kinds(**columns) == [kinds.GLOBAL, kinds.STRICT, kinds.DIVERGED]
    assert kinds.KINDS.index(kinds.GLOBAL) == 0
    assert set(kinds.LOCAL_MINIMA) < set(kinds.KINDS)
    assert all(name in kinds.DEFINITION for name in kinds.KINDS)
