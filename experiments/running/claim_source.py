"""Settings of claims for Hydra, made when a sweep asks for them, and the sweeps of other packages.

Hydra copies its whole store of settings every time it composes, and about a hundred times for `--help`. With all
claims at all scales in that store a composition took most of a second. This source is what Hydra copies instead: it
holds nothing, and it imports only the claims of the families that a sweep names.
"""

import dataclasses
from typing import Any

from hydra.core.object_type import ObjectType
from hydra.plugins.config_source import ConfigLoadError, ConfigResult, ConfigSource
from omegaconf import OmegaConf
from yaml import YAMLError

from experiments import plugins
from experiments.claims import broken_claims_of, claims_of, families, settings_at
from experiments.claims.checking import SCALES
from experiments.settings import ClaimSettings

GROUP = "claims"
SWEEPS = "sweep"


class ClaimSource(ConfigSource):
    """The groups `claims/FAMILY`; the options of each are the scales. conf/config.yaml has it in its search path.

    The group `sweep` here has the sweeps that other packages bring.
    """

    @staticmethod
    def scheme() -> str:
        """How search paths name it: `claims://`."""
        return GROUP

    def available(self) -> bool:
        """It always is."""
        return True

    def is_group(self, config_path: str) -> bool:
        """Whether the path is that of all claims, of a family, or of sweeps."""
        group, _, family = config_path.strip("/").partition("/")
        if group == SWEEPS:
            return not family and bool(plugins.by_family())
        return group in ("", GROUP) and (not family or family in families())

    def is_config(self, config_path: str) -> bool:
        """Whether the path is that of a family at a scale, or of a sweep from elsewhere."""
        group, _, scale = config_path.strip("/").removesuffix(".yaml").rpartition("/")
        if group == SWEEPS:
            return scale in plugins.by_family()
        return scale in SCALES and group.count("/") == 1 and self.is_group(group)

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """What is in a group: families are groups, scales are no groups."""
        group, _, family = config_path.strip("/").partition("/")
        if group == SWEEPS:
            return [] if results_filter == ObjectType.GROUP else [*plugins.by_family()]
        if family:
            return [] if results_filter == ObjectType.GROUP else sorted(SCALES)
        return [] if results_filter == ObjectType.CONFIG else families() if group else [GROUP]

    def load_config(self, config_path: str) -> ConfigResult:
        """All claims of a family at a scale, or a sweep from elsewhere.

        A broken claim is there, without settings, so that a run can leave it out with ~sweep.CLAIM.

        Raises:
            ConfigLoadError: if there is no such family or scale.
        """
        if not self.is_config(config_path):
            raise ConfigLoadError(f"no family of claims at a scale: {config_path}")
        group, *rest = config_path.strip("/").removesuffix(".yaml").split("/")
        if group == SWEEPS:
            return self._sweep(rest[0])
        family, scale = rest
        broken: dict[str, Any] = {name: {} for name in broken_claims_of(family)}
        claims = {name: _node(one.Settings, settings_at(one, scale)) for name, one in claims_of(family).items()}
        node = OmegaConf.create({"family": family, **broken, **claims})
        return self._made(node)

    def _sweep(self, name: str) -> ConfigResult:
        path = plugins.by_family()[name].sweep
        try:
            return self._made(OmegaConf.load(path))
        except (OSError, ValueError, YAMLError) as error:
            raise ConfigLoadError(f"{path}: {error}") from error

    def _made(self, node: Any) -> ConfigResult:
        return ConfigResult(self.provider, f"{self.scheme()}://", node, header={"package": None})


def _node(schema: type[ClaimSettings], values: dict[str, Any]) -> dict[str, Any]:
    """Values of a claim's settings for Hydra. A setting that follows one of the run refers to it."""
    followed = {field.name: field.metadata["follows"] for field in dataclasses.fields(schema)}
    return {
        name: f"${{first_given:${{{followed[name]}}},{value}}}" if followed[name] else value
        for name, value in values.items()
    }
