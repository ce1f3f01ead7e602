"""What can change a result: every file that decides a row or a verdict has a digest, wherever it is."""

import pytest

from experiments import claims
from experiments.executors import circumstances
from experiments.executors.circumstances import code_digests


@pytest.fixture
def fresh():
    """Imports are read once in a process; a test that changes files has them read again."""
    circumstances._imported.cache_clear()
    yield
    circumstances._imported.cache_clear()


def test_a_family_depends_on_its_claims_on_theory_and_on_what_judges_but_not_on_what_draws():
    found = code_digests("boolean")
    assert {
        "experiments/claims/boolean/every_function.py",
        "experiments/claims/boolean/trained_width/least_widths.py",
        "experiments/executors/measuring.py",
        "experiments/judging/rules.py",
        "experiments/judging/statistics/rates.py",
        "theory/boolean/functions.py",
    } <= set(found)
    assert not any(name.startswith(("experiments/drawing/", "experiments/report/")) for name in found)
    assert not any("claims/hierarchy" in name for name in found)
    assert all(len(digest) == 16 for digest in found.values())


def test_calibration_depends_on_the_rules_of_all_families_and_on_what_plants_for_them():
    found = set(code_digests("calibration"))
    for family, module in claims.planted_modules().items():
        assert f"experiments/claims/{family}/_planted.py" in found, module
    assert {"experiments/claims/restarts/step_size.py", "experiments/claims/depth/equal_budget/verdicts.py"} <= found


def test_a_digest_changes_with_its_file_alone(tmp_path, monkeypatch, fresh):
    """A family elsewhere; its claim imports a module of theory."""
    folder = tmp_path / "families" / "toy"
    folder.mkdir(parents=True)
    for name, text in {"__init__": "", "saw": "import theory.depth.sawtooth\n", "other": ""}.items():
        (folder / f"{name}.py").write_text(text)

    class Claim:
        """What `inspect.getfile` looks at."""

    monkeypatch.setattr(circumstances, "claims_of", lambda family: {"saw": Claim})
    monkeypatch.setattr(circumstances.inspect, "getfile", lambda module: str(folder / "saw.py"))
    before = code_digests("toy")
    assert "toy/saw.py" in before
    assert "theory/depth/sawtooth.py" in before
    assert "toy/other.py" not in before
    (folder / "saw.py").write_text("import theory.depth.sawtooth\n# A rule was loosened.\n")
    after = code_digests("toy")
    assert {name for name in before if before[name] != after[name]} == {"toy/saw.py"}


def test_flags_that_change_numbers_are_recorded_and_others_are_not(monkeypatch):
    for name in circumstances.FLAGS:
        monkeypatch.delenv(name, raising=False)
    assert circumstances.flags() == {}
    monkeypatch.setenv("XLA_FLAGS", "--fast")
    monkeypatch.setenv("HOME", "/somewhere")
    assert circumstances.flags() == {"XLA_FLAGS": "--fast"}


def test_versions_are_those_of_all_packages_that_compute():
    assert set(circumstances.versions()) == {"python", *circumstances.PACKAGES}
    assert all(version[0].isdigit() for version in circumstances.versions().values())


def test_everything_together_is_what_a_manifest_holds():
    found = circumstances.of("counting")
    assert set(found) == {"versions", "flags", "code"}
    assert found["code"] == code_digests("counting")
