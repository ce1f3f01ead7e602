"""The verbs of the command line."""

import argparse
import contextlib
import importlib.metadata
import os
import sys
from pathlib import Path

from hydra import main as hydra_main
from hydra._internal.utils import get_args_parser
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from omegaconf import DictConfig
from rich.console import Console

from experiments import comparing, sources
from experiments.comparing import printing
from experiments.errors import UserError, nearest
from experiments.running import compose, interruption
from experiments.running import run as running
from experiments.storage import standing, tables
from experiments.storage.finding import add_results, find_run, find_runs
from experiments.storage.keeping import keep_in
from experiments.storage.runs import REFERENCE, RunDirectory
from experiments.storage.writing import StorageError
from experiments.terminal import show

PROGRAM = "python -m experiments"
VERBS = {
    "run": "run +sweep=NAME [key=value ...]: put the claims of a sweep on trial",
    "resume": "resume RUN [--anyway]: run what is missing of a run",
    "rerun": "rerun RUN [key=value ...]: a fresh run with the settings of another, but for what is overridden",
    "compare": "compare A B: two runs of one sweep; exit status 1 unless rounding and sampling explain what differs",
    "table": "table SWEEP [--claim CLAIM] [--output FILE]: the rows of all its runs as one parquet or csv file",
    "list": "list: all runs",
    "show": "show RUN [--row CLAIM[:NUMBER]]: one run in full, or the network of one row, trained again",
    "answer": "answer [SENTENCE]: what all verdicts together say of a sentence, and on what it depends",
    "report": "report [RUN ...] [--check]: a page of all claims, measurements and verdicts, and files for a paper",
    "keep": "keep RUN [--anyway]: copy a finished run's small tables and figures to results/reference/",
}
# These make runs: what ends them before their end is answered by how to go on.
OF_A_RUN = ("run", "resume", "rerun")

