"""Settings of claims for Hydra: which groups and scales there are, and values that follow the run."""

import pytest
from hydra.core.object_type import ObjectType
from hydra.plugins.config_source import ConfigLoadError

from experiments import claims
from experiments.claims.checking import SCALES
from experiments.running.claim_source import ClaimSource

SOURCE = ClaimSource("test", "claims://")


@pytest.mark.parametrize(
    ("path", "is_group", "is_config"),
    [
        ("", True, False),
        ("claims", True, False),
        ("claims/boolean", True, False),
        ("claims/nothing", False, False),
        ("claims/boolean/smoke", False, True),
        ("claims/boolean/smoke.yaml", False, True),
        ("claims/boolean/huge", False, False),
        ("claims/smoke", False, False),
        ("sweep/boolean", False, False),
    ],
)
def test_families_are_groups_and_scales_are_their_options(path, is_group, is_config):
    assert SOURCE.is_group(path) is is_group
    assert SOURCE.is_config(path) is is_config


def test_what_is_in_a_group_is_listed():
    assert SOURCE.list("claims", None) == claims.families()
    assert SOURCE.list("claims", ObjectType.CONFIG) == []
    assert SOURCE.list("claims/boolean", None) == sorted(SCALES)
    assert SOURCE.list("claims/boolean", ObjectType.GROUP) == []
    assert SOURCE.available()


@pytest.mark.parametrize("scale", list(SCALES))
def test_a_scale_holds_the_settings_of_every_claim(scale):
    node = SOURCE.load_config(f"claims/counting/{scale}").config
    found = claims.claims_of("counting")
    assert set(node) == {"family", *found}
    for name, module in found.items():
        values = claims.settings_at(module, scale)
        assert set(node[name]) == set(values)
        assert [node[name][key] for key in values if key == "where"] == [values["where"]]


def test_a_setting_that_follows_the_run_refers_to_it_and_keeps_its_own_value():
    raw = SOURCE.load_config("claims/restarts/smoke").config._content
    followed = [
        (claim, name)
        for claim, module in claims.claims_of("restarts").items()
        for name, field in module.Settings.__dataclass_fields__.items()
        if field.metadata["follows"] == "restarts"
    ]
    assert followed
    for claim, name in followed:
        own = claims.settings_at(claims.claims_of("restarts")[claim], "smoke")[name]
        assert raw[claim]._content[name]._value() == f"${{first_given:${{restarts}},{own}}}"


def test_another_path_is_refused():
    with pytest.raises(ConfigLoadError, match="no family of claims at a scale: claims/boolean/huge"):
        SOURCE.load_config("claims/boolean/huge")
