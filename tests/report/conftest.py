"""A page of the report in a browser: Debian's Chromium, installed if that is allowed, else its tests are skipped."""

import warnings

import pytest

from experiments.report import command, model
from experiments.storage.runs import RunDirectory
from tests import browser
from tests.conftest import ROOT
from tests.report import runs


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """A report of a whole run, a hostile one, an empty one, and verdicts of the committed reference without a table."""
    folder = tmp_path_factory.mktemp("results")
    reference = RunDirectory(ROOT / "results" / "reference" / "restarts").read_verdicts()
    assert reference is not None
    rows = reference.assign(p_value=[0.04, *[1e-6] * (len(reference) - 1)])
    claims = {claim.split("/")[0].split(".")[1] for claim in rows["claim"]} - {"best-of-k"}
    made = [
        runs.census(folder),
        runs.hostile(folder),
        runs.write(folder, {"minimum-width": runs.CENSUS[:0]}, rows[:0], sweep="empty"),
        runs.write(folder, {"best-of-k": runs.CENSUS[:0]}, rows, "restarts", "restarts", other=tuple(claims)),
    ]
    command.write(model.make(made), folder / "report")
    return folder / "report" / "index.html"


@pytest.fixture(scope="session")
def tab():
    found = browser.find()
    if found is None:
        reason = "NO BROWSER: the report's page was not tested in one; `apt-get install chromium` mends that"
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with browser.opened(found) as page:
        yield page


@pytest.fixture
def page(tab, report):
    tab.look()
    tab.resize(1280, 900)
    tab.open(report)
    return tab
