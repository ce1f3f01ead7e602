"""The verbs that read runs: compare, table, list, show, watch, answer, report, export and keep."""

from pathlib import Path

from experiments import comparing, house
from experiments.comparing import printing
from experiments.errors import UserError
from experiments.running import one_row
from experiments.storage import standing, tables
from experiments.storage.directory import REFERENCE
from experiments.storage.finding import find_run, find_runs
from experiments.storage.keeping import keep_in
from experiments.storage.runs import RunDirectory
from experiments.terminal import show as terminal
from experiments.terminal import watching
from experiments.verbs.words import VERBS, console, parser_of


def compare(arguments: list[str]) -> int:
    """Compares two runs of one sweep."""
    parser = parser_of("compare", "A", "B")
    args = parser.parse_args(arguments)
    a, b = (find_run(name, args.results) for name in (args.a, args.b))
    found = comparing.compare(a, b)
    printing.comparison(found, a.name, b.name, console)
    return 2 if not found.comparable else 0 if found.consistent else 1


def table(arguments: list[str]) -> int:
    """Writes the rows of all runs of a sweep to one file."""
    parser = parser_of("table")
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


def list_runs(arguments: list[str]) -> int:
    """Lists all runs."""
    args = parser_of("list").parse_args(arguments)
    terminal.runs(find_runs(args.results), console)
    return 0


def show(arguments: list[str]) -> int:
    """Shows a run, or the network of one row, trained again."""
    parser = parser_of("show", "RUN")
    parser.add_argument(
        "--row", metavar="CLAIM[:NUMBER]", help="notable rows of a claim, or one row's network made again"
    )
    parser.add_argument("--output", help="folder for the weights and loss curve of that row (default: below results)")
    args = parser.parse_args(arguments)
    run = find_run(args.run, args.results)
    if args.row is None:
        terminal.run_in_full(run, console)
        return 0
    return one_row.show_row(run, args.row, args.output or f"{args.results}/rows", console)


def watch(arguments: list[str]) -> int:
    """Follows a run until it ends."""
    args = parser_of("watch", "RUN").parse_args(arguments)
    watching.follow(find_run(args.run, args.results), console)
    return 0


def report(arguments: list[str]) -> int:
    """Writes the report, or checks a run."""
    from experiments.report import command

    return command.report(arguments, house.command("report"), VERBS["report"], console)


def answer(arguments: list[str]) -> int:
    """Says what all verdicts together say of a sentence."""
    from experiments.report import answering

    return answering.answer(arguments, house.command("answer"), VERBS["answer"], console)


def export(arguments: list[str]) -> int:
    """Hands a finished run to a tracker of experiments."""
    from experiments import exporting

    parser = parser_of("export", "RUN")
    parser.add_argument("--to", required=True, choices=exporting.TRACKERS, help="the tracker")
    parser.add_argument("--uri", default="", help="mlflow: of a server or database (default: a database below results)")
    parser.add_argument("--output", help="folder for what stays on this machine (default: exports, below results)")
    args = parser.parse_args(arguments)
    run = find_run(args.run, args.results)
    done = exporting.export(run, args.to, Path(args.output or f"{args.results}/exports"), args.uri)
    line = f"{run.name}: {exporting.WORDS[done.was]}: {done.where}"
    console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0


def keep(arguments: list[str]) -> int:
    """Keeps a finished run as the reference of its sweep."""
    parser = parser_of("keep", "RUN")
    parser.add_argument("--anyway", action="store_true", help="even if a reference says more or figures are missing")
    parser.add_argument(
        "--words", action="store_true", help="of a kept run: let it say in today's words what it found, numbers as kept"
    )
    args = parser.parse_args(arguments)
    run = find_run(args.run, args.results)
    if args.words:
        return _reword(run)
    manifest = run.manifest()
    how_far = terminal.state(run, manifest)
    if how_far == terminal.UNCONCLUDED and not args.anyway:
        raise UserError(
            f"{run.name}: only a finished run is kept, and of this one something is missing:",
            *(f"  {line}" for line in run.unconcluded(manifest)),
            f"Judge and draw it again with: {run.way_on}",
            f"Or keep it all the same with: keep {run.name} --anyway",
        )
    if how_far not in (terminal.FINISHED, terminal.UNCONCLUDED):
        raise UserError(f"{run.name}: only a finished run is kept, this one has {how_far}")
    target = Path(args.results) / REFERENCE / manifest["sweep"]
    if not args.anyway:
        standing.refuse_lesser(run, RunDirectory(target))
    keep_in(run, target)
    console.print(f"kept {run.name} as {target}", markup=False, highlight=False, soft_wrap=True)
    return 0


def _reword(run: RunDirectory) -> int:
    from experiments.report.rewording import reword

    if run.path.parent.name != REFERENCE:
        raise UserError(f"{run.name}: --words is for kept runs, such as {REFERENCE}/boolean; keep this one first")
    line = f"{run.name}: {reword(run)} verdicts have other words now"
    console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0
