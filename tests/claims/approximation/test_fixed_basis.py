"""Rules about units that are fixed before the target, on planted tables, and a small measurement."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import fixed_basis
from experiments.drawing.style import house_style
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import make_plan
from experiments.settings import RunSettings
from tests.support import quantities, verdicts


def planted(
    power: float, noise: float = 0.02, floor: float = 0.01, adaptive: float = 0.001, d: int = 4
) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([(4, 8, 16, 32), range(10)], names=["width", "draw"])
    table = index.to_frame(index=False)
    table["worst"] = table["width"] ** power * np.exp(noise * np.random.default_rng(0).normal(size=len(table)))
    return table.assign(floor=floor, adaptive=adaptive, d=d, activation="tanh", length=2, points=100)


@pytest.mark.parametrize(
    ("power", "noise", "expected"),
    [(-0.25, 0.02, SUPPORTED), (-0.8, 0.02, CONTRADICTED), (-0.5, 0.5, INCONCLUSIVE)],
)
def test_whether_fixed_units_fall_slower_than_the_best(power, noise, expected):
    assert verdicts(fixed_basis.judge(planted(power, noise)))["slower/d=4/tanh"] == expected
    # The theorem says the same for both dimensions.
    assert not any(name.startswith("slower") for name in verdicts(fixed_basis.judge(planted(power, noise, d=2))))


def test_one_set_of_units_below_the_floor_is_enough():
    assert verdicts(fixed_basis.judge(planted(-0.25)))["floor/d=4"] == SUPPORTED
    table = planted(-0.25)
    broken = table.assign(worst=table["worst"].where(table.index != 3, 0.009))
    assert verdicts(fixed_basis.judge(broken))["floor/d=4"] == CONTRADICTED


def test_what_is_measured_of_fixed_units_is_the_least_ratio_the_range_and_the_largest_width():
    table = planted(-0.25, noise=0.0)
    table["floor"], table["adaptive"] = 0.5 * table["worst"], 0.04 / table["width"]
    table.loc[7, ["floor", "worst"]] = 0.25, 0.2
    table.loc[8, "floor"] = 0.1 * table.loc[8, "worst"]
    found = quantities(fixed_basis.judge(table))
    assert found["floor/d=4"] == pytest.approx((0.8, 0.8, 10.0, 40))
    chosen = 0.04 / 32 / (0.5 * 32**-0.25)
    assert found["chosen/d=4"] == pytest.approx((chosen, chosen, chosen, 4))
    assert found["slower/d=4/tanh"][3] == 10
    assert quantities(fixed_basis.judge(planted(-0.25, noise=0.0)))["slower/d=4/tanh"] == pytest.approx(
        (-0.25, -0.25, -0.25, 10)
    )


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((-0.2401, -0.2599), SUPPORTED),
        ((-0.2399, -0.25), INCONCLUSIVE),
        ((-0.25, -0.2601), INCONCLUSIVE),
        ((-0.2399, -0.2601), CONTRADICTED),
    ],
)
def test_both_slopes_have_to_be_near_the_theorem_and_one_that_is_not_contradicts_nothing(monkeypatch, ends, expected):
    monkeypatch.setattr(fixed_basis, "limit", lambda d: ends)
    judged = fixed_basis.judge(planted(-0.25))
    assert verdicts(judged)["limit/d=4"] == expected
    assert quantities(judged)["limit/d=4"] == (ends[0], min(ends), max(ends), 2)


@pytest.mark.parametrize(("over", "expected"), [(1 - 0.9e-9, SUPPORTED), (1 - 1.1e-9, CONTRADICTED)])
def test_no_more_than_rounding_is_allowed_below_the_floor(over, expected):
    table = planted(-0.25)
    table.loc[3, "worst"] = over * table.loc[3, "floor"]
    assert verdicts(fixed_basis.judge(table))["floor/d=4"] == expected


def test_chosen_units_are_better_only_if_they_are_guaranteed_to_be():
    assert verdicts(fixed_basis.judge(planted(-0.25)))["chosen/d=4"] == SUPPORTED
    assert verdicts(fixed_basis.judge(planted(-0.25, adaptive=0.02)))["chosen/d=4"] == INCONCLUSIVE


@pytest.mark.parametrize("d", [2, 4, 8])
def test_in_the_limit_fixed_units_have_the_power_of_the_theorem(d):
    assert fixed_basis.limit(d) == pytest.approx((-1 / d, -1 / d), abs=fixed_basis.MARGIN)


def test_a_small_measurement_is_above_the_floor_and_drawn():
    settings = fixed_basis.Settings(d=[2, 4], width=[4, 16], draws=3, points=1024)
    run = RunSettings(sweep={"fixed-basis": settings}, family="approximation", name="approximation")
    table = pd.concat([fixed_basis.measure(unit) for unit in make_plan(run)], ignore_index=True)
    assert (table["worst"] >= table["floor"]).all()
    assert (table["floor"] <= table["cosines"]).all()
    # A row does not depend on the other rows, except for the functions, which depend on all widths.
    assert table.groupby(["d", "width"])["floor"].nunique().eq(1).all()
    found = verdicts(fixed_basis.judge(table))
    assert {name: word for name, word in found.items() if name.split("/")[0] in ("floor", "limit")} == dict.fromkeys(
        ("floor/d=2", "limit/d=2", "floor/d=4", "limit/d=4"), SUPPORTED
    )
    with house_style():
        assert len(fixed_basis.draw(table)["fixed-basis-worst-error"].numbers)


@pytest.mark.parametrize(("width", "length", "expected"), [(1000, 1, np.pi / 2e6), (1, 1, np.sqrt(0.5) / np.pi)])
def test_chosen_units_have_the_error_of_a_broken_line_or_of_a_constant(width, length, expected):
    assert fixed_basis.adaptive(width, length) == pytest.approx(expected)
