"""A million restarts: the rules on planted runs of XOR, and real ones."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.restarts import a_million_restarts
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import combined_rates_interval
from tests.support import drawn, measured
from theory.restarts import search


def runs(solved_soon: float, solved_late: float, count: int = 2000) -> pd.DataFrame:
    """Runs of XOR with a budget of 100 updates: shares that are right after 10 and after 90, the rest never."""
    steps = np.full(count, 100)
    soon, late = int(solved_soon * count), int((solved_soon + solved_late) * count)
    steps[:soon], steps[soon:late] = 10, 90
    columns = {"task": "parity", "n": 2, "width": 2, "activation": "tanh", "learning_rate": 1.0, "budget": 100}
    # Those who are right are spread over all runs, so that every half of them has its share.
    order = np.random.default_rng(0).permutation(count)
    steps, solved = steps[order], order < late
    return pd.DataFrame(
        {**columns, "restart": np.arange(count), "steps": steps, "solved": solved, "loss": np.where(solved, 0.3, 0.477)}
    )


@pytest.mark.parametrize(
    ("soon", "late", "expected"), [(0.5, 0.01, SUPPORTED), (0.1, 0.5, CONTRADICTED), (0.2, 0.16, INCONCLUSIVE)]
)
def test_starting_again_is_held_against_going_on(soon, late, expected):
    judged = a_million_restarts.judge(runs(soon, late))
    assert judged[1].verdict == expected
    assert judged[1].measured == pytest.approx(late / (1 - soon) - soon, abs=0.01)


def test_a_million_runs_are_charged_with_the_mean_run(monkeypatch):
    cheap = a_million_restarts.judge(runs(0.5, 0.0))[0]
    mean = 0.5 * (10 + 100) * float(search.step_cost(2, 2)) + 1
    assert cheap.measured == pytest.approx(576 * np.log10(2) - np.log10(1e6 * mean))
    assert cheap.low < cheap.measured < cheap.high
    assert cheap.verdict == SUPPORTED
    # Of coarser weights there are fewer settings: of 2 bits 2^18, of 4 bits 2^36, of 5 bits 2^45, against some 10^8
    # evaluations, a thousand times as many as which it must be.
    for bits, expected in ((2, CONTRADICTED), (4, CONTRADICTED), (5, SUPPORTED)):
        monkeypatch.setattr(search, "BITS", bits)
        assert a_million_restarts.judge(runs(0.5, 0.0))[0].verdict == expected


def test_of_several_learning_rates_the_cheapest_counts():
    slow = runs(0.5, 0.0).assign(learning_rate=0.1, steps=100)
    assert len(a_million_restarts.judge(pd.concat([slow, runs(0.5, 0.0)]))) == 2
    name, _, rows = next(a_million_restarts.series(pd.concat([slow, runs(0.5, 0.0)])))
    assert (name, set(rows["learning_rate"])) == ("parity-2-2-1", {1.0})
    # The first half of the runs has chosen, and is not judged.
    assert rows["restart"].min() == 1000


def test_runs_of_xor_are_measured_one_row_each_and_drawn():
    table = measured(a_million_restarts, a_million_restarts.Settings(restarts=300, steps=200))
    assert table.groupby("activation").size().to_dict() == {"logistic": 300, "rectifier": 300, "tanh": 300}
    assert table["key"].str.fullmatch("[0-9a-f]{16}").all()
    assert table["key"].is_unique
    assert (table["solved"] == (table["errors"] == 0)).all()
    assert (table["steps"] <= 200).all()
    drawings = drawn(a_million_restarts, table)
    left = drawings["million-waiting"].numbers.groupby("network")["not_right"].last()
    rates = 1 - table.groupby("activation")["solved"].mean()
    assert left["parity-2-2-1, tanh"] == pytest.approx(rates["tanh"])
    stuck = drawings["million-losses"].numbers
    # The lowest local minimum of XOR is right on two points and undecided on two: a loss of log(2) / 2.
    assert stuck.loc[(stuck["ended"] == "not right") & np.isfinite(stuck["loss"]), "loss"].min() > np.log(2) / 2 - 0.01


@pytest.mark.parametrize(
    ("soon", "waiting", "expected"),
    # Of 1000 runs 200 are right soon. Of the other 800 some are right later; Newcombe's interval of the difference.
    [(200, 131, SUPPORTED), (200, 132, INCONCLUSIVE), (200, 190, INCONCLUSIVE), (200, 191, CONTRADICTED)],
)
def test_going_on_is_worse_or_better_from_the_border_of_newcombes_interval_on(soon, waiting, expected):
    table = runs(soon / 1000, waiting / 1000, 1000)
    again = a_million_restarts.judge(table)[1]
    bounds = combined_rates_interval(np.array([1.0, -1.0]), np.array([waiting, soon]), np.array([800, 1000]))
    assert (again.measured, again.low, again.high) == pytest.approx(bounds)
    assert again.samples == 1000
    assert again.verdict == expected


def test_what_is_right_at_the_border_of_the_halves_counts_for_the_first_and_nothing_waits_for_ever():
    table = runs(0.5, 0.25, 400)
    at_half = table.assign(steps=table["steps"].replace({10: 50, 90: 51}))
    again = a_million_restarts.judge(at_half)[1]
    assert again.measured == pytest.approx(0.25 / 0.5 - 0.5)
    # An odd budget leaves out its last update; where every run is right soon, nobody waits.
    last = table.assign(steps=table["steps"].replace({90: 101}), budget=101)
    assert a_million_restarts.judge(last)[1].measured == pytest.approx(-0.5)
    nobody = a_million_restarts.judge(runs(1.0, 0.0, 400))[1]
    assert (nobody.low, nobody.high, nobody.verdict) == (-1, 1, INCONCLUSIVE)
    assert np.isnan(nobody.measured)


def test_the_mean_cost_has_a_normal_interval():
    table = runs(0.5, 0.0, 400)
    cost = table["steps"].to_numpy() * float(search.step_cost(2, 2)) + 1
    error = cost.std(ddof=1) / np.sqrt(400)
    cheap = a_million_restarts.judge(table)[0]
    ends = [576 * np.log10(2) - np.log10(1e6 * (cost.mean() + sign * 1.959964 * error)) for sign in (1, -1)]
    assert (cheap.low, cheap.high) == pytest.approx(ends)
    assert cheap.samples == 400
    # Three units have more weights, and a step of theirs costs more.
    wide = a_million_restarts.judge(table.assign(width=3))[0]
    mean = table["steps"].mean() * float(search.step_cost(2, 3)) + 1
    assert wide.measured == pytest.approx(64 * 13 * np.log10(2) - np.log10(1e6 * mean))
