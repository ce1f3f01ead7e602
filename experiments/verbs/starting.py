"""The verb `run`: its command line is Hydra's, and Hydra composes what it says."""

import os
import sys

from hydra import main as hydra_main
from hydra._internal.utils import get_args_parser
from hydra.errors import HydraException
from omegaconf import DictConfig

from experiments.errors import UserError
from experiments.running import groups, overrides

# The exit statuses of the jobs of this command.
statuses: list[int] = []
# The exception that ended a job. It is kept here because Hydra, which runs the job, would print a long text of its own.
ends: list[BaseException] = []


def run(arguments: list[str]) -> int:
    """Puts the claims of a sweep on trial; with `--multirun` in several runs."""
    statuses.clear()
    ends.clear()
    args = get_args_parser().parse_intermixed_args(arguments)
    if args.multirun and (args.cfg or args.info):
        raise UserError("--multirun runs and --cfg or --info only show: give one of them")
    flags = [argument for argument in arguments if argument not in args.overrides]
    asks_for_help = args.help or args.hydra_help or args.info
    accepted = overrides.checked(args.overrides, several=args.multirun, complete=not asks_for_help)

    from experiments.running import compose  # a second of loading, for which no mistake so far had to wait

    compose.register_defaults()
    if args.help:
        print(compose.help_text(accepted))
        return 0
    if not asks_for_help:
        compose.check_jobs(accepted)
    # Hydra 1.3 reads sys.argv, and refuses overrides that come after flags.
    sys.argv = [sys.argv[0], *accepted, *flags]
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")
    try:
        hydra_job()
    except HydraException as error:
        raise UserError(f"cannot compose the settings: {error}") from error
    if ends:
        raise ends[0]
    return max(statuses, default=0)


@hydra_main(config_path=str(groups.CONF), config_name="config", version_base="1.3")
def hydra_job(config: DictConfig) -> None:
    """One job of this command, once Hydra has composed its settings."""
    if ends:
        return
    try:
        from experiments.verbs import making

        statuses.append(making.job(config))
    except BaseException as error:
        ends.append(error)
