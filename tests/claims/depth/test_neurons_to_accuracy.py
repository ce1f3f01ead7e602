"""How neurons grow with n: planted laws, and a small measurement."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import neurons_to_accuracy
from experiments.claims.depth.neurons_to_accuracy.verdicts import series
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts
from theory.network import parameter_count

SMALL: dict[str, Any] = {"learning_rate": [0.03], "batch": 0}


TWO: dict[str, Any] = {**SMALL, "steps": [30, 60]}


def planted_growth(flat, deep, largest: int = 1024, before=None) -> pd.DataFrame:
    """Errors that fall as 1/neurons and are 0.1 at the neurons needed, with two restarts and two budgets.

    If `before` is given, it is the neurons that flat networks need at the smaller budget.
    """
    parts = []
    for n, (form, needs), steps in itertools.product(range(2, 9), (("flat", flat), ("deep", deep)), (5, 10)):
        if n == 2 and form == "deep":
            continue
        needed = before if before and form == "flat" and steps == 5 else needs
        neurons = 2 ** np.arange(int(np.log2(largest)) + 1)
        facts = {"n": n, "form": form, "neurons": neurons, "error": 0.1 * needed(n) / neurons, "steps": steps}
        parts += [pd.DataFrame({**facts, "restart": restart}) for restart in range(2)]
    table = pd.concat(parts, ignore_index=True)
    shared = {"domain": "positive", "activation": "tanh", "learning_rate": 0.01}
    return table.assign(validation_error=table["error"], **shared)


def test_what_is_planted_is_read_off():
    table = planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1))
    settings = list(series(table))
    assert [one.level for one in settings] == [0.2, 0.1]
    for one in settings:
        # Errors fall as 1/neurons, so twice the error needs half of the neurons.
        share = 0.1 / one.level
        assert one.forms["flat"]["needed"].to_numpy() == pytest.approx(share * 2.0 ** np.arange(2, 9))
        # For n = 2 both forms have one hidden layer.
        assert one.forms["deep"]["needed"].to_numpy() == pytest.approx(share * 4.0 * np.arange(1, 8))
        assert one.earlier["flat"].equals(one.forms["flat"])


def test_runs_that_choose_the_rate_are_not_judged():
    table = planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1))
    table["error"] *= np.where(table["restart"] == 0, 10.0, 1.0)
    one = next(iter(series(table)))
    assert one.forms["flat"]["needed"].to_numpy() == pytest.approx(0.5 * 2.0 ** np.arange(2, 9))


def other_runs_choose(table: pd.DataFrame) -> pd.DataFrame:
    """The same with another learning rate, at which the choosing restart is good by luck and the other is not."""
    lucky = table["restart"] == 0
    return pd.concat([table, table.assign(learning_rate=0.9, error=1.0, validation_error=np.where(lucky, 0.0, 1.0))])


def test_a_rate_that_was_lucky_is_judged_by_other_runs():
    table = other_runs_choose(planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1)))
    for one in series(table):
        assert not one.forms["flat"]["reached"].any()


@pytest.mark.parametrize(
    ("flat", "deep", "growth_of_flat", "growth_of_deep", "advantage"),
    [
        (lambda n: 2.0**n, lambda n: 4.0 * (n - 1), SUPPORTED, SUPPORTED, SUPPORTED),
        (lambda n: 2.0 * n, lambda n: 2.0**n, CONTRADICTED, CONTRADICTED, CONTRADICTED),
        (
            lambda n: n**2 * 1.1 ** (-1) ** n,
            lambda n: n**2 * 1.1 ** (-1) ** n,
            INCONCLUSIVE,
            INCONCLUSIVE,
            INCONCLUSIVE,
        ),
        # Flat networks never reach the level after n = 5: this shows fast growth, and an advantage as a lower bound.
        (lambda n: 2.0 ** (2 * n - 1) if n < 6 else 1e9, lambda n: 4.0 * (n - 1), SUPPORTED, SUPPORTED, SUPPORTED),
        # The deep networks do not reach it: nothing shows that their neurons grow slowly.
        (lambda n: 4.0 * n, lambda n: 4.0 * n if n < 5 else 1e9, CONTRADICTED, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_how_neurons_grow(flat, deep, growth_of_flat, growth_of_deep, advantage):
    found = verdicts(neurons_to_accuracy.judge(planted_growth(flat, deep)))
    assert found["growth/flat/positive/tanh/0.1"] == growth_of_flat
    assert found["growth/deep/positive/tanh/0.1"] == growth_of_deep
    assert found["advantage/positive/tanh/0.1"] == advantage


def test_growth_below_the_square_is_called_so_though_it_is_faster():
    # n^2.9 / 7 is below n² for all n tried.
    found = {one.claim: one for one in neurons_to_accuracy.judge(planted_growth(lambda n: n**2.9 / 7, lambda n: n))}
    one = found["growth/flat/positive/tanh/0.1"]
    assert (one.verdict, one.measured) == (SUPPORTED, pytest.approx(2.9))
    assert "more than n² for n = none of these" in one.hypotheses


def test_growth_that_changes_with_the_updates_is_not_decided():
    def cube(n):
        return 2.0 * n**3

    def deep(n):
        return 4.0 * (n - 1)

    def faster(n):
        return 2.0 * n**4.5

    name = "growth/flat/positive/tanh/0.1"
    assert verdicts(neurons_to_accuracy.judge(planted_growth(cube, deep)))[name] == SUPPORTED
    moved = planted_growth(cube, deep, before=faster, largest=2**15)
    assert verdicts(neurons_to_accuracy.judge(moved))[name] == INCONCLUSIVE
    one_budget = moved[moved["steps"] == 10]
    assert verdicts(neurons_to_accuracy.judge(one_budget))[name] == INCONCLUSIVE


@pytest.mark.parametrize(
    ("flat", "expected"),
    [(lambda n: 2.0**n, SUPPORTED), (lambda n: 1.1 * 2**n, INCONCLUSIVE), (lambda n: 4.0, SUPPORTED)],
)
def test_neurons_against_paper(flat, expected):
    found = neurons_to_accuracy.judge(planted_growth(flat, lambda n: 4.0 * (n - 1)))
    assert verdicts(found)["on-paper/flat/positive/tanh/0.1"] == expected


def test_networks_that_were_not_large_enough_prove_nothing_against_paper():
    # 2^8 = 256 neurons are enough on paper, and 128 were not.
    table = planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1), largest=128)
    assert verdicts(neurons_to_accuracy.judge(table))["on-paper/flat/positive/tanh/0.1"] == INCONCLUSIVE


def test_a_small_measurement_of_neurons():
    settings = neurons_to_accuracy.Settings(**TWO, domain=["signed"], n=[2, 4], width=[4, 16], points=256, restarts=2)
    table = measured(neurons_to_accuracy, settings)
    assert table[table["form"] == "flat"]["neurons"].equals(table[table["form"] == "flat"]["width"])
    deep = table[table["form"] == "deep"]
    assert dict.fromkeys(deep["neurons"]) == dict.fromkeys([4 + 2, 16 + 8])
    assert set(deep["n"]) == {4}
    assert set(deep["parameters"]) == {parameter_count((4, 4, 2, 1)), parameter_count((4, 16, 8, 1))}
    assert len(neurons_to_accuracy.judge(table)) == 5 * len(neurons_to_accuracy.LEVELS)
    figure = drawn(neurons_to_accuracy, table)["neurons-against-n"]
    assert f"in {figure.numbers['reached'].sum()} of {len(figure.numbers)} settings" in figure.title


def test_what_is_measured_of_neurons_are_powers_and_the_worst_error_within_the_number_on_paper():
    table = planted_growth(lambda n: 2.0 * n**3, lambda n: 16.0 * (n / 2) ** 1.5, largest=2**12)
    found = quantities(neurons_to_accuracy.judge(table))
    assert found["growth/flat/positive/tanh/0.1"] == pytest.approx((3, 3, 3, 7))
    # For two numbers both forms are the flat one, which takes as many as the deep law says.
    assert found["growth/deep/positive/tanh/0.1"] == pytest.approx((1.5, 1.5, 1.5, 7))
    # Within 2^n neurons the error is 0.1 · 2 n³ / 2^n: most at n = 4, where 128 / 16 are 8 times the level.
    worst = found["on-paper/flat/positive/tanh/0.1"]
    assert worst[0] == pytest.approx(8)
    within = sum(4 * (n + 1) for n in range(2, 9))
    assert worst[3] == within
    assert found["on-paper/flat/positive/tanh/0.2"][0] == pytest.approx(4)
    # Flat over deep grows as n^1.5, over the six n above 2.
    n = np.arange(3, 9)
    slope = np.polyfit(n, 1.5 * np.log2(n), 1)[0]
    assert found["advantage/positive/tanh/0.1"][::3] == (pytest.approx(slope), 6)


def test_the_network_on_paper_is_chosen_by_other_points():
    table = planted_growth(lambda n: 2.0**n, lambda n: 4.0 * (n - 1))
    lucky = (table["n"] == 5) & (table["neurons"] == 8) & (table["form"] == "flat")
    table.loc[lucky, "validation_error"] = 0.0
    found = quantities(neurons_to_accuracy.judge(table))["on-paper/flat/positive/tanh/0.1"]
    # Eight neurons, with an error of four levels, were chosen, and 32 with one level were not.
    assert found[0] == pytest.approx(4)
