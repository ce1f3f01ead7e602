"""The report as one HTML page that needs nothing but itself."""

import base64
import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import DEFAULT_LEVEL
from experiments.judging.table import APART, bearings
from experiments.report import ledger, svg
from experiments.report.gather import OUTCOMES, Recorded
from experiments.report.model import Report
from experiments.report.paper import samples
from experiments.report.pictures import Shown, plain
from experiments.sources import Sentence

PARTS = Path(__file__).with_name("template")
# Told apart by shape as well as by colour and word.
MARKS = {SUPPORTED: "✓", CONTRADICTED: "✗", INCONCLUSIVE: "?"}


@dataclasses.dataclass(frozen=True)
class RuleGroup:
    """Verdicts that one rule decided.

    Attributes:
        rule: in words.
        switches: hypotheses that all of them share.
        verdicts: each an entry of the ledger, see `entries_of`, and own: the switches that are its alone.
    """

    rule: str
    switches: list[str]
    verdicts: list[dict[str, Any]]

    @property
    def differ(self) -> bool:
        """Whether any of them has switches of its own."""
        return any(one["own"] for one in self.verdicts)


def render(report: Report) -> str:
    """The page's HTML. Figures are the only markup in it that does not come from the template."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PARTS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = ((PARTS / name).read_text() for name in ("page.css", "page.js"))
    entries = entries_of(report.ledger)
    return environment.get_template("page.html").render(
        report=report,
        sentences=[(sentence, _of(sentence, entries)) for sentence in report.sentences],
        totals=ledger.counts(report.ledger["verdict"]),
        in_words=lambda mine: ledger.in_words(ledger.counts(pd.Series([one["verdict"] for one in mine], dtype=object))),
        runs=[
            {"run": run, "anchor": f"run-{number}", "claims": _claims(number, run, shown, entries), "folder": folder}
            for number, (run, shown, folder) in enumerate(
                zip(report.runs, report.shown, report.folders, strict=True), 1
            )
        ],
        chapters=list(dict.fromkeys(sentence.chapter for sentence in report.sentences)),
        not_after_holm=int((report.ledger["remark"] != "").sum()),
        removed_in_words=ledger.removed_in_words(report.ledger),
        corrected=int(report.ledger["p_holm"].notna().sum()),
        level=DEFAULT_LEVEL,
        marks=MARKS,
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def entries_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Every verdict of the ledger as words for the page, with an anchor of its own."""
    return [
        {
            **{name: row[name] for name in ("claim", "statement", "source", "prediction", "rule", "verdict", "remark")},
            **{name: row[name] for name in ("run", "sweep", "head", "evidence", "existence")},
            "places": row["places"].split(APART),
            "bearings": {one.sentence: f"{one.direction} the sentence, {one.role}" for one in bearings(row)},
            "anchor": f"verdict-{number}",
            "mark": MARKS.get(row["verdict"], "–"),
            "outcome": row["verdict"] if row["verdict"] in OUTCOMES else "unknown",
            "measured": ledger.measured(row),
            "samples": samples(row["samples"]),
            "p_values": ledger.p_value_words(row),
            "switches": switches(row["hypotheses"]),
        }
        for number, (_, row) in enumerate(table.iterrows(), 1)
    ]


def switches(hypotheses: str) -> list[str]:
    """The hypotheses of a verdict, one by one; a semicolon within brackets separates none."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(hypotheses):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ";" and depth <= 0:
            parts.append(hypotheses[start:place])
            start = place + 1
    return [part.strip() for part in (*parts, hypotheses[start:]) if part.strip()]


def by_rule(entries: list[dict[str, Any]]) -> list[RuleGroup]:
    """Verdicts by the rule that decided them, in their order, with the switches that all of a group share."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(entry["rule"], []).append(entry)
    found = []
    for rule, mine in groups.items():
        shared = [one for one in mine[0]["switches"] if all(one in entry["switches"] for entry in mine)]
        own = [{**entry, "own": [one for one in entry["switches"] if one not in shared]} for entry in mine]
        found.append(RuleGroup(rule, shared, own))
    return found


def _of(sentence: Sentence, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    mine = [entry for entry in entries if sentence.id in entry["places"]]
    return [entry | {"bearing": entry["bearings"].get(sentence.id, "")} for entry in mine]


def _claims(number: int, run: Recorded, shown: list[Shown], entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the page says of each claim of a run. Every verdict is of one: others were refused when they were read."""
    mine = [entry for entry in entries if entry["run"] == run.run.name]
    return [_view(number, one, [entry for entry in mine if entry["head"] == one.name]) for one in shown]


def _view(number: int, shown: Shown, entries: list[dict[str, Any]]) -> dict[str, Any]:
    anchor = f"run-{number}-{plain(shown.name)}"
    pictures = [
        {
            "name": one.name,
            "svg": Markup(
                svg.inline(one.files["svg"].decode(), f"{anchor}-{one.name}", f"{one.name}. {one.description}")
            ),
        }
        for one in shown.pictures
    ]
    rows = [[_cell(value) for value in row] for row in shown.extract.itertuples(index=False)]
    return {
        "shown": shown,
        "about": shown.about.removeprefix(f"{shown.name}: "),
        "anchor": anchor,
        "pictures": pictures,
        "groups": by_rule(entries),
        "columns": list(map(str, shown.extract.columns)),
        "rows": rows,
    }


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.5g}"
    return str(value)
