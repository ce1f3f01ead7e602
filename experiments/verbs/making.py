"""The verbs that make runs, once their settings are composed."""

import argparse

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from experiments.running import compose
from experiments.running import run as running
from experiments.storage.finding import find_run
from experiments.verbs.console import console


def job(config: DictConfig) -> int:
    """A run with settings that Hydra has composed."""
    chosen = HydraConfig.get()
    settings = compose.settings_from(config, chosen.runtime.choices["sweep"])
    return running.run(settings, list(chosen.overrides.task), console)


def resume(args: argparse.Namespace) -> int:
    """Runs the units of a run that are missing."""
    compose.register_defaults()
    return running.resume(find_run(args.run, args.results), args.anyway, console)


def rerun(args: argparse.Namespace) -> int:
    """Makes a new run with the settings of another, except for overrides."""
    compose.register_defaults()
    return running.rerun(find_run(args.run, args.results), args.overrides, args.results, console)
