"""Small runs for tests of the report: real claims with tables written by hand, and runs that mean harm."""

from pathlib import Path
from typing import Any

import pandas as pd

from experiments.drawing.style import house_style
from experiments.judging.table import to_table
from experiments.running import conclude
from experiments.storage.runs import RunDirectory
from tests import support

# What an enumeration of all functions gives; a test of the claim itself holds that.
CENSUS = pd.DataFrame(
    {
        "n": [1, 1, 2, 2, 2, 3, 3, 3, 3],
        "width": [0, 1, 0, 1, 2, 0, 1, 2, 3],
        "functions": [2, 2, 2, 12, 2, 2, 102, 150, 2],
        "classes": [1, 1, 1, 2, 1, 1, 5, 7, 1],
        "has_parity": [False, True, False, False, True, False, False, False, True],
        "examples": ["0", "1", "0", "1 3", "6", "0", "3 7 15 23", "25 27 30 60", "105"],
        "seed": 0,
    }
)
HOSTILE = (
    """<script>alert("x")</script>'"><img src=x onerror=alert(1)>]]>{{ 7 * 7 }} & \\write18{x} $x_1$ %""" + "w" * 400
)


def write(
    results: Path,
    claims: dict[str, pd.DataFrame],
    verdicts: pd.DataFrame | None = None,
    sweep: str = "boolean",
    family: str = "boolean",
    drawn: bool = False,
    other: tuple[str, ...] = (),
    **manifest: Any,
) -> RunDirectory:
    """A run of these claims, each one unit with its table; an empty table is a unit that is missing.

    Args:
        results: folder of the runs.
        claims: table of each claim by its name.
        verdicts: as the run says them; by default what the tables give.
        sweep, family: of the run.
        drawn: whether its figures are there too, if its verdicts are what the tables give.
        other: claims of its settings without units and rows.
        manifest: what else its manifest says.
    """
    about = support.manifest(*claims, sweep=sweep, family=family)
    for name, table in claims.items():
        about["units"][f"{name}-0"]["cells"] = len(table)
    for name in other:
        about["settings"]["sweep"][name] = {}
    run = RunDirectory.create(str(results), sweep, about | manifest)
    for name, table in claims.items():
        if len(table):
            run.write_part(f"{name}-0", f"{family}.{name}", table, support.FACTS)
    run.write_table(run.manifest(), run.parts(run.manifest()).fitting)
    if verdicts is None:
        of_claim = _judge_and_draw if drawn else conclude.judged
        found = [of_claim(run, family, name) for name in claims if len(claims[name])]
        verdicts = pd.concat(found or [to_table([])], ignore_index=True)
    verdicts.to_csv(run.path / "verdicts.csv", index=False)
    return run


def _judge_and_draw(run: RunDirectory, family: str, claim: str) -> pd.DataFrame:
    with house_style():
        for title, drawing in conclude.drawn(run, family, claim).items():
            conclude._save(run, title, drawing)
    return conclude.judged(run, family, claim)


def census(results: Path, drawn: bool = False) -> RunDirectory:
    """A finished run of one real claim."""
    return write(results, {"minimum-width": CENSUS}, drawn=drawn)


def undrawn(results: Path) -> RunDirectory:
    """A finished run of a claim that is no longer there: it has verdicts but no figures."""
    return write(results, {"given-up": CENSUS}, to_table([support.verdict("boolean.given-up")]))


def hostile(results: Path) -> RunDirectory:
    """A run in which every text that a run can hold, and still be believed, means harm."""
    bad: dict[str, Any] = dict.fromkeys(("statement", "source", "notes", "prediction", "rule"), HOSTILE)
    rows = to_table([support.verdict(f"boolean.minimum-width/{HOSTILE}", **bad)])
    table = CENSUS.assign(**{"examples": HOSTILE, HOSTILE: HOSTILE})
    run = write(
        results,
        {"minimum-width": table, "every-function": pd.DataFrame()},
        rows,
        sweep="hostile",
        command=HOSTILE,
        device={"platform": "cpu", "count": 1, HOSTILE: HOSTILE},
    )
    run.write_failure("every-function-0", {"error": HOSTILE})
    return run
