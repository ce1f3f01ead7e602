from typing import get_args

import pandas as pd
import pytest
from rich.console import Console

from experiments.judging.rules import Outcome
from experiments.judging.table import to_table
from experiments.storage.finding import find_runs
from experiments.terminal import listing, show
from tests import support
from tests.conftest import ROOT
from tests.report import runs


@pytest.mark.parametrize("width", [20, 60, 80, 300])
def test_nothing_that_is_copied_or_read_is_cut(tmp_path, width):
    verdicts = [support.verdict(f"boolean.given-up/{word}/of/a/long/name", word) for word in get_args(Outcome)]
    run = runs.write(tmp_path, {"given-up": runs.CENSUS}, to_table(verdicts))
    console = Console(record=True, width=width)
    listing.runs(find_runs(str(tmp_path)), console)
    show.verdicts(to_table(verdicts), console)
    show.run_in_full(run, console)
    said = console.export_text()
    assert said.count(run.name) == 2
    for one in verdicts:
        assert said.count(one.claim) == 3, one.claim
        assert said.count(one.verdict) >= 3
    assert "…" not in said


def test_commands_of_the_readme_mean_the_same_to_every_shell():
    """What zsh would read as a pattern or as somebody's home is in quotes."""
    lines = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("python -m experiments")]
    assert lines
    for line in lines:
        bare = pd.Series(line.partition("  #")[0]).str.replace("'[^']*'", "", regex=True)[0].replace("[RUN ...]", "")
        assert not set(bare) & set("[]~*?{}$"), line
