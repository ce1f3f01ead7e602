"""What a claim's module has to have: whatever it lacks is named when it is discovered, before anything runs."""

import dataclasses
import functools
import inspect
import sys
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from experiments import conditions, house, sources
from experiments.axes import cells_of
from experiments.errors import UserError, nearest
from experiments.judging.verdict import Trial
from experiments.names import is_identifier
from experiments.settings import ClaimSettings, RunSettings, defaults, problems_of

# What a claim's module has to define, and what it may define, with their parameters.
REQUIRED = {"measure": ("unit",), "work": ("unit",), "judge": ("table",), "draw": ("table",)}
OPTIONAL = {"rebuild": ("unit", "row"), "is_stuck": ("table",)}
# Types of a constant; a list of one of them is an axis.
KINDS = (int, float, str, bool)
# How large a run is, and the name in a claim's module of the values that then differ from the defaults.
SCALES = {"default": None, "smoke": "SMOKE", "full": "FULL"}
# A smoke run takes seconds. The most that any claim has are cheap: trials of one rule.
MOST_SMOKE_CELLS = 2_500


@functools.cache
def problems_with(name: str, module: ModuleType) -> tuple[str, ...]:
    """What a claim's module lacks, a line for each; every line begins with the file.

    Args:
        name: of the claim, with its family's in front, such as `boolean.trained-width`.
        module: as it was imported.
    """
    found = [*_in_words(name, module), *_in_functions(module), *_in_keys(module), *_in_trials(module)]
    found += _in_settings(module)
    return tuple(f"{file_of(module)}: {problem}" for problem in found)


def file_of(module: ModuleType) -> str:
    """The file of a module, from the root of the project if it is in it."""
    path, root = Path(module.__file__ or module.__name__), house.ROOT
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _in_words(name: str, module: ModuleType) -> Iterator[str]:
    if not (module.__doc__ or "").startswith(f"{name}: "):
        yield f'its docstring has to begin with "{name}: ", and to go on with the claim in a sentence'


def _in_functions(module: ModuleType) -> Iterator[str]:
    for name, parameters in (REQUIRED | OPTIONAL).items():
        signature, function = f"{name}({', '.join(parameters)})", getattr(module, name, None)
        if function is None:
            if name in REQUIRED:
                yield f"there is no function {signature}"
        elif not callable(function):
            yield f"{name} is no function; define {signature}"
        elif not _takes(function, len(parameters)):
            yield f"{name} takes {inspect.signature(function)}; it is called as {signature}"


def _takes(function: Callable[..., Any], arguments: int) -> bool:
    try:
        inspect.signature(function).bind(*range(arguments))
    except TypeError:
        return False
    return True


def _in_keys(module: ModuleType) -> Iterator[str]:
    keys = getattr(module, "KEYS", ())
    if not isinstance(keys, tuple) or not all(map(is_identifier, keys)):
        yield f'KEYS is {keys!r}; it has to be a tuple of names of columns in lower case, such as ("width",)'


def _in_trials(module: ModuleType) -> Iterator[str]:
    trials = trials_of(module)
    if not trials:
        yield "there is no Trial at the top of the module; it says what the claim's verdicts share"
    for name, trial in trials.items():
        for bearing in trial.bears_on:
            if bearing.sentence not in sources.names():
                yield f"{name} bears on no sentence {bearing.sentence!r}; {nearest(bearing.sentence, sources.names())}"


def trials_of(module: ModuleType) -> dict[str, Trial]:
    """The trials of a claim by name; a claim that is a folder may have them in any of its modules."""
    own = [other for name, other in sys.modules.items() if f"{name}.".startswith(f"{module.__name__}.")]
    return {name: value for one in own for name, value in vars(one).items() if isinstance(value, Trial)}


def _in_settings(module: ModuleType) -> list[str]:
    schema: Any = getattr(module, "Settings", None)
    is_schema = (
        isinstance(schema, type) and issubclass(schema, ClaimSettings) and "__dataclass_fields__" in vars(schema)
    )
    if not is_schema:
        return ["there is no Settings; write a dataclass, class Settings(ClaimSettings)"]
    found = [problem for field in dataclasses.fields(schema) for problem in _in_field(schema, field)]
    if found:
        return found
    found = problems_of({}, schema, "Settings")
    for scale in filter(None, SCALES.values()):
        values = getattr(module, scale, None)
        if not isinstance(values, dict):
            found.append(f"there is no {scale}; write a dictionary of the settings that differ from their defaults")
        else:
            found += [problem for problem in problems_of(values, schema, scale) if problem not in found]
    return found or list(_in_smoke(schema(**defaults(schema) | module.SMOKE)))


def _in_field(schema: type, field: dataclasses.Field) -> Iterator[str]:
    name, kind = f"Settings.{field.name}", typing.get_type_hints(schema)[field.name]
    if "such_that" not in field.metadata:
        yield f"{name} is no setting; write {field.name}: ... = setting(...), with the values that it may take"
        return
    if kind not in KINDS and kind not in [list[one] for one in KINDS]:  # type: ignore[valid-type]
        yield f"{name} is a {kind}; it has to be int, float, str or bool, or a list of one of them for an axis"
    if field.name not in defaults(schema):
        yield f"{name} has no default; write setting(default, ...)"
    if (follows := field.metadata["follows"]) is not None and follows not in defaults(RunSettings):
        yield f"{name} follows {follows!r}, which is no setting of a run; {nearest(follows, defaults(RunSettings))}"
    if (condition := field.metadata["such_that"]) is not None:
        try:
            conditions.read(condition, [field.name])
        except conditions.ConditionError as error:
            yield f"{name}: cannot use the condition {condition!r}: {error}"


def _in_smoke(settings: ClaimSettings) -> Iterator[str]:
    try:
        cells = len(cells_of(settings))
    except UserError as error:
        yield from (f"SMOKE: {problem}" for problem in error.problems)
        return
    if cells > MOST_SMOKE_CELLS:
        yield (
            f"SMOKE leaves {cells:,} cells, which is no smoke run; {MOST_SMOKE_CELLS:,} are allowed, and some tens are "
            "usual: give it shorter axes and fewer repetitions"
        )
