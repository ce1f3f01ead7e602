"""What there is to run: sweeps, their claims, and all settings with what they mean and may be."""

import inspect
import json
from types import ModuleType

import pandas as pd

from experiments.claims import claims_of
from experiments.errors import UserError, nearest
from experiments.running import compose, groups
from experiments.settings import ClaimSettings, RunSettings
from experiments.settings_in_words import settings_of


def sweeps() -> pd.DataFrame:
    """All sweeps, each with its description."""
    return pd.DataFrame(groups.sweeps().items(), columns=["sweep", "description"])


def claims(sweep: str) -> pd.DataFrame:
    """The claims of a sweep, each with what it is about in a line.

    Raises:
        UserError: if there is no such sweep.
    """
    lines = {name: about(module) for name, module in claims_in(sweep).items()}
    return pd.DataFrame(lines.items(), columns=["claim", "about"])


def settings(what: str = "") -> pd.DataFrame:
    """All settings of a run, or those of one claim: their defaults, what they may be and what they mean.

    Args:
        what: a claim, such as boolean.trained-width; empty for what every run has.

    Raises:
        UserError: if there is no such claim.
    """
    rows = [(one.name, json.dumps(one.default), one.allowed, one.meaning) for one in settings_of(_schema(what))]
    return pd.DataFrame(rows, columns=["setting", "default", "allowed", "meaning"])


def claims_in(sweep: str) -> dict[str, ModuleType]:
    """The claims of a sweep with their modules.

    Raises:
        UserError: if there is no such sweep.
    """
    compose.register_defaults()
    # Only the name is checked here: composing finds all else that could be wrong.
    chosen = compose.compose_settings(compose.check_overrides([f"+sweep={sweep}"], complete=False))
    modules = claims_of(chosen.family)
    return {name: modules[name] for name in chosen.sweep}


def about(module: ModuleType) -> str:
    """What a claim is about: the first sentence of its module, without the name of the claim."""
    first = (inspect.getdoc(module) or "").split("\n\n")[0]
    return " ".join(first.split()).partition(": ")[2]


def _schema(what: str) -> type[RunSettings] | type[ClaimSettings]:
    if not what:
        return RunSettings
    sweep, _, claim = what.partition(".")
    known = claims_in(sweep)
    if claim not in known:
        raise UserError(f"{what}: the sweep {sweep} has no such claim; {nearest(claim, known)}")
    return known[claim].Settings
