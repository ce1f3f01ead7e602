"""A digest covers whatever decides a row or a verdict, wherever it is written."""

import pytest

from experiments.claims import claims_of
from experiments.executors import circumstances


@pytest.mark.parametrize(
    ("family", "file"),
    [
        ("boolean", "theory/boolean/census.py"),
        ("boolean", "experiments/judging/statistics/rates.py"),
        ("boolean", "experiments/plan.py"),
        ("restarts", "experiments/claims/restarts/brute_force/searches.py"),
        ("calibration", "experiments/claims/restarts/end_points/verdicts.py"),
        ("calibration", "experiments/claims/restarts/_planted.py"),
    ],
)
def test_what_is_imported_is_covered(family, file):
    claims_of(family)
    assert file in circumstances.code_digests(family)


def test_pictures_and_other_families_are_not():
    covered = circumstances.code_digests("boolean")
    assert "experiments/drawing/style.py" not in covered
    assert not any(name.startswith("experiments/claims/restarts") for name in covered)
