"""From a command line to checked settings, with Hydra.

Hydra composes YAML files and overrides. This module says what is wrong before anything runs. Hydra itself accepts an
unknown key with a leading `+`, which then does nothing; its error message even advises to type that `+`. So every
override of a value is handed over as "set, or add if it is missing" (`++`), and unknown keys are found afterwards.
"""

import itertools
import json
import textwrap
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from experiments import house
from experiments.claims import broken_claims_of, claims_of, families, outline
from experiments.errors import UserError, nearest
from experiments.plan import make_plan
from experiments.running import groups
from experiments.running.claim_source import ClaimSource
from experiments.running.overrides import checked, key_of, parsed
from experiments.settings import RunSettings, defaults, leaves, parse, to_plain
from experiments.settings_in_words import settings_of

# Settings of a run that replace settings of claims, see `follows` of `settings.setting`.
FOLLOWED = ("restarts",)
# Columns of the help.
WIDTH = 100
HELP = """Puts claims of neural network theory on trial.

{usage} +sweep=NAME [key=value ...]

Groups:
{groups}

Settings of this command line (change any with key=value; leave a claim out with ~sweep.CLAIM; run one alone
with +sweep=NAME.CLAIM):

{settings}
What the settings of every run mean:

{meanings}
"""


def register_defaults() -> None:
    """Tells Hydra the settings that are written in Python: the defaults of a run, and where those of claims are."""
    OmegaConf.register_new_resolver("first_given", _first_given, replace=True)
    ConfigStore.instance().store(name="run_settings", node=defaults(RunSettings))
    Plugins.instance().register(ClaimSource)


def _first_given(of_the_run: Any, own: Any) -> Any:
    """The number that the run gives all claims; if that is 0, the claim's own."""
    return own if of_the_run == 0 else of_the_run


def check_overrides(overrides: list[str], several: bool = False, complete: bool = True) -> list[str]:
    """The overrides in the form for Hydra. Every job that they describe has been composed and checked.

    Args:
        overrides: as typed.
        several: whether `--multirun` allows alternatives such as `seed=0,1`.
        complete: whether they must describe a run; for `--help` they need not.

    Raises:
        UserError: naming everything that is wrong in any of the jobs.
    """
    accepted = checked(overrides, several, complete)
    if complete:
        check_jobs(accepted)
    return accepted


def check_jobs(accepted: list[str]) -> None:
    """Composes every job that overrides describe, which `overrides.checked` has returned.

    Raises:
        UserError: naming everything that is wrong in any of them.
    """
    problems: list[str] = []
    chosen: set[tuple[str, str, str]] = set()
    for job in _jobs(accepted):
        problems += [problem for problem in _problems_of(job, chosen) if problem not in problems]
    if len(chosen) > 1:
        problems.append("device, precision, engine.products: one process has one of each; give each its own command")
    if problems:
        raise UserError(*problems)


def help_text(accepted: list[str]) -> str:
    """The groups and settings of a command line; of a sweep that it names, those of its claims too.

    Hydra writes such a text from a template, but lists what is in every group first, which takes a second.

    Args:
        accepted: as `overrides.checked` has returned them.

    Raises:
        UserError: if they cannot be composed.
    """
    try:
        with initialize_config_dir(str(groups.CONF), version_base="1.3"):
            composed = compose("config", overrides=accepted)
            settings = OmegaConf.to_yaml(composed)
    except HydraException as error:
        raise UserError(f"cannot compose the settings: {error}") from error
    said = [f"{one.name}: {one.about} ({one.allowed})" for one in settings_of(RunSettings) if one.about]
    whole = HELP.format(usage=house.command("run"), groups=groups.in_words(), settings=settings, meanings=_lines(said))
    sweep = composed.get("sweep") or {}
    files = outline.claims_of(str(sweep.get("family", "")))
    abouts = {claim: outline.about_settings(path) for claim, path in files.items() if claim in sweep}
    if lines := [f"sweep.{claim}: {about}" for claim, about in abouts.items() if about]:
        whole += f"\nWhat the settings of these claims mean:\n\n{_lines(lines)}\n"
    return whole


def _lines(said: list[str]) -> str:
    return "\n".join(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="      ") for line in said)


