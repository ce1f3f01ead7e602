"""The typed settings of a run, and the one place for their defaults and allowed values.

A claim's scales, YAML files and overrides only say what differs. `parse` checks all that Hydra composes: it refuses
unknown keys, wrong types, values out of range and empty axes, and names all of them at once.
"""

import dataclasses
import math
import typing
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments import conditions, synonyms
from experiments.errors import UserError, nearest

REQUIRED: Any = dataclasses.MISSING


def setting(
    default: Any = REQUIRED,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[str] | None = None,
    counts: str | None = None,
    filled: bool = False,
    static: bool = False,
    follows: str | None = None,
    such_that: str | None = None,
    about: str | None = None,
) -> Any:
    """A field of a settings dataclass, with the values it may take.

    Args:
        default: its value unless a YAML file or an override says otherwise. A list makes the field an axis: the
            sweep crosses its values with those of every other axis.
        low, high: smallest and largest value that is allowed; every number has both. For a text, it holds whole
            numbers that are separated by spaces, and these are their limits.
        choices: the words that are allowed.
        counts: for a whole number k, the name of the axis with the values 0, ..., k-1.
        filled: whether a text must not be empty.
        static: whether an axis is compiled in. The cells of a unit then share its value.
        follows: a setting of the run, such as `restarts`, that replaces this one where it is not 0.
        such_that: a condition on each of its values by the name of the field, such as `n % 2 == 1`; see `conditions`.
        about: what it means, where neither a text below the field nor the docstring of its class says so.
    """
    metadata = {
        "low": low,
        "high": high,
        "choices": choices,
        "counts": counts,
        "filled": filled,
        "static": static,
        "follows": follows,
        "such_that": such_that,
        "about": about,
    }
    if isinstance(default, list):
        return dataclasses.field(default_factory=lambda: list(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass
class ClaimSettings:
    """The settings that every claim has. Lists are axes; all else is constant over the claim's cells."""

    where: str = setting("")
    """A condition on the axes, such as `width <= 2 ** n`: only combinations that meet it are measured."""


@dataclasses.dataclass
class Engine:
    """How ensembles are trained. Nothing here may change a result by more than rounding, which `products` says."""

    layout: str = setting("auto", choices=("auto", "lanes", "vmap", "map", "fused"))
    """How networks are held in arrays; with auto, a rule or a measured trial chooses the fastest."""
    chunk: int = setting(0, low=0, high=1_000_000)
    """Networks that one device trains at a time; with 0, the layout decides."""
    products: str = setting("float32", choices=("float32", "tensorfloat32", "bfloat16"))
    """Precision in which an accelerator multiplies matrices of float32; a CPU always takes float32."""
    unit_cells: int = setting(10_000, low=1, high=10_000_000)
    """The most cells of a unit: the most that an interrupted run loses, and the size of a part."""


@dataclasses.dataclass
class ExecutorSettings:
    """Where units run. Nothing here changes a row."""

    name: str = setting("local", choices=("local", "ray"))
    """In this process, or on the workers of a Ray cluster."""
    # The calls of eight units fit into the queues of a CPU's devices, see `ensemble.sharing`.
    at_once: int = setting(0, low=0, high=8)
    """local: units that run at once, in one process; with 0, two: one compiles while the other trains."""
    address: str = setting("")
    """ray: auto, HOST:PORT or ray://HOST:PORT of a cluster; without one, a cluster of this machine for this run."""
    workers: int = setting(0, low=0, high=100_000)
    """ray: the most workers; with 0, as many as there is room for."""
    cpus: int = setting(1, low=1, high=4096)
    """ray: cores of a worker."""
    gpus: float = setting(0.0, low=0.0, high=64.0)
    """ray: GPUs of a worker; several workers share one with a part of 1."""
    memory: float = setting(0.0, low=0.0, high=100_000.0)
    """ray: GiB of memory of a worker, as Ray counts them; with 0, only cores and GPUs limit the workers of a node."""
    shared: bool = setting(True)
    """ray: workers that see the folder of results write their parts themselves; if false, the driver writes all."""


@dataclasses.dataclass(kw_only=True)
class RunSettings:
    """The settings of a run. `sweep` maps the name of each of its claims to that claim's settings."""

    sweep: dict[str, ClaimSettings]
    family: str
    name: str
    scale: str = setting("default")
    """smoke takes seconds and shows that everything works, default takes minutes, full is for an accelerator."""
    restarts: int = setting(0, low=0, high=10_000_000)
    """Networks trained per setting, each from its own initial weights; with 0, each claim has its own number."""
    seed: int = setting(0, low=0, high=2**63 - 1)
    """All random numbers follow from it and from the setting of a cell, so the same seed gives the same rows."""
    device: str = setting("auto", choices=("auto", "cpu", "gpu", "tpu"))
    """Where networks are trained; auto takes the best there is."""
    precision: str = setting("float32", choices=("float32", "float64"))
    """The numbers that networks are trained in."""
    results: str = setting("results", filled=True)
    """Folder under which run directories are made."""
    engine: Engine = dataclasses.field(default_factory=Engine)
    executor: ExecutorSettings = dataclasses.field(default_factory=ExecutorSettings)


def defaults(schema: type) -> dict[str, Any]:
    """The defaults of a settings dataclass as plain containers; fields without one are left out."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(schema):
        if field.default is not REQUIRED:
            values[field.name] = field.default
        elif dataclasses.is_dataclass(group := field.default_factory):
            values[field.name] = defaults(typing.cast(type, group))
        elif field.default_factory is not dataclasses.MISSING:
            values[field.name] = field.default_factory()
    return values


def parse(config: dict[str, Any], name: str, claims: dict[str, type[ClaimSettings]]) -> RunSettings:
    """Typed settings from composed ones.

    Args:
        config: plain containers, interpolations resolved. `sweep` holds `family`, `description` and its claims.
        name: the name of the sweep, which is that of the folder of its results.
        claims: the settings dataclass of each claim of the family.

    Raises:
        UserError: with one line for each thing that is wrong.
    """
    problems: list[str] = []
    given = dict(config)
    sweep = dict(given.pop("sweep"))
    family = sweep.pop("family")
    sweep.pop("description", None)
    unknown = set(sweep) - set(claims)
    problems += [f"sweep.{key}: no such claim in this sweep; {nearest(key, claims)}" for key in sorted(unknown)]
    parsed = {
        claim: _parse_dataclass(value, claims[claim], f"sweep.{claim}", problems)
        for claim, value in sweep.items()
        if claim in claims
    }
    given |= {"sweep": parsed, "family": family, "name": name}
    settings = _parse_dataclass(given, RunSettings, "", problems)
    if not parsed and not unknown:
        problems.append(f"sweep: no claim is left to test; {nearest('', claims)}")
    if problems:
        raise UserError(*problems)
    return settings


def to_plain(settings: RunSettings) -> dict[str, Any]:
    """Settings as the plain containers that `parse` reads, for a manifest."""
    plain = dataclasses.asdict(settings)
    family, _ = plain.pop("family"), plain.pop("name")
    return plain | {"sweep": {"family": family, **plain["sweep"]}}


def problems_of(values: dict[str, Any], schema: type, path: str) -> list[str]:
    """What is wrong with the values of a settings dataclass, a line for each.

    Args:
        values: values by the names of the fields. Fields that are left out have their defaults.
        schema: the dataclass.
        path: the name of these settings in the lines.
    """
    problems: list[str] = []
    _parse_dataclass(defaults(schema) | values, schema, path, problems)
    return problems


def leaves(plain: dict[str, Any], path: str = "") -> dict[str, Any]:
    """Every single setting of nested containers, by its path such as `sweep.trained-width.n`."""
    found: dict[str, Any] = {}
    for key, value in plain.items():
        found |= leaves(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}": value}
    return found


def _parse_dataclass(given: Any, schema: type, path: str, problems: list[str]) -> Any:
    if not isinstance(given, dict):
        problems.append(f"{path}: {given!r} is not a group of settings with the keys {', '.join(defaults(schema))}")
        return None
    fields = {field.name: field for field in dataclasses.fields(schema)}
    types = typing.get_type_hints(schema)
    for key in sorted(set(given) - set(fields)):
        settable = set(fields) - {"family", "name"}
        answer = synonyms.unknown_setting if issubclass(schema, ClaimSettings) else nearest
        problems.append(f"{_join(path, key)}: no such setting; {answer(str(key), settable)}")
    values = {
        key: _parse_value(value, types[key], fields[key], _join(path, key), problems)
        for key, value in given.items()
        if key in fields
    }
    try:
        return schema(**values)
    except TypeError:
        missing = [_join(path, key) for key in fields if key not in values and key not in defaults(schema)]
        problems += [f"{key}: must be given" for key in missing]


def _parse_value(value: Any, kind: Any, field: dataclasses.Field, path: str, problems: list[str]) -> Any:
    if dataclasses.is_dataclass(kind):
        return _parse_dataclass(value, typing.cast(type, kind), path, problems)
    if typing.get_origin(kind) is dict:
        return value
    if typing.get_origin(kind) is not list:
        return _parse_scalar(value, kind, field, path, problems)
    (item_kind,) = typing.get_args(kind)
    values = value if isinstance(value, list) else [value]
    if not values:
        problems.append(f"{path}: the axis is empty; give at least one value, {allowed(item_kind, field)}")
    items = [_parse_scalar(item, item_kind, field, path, problems) for item in values]
    for item in {repr(i) for i in items if items.count(i) > 1 and i is not None}:
        problems.append(f"{path}: {item} is given more than once")
    return items


def _parse_scalar(value: Any, kind: type, field: dataclasses.Field, path: str, problems: list[str]) -> Any:
    if kind is float and type(value) is int:
        value = _as_float(value)
    elif kind is int and type(value) is float and value.is_integer():
        value = int(value)  # 1e3 is read as a number that might have a fraction
    choices = field.metadata.get("choices")
    if type(value) is kind and _is_allowed(value, field) and _meets_condition(value, field):
        return value
    if choices is not None and isinstance(value, str) and value not in choices:
        problems.append(f"{path}: no {value!r}; {synonyms.unknown_value(field.name, value, choices)}")
    else:
        problems.append(f"{path}: {value!r} is not allowed; give {allowed(kind, field)}")
    return None


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_allowed(value: Any, field: dataclasses.Field) -> bool:
    """Whether the field takes a value of the right type. No field takes an infinite number, or NaN."""
    low, high, choices, filled = (field.metadata.get(key) for key in ("low", "high", "choices", "filled"))
    if choices is not None:
        return value in choices
    if isinstance(value, str):
        between = low is None or high is None or _are_between(value, low, high)
        return between and (bool(value.strip()) or not filled)
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return (low is None or low <= value) and (high is None or value <= high)


def _meets_condition(value: Any, field: dataclasses.Field) -> bool:
    """Whether a value meets the field's condition. If the condition has no meaning for it, it does not."""
    condition = field.metadata.get("such_that")
    if condition is None:
        return True
    column = np.asarray([value], object if isinstance(value, str) else None)
    try:
        return bool(conditions.holds(conditions.read(condition, [field.name]), {field.name: column}, 1)[0])
    except conditions.ConditionError:
        return False


def _are_between(text: str, low: float, high: float) -> bool:
    words = text.split()
    return bool(words) and all(word.isdecimal() and len(word) < 19 and low <= int(word) <= high for word in words)


def allowed(kind: type, field: dataclasses.Field) -> str:
    """In words, the values that a field takes; of an axis, each of its values."""
    condition = field.metadata.get("such_that")
    return _allowed_values(kind, field) + (f", such that {condition}" if condition else "")


def _allowed_values(kind: type, field: dataclasses.Field) -> str:
    low, high, choices, filled = (field.metadata.get(key) for key in ("low", "high", "choices", "filled"))
    if choices is not None:
        return "one of " + ", ".join(choices)
    if kind is str and low is not None:
        return f"whole numbers from {low} to {high}, separated by spaces"
    word = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}[kind]
    if low is not None and high is not None:
        return f"{word} from {low} to {high}"
    ends = f" of at least {low}" if low is not None else f" of at most {high}" if high is not None else ""
    return word + (" that is not empty" if filled else ends)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else str(key)
