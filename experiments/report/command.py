"""The verb `report`."""

import argparse
import itertools
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from experiments import house
from experiments.errors import UserError, amount
from experiments.report import check, gather, model, page, paper, readme
from experiments.report.earlier import Earlier
from experiments.report.short import shortened
from experiments.storage.runs import RunDirectory
from experiments.storage.writing import replacing

# Without a terminal, one line tells the progress of this number of claims.
EVERY = 10
# In the head of every page that was written here.
GENERATOR = 'content="theory-claims report"'


def report(args: argparse.Namespace, console: Console) -> int:
    """Writes a report, or checks runs. Returns the exit status: 0, or 1 if a checked run is not what its table gives.

    Args:
        args: run, results, output, short, readme and check, as the command line says them.
        console: where to say what happens.

    Raises:
        UserError: if there is no such run, or the place for the report holds something else.
        StorageError: if it cannot be written.
    """
    if args.readme:
        return _write_readme(args.results, console)
    runs, unreadable = gather.choose_runs(args.run, args.results)
    for problem in unreadable:
        console.print(f"left out: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    if args.check:
        status = check.report(runs, console) or int(bool(unreadable))
        return max(status, _check_readme(args.results, console)) if gather.REFERENCE in args.run else status
    folder = Path(args.output or f"{args.results}/report")
    refuse_foreign(folder)
    names = ", ".join(run.name for run in runs)
    console.print(f"reading and drawing {names}", markup=False, highlight=False, soft_wrap=True)
    if not args.run:
        for line in gather.passed_over(runs, args.results):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    made = _made(runs, folder, console)
    write(made, folder)
    for one in made.runs:
        for note in one.notes:
            console.print(f"{one.run.name}: {note}", markup=False, highlight=False)
    if args.short:
        console.print(paper.short_markdown(made), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{amount(len(made.ledger), 'verdict')}: {folder}/index.html", highlight=False, soft_wrap=True)
    return 0


def _made(runs: list[RunDirectory], folder: Path, console: Console) -> model.Report:
    """The report, with progress: a bar on a terminal, else a line for every tenth claim."""
    total = sum(len(run.manifest()["settings"]["sweep"]) - 1 for run in runs)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("drawing", total=total)
        drawn = itertools.count(1)

        def done(name: str) -> None:
            bar.update(task, advance=1, description=name)
            number = next(drawn)
            if not console.is_terminal and number % EVERY == 0:
                console.print(f"{number} of {total} claims are drawn", highlight=False)

        return model.make(runs, done, Earlier(folder))


def readme_of(results: str) -> Path:
    """The README that shows what is kept in a results folder: it is beside the folder."""
    return Path(results).resolve().parent / "README.md"


def _kept(results: str) -> list[gather.Recorded]:
    return [gather.read(run) for run in gather.choose_runs([gather.REFERENCE], results)[0]]


def _write_readme(results: str, console: Console) -> int:
    path = readme_of(results)
    readme.write(_kept(results), path, Path(results) / gather.REFERENCE)
    console.print(f"answers written into {path}, claims beside the reference", highlight=False, soft_wrap=True)
    return 0


def _check_readme(results: str, console: Console) -> int:
    reference = Path(results) / gather.REFERENCE
    if not (readme_of(results).is_file() and reference.is_dir()):
        # The reference comes from a wheel: a README that is here is not ours.
        line = f"no README shows {reference}, as in a checkout, so none is checked"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
        return 0
    wrong = readme.differs(_kept(results), readme_of(results), reference)
    how = f"write it anew with: {house.command('report', '--readme')}"
    for path in wrong:
        console.print(f"{path} is not what the kept runs give; {how}", highlight=False, soft_wrap=True)
    return int(bool(wrong))


def refuse_foreign(folder: Path) -> None:
    """Refuses a folder that is neither empty nor an older report: a report replaces its folder as a whole.

    Raises:
        UserError: if it holds something else.
    """
    if not folder.exists():
        return
    page_there = folder / "index.html"
    if not folder.is_dir() or (any(folder.iterdir()) and not page_there.is_file()):
        raise UserError(f"{folder}: holds something that is no report; give another or an empty folder with --output")
    foreign = [path for path in sorted(folder.rglob("*")) if not _is_of_a_report(path.relative_to(folder), path)]
    if foreign:
        raise UserError(
            f"{foreign[0]}: is no part of a report, and would be removed; move it away, or give another --output"
        )
    if page_there.is_file() and GENERATOR not in page_there.read_text(errors="replace")[:2000]:
        raise UserError(
            f"{folder}: its index.html is no report of this harness; give another or an empty folder with --output"
        )


def _is_of_a_report(name: Path, path: Path) -> bool:
    """Whether a file or folder is one that `paper.files` could have named."""
    if path.is_symlink():
        return False
    if path.is_dir():
        return name.parts[0] in ("figures", "tables")
    if len(name.parts) == 1:
        return name.name in ("index.html", "ledger.csv", "ledger.md", "ledger.json", "ledger.schema.json")
    return name.parts[0] in ("figures", "tables") and name.suffix in (".csv", ".tex", ".pdf", ".svg", ".png", ".json")


def write(made: model.Report, folder: Path) -> None:
    """Replaces a folder by a report's page and files.

    Raises:
        StorageError: if they cannot be written.
    """
    contents = paper.files(made) | {"index.html": shortened(page.render(made)).encode()}
    with replacing(folder) as staging:
        for path, content in contents.items():
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            (staging / path).write_bytes(content)
