"""A small run, ways to spoil it, and every verb that is then asked about it."""

import contextlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
from rich.console import Console

from experiments.__main__ import main
from experiments.claims import claims_of
from experiments.running import compose
from experiments.running import run as running

CANARY = "canary"
COMMAND = f"@pd.io.common.os.system('touch {CANARY}') == 0 and n > 0"
CLAIM = "minimum-width"
OTHERS = sorted(set(claims_of("boolean")) - {CLAIM})
MINE = (
    "device=cpu",
    "++sweep.minimum-width.n=[1,2]",
    "++engine.unit_cells=1",
    *(f"~sweep.{claim}" for claim in OTHERS),
)
VERBS = {
    "show": ["show", "RUN"],
    "show --row": ["show", "RUN", "--row", CLAIM],
    "compare": ["compare", "GOOD", "RUN"],
    "report": ["report", "RUN"],
    "report --check": ["report", "RUN", "--check"],
    "keep": ["keep", "RUN"],
    "resume": ["resume", "RUN"],
    "resume --anyway": ["resume", "RUN", "--anyway"],
    "rerun": ["rerun", "RUN"],
}


def made(folder: Path, *overrides: str) -> Path:
    """A finished run of a small claim, made as every run is."""
    compose.register_defaults()
    with contextlib.chdir(folder):
        accepted = compose.check_overrides(["+sweep=boolean", "+scale=smoke", *MINE, *overrides])
        assert running.run(compose.compose_settings(accepted), accepted, Console(quiet=True)) == 0
    (run,) = folder.glob("results/boolean/*")
    return run


def change(run: Path, how) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    how(manifest)
    (run / "manifest.json").write_text(json.dumps(manifest))


def unsealed(run: Path) -> None:
    """As older code made it, or somebody who forges checksums as well."""
    change(run, lambda manifest: manifest.pop("concluded"))


def concluded(**changes):
    return lambda manifest: manifest["concluded"].update(changes)


def outside(place: Path) -> dict[str, bytes]:
    """All files beside the results."""
    files = [path for path in place.rglob("*") if path.is_file() and "results" not in path.relative_to(place).parts]
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


def say(capsys, arguments: list[str]) -> tuple[int, str]:
    """Status and words of a command; whatever is not answered in words comes through as an error."""
    names = {"RUN": "results/boolean/bad", "GOOD": "results/boolean/good"}
    capsys.readouterr()
    status = main([names.get(argument, argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def settings(**changes):
    return lambda manifest: manifest["settings"].update(changes)


def sweep(**changes):
    return lambda manifest: manifest["settings"]["sweep"].update(changes)


def key(**changes):
    return lambda manifest: manifest.update(changes)


def written_again(path: Path, table: pa.Table, **says: str) -> None:
    """Puts other rows into a file that says of itself what it said before, but for some of it."""
    before = {key.decode(): text for key, text in pa.parquet.read_metadata(path).metadata.items() if b":" not in key}
    with pa.parquet.ParquetWriter(path, table.schema.remove_metadata()) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(before | says)


def parts(run: Path) -> list[Path]:
    return sorted((run / "parts").iterdir())
