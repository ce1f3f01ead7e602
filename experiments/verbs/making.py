"""The verbs that make runs: run, resume and rerun."""

import os
import sys

from hydra import main as hydra_main
from hydra._internal.utils import get_args_parser
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig

from experiments.errors import UserError
from experiments.running import compose
from experiments.running import run as running
from experiments.storage.finding import find_run
from experiments.verbs.words import console, parser_of

# The exit statuses of the jobs of this command.
statuses: list[int] = []
# The exception that ended a job. It is kept here because Hydra, which runs the job, would print a long text of its own.
ends: list[BaseException] = []


def run(arguments: list[str]) -> int:
    """Puts the claims of a sweep on trial; with `--multirun` in several runs."""
    compose.register_defaults()
    statuses.clear()
    ends.clear()
    args = get_args_parser().parse_intermixed_args(arguments)
    if args.multirun and (args.cfg or args.info):
        raise UserError("--multirun runs and --cfg or --info only show: give one of them")
    flags = [argument for argument in arguments if argument not in args.overrides]
    asks_for_help = args.help or args.hydra_help or args.info
    overrides = compose.check_overrides(args.overrides, several=args.multirun, complete=not asks_for_help)
    # Hydra 1.3 reads sys.argv, and refuses overrides that come after flags.
    sys.argv = [sys.argv[0], *overrides, *flags]
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")
    try:
        hydra_job()
    except HydraException as error:
        raise UserError(f"cannot compose the settings: {error}") from error
    if ends:
        raise ends[0]
    return max(statuses, default=0)


@hydra_main(config_path=str(compose.CONF), config_name="config", version_base="1.3")
def hydra_job(config: DictConfig) -> None:
    """One job of this command, once Hydra has composed its settings."""
    if ends:
        return
    chosen = HydraConfig.get()
    try:
        settings = compose.settings_from(config, chosen.runtime.choices["sweep"])
        statuses.append(running.run(settings, list(chosen.overrides.task), console))
    except BaseException as error:
        ends.append(error)


def resume(arguments: list[str]) -> int:
    """Runs the units of a run that are missing."""
    parser = parser_of("resume", "RUN")
    parser.add_argument("--anyway", action="store_true", help="go on although settings or code have changed")
    args = parser.parse_args(arguments)
    compose.register_defaults()
    return running.resume(find_run(args.run, args.results), args.anyway, console)


def rerun(arguments: list[str]) -> int:
    """Makes a new run with the settings of another, except for overrides."""
    parser = parser_of("rerun", "RUN")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="settings that are to differ")
    args = parser.parse_intermixed_args(arguments)
    compose.register_defaults()
    return running.rerun(find_run(args.run, args.results), args.overrides, args.results, console)
