"""Random networks: slopes and shares that are planted, and what networks that are drawn show."""

import numpy as np
import pandas as pd
import pytest
import scipy.optimize

from experiments.claims.counting import _planted, random_gates, simplicity
from experiments.claims.counting.random_gates import beside
from experiments.claims.counting.random_gates import verdicts as gates
from experiments.ensemble.tracing import differences
from experiments.errors import UserError
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, units, verdicts
from theory.boolean.functions import inputs
from theory.counting.circuits import least_circuit
from theory.counting.complexity import lempel_ziv

RNG = np.random.default_rng
TOLD = ("number", "beside")


@pytest.mark.parametrize("slope", [-3.0, -0.4, 0.0, 0.7])
def test_the_slope_is_the_one_that_was_planted(slope):
    functions = np.bincount(least_circuit(4))
    numbers = np.arange(len(functions))
    weights = functions * 2.0 ** (slope * numbers)
    assert beside.tilt(float(weights @ numbers / weights.sum()), functions) == pytest.approx(slope, abs=1e-6)


def test_a_mean_beyond_all_slopes_gives_the_end():
    functions = np.bincount(least_circuit(4))
    assert beside.tilt(-1.0, functions) == -beside.STEEPEST
    assert beside.tilt(99.0, functions) == beside.STEEPEST


@pytest.mark.parametrize(
    ("name", "expected"), [(name, outcome) for name in _planted.PLANTED for outcome in (SUPPORTED, CONTRADICTED)]
)
def test_far_from_the_border_every_rule_sees_what_was_planted(name, expected):
    planted = _planted.PLANTED[name]
    effect = 20.0 if expected == SUPPORTED else -20.0
    if name.endswith("tables"):
        # Beyond the other margin the sentence is false again.
        effect = 4.0 if name == "simplicity/tables" and expected == SUPPORTED else effect / 2.5
    (verdict,) = planted.judged(planted.table(effect, RNG(3)))
    assert verdict.verdict == expected


def test_four_bits_are_counted_and_simple_functions_are_the_more_likely():
    settings = random_gates.Settings(hidden_layers=[1, 3], draws=20_000)
    table = measured(random_gates, settings, seed=5)
    of_gates = table[table["of"] == "gates"]
    assert (of_gates.groupby(["drawn", "hidden_layers", "bias"])["count"].sum() == 20_000).all()
    assert (of_gates.groupby(["drawn", "hidden_layers", "bias"])["functions"].sum() == 2**16).all()
    found = verdicts(random_gates.judge(table))
    assert found["slope/tables"] == SUPPORTED
    assert {outcome for name, outcome in found.items() if name.split("/")[0] in ("slope", "layers")} == {SUPPORTED}
    assert sum(name.startswith("beside/") for name in found) == 4
    drawn(random_gates, table)


@pytest.mark.parametrize("slope", [-2.0, 0.5])
def test_bits_that_a_measure_tells_more_are_a_divergence(slope):
    groups = random_gates.numbers()["words"].assign(functions=1).groupby(["number", "beside"]).sum().reset_index()
    draws = np.round(1e7 * groups["functions"] * 2.0 ** (slope * groups["number"] / 2)).astype(int)
    rows = groups.assign(count=draws, hidden_layers=1)
    # The best line in the words, by a search: draws have no line in them, and one in the gates.
    share, size = draws / draws.sum(), groups["functions"].to_numpy()

    def loss(c):
        logs = c * groups["beside"] - np.log2(size @ 2.0 ** (c * groups["beside"]))
        return -float(share @ logs)

    of_words = scipy.optimize.minimize_scalar(loss, bracket=(-0.5, 0.5)).fun
    seen = share > 0
    of_gates = float(share[seen] @ np.log2(share[seen] / size[seen]))
    assert beside.more(rows).value == pytest.approx(of_words + of_gates, abs=1e-4)
    # The other way round the sign changes, and beside itself a measure tells no more.
    turned = rows.rename(columns={"number": "beside", "beside": "number"})
    assert beside.more(turned).value == pytest.approx(-beside.more(rows).value)
    same = beside.more(rows.assign(beside=rows["number"]))
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_the_depth_at_which_gates_tell_least_decides():
    groups = random_gates.numbers()["words"].assign(functions=1).groupby(["number", "beside"]).sum().reset_index()
    by = {name: np.round(1e5 * groups["functions"] * 2.0 ** (-groups[name])).astype(int) for name in TOLD}
    rows = [groups.assign(count=counts, hidden_layers=depth) for depth, counts in enumerate(by.values())]
    assert beside.more(rows[0]).low > 0 > beside.more(rows[1]).high
    assert beside.more(pd.concat(rows)).value == beside.more(rows[1]).value


