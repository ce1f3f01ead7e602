"""The rules of depth.butterfly on a small real run, as it is and spoiled."""

import pandas as pd
import pytest

from experiments.claims.depth import butterfly
from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from tests.support import drawn, measured, verdicts


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
