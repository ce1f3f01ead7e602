"""The ledger and the answers as JSON, so that others can link to a verdict and see how it changed.

The id of a verdict is its whole name, `boolean.minimum-width/parity`; the id of an answer is that of its sentence. Both
stay the same from run to run. ledger.schema.json, a JSON schema that is written beside it, explains the fields.
"""

import importlib.metadata
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import sources
from experiments.judging.table import SWITCH, bearings
from experiments.report import answers, ledger
from experiments.report.model import Report

SCHEMA = Path(__file__).with_name("template") / "ledger.schema.json"
TEXTS = ("statement", "source", "existence", "prediction", "evidence", "rule", "verdict", "finding")
NUMBERS = ("measured", "low", "high", "p_value", "p_holm")


def as_json(report: Report) -> bytes:
    """All words and numbers of a report. Made again from the same runs, it has the same bytes."""
    content = {
        "schema": "ledger.schema.json",
        "version": importlib.metadata.version("theory-claims"),
        "runs": [_run(one.sweep, one.run.name, one.facts) for one in report.runs],
        "answers": [_answer(one, report.ledger) for one in report.answers],
        "verdicts": [_verdict(row) for row in report.ledger.to_dict("records")],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _run(sweep: str, name: str, facts: dict[str, str]) -> dict[str, str]:
    return {
        "sweep": sweep,
        "run": name,
        **{key: facts[key] for key in ("command", "scale", "started", "device", "code")},
    }


def _answer(one: answers.Answer, entries: pd.DataFrame) -> dict[str, Any]:
    sentence = one.sentence
    title = next(source.title for source, said in sources.every() if source.id == sentence.source)
    return {
        "id": sentence.id,
        "source": sentence.source,
        "title": title,
        "chapter": sentence.chapter,
        "sentence": sentence.text,
        "quantifier": sentence.quantifier,
        "answer": one.word,
        "because": one.because,
        "headline": one.headline,
        "rests_only_on_what_does_not_survive": one.weak,
        "decided_by": None if one.deciding is None else str(one.deciding["claim"]),
        "depends_on": list(one.dependence.switches) if one.dependence.separates else [],
        "published": [
            {name: _plain(value) for name, value in row.items()}
            for row in answers.published(one, entries).to_dict("records")
        ],
    }


def _verdict(row: dict[Hashable, Any]) -> dict[str, Any]:
    switches = {
        name.removeprefix(SWITCH): _plain(row[name])
        for name in map(str, row)
        if name.startswith(SWITCH) and not pd.isna(row[name])
    }
    return {
        "id": str(row["claim"]),
        "run": str(row["run"]),
        **{name: str(row[name]) for name in TEXTS},
        **{name: _plain(row[name]) for name in NUMBERS},
        "samples": _plain(row["samples"]),
        "bears_on": [{"sentence": one.sentence, "direction": one.direction, "role": one.role} for one in bearings(row)],
        "switches": switches,
        "survives_holm": row["remark"] != ledger.NOT_AFTER_HOLM,
    }


def _plain(value: Any) -> Any:
    """A value for JSON, which has no infinite numbers and no NaN: they become words and null."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if value != value else str(value) if value in (float("inf"), float("-inf")) else value
    return value