def test_entropy_of_the_share_of_ones():
    ones = np.arange(17)
    rows = pd.DataFrame({"of": "ones", "number": ones, "count": np.where(ones % 8 == 0, 100, 0)})
    # A third each of none, half and all ones.
    assert gates.entropies(rows)[0] == pytest.approx(1 / 3)


def test_the_rival_is_told_apart():
    table = measured(simplicity, simplicity.Settings(draws=4000, compared=300), seed=5)
    found = verdicts(simplicity.judge(table))
    assert (found["simpler"], found["same-ones"]) == (SUPPORTED, SUPPORTED)
    assert found["tables"] in (SUPPORTED, INCONCLUSIVE)
    draws = table[(table["of"] == "draw") & (table["drawn"] == simplicity.NETWORKS)]
    share = simplicity.less_complex(draws, "shuffled")
    some = draws[(draws["ones"] > 0) & (draws["ones"] < 128)]
    won = [1.0 if a < b else 0.5 if a == b else 0.0 for a, b in zip(some["complexity"], some["shuffled"], strict=True)]
    assert share.value == pytest.approx(np.mean(won))
    assert share.samples == len(won)
    # Networks that prefer few ones and nothing else: every table is as likely as itself shuffled.
    rival = draws.assign(complexity=draws["shuffled"], shuffled=RNG(1).permutation(draws["shuffled"]))
    assert 0.4 < simplicity.less_complex(rival, "shuffled").value < 0.6
    drawn(simplicity, table)


def test_often_is_seen_in_the_first_half_and_judged_by_the_second():
    octets = np.repeat(np.array([[1] * 16, [2] * 16, [3] * 16], np.uint8), [12, 7, 1], axis=0)[RNG(0).permutation(20)]
    seen = simplicity._seen(octets)
    for table, first, second in zip(*seen, strict=True):
        assert first == (octets[:10] == table).all(1).sum()
        assert second == (octets[10:] == table).all(1).sum()
    assert simplicity._texts(np.array([[1] + [0] * 15], np.uint8)) == ["1" + "0" * 127]
    assert lempel_ziv("1" + "0" * 127) > lempel_ziv("0" * 128)


def test_a_random_network_is_drawn_again_from_its_row():
    settings = simplicity.Settings(draws=2 * simplicity.TOGETHER, compared=simplicity.TOGETHER + 3)
    unit = next(one for one in units(simplicity, settings, seed=101) if one.static("drawn") == simplicity.NETWORKS)
    table = simplicity.measure(unit)
    draws = table[table["of"] == "draw"].to_dict("records")
    for row in (draws[0], draws[-1]):
        rebuilt = simplicity.rebuild(unit, row)
        assert differences(row, rebuilt) == []
        z = inputs(7).astype(float)
        for W, b in rebuilt.layers:
            z = np.maximum(z, 0) @ W + b
        # Single precision may decide a sum near 0 in another way.
        assert abs((z[:, 0] > 0).sum() - row["ones"]) <= 1
    assert differences(draws[0], rebuilt) != []
    with pytest.raises(UserError, match="no network has this row"):
        simplicity.rebuild(unit, table[table["of"] == "all"].iloc[0].to_dict())


def test_the_first_network_that_a_row_counts_is_drawn_again():
    settings = random_gates.Settings(hidden_layers=[2], bias=[True], drawn=[random_gates.NETWORKS], draws=600)
    (unit,) = units(random_gates, settings, seed=101)
    table = random_gates.measure(unit)
    counted = table[table["count"] > 0].to_dict("records")
    for row in (counted[0], counted[2], counted[-1]):
        rebuilt = random_gates.rebuild(unit, row)
        assert differences(row, rebuilt) == []
        z = inputs(4).astype(float)
        for W, b in rebuilt.layers:
            z = np.maximum(z, 0) @ W + b
        function = int((z[:, 0] > 0) @ random_gates.PLACES)
        gates, ones = least_circuit(4)[function], function.bit_count()
        assert row["number"] == (ones if row["of"] == "ones" else gates)
        if row["of"] == "balance":
            assert row["beside"] == min(ones, 16 - ones)
    for row in (counted[0] | {"count": 0}, counted[0] | {"drawn": random_gates.TABLES}):
        with pytest.raises(UserError, match="no network has this row"):
            random_gates.rebuild(unit, row)
