"""The proof in several dimensions: planted bounds, and small networks that are built."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import construction_in_space
from experiments.drawing.style import house_style
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, units, verdicts
from theory.approximation import counting, targets


def test_a_small_real_run_keeps_its_bounds_in_every_dimension():
    where = "construction == 'interpolant' and (route == 'mean' or family == 'ridges') or d == 2 and route == 'mean'"
    settings = construction_in_space.Settings(d=[2, 3], order=[1, 4], points=400, where=where)
    table = measured(construction_in_space, settings)
    # Guarantees of such small networks are weaker than the error of a constant, and decide nothing.
    found = verdicts(construction_in_space.judge(table))
    assert found == {"bound/steps": INCONCLUSIVE, "bound/interpolant": INCONCLUSIVE}
    assert (table["rms"] <= table["sup"]).all()
    assert table.groupby("d")["sup_by"].first().to_dict() == {2: "grid", 3: "search"}
    few, many = (table[(table["family"] == "ridges") & (table["route"] == route)] for route in ("directions", "mean"))
    assert (few["ridges"] == 3).all()
    last = (many["d"] == 3) & (many["order"] == 4)
    assert many.loc[last, "width"].min() > 50 * few["width"].max()
    with house_style():
        drawings = construction_in_space.draw(table)
    assert set(drawings) == {"construction-in-space-error", "construction-in-space-fit"}
    assert all(len(drawing.numbers) for drawing in drawings.values())


def test_errors_are_those_of_the_network_and_are_found_where_they_are_largest():
    # The mean of order 1 of a symmetric function is constant, so its error is known.
    settings = construction_in_space.Settings(family=["gaussian"], d=[2, 4], order=[1], points=400, route=["mean"])
    table = measured(construction_in_space, settings).set_index(["construction", "d"])
    for d in (2, 4):
        target = targets.gaussian(d, np.random.default_rng(0))
        constant = target.value(np.full((1, d), 0.5))[0]
        ends = target.value(np.stack([np.zeros(d), np.ones(d)]))
        assert table.loc[("steps", d), "width"] == 0
        assert table.loc[("steps", d), "sup"] == pytest.approx(np.abs(ends - constant).max(), abs=0.01)


def test_wide_layers_are_added_up_in_parts(monkeypatch):
    target = targets.pyramids(2, np.random.default_rng(0))
    layers, _ = construction_in_space.built(target, 2, 4, "mean", "interpolant")
    x = construction_in_space.cube_grid(2, 100)
    whole = construction_in_space.evaluate(layers, x, "rectifier")
    monkeypatch.setattr(construction_in_space, "SLICE", 50)
    assert construction_in_space.evaluate(layers, x, "rectifier") == pytest.approx(whole, abs=1e-12)


def test_the_work_is_that_of_the_networks_that_are_built():
    settings = construction_in_space.Settings(d=[1, 2, 3], order=[1, 2], points=500)
    for unit in units(construction_in_space, settings):
        table, d = construction_in_space.measure(unit), unit.static("d")
        # In three dimensions the search evaluates more points than the measurement.
        points = {1: 500, 2: 500, 3: 500 + 2000 + 9 + 32 * 80}[d]
        assert construction_in_space.work(unit) == (0, 20 * points * table["width"].sum())
        assert table["width"].sum() > 10


@pytest.mark.parametrize("family", list(targets.FAMILIES))
@pytest.mark.parametrize("kind", list(construction_in_space.CONSTRUCTIONS.values()))
def test_networks_that_are_too_large_to_be_listed_are_counted_from_above(monkeypatch, family, kind):
    for d, order in ((1, 8), (2, 4), (3, 3)):
        target = targets.FAMILIES[family](d, np.random.default_rng(0))
        built = construction_in_space.most_units(target, d, order, "mean", kind)
        assert built == sum(construction_in_space.planned(target, d, order, "mean", kind).units)
        with monkeypatch.context() as patch:
            patch.setattr(construction_in_space, "LISTED", 0)
            counted = construction_in_space.most_units(target, d, order, "mean", kind)
        # Coefficients for any function have more mass and are never 0; those of ridges are never 0 either.
        assert built < counted
        assert counted < 10 * built or family != "ridges"
    huge = construction_in_space.most_units(targets.FAMILIES[family](8, np.random.default_rng(0)), 8, 256, "mean", kind)
    assert huge > 513**8 / 2


def planted_bounds(ratio: float, constant: float = 0.7, d: int = 2) -> pd.DataFrame:
    rows = {"order": [1, 2], "width": [10, 20], "bound": [1.0, 0.5], "sup": [0.1, 0.5 * ratio], "rms": [0.1, 0.1]}
    facts = {
        "family": "gaussian",
        "d": d,
        "construction": "steps",
        "route": "mean",
        "constant": constant,
        "telling": 9.0,
    }
    return pd.DataFrame(rows).assign(**facts)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (0.9, SUPPORTED),
        (1.0, SUPPORTED),
        (1.001, CONTRADICTED),
        # Rounding, and no more.
        (1 + 0.9e-8, SUPPORTED),
        (1 + 1.1e-8, CONTRADICTED),
    ],
)
def test_one_network_above_its_bound_is_enough(ratio, expected):
    assert verdicts(construction_in_space.judge(planted_bounds(ratio))) == {"bound/steps": expected}


def test_what_is_measured_are_all_ratios_that_count():
    assert quantities(construction_in_space.judge(planted_bounds(0.9, constant=2.0))) == {
        "bound/steps": (0.9, 0.1, 0.9, 2)
    }
    # Not counted, and above its bound all the same; and one dimension that counts beside two that do not.
    over = planted_bounds(0.9).assign(sup=[1.1, 0.45])
    assert verdicts(construction_in_space.judge(over)) == {"bound/steps": CONTRADICTED}
    both = pd.concat([planted_bounds(0.9, d=1), planted_bounds(0.9, constant=0.4)], ignore_index=True)
    assert verdicts(construction_in_space.judge(both)) == {"bound/steps": INCONCLUSIVE}


def test_a_guarantee_that_a_constant_keeps_does_not_count():
    (some,) = construction_in_space.judge(planted_bounds(0.9))
    # One of the two bounds is above the error of a constant.
    assert (some.samples, some.low) == (1, 0.9)
    assert "1 of 2 at d = 2" in some.hypotheses
    for table in (planted_bounds(0.9, constant=0.4), planted_bounds(0.9, d=1)):
        assert verdicts(construction_in_space.judge(table)) == {"bound/steps": INCONCLUSIVE}


def test_the_width_from_which_a_guarantee_says_something_is_that_of_a_count():
    kind = construction_in_space.CONSTRUCTIONS["interpolant"]
    target = targets.gaussian(2, np.random.default_rng(0))
    units = construction_in_space.telling(target, 2, kind, 0.4, "mean")
    assert units == counting.needed_by(target, 2, kind, 0.4).neurons
    # The mean does not use that ridges are ridges.
    ridges = targets.ridges(2, np.random.default_rng(0))
    few, many = (construction_in_space.telling(ridges, 2, kind, 2.0, route) for route in ("directions", "mean"))
    assert 1000 * few < many
