"""The verbs that make runs, once their settings are composed."""

import argparse

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from experiments import house
from experiments.plan import make_plan
from experiments.running import compose, expecting
from experiments.running import run as running
from experiments.storage.finding import find_run
from experiments.terminal import show
from experiments.verbs.console import console


def job(config: DictConfig) -> int:
    """A run with settings that Hydra has composed."""
    chosen = HydraConfig.get()
    settings = compose.settings_from(config, chosen.runtime.choices["sweep"])
    return running.run(settings, list(chosen.overrides.task), console)


def plan(args: argparse.Namespace) -> int:
    """Says what a run would do and how long it may take, and runs nothing."""
    compose.register_defaults()
    settings = compose.compose_settings(compose.check_overrides(args.overrides))
    units = make_plan(settings)
    works = expecting.works_of(units)
    show.plan(settings, units, works, console, expecting.expected(settings, units, works))
    console.print(
        "time: at the pace that each claim had in an earlier run here, else in the reference, whose machine "
        f"may be another; to begin: {house.command('run', *args.overrides)}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return 0


def resume(args: argparse.Namespace) -> int:
    """Runs the units of a run that are missing."""
    compose.register_defaults()
    return running.resume(find_run(args.run, args.results), args.anyway, console)


def rerun(args: argparse.Namespace) -> int:
    """Makes a new run with the settings of another, except for overrides."""
    compose.register_defaults()
    return running.rerun(find_run(args.run, args.results), args.overrides, args.results, console)