def settings_from(config: DictConfig, name: str) -> RunSettings:
    """Typed settings from a composed configuration.

    Raises:
        UserError: naming everything that is wrong.
    """
    try:
        plain: dict[str, Any] = OmegaConf.to_container(config, resolve=True)  # type: ignore[assignment]
    except OmegaConfBaseException as error:
        raise UserError(f"cannot resolve a value: {str(error).splitlines()[0]}") from error
    plain.pop("hydra", None)
    return settings_from_plain(plain, name)


def settings_from_plain(plain: dict[str, Any], name: str) -> RunSettings:
    """Typed settings from plain containers, as Hydra composes them or a manifest has them.

    Raises:
        UserError: naming everything that is wrong.
    """
    family = plain["sweep"]["family"]
    if family not in families():
        raise UserError(f"sweep.family: no family of claims {family!r}; {nearest(str(family), families())}")
    broken = {claim: problems for claim, problems in broken_claims_of(family).items() if claim in plain["sweep"]}
    if broken:
        without = " ".join(f"'~sweep.{claim}'" for claim in broken)
        raise UserError(*itertools.chain(*broken.values()), f"Mend what is wrong, or run without it: {without}")
    claims = {claim: module.Settings for claim, module in claims_of(family).items()}
    return parse(plain, name, claims)


def compose_settings(overrides: list[str]) -> RunSettings:
    """Typed settings of one job, from overrides that `check_overrides` has returned.

    Raises:
        UserError: naming everything that is wrong.
    """
    try:
        with initialize_config_dir(str(groups.CONF), version_base="1.3"):
            config = compose("config", overrides=overrides, return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        return settings_from(config, config.hydra.runtime.choices["sweep"])
    except HydraException as error:
        raise UserError(f"cannot compose the settings: {error}") from error


def compose_again(manifest: dict[str, Any], changes: list[str], results: str) -> list[str]:
    """The overrides that give the settings of a manifest with some changes, even if defaults have changed since.

    Args:
        manifest: of the other run. Its folder of results does not matter.
        changes: overrides as typed.
        results: the folder of results, unless a change names another.

    Raises:
        UserError: naming everything that is wrong, such as claims that no longer exist.
    """
    before = check_overrides(manifest["overrides"])
    if "results" not in map(key_of, changes) and results != manifest["settings"].get("results"):
        changes = [*changes, f"results={json.dumps(results)}"]
    new = {key_of(line) for line in changes}
    typed = [*(line for line in before if key_of(line) not in new), *changes]
    now = check_overrides(typed)
    plain_before, plain_now = (to_plain(compose_settings(overrides)) for overrides in (before, now))
    then, default, chosen = (leaves(plain) for plain in (manifest["settings"], plain_before, plain_now))
    # The number that the run gave all claims is already in the settings of each claim. It is not given again: it would
    # replace the number of claims that had one of their own.
    kept = [
        f"{path}={json.dumps(value)}"
        for path, value in then.items()
        if path in chosen and chosen[path] == default.get(path) != value and path not in FOLLOWED
    ]
    added = set(plain_before["sweep"]) & set(plain_now["sweep"]) - set(manifest["settings"]["sweep"])
    return check_overrides([*typed, *kept, *(f"~sweep.{claim}" for claim in sorted(added))])


def _jobs(overrides: list[str]) -> list[list[str]]:
    """The overrides of each job. There are several jobs where `--multirun` gives a setting several values."""
    read = [parsed(line) for line in overrides]
    alternatives = [
        [f"{o.input_line.split('=')[0]}={value}" for value in o.sweep_string_iterator()]  # type: ignore[union-attr]
        if o.is_sweep_override()
        else [o.input_line]
        for o in read
    ]
    return [list(job) for job in itertools.product(*alternatives)]  # type: ignore[arg-type]


def _problems_of(job: list[str], chosen: set[tuple[str, str, str]]) -> list[str]:
    """What is wrong with one job. What a process has one of is added to `chosen`."""
    try:
        settings = compose_settings(job)
        chosen.add((settings.device, settings.precision, settings.engine.products))
        make_plan(settings)
    except UserError as error:
        return list(error.problems)
    return []
