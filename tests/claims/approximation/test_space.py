"""Rules about rates and dimensions on planted tables, and small measurements of each."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.approximation import dimension, rate
from experiments.drawing.style import house_style
from experiments.ensemble import train_ensemble
from experiments.ensemble.tracing import layers_of
from experiments.judging.neurons_needed import needed
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.plan import make_plan, random_generator
from experiments.settings import RunSettings
from tests.support import measured, verdicts
from theory.approximation import targets

WIDTHS = (4, 8, 16, 32, 64)


def planted_curves(power: float, noise: float = 0.1, constant: float = 1.0, seed: int = 0, **facts) -> pd.DataFrame:
    """Errors constant · m^power with noise, for four targets and two restarts, at two budgets."""
    rng = np.random.default_rng(seed)
    axes = {"function": range(4), "width": WIDTHS, "restart": range(2), "steps": (5, 10)}
    index = pd.MultiIndex.from_product(axes.values(), names=axes)
    table = index.to_frame(index=False)
    ways = {
        column: constant
        * (1 + table["function"])
        * table["width"] ** power
        * np.exp(noise * rng.normal(size=len(table)))
        for column in rate.WAYS
    }
    standard = {"family": "ridges", "d": 2, "activation": "tanh", "learning_rate": 0.01, "input_scale": 1.0} | {
        "norm": 5.0,
        "deviation": 1.0,
    }
    return table.assign(**ways, **(standard | {"points": 100} | facts))


def test_slopes_of_planted_power_laws_are_covered_as_stated():
    covered = 0
    for seed in range(200):
        table = planted_curves(-0.7, noise=0.3, seed=seed)
        slope = rate.slope(table[table["steps"] == 10], "construction_error")
        covered += slope.low <= -0.7 <= slope.high
        assert slope.value == pytest.approx(-0.7, abs=0.2)
    # 95 % of 200 are 190 with a standard deviation of 3.
    assert 181 <= covered <= 198


@pytest.mark.parametrize(
    ("power", "noise", "expected"),
    [(-1.0, 0.1, SUPPORTED), (-0.2, 0.1, CONTRADICTED), (-0.5, 0.5, INCONCLUSIVE), (0.0, 0.0, CONTRADICTED)],
)
def test_whether_errors_fall_as_barron_says(power, noise, expected):
    found = verdicts(rate.judge(planted_curves(power, noise)))
    assert found["slope/training/ridges/d=2/tanh"] == expected
    assert found["slope/construction/ridges/d=2/tanh"] == expected
    # Units that are drawn without looking are no units of Barron's: his other theorem is about them.
    assert not any(name.startswith("slope/random-features") for name in found)


@pytest.mark.parametrize(
    ("power", "noise", "expected"),
    [(-2.0, 0.05, SUPPORTED), (-1.0, 0.05, CONTRADICTED), (-4.0, 0.05, CONTRADICTED), (-2.0, 1.0, INCONCLUSIVE)],
)
def test_whether_a_smooth_target_is_met_as_by_broken_lines(power, noise, expected):
    table = planted_curves(power, noise, d=1, activation="rectifier")
    assert verdicts(rate.judge(table))["smooth/training/ridges/d=1/rectifier"] == expected
    assert not any(name.startswith("smooth") for name in verdicts(rate.judge(table.assign(activation="tanh"))))


def test_more_updates_might_help_so_that_one_budget_contradicts_nothing():
    table = planted_curves(-0.2)
    found = verdicts(rate.judge(table[table["steps"] == 10]))
    assert found["slope/training/ridges/d=2/tanh"] == INCONCLUSIVE
    assert found["slope/construction/ridges/d=2/tanh"] == CONTRADICTED
    # Errors that fell much with the last doubling of the updates may go on to fall.
    falling = table.assign(error=table["error"] * np.where(table["steps"] == 5, table["width"] ** 0.5, 1))
    assert verdicts(rate.judge(falling))["slope/training/ridges/d=2/tanh"] == INCONCLUSIVE


def test_the_bound_is_judged_where_it_is_below_a_constant_only():
    # Barron's bound is 2 · 5 / √m deviations: below 1 from m = 101 on.
    (facts,) = rate.held(planted_curves(-0.5, 0.0))["units"].unique()
    assert facts == 101
    assert rate.held(planted_curves(-0.5))["vacuous"].to_numpy() == pytest.approx(10 / np.sqrt(64))
    (verdict,) = (one for one in rate.judge(planted_curves(-0.5, 0.0)) if one.claim.startswith("bound/"))
    assert verdict.verdict == SUPPORTED
    assert verdict.measured == pytest.approx(4 / np.sqrt(64) / (10 / np.sqrt(101)))
    # A constant meets the bound at every width that is tried, and does not count; nor does a network that is too wide.
    assert verdicts(rate.judge(planted_curves(0.0, 0.0, 1.1)))["bound/ridges/d=2/tanh"] == INCONCLUSIVE
    early = planted_curves(-0.5, 0.0, norm=0.6)
    assert rate.held(early)["units"].unique() == [2]
    assert verdicts(rate.judge(early))["bound/ridges/d=2/tanh"] == INCONCLUSIVE
    assert not any(name.startswith("bound") for name in verdicts(rate.judge(early.assign(norm=np.nan))))


def test_some_targets_choose_the_setting_of_each_width_and_the_others_are_judged():
    table = planted_curves(-1.0)
    good, bad = table[table["steps"] == 10], table[table["steps"] == 10].assign(learning_rate=0.1)
    bad["error"] *= 5
    good = good.assign(error=good["error"].where(good["width"] != 64, 100 * good["error"]))
    # What those that are judged would choose does not matter.
    lucky = bad.assign(error=bad["error"].where(bad["function"] == 0, 0.0))
    judged = rate.ways.judged(pd.concat([good, lucky], ignore_index=True), "error")
    assert judged.groupby("width")["learning_rate"].first().to_dict() == dict.fromkeys(WIDTHS[:-1], 0.01) | {64: 0.1}
    assert set(judged["function"]) == {1, 2, 3}
    # With one setting nothing is chosen, and what is drawn does not depend on the setting.
    assert set(rate.ways.judged(good, "error")["function"]) == {0, 1, 2, 3}
    assert len(rate.ways.judged(pd.concat([good, bad]), "random_error")) == len(good)


def test_a_family_of_one_function_varies_by_its_runs():
    table = planted_curves(-1.0)
    assert rate.ways.tasks(table).nunique() == 4
    assert rate.ways.tasks(table.assign(family="gaussian")).nunique() == 8


def planted_dimensions(
    width_of_d, family: str, noise: float = 0.1, norm=lambda d: 5.0, dimensions=(1, 2, 3, 4, 6, 8)
) -> pd.DataFrame:
    """Errors that fall as 1/m and are 0.5 at the width that is needed in d dimensions."""
    parts = []
    for d in dimensions:
        table = planted_curves(-1.0, noise, d=d, family=family, seed=d, norm=norm(d))
        for column in rate.WAYS:
            table[column] *= 0.5 * width_of_d(d) / (1 + table["function"])
        parts.append(table)
    table = pd.concat(parts, ignore_index=True).assign(relative_error=0.5)
    return table.assign(proof_width=table["d"].map(width_of_d))


def way(found, name: str = "training") -> str:
    return next(verdict for claim, verdict in verdicts(found).items() if claim.endswith(name))


@pytest.mark.parametrize(
    ("width_of_d", "expected"),
    [
        (lambda d: 4.5 * 2.0 ** (1.2 * (d - 2)), SUPPORTED),
        (lambda d: 2.0 ** (0.6 * d + 1), CONTRADICTED),
        (lambda d: 3 * d**1.5, CONTRADICTED),
        (lambda d: 1.2 * 2**d, INCONCLUSIVE),
        # Not reached from d = 4 on: that the width doubles follows only if it is small before.
        (lambda d: {1: 4, 2: 1.0, 3: 9.0}.get(d, 1e6), SUPPORTED),
        (lambda d: {1: 4, 2: 30.0, 3: 50.0}.get(d, 1e6), INCONCLUSIVE),
        # Never reached: nothing follows.
        (lambda d: 1e6, INCONCLUSIVE),
    ],
)
def test_whether_the_width_doubles_with_every_dimension_that_was_measured(width_of_d, expected):
    noise = 0.02 if expected != INCONCLUSIVE else 0.4
    table = planted_dimensions(width_of_d, "pyramids", noise, dimensions=(1, 2, 3, 4, 5))
    assert way(dimension.judge(table)) == expected


@pytest.mark.parametrize("family", ["ridges", "gaussian"])
@pytest.mark.parametrize(
    ("width_of_d", "expected"),
    [
        # The norm grows as √d, so that Barron's bound of the width grows as d.
        (lambda d: 6 * d**0.7, SUPPORTED),
        (lambda d: 6 * d**1.3, CONTRADICTED),
        (lambda d: 6.0 * d * {2: 1.0, 3: 1.5, 4: 0.7, 6: 1.4, 8: 1.0}.get(d, 1.0), INCONCLUSIVE),
        (lambda d: 30.0 if d < 8 else 1e6, INCONCLUSIVE),
        (lambda d: 10.0, SUPPORTED),
    ],
)
def test_whether_the_width_grows_as_barrons_bound(family, width_of_d, expected):
    noise = 0.02 if expected != INCONCLUSIVE else 0.4
    table = planted_dimensions(width_of_d, family, noise, norm=lambda d: np.sqrt(d))
    found = dimension.judge(table)
    assert way(found) == expected
    assert all(one.prediction == "power of d <= 1, that of (2 C / error)²" for one in found)


def test_what_is_not_reached_is_a_bound_whatever_the_largest_width_is():
    lows = []
    for cap in (16, 32, 64):
        table = planted_dimensions(lambda d: {1: 4, 2: 1.0, 3: 9.0}.get(d, 1e6), "pyramids", 0.02)
        rows = table[(table["width"] <= cap) & (table["steps"] == 10)]
        widths = dimension.widths_needed(rows, "error")
        assert np.isinf(widths.loc[widths["d"] >= 4, "high"]).all()
        assert (widths.loc[widths["d"] >= 4, "low"] == cap).all()
        assert widths.loc[widths["d"] == 2, ["low", "high"]].drop_duplicates().to_numpy().tolist() == [[1.0, 4.0]]
        _, low, high = dimension.bits(widths)
        assert high == np.inf
        lows.append(low)
    # A larger one lets more be known, and takes back nothing.
    assert lows == sorted(lows)


def test_the_width_of_the_proof_is_exact_and_the_known_one_in_every_dimension():
    table = planted_dimensions(lambda d: 4.0**d, "gaussian")
    widths = dimension.widths_needed(table, dimension.PROOF)
    assert (widths["low"] == widths["high"]).all()
    assert widths.groupby("d")["low"].first().to_dict() == {d: 4.0**d for d in (1, 2, 3, 4, 6, 8)}
    (proof,) = (one for one in dimension.judge(table) if one.claim.endswith("brute-force-proof"))
    assert (proof.verdict, proof.evidence) == (CONTRADICTED, "exact")
    (doubles,) = (
        one for one in dimension.judge(table.assign(family="pyramids")) if one.claim.endswith("brute-force-proof")
    )
    assert (doubles.verdict, doubles.low, doubles.evidence) == (SUPPORTED, 2.0, "exact")
    slow = planted_dimensions(lambda d: d**0.5, "gaussian", norm=lambda d: np.sqrt(d))
    assert way(dimension.judge(slow), "brute-force-proof") == SUPPORTED


def test_units_that_are_fixed_before_need_as_many_as_orthants_and_random_ones_have_more():
    table = planted_dimensions(lambda d: 2.0**d, "pyramids")
    (fixed,) = (one for one in dimension.judge(table) if one.claim.endswith("fixed-units"))
    assert (fixed.verdict, fixed.evidence) == (SUPPORTED, "exact")
    # (1 - 1/4) 2^d - 1 at d = 6 and 8: 47 and 191.
    assert fixed.low == pytest.approx(np.log2(191 / 47) / 2)


def test_the_width_needed_is_read_off_a_power_law_between_two_widths():
    curve = pd.Series([1.0, 0.25, 0.0625], index=[4, 8, 16])
    assert needed(curve, 0.5) == pytest.approx(np.sqrt(32))
    assert needed(curve, 1.0) == 4
    assert np.isnan(needed(curve, 0.01))
    # What comes after the first crossing does not count.
    assert needed(pd.Series([1.0, 0.25, 0.9], index=[4, 8, 16]), 0.25) == pytest.approx(8)


SMALL = {"learning_rate": [0.01], "functions": 2, "restarts": 2, "steps": [50, 100]}


def draw_all(module, table: pd.DataFrame) -> None:
    with house_style():
        drawings = module.draw(table)
    assert all(len(drawing.numbers) for drawing in drawings.values())


def test_a_small_measurement_of_rates():
    settings = rate.Settings(
        **SMALL, family=["ridges", "pyramids"], d=[1, 2], width=[4, 16], activation=["rectifier"], points=500, batch=100
    )
    table = measured(rate, settings)
    assert table["construction_error"].isna().equals(table["family"] == "pyramids")
    assert table["key"].is_unique
    assert (table["error"] <= 1.1 * table["trained_error"]).all()
    assert (table["largest_error"] >= table["error"]).all()
    medians = table.groupby("width")[["error", "random_error"]].median()
    assert (medians.loc[16] < medians.loc[4]).all()
    assert len(rate.judge(table)) > 0
    draw_all(rate, table)


@pytest.mark.parametrize(
    ("norm", "dotted", "dashed"),
    [(50.0, WIDTHS, None), (2.0, WIDTHS, (16, 32, 64)), (0.5, None, WIDTHS), (np.nan, None, None)],
)
def test_barrons_bound_is_drawn_boldly_only_where_no_constant_meets_it(norm, dotted, dashed):
    # 2 C / √m is at most 1 from m = 4 C² on.
    table = planted_curves(-0.7, norm=norm)
    with house_style():
        figure = rate.draw(table[table["steps"] == 10])["rate-error-width"].figure
    lines = {line.get_linestyle(): tuple(line.get_xdata()) for line in figure.axes[0].lines}
    assert (lines.get(":"), lines.get("--")) == (dotted, dashed)
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert ("Barron's bound" in labels) == (dashed is not None)
    assert labels > {"training", "the best constant"}


def test_inputs_are_scaled_for_training_only():
    small = SMALL | {"steps": [3], "restarts": 1, "input_scale": [4.0]}
    settings = rate.Settings(**small, family=["ridges"], d=[2], width=[4], activation=["tanh"], points=300, batch=0)
    unit = make_plan(RunSettings(sweep={"rate": settings}, family="approximation", name="approximation"))[0]
    problem = rate.ways._problems(unit)[0]
    outcome = train_ensemble(*rate.ways._training(unit, {0: problem, 1: problem}))
    trained, _ = rate.ways._fitted(layers_of(outcome, 0, 4.0), problem)
    # The loss of training is that of the network as it is for inputs that are not scaled.
    assert np.mean(problem.residual(trained, problem.x) ** 2) == pytest.approx(outcome.loss[0], rel=1e-4)


def test_a_small_measurement_of_dimensions():
    settings = dimension.Settings(**SMALL, d=[1, 2], width=[4, 16], points=500, batch=100)
    table = measured(dimension, settings)
    widths = dimension.widths_needed(table[(table["family"] == "ridges") & (table["steps"] == 100)], "error")
    assert widths["low"].between(1, 16).all()
    assert (widths["high"] >= widths["low"]).all()
    # Of every family there is the width of the proof, for the very target that is trained.
    assert {one.claim.split("/")[0] for one in dimension.judge(table)} == {"ridges", "gaussian", "pyramids"}
    assert len([one for one in dimension.judge(table) if one.claim.endswith("brute-force-proof")]) == 3
    assert table.groupby(["family", "d", "function"])["proof_width"].nunique().eq(1).all()
    for (family, d, function), rows in table.groupby(["family", "d", "function"]):
        target = targets.FAMILIES[family](d, random_generator(0, "target", family, d, function))
        assert rows["deviation"].iloc[0] == pytest.approx(target.deviation, rel=0.15)
        if family == "ridges":
            assert rows["norm"].iloc[0] == target.norm
    draw_all(dimension, table)


def test_a_diverged_network_is_a_row_and_nothing_breaks():
    settings = rate.Settings(
        d=[1],
        width=[4],
        activation=["rectifier"],
        family=["ridges"],
        points=200,
        batch=0,
        learning_rate=[1e30],
        restarts=2,
        functions=2,
        steps=[20],
    )
    # A network whose units have all died on the way is finite again: a constant.
    errors = measured(rate, settings)["error"]
    assert (np.isinf(errors) | (errors > 0.9)).all()
    assert np.isinf(errors).any()
