"""The notebooks: every cell runs, at the smallest scale, and each is kept as Jupyter writes it but for its outputs."""

import json
import re

import pytest

from documentation import notebooks

NAMES = [path.stem for path in notebooks.paths()]


def test_there_are_three():
    assert NAMES == ["a-million-restarts", "large-networks-get-stuck", "put-a-sentence-on-trial"]


# One of them is enough for the gate.
@pytest.mark.parametrize("name", [NAMES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[1:])])
def test_every_cell_runs_and_the_page_has_what_it_shows(name, tmp_path):
    page = notebooks.page(notebooks.FOLDER / f"{name}.ipynb", tmp_path, "smoke")
    assert page.startswith("# ")
    assert "data:image/png;base64," in page
    assert re.search(r"[✓✗◐≈] (supported|contradicted|holds|fails)", page)
    # Runs go to the folder that was given.
    assert {path.name for path in tmp_path.iterdir()} <= {"results"}


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_notebook_of_the_present_format_without_outputs(name):
    content = json.loads((notebooks.FOLDER / f"{name}.ipynb").read_text())
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{1,64}", one) for one in ids)
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


def test_a_cell_that_fails_is_named(tmp_path):
    path = tmp_path / "broken.ipynb"
    cells = [{"cell_type": "code", "source": ["1 + 1\n"]}, {"cell_type": "code", "source": ["1 / 0"]}]
    path.write_text(json.dumps({"cells": cells}))
    with pytest.raises(notebooks.CellError, match=r"broken.ipynb, cell 2: ZeroDivisionError"):
        notebooks.page(path, tmp_path, "smoke")


def test_the_last_expression_is_shown_unless_a_semicolon_ends_it(tmp_path):
    path = tmp_path / "shown.ipynb"
    cells = [{"cell_type": "code", "source": [text]} for text in ("2 + 3", "7 + 1;", "print('said')", "x = 11")]
    path.write_text(json.dumps({"cells": cells}))
    page = notebooks.page(path, tmp_path, "smoke")
    assert re.findall(r"```text\n(.*)\n```", page) == ["5", "said"]
