"""The rules of depth.butterfly on a small real run, as it is and spoiled."""

import numpy as np
import pandas as pd
import pytest

from experiments.claims.depth import butterfly
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, quantities, verdicts


def outcomes(table: pd.DataFrame) -> dict[str, str]:
    return verdicts(butterfly.judge(table))


def test_butterflies_as_they_are_and_with_planted_mistakes():
    table = measured(butterfly, butterfly.Settings(N=[2, 4, 8, 16]))
    found = outcomes(table)
    controls = {name for name in found if name.startswith("out-of-reach/")}
    names = ("fourier/own", "hadamard/bit-reversal", "random/own", "random/bit-reversal")
    assert controls == {f"out-of-reach/{name}" for name in names}
    assert {name: verdict for name, verdict in found.items() if name not in controls} == dict.fromkeys(
        ("exact/fourier", "exact/hadamard", "edges/fourier", "edges/hadamard"), SUPPORTED
    )
    assert {found[name] for name in controls} == {SUPPORTED}
    assert set(drawn(butterfly, table)) == {"butterfly-edges"}

    assert outcomes(table.assign(exact=False))["exact/fourier"] == CONTRADICTED
    assert outcomes(table.assign(edges=table["edges"] + 1))["edges/fourier"] == CONTRADICTED
    assert outcomes(table.assign(flat_edges=table["edges"]))["edges/hadamard"] == CONTRADICTED
    assert outcomes(table.assign(floor=0.0))["out-of-reach/random/own"] == CONTRADICTED
    large = table.assign(floor=table["floor"].where(table["N"] == 4, 0.0))
    assert outcomes(large)["out-of-reach/random/own"] == INCONCLUSIVE


@pytest.mark.parametrize(("factor", "expected"), [(1.01, SUPPORTED), (1.0, CONTRADICTED)])
def test_a_floor_of_rounding_is_none(factor, expected):
    table = measured(butterfly, butterfly.Settings(N=[4], target=["random"]))
    floor = factor * butterfly.ROUNDING
    assert outcomes(table.assign(floor=floor, scale=1.0))["out-of-reach/random/own"] == expected


def planted_butterflies(**changes) -> pd.DataFrame:
    """Two sizes that are built, and random matrices of three sizes that are out of reach."""
    sizes = pd.DataFrame({"N": [16, 4]})
    built = sizes.assign(target="fourier", order="bit-reversal", constructed=True, edges=2 * sizes["N"] * [4, 2])
    built = built.assign(flat_edges=sizes["N"] ** 2, exact=True, floor=np.nan, scale=1.0)
    others = pd.DataFrame({"N": [2, 4, 8], "floor": [0.0, 0.6, 0.9], "scale": [1.0, 2.0, 2.0]})
    others = others.assign(target="random", order="own", constructed=False, exact=False, edges=1, flat_edges=1)
    table = pd.concat([built, others], ignore_index=True)
    return table.assign(error=1e-16, real_edges=10, flat_real_edges=20, **changes)


def test_what_is_measured_of_butterflies_is_the_largest_size_and_the_smallest_floor():
    judged = butterfly.judge(planted_butterflies())
    assert quantities(judged) == {
        "exact/fourier": (1, 1, 1, 2),
        "edges/fourier": (0.5, 0.5, 0.5, 2),
        "out-of-reach/random/own": (0.3, 0.3, 0.3, 2),
    }
    assert set(verdicts(judged).values()) == {SUPPORTED}
    one_wrong = butterfly.judge(planted_butterflies(exact=[True, False, False, False, False]))
    assert (one_wrong[0].verdict, one_wrong[0].measured) == (CONTRADICTED, 0.5)
    # At N = 4 both networks have 16 edges, so that this size alone shows no saving.
    small = planted_butterflies()
    assert outcomes(small[small["N"] < 16])["edges/fourier"] == CONTRADICTED


@pytest.mark.parametrize(
    ("floors", "expected"),
    [([0.0, 0.6, 0.9], SUPPORTED), ([0.6, 0.0, 0.9], CONTRADICTED), ([0.6, 0.6, 0.0], INCONCLUSIVE)],
)
def test_a_target_is_within_reach_only_where_the_floor_is_the_least_error(floors, expected):
    table = planted_butterflies()
    table.loc[2:, "floor"] = floors
    assert outcomes(table)["out-of-reach/random/own"] == expected
    # Nothing larger than N = 4 alone contradicts.
    assert outcomes(table[table["N"] > 4])["out-of-reach/random/own"] == (SUPPORTED if floors[2] else INCONCLUSIVE)
