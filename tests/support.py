"""What tests of runs share: a manifest of the form that there is, and how a part says that it was made."""

from typing import Any

FACTS = {"seconds": 1.5, "compile_seconds": 0.5, "ensembles": []}


def manifest(*claims: str, sweep: str = "boolean", family: str = "boolean", **changes: Any) -> dict[str, Any]:
    """A manifest of these claims, each with one unit `<claim>-0`, but for what is to differ."""
    named = {"family": family} | {claim: {} for claim in claims}
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
