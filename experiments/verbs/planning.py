"""The verb `plan`: what a run would do and how long it may take; nothing is run."""

import argparse

from experiments import house
from experiments.plan import make_plan
from experiments.running import compose, expecting, overrides
from experiments.terminal import show
from experiments.verbs.console import console


def plan(args: argparse.Namespace) -> int:
    """Shows the plan of a run, with the time that each claim may take."""
    compose.register_defaults()
    settings = compose.compose_settings(overrides.checked(args.overrides))
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
