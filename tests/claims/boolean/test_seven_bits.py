"""Networks of seven bits that are kept, sought again, and what both bounds say."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.boolean import _softened_search, seven_bits
from experiments.claims.boolean.seven_bits import networks
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import measured, verdicts
from theory import boolean

NAMES = ("fewer-than-parity", "more-than-the-bound")


def rows(lower: list[float], upper: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"function": range(len(lower)), "lower": lower, "upper": upper})


def test_every_function_of_the_default_has_a_kept_network_of_fewer_units_than_parity():
    kept = networks.kept()
    assert set(range(seven_bits.Settings().functions)) <= set(kept)
    for function, network in kept.items():
        assert network.gate.units == len(network.hidden) < networks.N
        # Evaluated without the code of networks: products of integers.
        bits = (np.arange(2**networks.N)[:, None] >> np.arange(networks.N)) & 1
        hidden = [bits @ unit.weights >= unit.threshold for unit in network.hidden]
        output = np.array(network.gate.weights) @ np.array(hidden) >= network.gate.threshold
        np.testing.assert_array_equal(output, networks.drawn(function))


def test_a_row_has_both_bounds_and_only_the_asked_functions_have_the_lower_one():
    table = measured(seven_bits, seven_bits.Settings(functions=2, excluded=1))
    assert table["lower"].isna().tolist() == [False, True]
    assert table["lower"][0] == 5
    assert (table["upper"] <= 6).all()
    assert [int(text, 16) for text in table["truth"]] == [boolean.pack(networks.drawn(one)) for one in (0, 1)]
    assert verdicts(seven_bits.judge(table)) == dict.fromkeys(NAMES, SUPPORTED)


@pytest.mark.parametrize(
    ("lower", "upper", "outcomes"),
    [
        ([5, np.nan], [6, 5], (SUPPORTED, SUPPORTED)),
        # A network that was not found may exist, and one of too many units shows nothing.
        ([5, 5], [6, np.nan], (INCONCLUSIVE, SUPPORTED)),
        ([5, 5], [6, 7], (INCONCLUSIVE, SUPPORTED)),
        # No exclusion is no network.
        ([np.nan, np.nan], [6, 6], (SUPPORTED, INCONCLUSIVE)),
        ([5, np.nan], [6, 4], (SUPPORTED, CONTRADICTED)),
    ],
)
def test_what_was_not_found_is_open(lower, upper, outcomes):
    assert verdicts(seven_bits.judge(rows(lower, upper))) == dict(zip(NAMES, outcomes, strict=True))


def test_a_kept_line_of_another_function_is_not_believed(tmp_path, monkeypatch):
    one, other = networks.kept()[0], networks.kept()[1]
    networks.keep({0: one, 1: other}, tmp_path / "kept.csv")
    monkeypatch.setattr(networks, "KEPT", tmp_path / "kept.csv")
    networks.kept.cache_clear()
    try:
        assert [str(network) for network in networks.kept().values()] == [str(one), str(other)]
        networks.keep({0: other, 1: one}, tmp_path / "kept.csv")
        networks.kept.cache_clear()
        with pytest.raises(ValueError, match="function 0 computes another function"):
            networks.kept()
    finally:
        monkeypatch.undo()
        networks.kept.cache_clear()


def test_descent_finds_networks_of_four_bits_and_none_with_fewer_units_than_a_function_needs():
    widths = boolean.minimum_widths(4)
    functions = [boolean.functions.parity(4, np.random.default_rng()), np.random.default_rng(4).integers(0, 2, 16)]
    truths = [np.asarray(truth, np.uint8) for truth in functions]
    least = [int(widths[boolean.pack(truth)]) for truth in truths]
    rngs = [np.random.default_rng(seed) for seed in range(2)]
    for network, truth in zip(_softened_search.found(truths, max(least), 128, 1500, rngs), truths, strict=True):
        assert network is not None
        np.testing.assert_array_equal(network(), truth)
    assert _softened_search.found(truths[:1], least[0] - 1, 64, 500, rngs[:1]) == [None]


def test_a_network_that_integers_do_not_give_is_passed_over(monkeypatch):
    truth = np.random.default_rng(4).integers(0, 2, 16).astype(np.uint8)
    real, asked = _softened_search.integer_network, []

    def integer_network(hidden, truth):
        asked.append(hidden)
        if len(asked) == 1:
            raise ValueError("no multiple of the weights is whole")
        return real(hidden, truth)

    monkeypatch.setattr(_softened_search, "integer_network", integer_network)
    (network,) = _softened_search.found([truth], 4, 128, 1500, [np.random.default_rng(1)])
    assert len(asked) == 2
    assert network is not None
    np.testing.assert_array_equal(network(), truth)


def test_functions_that_are_not_kept_are_sought(monkeypatch):
    asked = []

    def sought(functions, units, restarts):
        asked.append((functions, units, restarts))
        return {function: networks.kept()[0] for function in functions}

    monkeypatch.setattr(networks, "sought", sought)
    monkeypatch.setattr(seven_bits.least_width, "is_excluded", lambda truth, units: True)
    beyond = max(networks.kept()) + 1
    measured(seven_bits, seven_bits.Settings(functions=beyond + 1, excluded=1, restarts=7))
    assert asked == [([beyond], 6, 7)]
    measured(seven_bits, seven_bits.Settings(functions=2, excluded=1, restarts=7, search=True))
    assert asked[1:] == [([0, 1], 6, 7)]


def test_the_figure_says_between_which_numbers_of_units_the_functions_lie():
    (drawing,) = seven_bits.draw(rows([5, np.nan], [6, 5])).values()
    assert "need 5 to 6 hidden units" in drawing.title
    assert drawing.numbers.set_index("units").loc[5, ["excluded", "found", "open"]].tolist() == [0, 0.5, 0.5]
