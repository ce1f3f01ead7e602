"""Claims on trial, one folder per family and one module or folder per claim.

A claim's module says what is swept, measured, judged and drawn:

- `Settings`: a dataclass with a default for every setting; its lists are the axes, the rest is constant.
- `SMOKE` and `FULL`: the values that differ from those defaults where a run is to take seconds, and where there is an
  accelerator or a night.
- A `Trial` or several: what the claim's verdicts share.
- `KEYS`, where a cell has several rows: the columns that tell them apart.
- `measure(unit) -> DataFrame`: the cells with what was measured of them, usually one row a cell. JAX is imported
  inside, because modules are also read where it must not start: to check settings, to judge and to draw.
- `work(unit) -> Work`: an upper estimate of what measuring costs.
- `judge(table) -> list[Verdict]` and `draw(table) -> dict[str, Drawing]`: from the table alone. Rules decide by the
  quantities they are given, see experiments/judging/measured.py, so that they can be asked again at other levels.
- `rebuild(unit, row)`, where a row's network can be made again, and `is_stuck(table)`, which rows are stuck; optional.

What a module lacks of this is named when it is discovered, see `checking`. `example.py` is the smallest claim there is.

Claims are discovered, not listed: a family is a folder here, and `boolean/trained_width.py` is the claim
`trained-width` of the family `boolean`, known outside as `boolean.trained-width`. Modules with a leading underscore are
no claims: what a family shares, and `_planted.py`, the tables that put its rules on trial, see
experiments/judging/planting.py. Other packages bring families of their own, see experiments/plugins.py.
"""

import dataclasses
import importlib
import pkgutil
from types import ModuleType
from typing import TYPE_CHECKING, Any

from experiments import plugins
from experiments.claims import checking
from experiments.claims.checking import SCALES
from experiments.errors import words_of
from experiments.judging.verdict import Verdict
from experiments.settings import defaults

if TYPE_CHECKING:  # help and mistakes are not to wait for it
    import pandas as pd


def families() -> list[str]:
    """Names of all families, in alphabetical order."""
    return sorted({*_own_families(), *plugins.by_family()})


def _own_families() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def claims_of(family: str) -> dict[str, ModuleType]:
    """Name and module of every claim of a family that lacks nothing, in alphabetical order.

    Raises:
        ModuleNotFoundError: if there is no such family.
    """
    return {name: one for name, one in _discovered(family).items() if isinstance(one, ModuleType)}


def broken_claims_of(family: str) -> dict[str, tuple[str, ...]]:
    """Name of every other claim of a family, and what is wrong with its module, a line for each.

    Raises:
        ModuleNotFoundError: if there is no such family.
    """
    return {name: one for name, one in _discovered(family).items() if isinstance(one, tuple)}


def _discovered(family: str) -> dict[str, ModuleType | tuple[str, ...]]:
    """For every claim of a family its module, or what is wrong with it."""
    if family not in families():
        raise ModuleNotFoundError(f"no family of claims {family!r}")
    other = plugins.by_family().get(family)
    package = other.package if other else importlib.import_module(f"{__name__}.{family}")
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")]
    return {name.replace("_", "-"): _imported(family, package, name) for name in sorted(names)}


def _imported(family: str, package: ModuleType, name: str) -> ModuleType | tuple[str, ...]:
    """The module of a claim, or what is wrong with it: an error in one file hides no other claim."""
    try:
        module = importlib.import_module(f"{package.__name__}.{name}")
    except (Exception, SystemExit) as error:
        return (f"{checking.file_of(package)}: its claim {name} cannot be imported: {words_of(error)}",)
    return checking.problems_with(f"{family}.{name.replace('_', '-')}", module) or module


def settings_at(module: ModuleType, scale: str) -> dict[str, Any]:
    """The values of all settings of a claim at a scale."""
    differing = SCALES[scale]
    return defaults(module.Settings) | (getattr(module, differing) if differing else {})


def verdicts_of(family: str, claim: str, table: "pd.DataFrame") -> list[Verdict]:
    """What a claim's `judge` makes of a table, each verdict with the whole of its name.

    Args:
        family, claim: its rules decide.
        table: its rows.
    """
    head = f"{family}.{claim}"
    found = claims_of(family)[claim].judge(table)
    return [dataclasses.replace(one, claim=f"{head}/{one.claim}" if one.claim else head) for one in found]


def planted_modules() -> dict[str, ModuleType]:
    """The module `_planted` of every family that has one: those of the house first, each in alphabetical order.

    One of another package that cannot be used is left out and named, see `plugins.problems_of_parts`.
    """
    own = {family: importlib.import_module(f"{__name__}.{family}") for family in _own_families()}
    found = {family: importlib.import_module(f"{one.__name__}._planted") for family, one in own.items() if _plants(one)}
    for family, other in plugins.by_family().items():
        if _plants(other.package):
            name = f"{other.package.__name__}._planted"
            try:
                module = importlib.import_module(name)
                module.PLANTED.items()
            except (Exception, SystemExit) as error:
                plugins.leave_out(f"the rules that {name} plants tables for: {words_of(error)}")
            else:
                found[family] = module
    return found


def _plants(package: ModuleType) -> bool:
    return any(module.name == "_planted" for module in pkgutil.iter_modules(package.__path__))
