"""Trained butterflies: planted rates, and rows made again to the last bit."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments import sources
from experiments.claims.depth import trained_butterfly
from experiments.claims.depth.trained_butterfly.verdicts import FOUND, PUBLISHED, at_best
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, quantities, units, verdicts


def planted_runs(share: float, runs: int = 40, before: float | None = None, **others) -> pd.DataFrame:
    """Runs at two budgets: a share succeeds at the good learning rate and none at the bad one.

    If `before` is given, it is the share at half of the updates.
    """
    shares = {5: share if before is None else before, 10: share}
    rows = [
        {"N": N, "target": target, "order": order, "learning_rate": rate, "restart": run, "steps": steps}
        | {"floor": floor, "error": 1e-9 if floor == 0 and rate == 0.1 and run % 10 < shares[steps] * 10 else 0.2}
        for target, order, floor in (("fourier", "bit-reversal", 0.0), ("random", "own", 0.15))
        for N in (8, 16)
        for rate in (0.1, 0.7)
        for steps in shares
        for run in range(runs)
    ]
    table = pd.DataFrame(rows).assign(floor_of_all_orders=0.1, **others)
    return table.assign(solved=table["error"] <= FOUND)


@pytest.mark.parametrize(("share", "expected"), [(1.0, SUPPORTED), (0.5, INCONCLUSIVE), (0.1, CONTRADICTED)])
def test_planted_success_rates_of_butterflies(share, expected):
    found = verdicts(trained_butterfly.judge(planted_runs(share)))
    published = {f"published/fourier/N={N}": SUPPORTED for N in (8, 16)}
    assert found == {"found/fourier": expected, **published, "floor/random/own": SUPPORTED}


def test_a_rate_that_still_grows_with_the_updates_contradicts_nothing():
    assert verdicts(trained_butterfly.judge(planted_runs(0.2, 80)))["found/fourier"] == CONTRADICTED
    assert verdicts(trained_butterfly.judge(planted_runs(0.2, 80, before=0.0)))["found/fourier"] == INCONCLUSIVE
    one_budget = planted_runs(0.0)
    one_budget = one_budget[one_budget["steps"] == 10]
    assert verdicts(trained_butterfly.judge(one_budget))["found/fourier"] == INCONCLUSIVE


def test_the_worst_of_all_sizes_decides_and_other_runs_choose_the_rate():
    table = planted_runs(1.0)
    at_16 = (table["N"] == 16) & (table["target"] == "fourier")
    assert (
        verdicts(trained_butterfly.judge(table.assign(solved=table["solved"] & ~at_16)))["found/fourier"]
        == CONTRADICTED
    )
    # The first quarter is lucky at a rate at which all others fail.
    lucky = table["learning_rate"].eq(0.7) & table["target"].eq("fourier") & (table["restart"] < 10)
    fooled = table.assign(error=table["error"].mask(lucky, 0.0), solved=table["solved"] | lucky)
    judged = dict(at_best(fooled[fooled["target"] == "fourier"]))
    assert set(judged[8]["learning_rate"]) == {0.7}
    assert not judged[8]["solved"].any()


def test_errors_above_published_ones_are_not_found_and_those_below_floors_are_noticed():
    assert verdicts(trained_butterfly.judge(planted_runs(0.0)))["published/fourier/N=8"] == INCONCLUSIVE
    too_good = planted_runs(1.0, floor=0.3)
    assert verdicts(trained_butterfly.judge(too_good))["floor/random/own"] == CONTRADICTED


def test_butterflies_are_trained_and_made_again_to_the_last_bit():
    settings: dict[str, Any] = {
        "N": [4],
        "learning_rate": [0.1],
        "restarts": 3,
        "steps": [200],
        "target": ["fourier", "random"],
    }
    table = measured(trained_butterfly, trained_butterfly.Settings(**settings))
    reachable = (table["target"] == "fourier") & (table["order"] == "bit-reversal")
    assert table.loc[reachable, "solved"].all()
    assert not table.loc[~reachable, "solved"].any()
    # For N = 4 the floor is the least possible error, and training reaches it.
    np.testing.assert_allclose(table["error"], table["floor"], rtol=0.02, atol=1e-4)
    assert set(trained_butterfly.draw(table)) == {"butterfly-errors"}

    unit = units(trained_butterfly, trained_butterfly.Settings(**settings))[1]
    one = unit.with_cells(unit.cells.iloc[[2]].reset_index(drop=True))
    row = trained_butterfly.measure(unit).iloc[2].to_dict()
    rebuilt = trained_butterfly.rebuild(one, row)
    assert rebuilt.values["loss"] == row["loss"]
    assert rebuilt.curve["loss"].iloc[-1] == row["loss"]
    x = np.random.default_rng(0).standard_normal(4)
    z = np.concatenate([x, np.zeros(4)])
    for W, b in rebuilt.layers:
        z = z @ W + b
    transform = np.fft.fft(x) / 2
    expected = np.concatenate([transform.real, transform.imag])
    distance = np.abs(z - expected).max()
    assert (distance < 1e-4) == bool(row["solved"])


def test_what_is_measured_of_trained_butterflies_is_the_worst_size_and_the_least_error():
    table = planted_runs(1.0)
    fourier = table["target"] == "fourier"
    table.loc[fourier & (table["N"] == 8), "error"] *= 3100
    table.loc[fourier & (table["N"] == 16) & (table["restart"] % 2 == 0), "solved"] = False
    table.loc[~fourier & (table["N"] == 16) & (table["restart"] == 3), "error"] = 0.18
    table.loc[table.index[~fourier][0], "error"] = np.inf
    found = quantities(trained_butterfly.judge(table))
    assert found["found/fourier"][::3] == (0.5, 30)
    # The published error at N = 8 is 3.1e-6, and of the two planted rates the better one counts.
    assert found["published/fourier/N=8"] == pytest.approx((3.1e-6,) * 3 + (fourier.sum() / 2,))
    assert found["floor/random/own"] == pytest.approx((0.18 / 0.15,) * 3 + ((~fourier).sum() - 1,))


@pytest.mark.parametrize(("share", "expected"), [(0.999, SUPPORTED), (1.001, INCONCLUSIVE)])
def test_a_published_error_is_reached_by_one_run(share, expected):
    table = planted_runs(0.0)
    fourier = table["target"] == "fourier"
    table.loc[table.index[fourier & (table["N"] == 8)][7], "error"] = share * PUBLISHED["fourier"][8]
    judged = verdicts(trained_butterfly.judge(table))
    assert judged["published/fourier/N=8"] == expected
    # The other size has its own.
    assert judged["published/fourier/N=16"] == INCONCLUSIVE
    # Nothing is published for N = 4.
    without = trained_butterfly.judge(table.assign(N=table["N"].replace({8: 4, 16: 4})))
    assert not any(one.claim.startswith("published") for one in without)


def test_published_numbers_stand_beside_the_verdicts_that_measure_them():
    (sentence,) = (one for _, many in sources.every() for one in many if one.id == "dao-transforms")
    for one in sentence.published:
        _, _, target, size = one.verdict.split("/")
        assert one.value == PUBLISHED[target][int(size.removeprefix("N="))]
    assert len(sentence.published) == 8


@pytest.mark.parametrize(("below", "expected"), [(0.9e-9, SUPPORTED), (1.1e-9, CONTRADICTED)])
def test_no_more_than_rounding_is_allowed_below_a_floor(below, expected):
    table = planted_runs(0.0)
    least = table.index[(table["target"] == "random") & (table["N"] == 16)][5]
    table.loc[least, "error"] = 0.15 - below
    assert verdicts(trained_butterfly.judge(table))["floor/random/own"] == expected
