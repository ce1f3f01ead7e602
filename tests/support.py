"""What tests share: manifests of the form that there is, and a claim measured, judged and drawn without a run."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.files import numbers_as_csv
from experiments.drawing.style import Drawing, house_style
from experiments.judging.measured import Measured
from experiments.judging.rules import Outcome, Rule
from experiments.judging.verdict import Bearing, Verdict
from experiments.plan import Unit, make_plan
from experiments.settings import ClaimSettings, RunSettings

EMPTY_PICTURES = {
    "pdf": b"%PDF-1.4\n%%EOF\n",
    "png": b"\x89PNG\r\n\x1a\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
}
FACTS = {"seconds": 1.5, "compile_seconds": 0.5, "ensembles": []}


def manifest(*claims: str, sweep: str = "boolean", family: str = "boolean", **changes: Any) -> dict[str, Any]:
    """A manifest of these claims, each with one unit `<claim>-0`, but for what is to differ."""
    named: dict[str, Any] = {"family": family} | {claim: {} for claim in claims}
    return {
        "sweep": sweep,
        "command": f"python -m experiments run +sweep={sweep} scale=smoke",
        "overrides": [f"+sweep={sweep}", "+scale=smoke"],
        "settings": {"scale": "smoke", "seed": 0, "sweep": named},
        "started": "2026-01-02T03:04:05+0000",
        "device": {"platform": "cpu", "count": 2},
        "versions": {"python": "3.11.0"},
        "flags": {},
        "git": {"commit": "0123456789abcdef", "changed": False},
        "code": {},
        "units": {f"{claim}-0": {"claim": claim, "cells": 1} for claim in claims},
    } | changes


def units(module: ModuleType, settings: ClaimSettings, seed: int = 0) -> list[Unit]:
    """What a claim with these settings has to measure."""
    family, claim = module.__name__.split(".")[-2:]
    name = claim.replace("_", "-")
    return make_plan(RunSettings(sweep={name: settings}, family=family, name=family, seed=seed))


def measured(module: ModuleType, settings: ClaimSettings, seed: int = 0) -> pd.DataFrame:
    """The table of a claim with these settings."""
    return pd.concat([module.measure(unit) for unit in units(module, settings, seed)], ignore_index=True)


def verdicts(found: Iterable[Verdict]) -> dict[str, str]:
    """What a claim's `judge` says, by the name of the verdict; values lie in their intervals."""
    found = list(found)
    assert all(one.low <= one.measured <= one.high for one in found if np.isfinite(one.measured))
    names = [one.claim for one in found]
    assert len(set(names)) == len(names)
    return dict(zip(names, (one.verdict for one in found), strict=True))


def quantities(found: Iterable[Verdict]) -> dict[str, tuple[float, float, float, int]]:
    """What a claim's verdicts measured, by the name of the verdict: value, both ends of its interval, samples."""
    return {one.claim: (one.measured, one.low, one.high, one.samples) for one in found}


def drawn(module: ModuleType, table: pd.DataFrame) -> dict[str, Drawing]:
    """The figures of a claim; none is without numbers."""
    with house_style():
        drawings = module.draw(table)
    assert all(len(drawing.numbers) for drawing in drawings.values())
    return drawings


def unpainted(drawing: Drawing, kinds: tuple[str, ...]) -> dict[str, bytes]:
    """The files of a figure, with its numbers and without a picture: `drawing.files._rendered` that takes no time."""
    return {kind: numbers_as_csv(drawing) if kind == "csv" else EMPTY_PICTURES[kind] for kind in kinds}


def verdict(
    claim: str,
    outcome: Outcome = "supported",
    measured: float = 0.25,
    low: float | None = 0.2,
    high: float | None = 0.3,
    bears_on: tuple[Bearing, ...] = (),
    **changes: Any,
) -> Verdict:
    """A verdict with this name that says this at every level, and whatever else is to differ.

    Args:
        claim: its whole name.
        outcome: what it says.
        measured, low, high: the quantity and its interval, which no level changes.
        bears_on: on which sentences.
        changes: samples, evidence, rule, finding, and any other field of a verdict.
    """
    ends = measured, measured if low is None else low, measured if high is None else high
    samples, evidence = changes.pop("samples", 1000), changes.pop("evidence", "statistical")
    decision = Rule(changes.pop("rule", "By its interval."), lambda _: outcome)
    template = changes.pop("finding", "")
    fields: dict[str, Any] = {
        "statement": "A sentence.",
        "source": "somebody",
        "switches": {"one": 1},
        "notes": "two",
        "existence": "found by training",
        "prediction": "rate >= 0.5",
    }
    quantity = Measured(lambda α: ends, samples, evidence, of_this_run=changes.pop("of_this_run", False))
    return Verdict(
        claim=claim, bears_on=bears_on, quantity=quantity, decision=decision, template=template, **(fields | changes)
    )
