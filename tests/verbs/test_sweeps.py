"""Every sweep as a person runs it, in a process of its own."""

import json

import pandas as pd
import pytest

from experiments.running import groups

# All but the smallest wait for `make test-slow`: the tests of claims measure, judge and draw each in small.
QUICK = ("own",)


@pytest.mark.parametrize(
    "sweep", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in groups.sweeps()]
)
def test_a_smoke_run_of_every_sweep_goes_from_the_plan_to_verdicts_and_figures(cli, sweep):
    done = cli.process("run", f"+sweep={sweep}", "scale=smoke", "device=cpu")
    assert done.returncode == 0, done.stderr
    (run,) = cli.runs(sweep)
    for words in ("cells", "units", "network-steps/s", "supported", f"results/{sweep}/{run.name}"):
        assert words in done.stdout
    manifest = json.loads((run / "manifest.json").read_text())
    assert {path.stem for path in (run / "parts").iterdir()} == set(manifest["units"])
    assert manifest["command"] == f"python -m experiments run +sweep={sweep} device=cpu scale=smoke"
    assert manifest["device"]["platform"] == "cpu"
    table, verdicts = pd.read_parquet(run / "table.parquet"), pd.read_csv(run / "verdicts.csv")
    assert len(table) == len(pd.read_csv(run / "table.csv", low_memory=False))
    assert set(verdicts["verdict"]) <= {"supported", "contradicted", "inconclusive"}
    assert verdicts[["statement", "source", "hypotheses", "rule", "prediction"]].notna().all().all()
    figures = {path.stem for path in (run / "figures").glob("*.png")}
    assert figures
    for figure in figures:
        assert (run / "figures" / f"{figure}.pdf").stat().st_size > 1000
        assert len(pd.read_csv(run / "figures" / f"{figure}.csv")) > 0
    shown = cli("show", run.name).stdout
    for words in (manifest["command"], "hypotheses", "rule", "jax", f"seed={manifest['seed']}"):
        assert words in shown
