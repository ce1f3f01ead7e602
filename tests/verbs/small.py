"""A small sweep that trains networks, and its rows."""

import pandas as pd

from experiments.claims import claims_of

OTHERS = tuple(claim for claim in claims_of("boolean") if claim != "trained-width")
LEFT_OUT = tuple(f"~sweep.{claim}" for claim in OTHERS)
SMALL = (
    *("+sweep=boolean", "scale=smoke", "device=cpu"),
    *("sweep.trained-width.n=[2,3]", "sweep.trained-width.width=[1,2]"),
    *LEFT_OUT,
)
UNTIMED = ["claim", "family", "n", "width", "activation", "function", "restart", "loss", "errors", "solved", "steps"]


def rows(run) -> pd.DataFrame:
    """The rows of a run in one order, without what depends on the clock."""
    return pd.read_parquet(run / "table.parquet")[UNTIMED].sort_values(UNTIMED[:7]).reset_index(drop=True)
