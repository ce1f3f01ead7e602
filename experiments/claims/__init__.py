"""Claims on trial, one folder per family and one module per claim.

A claim's module says what is swept, measured, judged and drawn:

- `Settings`: a dataclass; its lists are the axes, the rest is constant.
- `SMOKE` and `FULL`: the values that differ from those defaults where a run is to take seconds, and where there is an
  accelerator or a night.
- `KEYS`, where a cell has several rows: the columns that tell them apart.
- `measure(unit) -> DataFrame`: the cells with what was measured of them, usually one row a cell. JAX is imported
  inside, because modules are also read where it must not start: to check settings, to judge and to draw.
- `work(unit) -> Work`: an upper estimate of what measuring costs.
- `judge(table) -> list[Verdict]` and `draw(table) -> dict[str, Drawing]`: from the table alone. Rules decide by the
  intervals of experiments/judging/statistics.py or at its `level()`, so that they can be asked again at other levels.

Claims are discovered, not listed: a family is a folder here, and `boolean/trained_width.py` is the claim
`trained-width` of the family `boolean`, known outside as `boolean.trained-width`. Modules with a leading underscore are
no claims: what a family shares, and `_planted.py`, the tables that put its rules on trial, see
experiments/judging/planting.py.
"""

import dataclasses
import importlib
import pkgutil
from types import ModuleType

from typing import Any

import pandas as pd

from experiments.judging import flat
from experiments.judging.verdict import Verdict
from experiments.settings import defaults

# How large a run is, and the name in a claim's module of the values that then differ from the defaults.
SCALES = {"default": None, "smoke": "SMOKE", "full": "FULL"}


def families() -> list[str]:
    """Names of all families, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def claims_of(family: str) -> dict[str, ModuleType]:
    """Name and module of every claim of a family, in alphabetical order.

    Raises:
        ModuleNotFoundError: if there is no such family.
    """
    if family not in families():
        raise ModuleNotFoundError(f"no family of claims {family!r}")
    package = importlib.import_module(f"{__name__}.{family}")
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")]
    return {name.replace("_", "-"): importlib.import_module(f"{package.__name__}.{name}") for name in sorted(names)}


def settings_at(module: ModuleType, scale: str) -> dict[str, Any]:
    """The values of all settings of a claim at a scale."""
    differing = SCALES[scale]
    return defaults(module.Settings) | (getattr(module, differing) if differing else {})


def verdicts_of(family: str, claim: str, table: pd.DataFrame) -> list[Verdict]:
    """What a claim's `judge` makes of a table, each verdict with the whole of its name.

    Args:
        family, claim: whose rules decide.
        table: its rows.
    """
    head = f"{family}.{claim}"
    found = flat.adapted(claims_of(family)[claim].judge, table)
    return [dataclasses.replace(one, claim=f"{head}/{one.claim}" if one.claim else head) for one in found]


def planted_modules() -> dict[str, ModuleType]:
    """The module `_planted` of every family that has one, in alphabetical order."""
    packages = {family: importlib.import_module(f"{__name__}.{family}") for family in families()}
    return {
        family: importlib.import_module(f"{package.__name__}._planted")
        for family, package in packages.items()
        if any(module.name == "_planted" for module in pkgutil.iter_modules(package.__path__))
    }
