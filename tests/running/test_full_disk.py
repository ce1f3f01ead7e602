"""A full disk ends a run with one sentence; what was finished is kept, and the run goes on when there is room."""

import os
import resource
import subprocess
import sys

import pandas as pd
import pytest

from experiments.errors import StorageError
from experiments.running import log as run_log
from experiments.storage.runs import RunDirectory
from tests.conftest import ROOT, close_logs
from tests.verbs.small import SMALL, rows

IN_A_SMALL_FILE_SYSTEM = """
mount -t tmpfs -o size=72k none results || exit 77
"$1" -m experiments run $3
echo "status $?" >&2
ls results/boolean/*/parts >&2
mount -o remount,size=64m results
"$1" -m experiments resume boolean
echo "status $?" >&2
cp -r results "$2"
"""


@pytest.mark.slow
def test_a_run_in_a_file_system_that_gets_full_ends_in_a_sentence_and_goes_on_later(cli):
    """A real one, of 72 KiB, which only this process and those that it starts can see."""
    (cli.folder / "results").mkdir()
    (cli.folder / "go.sh").write_text(IN_A_SMALL_FILE_SYSTEM)
    what = " ".join([*SMALL, "engine.unit_cells=4"])
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "go.sh", sys.executable, "kept", what]
    try:
        done = subprocess.run(
            command, cwd=cli.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare: it belongs to util-linux")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    first, second = done.stderr.split("status 1\n")
    assert "No space left on device" in first
    assert "Nothing that was finished is lost; to go on: python -m experiments resume boolean/" in first
    assert len(first.strip().splitlines()) == 2
    assert second.endswith("status 0\n")
    kept = [line for line in second.splitlines() if line.endswith(".parquet")]
    assert kept
    assert f"{len(kept)} of " in done.stdout
    (run,) = (cli.folder / "kept").glob("boolean/*")
    assert cli("run", *SMALL, "engine.unit_cells=4").returncode == 0
    (whole,) = cli.runs()
    pd.testing.assert_frame_equal(rows(run), rows(whole), check_exact=True)


def test_a_log_that_cannot_be_written_ends_the_run_as_a_part_would(tmp_path):
    (tmp_path / "a").mkdir()
    log = run_log.opened(RunDirectory(tmp_path / "a"))
    log.info("there is room")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(StorageError, match=r"cannot write .*run\.log: File too large"):
            log.info("there is none")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        close_logs()
