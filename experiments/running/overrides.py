"""Overrides as they are typed, such as `+sweep=boolean` or `seed=3`: what is wrong with them before any is composed.

Nothing is loaded here but Hydra's parser, so that a mistake is answered at once. What an override says of a claim is
known when its settings are composed, see `compose`.
"""

import re
import shlex
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, ValueType
from hydra.errors import HydraException

from experiments import synonyms
from experiments.claims import outline
from experiments.errors import UserError, nearest
from experiments.running import groups
from experiments.running.groups import GROUPS, choices
from experiments.settings import RunSettings, defaults, leaves, problems_of

# Hydra's ways to give several values without listing them.
NOT_LISTED = (ValueType.GLOB_CHOICE_SWEEP, ValueType.INTERVAL_SWEEP)
# A sweep of which one claim is run.
ONE_CLAIM = re.compile(r"\+?sweep=(?P<sweep>[\w-]+)\.(?P<claim>[\w-]+)")
NOT_SETTABLE = ("name", "family", "sweep.family", "sweep.description", "sweep.name")


def checked(overrides: list[str], several: bool = False, complete: bool = True) -> list[str]:
    """The overrides in the form for Hydra, if each is right for itself.

    Args:
        overrides: as typed.
        several: whether `--multirun` allows alternatives such as `seed=0,1`.
        complete: whether they must describe a run; for `--help` they need not.

    Raises:
        UserError: naming everything that is wrong.
    """
    found = [parsed(line) for line in of_one_claim(overrides)]
    problems = [problem for override in found if (problem := _problem_with(override, several))]
    if complete and not any(override.key_or_group == "sweep" for override in found):
        problems.append(f"sweep: none is named, give +sweep=NAME; {nearest('', choices('sweep'))}")
    problems += [*_in_values(found), *_in_claims(found)]
    if problems:
        raise UserError(*problems)
    accepted = [_with_sign(override) for override in found]
    # Hydra expands groups from the last to the first, and a sweep refers to the scale. So the scale comes last.
    scale = [line for line in accepted if line.startswith("+scale=")] or ["+scale=default"]
    return [line for line in accepted if line not in scale] + scale


def of_one_claim(overrides: list[str]) -> list[str]:
    """The overrides with `+sweep=SWEEP.CLAIM` written out: the sweep, and every other claim of it left out.

    Raises:
        UserError: if the sweep has no such claim.
    """
    written = []
    for line in overrides:
        named = ONE_CLAIM.fullmatch(line)
        family = groups.family_of(named["sweep"]) if named else None
        if not named or not family:
            written.append(line)
            continue
        claims = outline.claims_of(family)
        if named["claim"] not in claims:
            raise UserError(
                f"{named['sweep']}.{named['claim']}: the sweep {named['sweep']} has no such claim; "
                f"{nearest(named['claim'], claims)}"
            )
        others = [f"~sweep.{claim}" for claim in claims if claim != named["claim"]]
        written += [f"+sweep={named['sweep']}", *(one for one in others if one not in overrides)]
    return written


def parsed(line: str) -> Override:
    """An override as Hydra reads it.

    Raises:
        UserError: if it cannot be read.
    """
    if "=" not in line and not line.startswith("~"):
        sweep = f"+sweep={line}" if line in groups.sweeps() else "+sweep=boolean"
        raise UserError(f"{line[:60]}: give key=value, such as {sweep}")
    try:
        return OverridesParser.create().parse_override(line)
    except HydraException as error:
        raise UserError(f"{line}: cannot be read: {error}{_in_quotes(line)}") from error
    except ValueError as error:  # Python refuses to read a number of more than 4,300 digits
        raise UserError(f"{line[:60]} ...: cannot be read: it is too long a number") from error


def _in_quotes(line: str) -> str:
    """A condition that Hydra cannot read, in the quotes with which it can, as it is typed; empty for anything else."""
    key, _, text = line.partition("=")
    if key.rpartition(".")[2] != "where":
        return ""
    condition = text.strip().removeprefix('"').replace('"', "'")
    quoted = f'{key}="{condition}"'
    return f"; a condition stands in quotes: {shlex.quote(quoted)}"


def key_of(line: str) -> str:
    """What an override sets."""
    return parsed(line).key_or_group


def _problem_with(override: Override, several: bool) -> str | None:
    key = override.key_or_group
    if key in NOT_SETTABLE:
        return f"{key}: no setting; it belongs to the sweep's YAML file"
    if override.value_type in NOT_LISTED:
        return f"{key}: {override.get_value_string()} is not understood here; list the values: {key}=a,b"
    if override.is_sweep_override() and not several:
        return f"{key}: {override.get_value_string()} are several runs; add --multirun, or write an axis as {key}=[...]"
    if override.is_delete() and key.split(".")[0] not in ("sweep", "hydra", *GROUPS):
        return f"~{key}: only claims are left out, as ~sweep.CLAIM; give a setting its value as {key}=..."
    if key not in GROUPS or override.is_delete():
        return None
    named = [*override.sweep_string_iterator()] if override.is_sweep_override() else [str(override.value())]
    wrong = [name for name in named if name not in choices(key)]
    return f"{key}: no {wrong[0]!r}; {nearest(wrong[0], choices(key))}" if wrong else None


def _in_values(found: list[Override]) -> list[str]:
    """What is wrong with the settings of the run: their names and their values."""
    given: dict[str, Any] = {}
    for one in found:
        key, *below = one.key_or_group.split(".")
        if one.is_delete() or one.is_sweep_override() or key in (*GROUPS, "hydra") or not key.isidentifier():
            continue
        group = given if not below else given.setdefault(key, {})
        if isinstance(group, dict) and len(below) < 2:
            group[below[0] if below else key] = one.value()
    if any("${" in str(value) for value in leaves(given).values()):
        return []  # what a value refers to is known when it is composed
    filled = defaults(RunSettings) | {"sweep": {}, "family": "", "name": ""}
    return problems_of(filled | given, RunSettings, "")


def _in_claims(found: list[Override]) -> list[str]:
    """The names of claims, and of their settings, that there are not."""
    named = [str(one.value()) for one in found if one.key_or_group == "sweep" and not one.is_sweep_override()]
    family = groups.family_of(named[0]) if len(named) == 1 else None
    claims = outline.claims_of(family) if family else {}
    problems = []
    for one in found if claims else ():
        group, claim, *below = (*one.key_or_group.split("."), "", "")
        if group != "sweep" or not claim:
            continue
        if claim not in claims:
            problems.append(f"sweep.{claim}: no such claim in this sweep; {nearest(claim, claims)}")
        elif below[0] and (known := outline.settings_of(claims[claim])) and below[0] not in known:
            problems.append(f"sweep.{claim}.{below[0]}: no such setting; {synonyms.unknown_setting(below[0], known)}")
    return [*dict.fromkeys(problems)]


def _with_sign(override: Override) -> str:
    """The override with the sign that it needs in Hydra: + for groups, ++ for values."""
    line = override.input_line or ""
    if override.is_delete() or override.key_or_group.startswith("hydra"):
        return line
    sign = "+" if override.key_or_group in GROUPS else "++"
    return sign + line.lstrip("+")
