"""Linear regions: pieces against a count on a grid, and the rules at their borders."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.modern import _planted_training as planted
from experiments.claims.modern import linear_regions
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts

SMALL = linear_regions.Settings(
    width=[4, 5], layers=[2], target=["noise", "sine"], restarts=3, steps=300, learning_rate=0.03
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return measured(linear_regions, SMALL)


def patterns(layers: list[tuple[np.ndarray, np.ndarray]], x: np.ndarray) -> int:
    """How many different patterns of firing units there are on a grid of the line."""
    z, fires = x[:, None].astype(float), []
    for W, b in layers[:-1]:
        a = z @ W + b
        fires.append(a > 0)
        z = np.maximum(a, 0)
    states = np.concatenate(fires, axis=1)
    return 1 + int((states[1:] != states[:-1]).any(axis=1).sum())


def test_pieces_of_a_trained_network_are_its_patterns_of_firing_units(table):
    unit, rows = units(linear_regions, SMALL)[1], table[table["width"] == 5].reset_index(drop=True)
    # Of a network that training has changed: else the pieces before would do as well.
    row = int(rows.index[rows["after"] != rows["before"]][0])
    one = unit.with_cells(unit.cells.iloc[[row]].reset_index(drop=True))
    facts = rows.iloc[row].to_dict()
    again = linear_regions.rebuild(one, facts)
    assert again.values["after"] == facts["after"]
    # Kinks lie within the first layer's zeros and beyond; tangents spread a grid over the whole line.
    grid = np.tan(np.linspace(-np.pi / 2 + 1e-4, np.pi / 2 - 1e-4, 1_000_001))
    # Units may change where the output does not, because none of a later layer that sees them fires.
    assert 0 <= patterns(again.layers, grid) - facts["after"] <= 2


def test_flat_networks_have_a_kink_for_each_unit_and_none_but_0_without_biases():
    flat = measured(linear_regions, linear_regions.Settings(width=[6], layers=[1], restarts=3, steps=1))
    assert (flat["before"] == 7).all()
    assert set(flat["centred"]) == {2.0}
    assert (flat["bound"] == 7).all()


def test_targets_are_shared_by_restart_and_networks_are_not(table):
    members = linear_regions._members(units(linear_regions, SMALL)[0])
    noise = members.targets[:3]
    assert len(np.unique(noise[:, 0])) == 3
    assert (members.targets[3:] == members.targets[3]).all()
    assert table["key"].is_unique


def test_every_depth_is_judged_and_drawn(table):
    assert set(verdicts(linear_regions.judge(table))) == {
        *("without-biases", "per-neuron/2", "trained/noise/2", "trained/sine/2")
    }
    assert len(drawn(linear_regions, table)["linear-regions"].numbers) == 12


@pytest.mark.parametrize(
    ("mean", "expected"), [(1.09, SUPPORTED), (0.91, SUPPORTED), (1.11, CONTRADICTED), (0.89, CONTRADICTED)]
)
def test_about_one_is_within_a_tenth(mean, expected):
    before = mean + np.linspace(-0.01, 0.01, 24)
    found = {one.claim: one for one in linear_regions.judge(planted.pieces(before, np.ones(24)))}
    assert found["per-neuron/2"].verdict == expected
    assert found["per-neuron/2"].measured == pytest.approx(mean)


@pytest.mark.parametrize(("more", "expected"), [(1.48, SUPPORTED), (1.5, INCONCLUSIVE), (1.52, CONTRADICTED)])
def test_hardly_more_is_less_than_half_as_many_again(more, expected):
    times = more * np.exp(np.linspace(-0.01, 0.01, 24))
    rows = planted.pieces(np.ones(24), times)
    assert verdicts(linear_regions.judge(rows))["trained/noise/2"] == expected
    # Networks that have learned nothing say nothing.
    assert verdicts(linear_regions.judge(rows.assign(unlearned=0.6)))["trained/noise/2"] == INCONCLUSIVE


def test_the_widest_networks_are_judged_and_one_kink_without_biases_contradicts():
    wide, narrow = planted.pieces(np.ones(24), np.ones(24)), planted.pieces(np.full(24, 3.0), np.ones(24))
    both = pd.concat([wide, narrow.assign(width=8)], ignore_index=True)
    found = verdicts(linear_regions.judge(both))
    assert (found["per-neuron/2"], found["without-biases"]) == (SUPPORTED, SUPPORTED)
    both.loc[5, "centred"] = 3.0
    assert verdicts(linear_regions.judge(both))["without-biases"] == CONTRADICTED