# Where there is no terminal nothing wraps lines, so tables may be as wide as they are.
console = Console(width=None if sys.stdout.isatty() else 300)
statuses: list[int] = []
# What ended a job: Hydra, which runs it, would say more of it than helps anybody.
ends: list[BaseException] = []


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit status.

    It is 0; 1 if something failed; 2 if the command was wrong; 130 after Ctrl-C.
    """
    outlook = ""
    try:
        if _is_completion(arguments):
            return _complete(arguments)
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            _help()
            return 0
        if arguments[0] == "--version":
            print(f"theory-claims {importlib.metadata.version('theory-claims')}")
            return 0
        verb, rest = arguments[0], arguments[1:]
        if verb not in VERBS:
            _help()
            raise UserError(f"{verb}: no such verb; {nearest(verb, VERBS)}")
        if verb in OF_A_RUN:
            return DO[verb](rest)
        outlook = "Nothing was written."
        with interruption.in_order():
            return DO[verb](rest)
    except UserError as error:
        _complain(error)
        return 2
    except StorageError as error:
        _complain(error, outlook or interruption.outlook())
        return 1
    except OSError as error:
        _complain(f"cannot use {error.filename or 'the results'}: {error.strerror or error}", outlook)
        return 1
    except MemoryError:
        _complain("there is not enough memory for this", outlook or interruption.outlook())
        return 1
    except KeyboardInterrupt:
        _complain("interrupted", outlook or interruption.outlook())
        return interruption.STATUS


def _complain(*lines: object) -> None:
    print(*filter(None, map(str, lines)), sep="\n", file=sys.stderr)


def _help() -> None:
    lines = [
        f"usage: {PROGRAM} VERB ...",
        "",
        "verbs:",
        *(f"  {text}" for text in VERBS.values()),
        "",
        "sweeps:",
    ]
    lines += [f"  {name}: {description}" for name, description in compose.sweeps().items()]
    lines += [
        "",
        f"settings: {PROGRAM} run --help",
        f"version: {PROGRAM} --version",
        'shell completion: eval "$(theory-claims -sc install=bash)" (or zsh, fish)',
    ]
    print("\n".join(lines))


def _run(arguments: list[str]) -> int:
    compose.register_defaults()
    args = get_args_parser().parse_intermixed_args(arguments)
    if args.multirun and (args.cfg or args.info):
        raise UserError("--multirun runs and --cfg or --info only show: give one of them")
    flags = [argument for argument in arguments if argument not in args.overrides]
    asks_for_help = args.help or args.hydra_help or args.info
    overrides = compose.check_overrides(args.overrides, several=args.multirun, complete=not asks_for_help)
    # Hydra 1.3 reads sys.argv, and refuses overrides that stand behind flags.
    sys.argv = [sys.argv[0], *overrides, *flags]
    os.environ.setdefault("HYDRA_FULL_ERROR", "1")
    try:
        _hydra_job()
    except HydraException as error:
        raise UserError(f"cannot compose the settings: {error}") from error
    if ends:
        raise ends[0]
    return max(statuses, default=0)


@hydra_main(config_path=str(compose.CONF), config_name="config", version_base="1.3")
def _hydra_job(config: DictConfig) -> None:
    if ends:
        return
    chosen = HydraConfig.get()
    try:
        settings = compose.settings_from(config, chosen.runtime.choices["sweep"])
        statuses.append(running.run(settings, list(chosen.overrides.task), console))
    except BaseException as error:
        ends.append(error)


def _parser(verb: str, *runs: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} {verb}", description=VERBS[verb])
    for run in runs:
        parser.add_argument(
            run.lower(),
            metavar=run,
            help="a path, <sweep>/<run id>, the beginning of a run id, or a sweep for its newest run",
        )
    add_results(parser)
    return parser


def _resume(arguments: list[str]) -> int:
    parser = _parser("resume", "RUN")
    parser.add_argument("--anyway", action="store_true", help="go on although settings or code have changed")
    args = parser.parse_args(arguments)
    compose.register_defaults()
    return running.resume(find_run(args.run, args.results), args.anyway, console)


def _rerun(arguments: list[str]) -> int:
    parser = _parser("rerun", "RUN")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="settings that are to differ")
    args = parser.parse_intermixed_args(arguments)
    compose.register_defaults()
    return running.rerun(find_run(args.run, args.results), args.overrides, args.results, console)


def _compare(arguments: list[str]) -> int:
    parser = _parser("compare", "A", "B")
    args = parser.parse_args(arguments)
    a, b = (find_run(name, args.results) for name in (args.a, args.b))
    found = comparing.compare(a, b)
    printing.comparison(found, a.name, b.name, console)
    return 2 if not found.comparable else 0 if found.consistent else 1


def _table(arguments: list[str]) -> int:
    parser = _parser("table")
    parser.add_argument(
        "sweep", metavar="SWEEP", help="the sweep that has the runs to be joined; the column `run` names them"
    )
    parser.add_argument(
        "--claim", metavar="CLAIM", help="only its rows, with its columns, such as boolean.trained-width"
    )
    parser.add_argument("--output", help="file to write, .parquet or .csv (default: SWEEP.parquet below results)")
    args = parser.parse_args(arguments)
    runs, unreadable = tables.runs_of(args.sweep, args.results)
    output = Path(args.output or f"{args.results}/{args.sweep}.parquet")
    rows = tables.write(tables.selected(runs, args.claim), output)
    for problem in unreadable:
        console.print(f"left out: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{rows:,} rows of {len(runs)} runs: {output}", highlight=False, soft_wrap=True)
    return 0


def _list(arguments: list[str]) -> int:
    args = _parser("list").parse_args(arguments)
    show.runs(find_runs(args.results), console)
    return 0


def _show(arguments: list[str]) -> int:
    parser = _parser("show", "RUN")
    parser.add_argument(
        "--row", metavar="CLAIM[:NUMBER]", help="notable rows of a claim, or one row's network made again"
    )
    parser.add_argument("--output", help="folder for the weights and loss curve of that row (default: below results)")
    args = parser.parse_args(arguments)
    run = find_run(args.run, args.results)
    if args.row is None:
        show.run_in_full(run, console)
        return 0
    return running.show_row(run, args.row, args.output or f"{args.results}/rows", console)


def _report(arguments: list[str]) -> int:
    from experiments.report import command

    return command.report(arguments, f"{PROGRAM} report", VERBS["report"], console)


def _answer(arguments: list[str]) -> int:
    from experiments.report import answering

    return answering.answer(arguments, f"{PROGRAM} answer", VERBS["answer"], console)


def _keep(arguments: list[str]) -> int:
    parser = _parser("keep", "RUN")
    parser.add_argument("--anyway", action="store_true", help="although a reference says more or figures are missing")
    args = parser.parse_args(arguments)
    run = find_run(args.run, args.results)
    manifest = run.manifest()
    how_far = show.state(run, manifest)
    if how_far == show.UNCONCLUDED and not args.anyway:
        raise UserError(
            f"{run.name}: only a finished run is kept, and of this one something is missing:",
            *(f"  {line}" for line in run.unconcluded(manifest)),
            f"Judge and draw it again with: {run.way_on}",
            f"Or keep it all the same with: keep {run.name} --anyway",
        )
    if how_far not in (show.FINISHED, show.UNCONCLUDED):
        raise UserError(f"{run.name}: only a finished run is kept, this one has {how_far}")
    target = Path(args.results) / REFERENCE / manifest["sweep"]
    if not args.anyway:
        standing.refuse_lesser(run, RunDirectory(target))
    keep_in(run, target)
    console.print(f"kept {run.name} as {target}", markup=False, highlight=False, soft_wrap=True)
    return 0


def _is_completion(arguments: list[str]) -> bool:
    return any(argument in ("-sc", "--shell-completion", "--shell_completion") for argument in arguments[:1])


def _complete(arguments: list[str]) -> int:
    """Shell completion: verbs and runs are ours, what stands behind `run` is Hydra's."""
    compose.register_defaults()
    line = os.environ.get("COMP_LINE", "")
    words = line.split()
    if any(argument.startswith("query=") for argument in arguments):
        verb = words[1] if len(words) > 2 or (len(words) == 2 and line.endswith(" ")) else None
        if verb is None:
            print(" ".join(VERBS))
            return 0
        if verb != "run":
            print(" ".join(_words_after(verb)))
            return 0
        # Hydra expects the program's name and then overrides, among them the scale that a sweep refers to.
        typed, _, last = line.replace(" run", "", 1).rpartition(" ")
        os.environ["COMP_LINE"] = f"{typed} +scale=default {last}"
    sys.argv = [sys.argv[0], *arguments]
    with contextlib.suppress(HydraException):
        _hydra_job()
    return 0


def _words_after(verb: str) -> list[str]:
    """What can follow a verb other than `run`."""
    if verb == "table":
        return list(compose.sweeps())
    if verb == "answer":
        return sorted(sources.names())
    return [run.name for run in find_runs("results")] if verb in VERBS else []


DO = {
    "run": _run,
    "resume": _resume,
    "rerun": _rerun,
    "compare": _compare,
    "table": _table,
    "list": _list,
    "show": _show,
    "answer": _answer,
    "report": _report,
    "keep": _keep,
}
