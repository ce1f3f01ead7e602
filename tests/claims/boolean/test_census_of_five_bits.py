"""The kept census is checked against what is counted here, and every rule is put before planted tables."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import census_of_five_bits, minimum_width
from experiments.claims.boolean.census_of_five_bits import counting
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts
from theory import boolean
from theory.boolean import five_bits


@pytest.fixture(scope="module")
def first_step():
    """What the first step of a census finds, which takes seconds and with which every measurement begins."""
    begun = five_bits.Census.empty()
    five_bits.advance(begun)
    return begun


@pytest.fixture(scope="module")
def table(first_step):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(five_bits, "advance", as_before(first_step))
        return measured(census_of_five_bits, census_of_five_bits.Settings(samples=3))


def as_before(first_step: five_bits.Census) -> Callable[[five_bits.Census], None]:
    """An `advance` that makes the first step as it was made once."""

    def advance(census: five_bits.Census) -> None:
        assert census.steps == 0
        census.widths[:] = first_step.widths

    return advance


def judged(table: pd.DataFrame) -> dict[str, str]:
    return verdicts(census_of_five_bits.judge(table))


def test_every_function_has_a_width_and_every_check_agrees(table):
    assert table.groupby("n")["functions"].sum().to_dict() == {n: 2**2**n for n in range(1, 6)}
    assert table.groupby("n")["classes"].sum().to_dict() == {1: 2, 2: 4, 3: 14, 4: 222, 5: 616_126}  # OEIS A000370
    assert table[["wrong_networks", "disagreeing"]].sum().tolist() == [0, 0]
    five = table[table["n"] == 5].set_index("width")
    assert five["functions"][1] == boolean.THRESHOLD_FUNCTIONS[5] - 2
    # What needs two units or fewer is counted again; every class of four or more has a network.
    assert five["counted"].to_dict() == {width: width <= 2 for width in range(6)}
    assert (five["networks"][[4, 5]] == five["classes"][[4, 5]]).all()
    assert judged(table) == {
        "n-units-suffice": SUPPORTED,
        "parity": SUPPORTED,
        "construction-is-optimal": CONTRADICTED,
        "typical": SUPPORTED,
        "search": SUPPORTED,
    }


def test_fewer_bits_are_as_in_the_census_of_all_compositions(table):
    columns = ["n", "width", "functions", "classes", "has_parity"]
    few = measured(minimum_width, minimum_width.Settings(n=[1, 2, 3, 4]))[columns]
    pd.testing.assert_frame_equal(few, table.loc[table["n"] <= 4, columns], check_dtype=False)


def test_functions_of_four_bits_have_their_widths_among_those_of_five():
    """A function that ignores the last input needs as many units as the function of four bits."""
    functions = np.unique(boolean.npn_classes(4)).astype(np.uint32)
    numbers = five_bits.all_classes().of(functions << np.uint32(16) | functions)
    assert np.array_equal(counting.kept().widths[numbers], boolean.minimum_widths(4)[functions])


def test_a_verdict_says_which_widths_were_counted_in_this_run(table):
    kept = census_of_five_bits.judge(table)[0].rule
    assert "Widths of 3 units and more at n = 5 are kept" in kept
    again = census_of_five_bits.judge(table.assign(counted=True))[0].rule
    assert "All widths were counted in this run." in again


def test_one_more_case_contradicts(table):
    last = table["n"].eq(5) & table["width"].eq(5)
    more = table.assign(width=table["width"].mask(last, 6))
    assert judged(more)["n-units-suffice"] == CONTRADICTED
    assert judged(more)["parity"] == CONTRADICTED
    another = table.assign(functions=table["functions"].mask(last, 4))
    assert judged(another)["parity"] == CONTRADICTED
    assert judged(another)["n-units-suffice"] == SUPPORTED
    elsewhere = table.assign(has_parity=table["has_parity"] & ~last)
    assert judged(elsewhere)["parity"] == CONTRADICTED
    as_built = table[table["n"] <= 2]
    assert judged(as_built)["construction-is-optimal"] == SUPPORTED
    assert quantities(census_of_five_bits.judge(table))["parity"] == (5, 5, 5, int(table["functions"].sum()))


def test_most_functions_are_more_than_half_at_every_n(table):
    """At n = 5 counting says 2, so that three units are one more."""
    assert boolean.counting_bound(5) == 2
    five = table["n"] == 5
    for share, outcome in ((0.5, SUPPORTED), (0.5 - 2**-32, CONTRADICTED)):
        near = int(share * 2**32)
        counts = table["functions"].mask(five, 0).mask(five & (table["width"] == 3), near)
        counts = counts.mask(five & (table["width"] == 4), 2**32 - near)
        assert judged(table.assign(functions=counts))["typical"] == outcome


@pytest.mark.parametrize("column", ["wrong_networks", "disagreeing"])
def test_nothing_is_said_by_a_census_that_fails_a_check(table, column):
    failed = table.assign(**{column: (np.arange(len(table)) == len(table) - 1).astype(int)})
    said = judged(failed)
    assert said.pop("search") == CONTRADICTED
    assert set(said.values()) == {INCONCLUSIVE}


def test_the_search_disagrees_with_a_width_that_is_one_off(table):
    rows = table[table["n"].eq(5) & table["width"].between(2, 4) | table["n"].eq(4) & table["width"].eq(3)]
    for n, width, examples in rows[["n", "width", "examples"]].itertuples(index=False):
        function = int(examples.split()[0])
        assert census_of_five_bits._agrees(function, n, width)
        assert not census_of_five_bits._agrees(function, n, width - 1)
        assert not census_of_five_bits._agrees(function, n, width + 1)


@pytest.mark.parametrize(("true", "said"), [(2, 3), (3, 4), (5, 4)])
def test_a_kept_census_that_is_wrong_is_found(first_step, monkeypatch, true, said):
    """All classes of one width get another one, so that every sample has some."""
    monkeypatch.setattr(five_bits, "advance", as_before(first_step))
    census = counting.kept()
    census.widths[census.widths == true] = said
    monkeypatch.setattr(counting, "kept", lambda: census)
    found = measured(census_of_five_bits, census_of_five_bits.Settings(n=[5], samples=3)).set_index("width")
    if true == 2:
        assert not found["counted"].any()
    else:
        assert found["wrong_networks"][said] > 0
    if true == 3:
        assert found["disagreeing"][said] > 0


def test_the_kept_file_is_what_keep_writes(tmp_path):
    census = counting.kept()
    counting.keep(census, tmp_path / "kept.npz")
    assert (tmp_path / "kept.npz").read_bytes()[:2] == b"PK"
    with np.load(tmp_path / "kept.npz") as again, np.load(counting.KEPT) as kept:
        assert all(np.array_equal(again[name], kept[name]) for name in kept.files)


def test_an_interrupted_count_goes_on_where_it_was(tmp_path, monkeypatch):
    done, interrupted_at = [], {2}

    def advance(census):
        if census.steps in interrupted_at:
            raise KeyboardInterrupt
        census.widths[census.steps] = census.steps
        census.networks.gate[census.steps] = 7
        done.append(census.steps)
        census.steps += 1

    monkeypatch.setattr(five_bits, "advance", advance)
    monkeypatch.setattr(five_bits, "number_of_steps", lambda: 4)
    with pytest.raises(KeyboardInterrupt):
        counting.counted_again(tmp_path)
    assert done == [0, 1]
    assert len(list(tmp_path.iterdir())) == 1
    interrupted_at.clear()
    census = counting.counted_again(tmp_path)
    assert done == [0, 1, 2, 3]
    assert census.widths[:5].tolist() == [0, 1, 2, 3, five_bits.UNKNOWN]
    assert census.networks.gate[:5].tolist() == [7, 7, 7, 7, 0]
    # A complete one leaves itself and no state, and the next begins anew.
    assert [path.name for path in tmp_path.iterdir()] == [counting.COMPLETE]
    with np.load(tmp_path / counting.COMPLETE) as complete:
        assert np.array_equal(complete["representatives"], five_bits.all_classes().representatives)
        assert np.array_equal(complete["gate"], census.networks.gate)
    counting.counted_again(tmp_path)
    assert done == [0, 1, 2, 3] * 2


def test_the_figure_says_what_most_functions_need(table):
    (drawing,) = drawn(census_of_five_bits, table).values()
    assert drawing.title == "94.5% of the functions of 5 bits need 3 hidden units, none more than 5"
    assert len(drawing.numbers) == len(table)
