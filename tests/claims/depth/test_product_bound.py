"""The rules of depth.product-bound on a small real run, as it is and spoiled."""

import pytest

from experiments.claims.depth import product_bound
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def test_bounds_are_judged_by_solutions():
    settings = product_bound.Settings(exponents=["1 1", "2 1"], choice=["every", "random", "signs"], trials=3)
    table = measured(product_bound, settings)
    found = verdicts(product_bound.judge(table))
    assert set(found) == {"all", "not-0", "highest", "moving/suffice", "moving/needed"}
    assert set(found.values()) == {SUPPORTED}
    fixed = ("all", "not-0", "highest")
    for column, wrong, expected in (("solutions", 1, CONTRADICTED), ("solved_with_bound", False, INCONCLUSIVE)):
        spoiled = verdicts(product_bound.judge(table.assign(**{column: wrong})))
        assert {spoiled[name] for name in fixed} == {expected}
    assert verdicts(product_bound.judge(table.assign(left_near=table["left_far"])))["moving/suffice"] == INCONCLUSIVE
    assert verdicts(product_bound.judge(table.assign(flattening=1)))["moving/needed"] == INCONCLUSIVE
    # For the sentence about free biases only such tries count: 15 times every choice of one direction, 6 others.
    tried = {one.claim: one.samples for one in product_bound.judge(table)}
    assert tried["highest"] == table.loc[table["switch"] == "highest", "tried"].sum() < table["tried"].sum() / 3
    assert "(2 1) 2 for 3" in next(one.notes for one in product_bound.judge(table) if "suffice" in one.claim)
    title = drawn(product_bound, table)["product-bound"].title
    assert title.endswith(f"{table['solutions'].sum()} of {table['tried'].sum():,} choices of directions multiply")


def test_what_is_left_may_be_as_much_as_is_promised_and_no_more():
    table = measured(product_bound, product_bound.Settings(exponents=["2 1"], choice=["signs"], trials=1))
    promised = product_bound.SEEN * float((product_bound.NEAR / product_bound.FAR) ** 2)
    for share, expected in ((1.0, SUPPORTED), (1.001, INCONCLUSIVE)):
        planted = table.assign(left_far=1.0, left_near=share * promised)
        assert verdicts(product_bound.judge(planted))["moving/suffice"] == expected


def test_what_is_measured_of_bounds_are_solutions_and_the_worst_monomial():
    settings = product_bound.Settings(exponents=["1 1", "2 1", "2 2 1"], choice=["random"], trials=1)
    table = measured(product_bound, settings).astype({"flattening": float, "moving": float})
    highest = table["switch"] == "highest"
    table.loc[highest, "solutions"] = [1, 0, 2]
    table.loc[highest, "tried"] = [10, 20, 30]
    table.loc[highest, ["left_near", "left_far"]] = [[0.0, 0.0], [1e-6, 1e-2], [3e-6, 1e-2]]
    table.loc[highest, ["flattening", "moving"]] = [[2.0, 2.0], [3.0, 2.0], [1.0, 6.0]]
    found = quantities(product_bound.judge(table))
    assert found["highest"] == (3, 3, 3, 60)
    assert found["moving/suffice"] == pytest.approx((3e-4, 3e-4, 3e-4, 3))
    # Of "2 2 1" no exponent is at least the sum of the others.
    assert found["moving/needed"] == (1, 1, 1, 2)
    worst = table.assign(flattening=table["flattening"].mask(highest & (table["exponents"] == "2 1"), 1.0))
    assert quantities(product_bound.judge(worst))["moving/needed"][0] == 0.5
    assert verdicts(product_bound.judge(worst))["moving/needed"] == INCONCLUSIVE
    # What is left nowhere counts as nothing, and what is left of one monomial counts.
    grown = table.assign(left_near=table["left_near"].mask(highest & (table["exponents"] == "2 1"), 1.0))
    assert verdicts(product_bound.judge(grown))["moving/suffice"] == INCONCLUSIVE
    without = product_bound.judge(table[~highest])
    assert {one.claim for one in without} == {"all", "not-0"}
    # One solution is enough to contradict.
    alone = table.assign(solutions=(highest & (table["exponents"] == "2 1")).astype(int))
    assert verdicts(product_bound.judge(alone))["highest"] == CONTRADICTED
