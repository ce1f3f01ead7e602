"""The report as one HTML page that needs nothing but itself."""

import base64
import dataclasses
import hashlib
import importlib.metadata
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from experiments.judging.rules import CONTRADICTED, INCONCLUSIVE, SUPPORTED
from experiments.judging.statistics import DEFAULT_LEVEL
from experiments.judging.table import APART, bearings
from experiments.report import answers, cards, front, ledger, sentences, svg
from experiments.report.cards import Card
from experiments.report.formulas import formula
from experiments.report.gather import OUTCOMES, Recorded
from experiments.report.model import Report
from experiments.report.paper import samples
from experiments.report.picture import Picture, plain
from experiments.report.pictures import Shown
from experiments.sources import Sentence

PARTS = Path(__file__).with_name("template")
VERSION = importlib.metadata.version("theory-claims")
# A figure of more points across has a line of its own: beside something else its letters would be too small.
WIDE = 504
# Told apart by shape as well as by colour and word.
MARKS = {SUPPORTED: "✓", CONTRADICTED: "✗", INCONCLUSIVE: "?"}


@dataclasses.dataclass(frozen=True)
class RuleGroup:
    """Verdicts that one rule decided.

    Attributes:
        rule: in words.
        source: who says what they test.
        switches: hypotheses that all of them share, without those that all verdicts of the claim share.
        verdicts: each an entry of the ledger, see `entries_of`, and own: the switches that are its alone.
    """

    rule: str
    source: str
    switches: list[str]
    verdicts: list[dict[str, Any]]


class Figures:
    """The figures of a page. Each is drawn once; a second use of it is the same drawing.

    Attributes:
        styles: of all of them.
    """

    def __init__(self, report: Report) -> None:
        self.styles = svg.Styles()
        self._shown: dict[tuple[str, str], tuple[str, str, Shown]] = {}
        self._drawn: dict[str, str] = {}
        for number, (run, folder, claims) in enumerate(zip(report.runs, report.folders, report.shown, strict=True), 1):
            for one in claims:
                self._shown[run.run.name, one.name] = f"f{number}-{plain(one.name)}", folder, one

    def of_claim(self, run: str, name: str, most: int | None = None) -> list[dict[str, Any]]:
        """What the page says of the figures of a claim, of the first ones only if there are to be no more."""
        if (run, name) not in self._shown:
            return []
        anchor, folder, shown = self._shown[run, name]
        return [self._view(f"{anchor}-{one.name}", folder, one) for one in shown.pictures[:most]]

    def _view(self, anchor: str, folder: str, picture: Picture) -> dict[str, Any]:
        again = anchor in self._drawn
        if again:
            drawn = svg.again(anchor, self._drawn[anchor])
        else:
            text = picture.files["svg"].decode()
            # The title is below it already.
            drawn = svg.inline(text, anchor, picture.description or picture.title, self.styles)
            self._drawn[anchor] = drawn
        facts = {"name": picture.name, "title": picture.title, "caption": picture.caption, "folder": folder}
        looks = {"again": again, "wide": float(svg.shape(drawn)[0]) > WIDE}
        classes = " ".join(name for name, is_so in looks.items() if is_so)
        return {**facts, "again": again, "anchor": anchor, "svg": Markup(drawn), "classes": classes}


def render(report: Report) -> str:
    """The page's HTML. Figures are the only markup in it that does not come from the template."""
    entries, figures = entries_of(report.ledger), Figures(report)
    made = cards.make(report.answers, report.ledger, report.runs)
    # In the order of the page, so that each figure is drawn at its first place.
    pictures_of = {one.answer.sentence.id: _figure_of(one, figures) for one in made}
    runs = [
        {"run": run, "anchor": f"run-{number}", "claims": _claims(number, run, shown, entries, figures)}
        for number, (run, shown) in enumerate(zip(report.runs, report.shown, strict=True), 1)
    ]
    return _page().render(
        report=report,
        pictures_of=pictures_of,
        runs=runs,
        **_of_answers(report, made),
        **_of_ledger(report, entries),
        **_of_run(report),
        **_looks(figures.styles),
    )


def _page() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PARTS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["formula"] = formula
    return environment.get_template("page.html")


def _of_answers(report: Report, made: list[Card]) -> dict[str, Any]:
    sources = cards.by_source(made)
    return {
        "sources": sources,
        "groups": front.groups(sources),
        "shown_at_once": front.AT_ONCE,
        "words": [word for word, many in answers.summary(report.answers).items() if many],
        "kinds": cards.KINDS,
        "marks": cards.MARKS,
        "tile_marks": cards.TILE_MARKS,
        "tile_words": cards.tile_words,
        "tile_legend": cards.TILE_LEGEND,
        "beside_the_answer": cards.BESIDE_THE_ANSWER,
        "rule": answers.RULE,
    }


def _of_ledger(report: Report, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "sentences": [
            (one, sentences.where(one), ledger.outcome_of(report.ledger, one), _of(one, entries))
            for one in report.sentences
        ],
        "chapters": list(dict.fromkeys(map(sentences.where, report.sentences))),
        "anchors": {entry["claim"]: entry["anchor"] for entry in entries},
        "totals": ledger.counts(report.ledger["verdict"]),
        "not_after_holm": int((report.ledger["remark"] != "").sum()),
        "removed_in_words": ledger.removed_in_words(report.ledger),
        "corrected": int(report.ledger["p_holm"].notna().sum()),
        "level": DEFAULT_LEVEL,
    }


def _of_run(report: Report) -> dict[str, Any]:
    return {
        "version": VERSION,
        # The day of the newest run, so that a report made again is the same to the byte.
        "date": max((one.facts["started"][:10] for one in report.runs), default="no run"),
        "cited": _cited(report),
    }


def _looks(styles: svg.Styles) -> dict[str, Any]:
    style, script = ((PARTS / name).read_text() for name in ("page.css", "page.js"))
    return {
        "style": Markup(style),
        "figure_style": Markup(styles.as_css()),
        "script": Markup(script),
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }


def _cited(report: Report) -> str:
    """How the first verdict would be cited."""
    for run in report.runs:
        mine = report.ledger.loc[report.ledger["run"] == run.run.name, "claim"]
        if len(mine):
            made = f"run {run.run.name} of {run.facts['started'][:10]}, scale {run.scale}, seed {run.seed}"
            return f"theory-claims {VERSION}, verdict {mine.iloc[0]}, {made}, commit {run.facts['code']}"
    return f"theory-claims {VERSION}"


def _figure_of(card: Card, figures: Figures) -> dict[str, Any] | None:
    if card.answer.deciding is None:
        return None
    deciding = card.answer.deciding
    return next(iter(figures.of_claim(str(deciding["run"]), str(deciding["head"]), most=1)), None)


def entries_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Every verdict of the ledger as words for the page, with an anchor of its own that does not change with others."""
    taken: dict[str, int] = {}
    found = []
    for _, row in table.iterrows():
        name = f"verdict-{plain(row['claim'])}"
        taken[name] = taken.get(name, 0) + 1
        again = taken[name] > 1
        found.append(_entry(row, f"{name}-again-{taken[name]}" if again else name) | {"again": again})
    return found


def _entry(row: pd.Series, anchor: str) -> dict[str, Any]:
    texts = ("claim", "statement", "source", "prediction", "rule", "verdict", "remark")
    return {
        **{name: row[name] for name in texts},
        **{name: row[name] for name in ("run", "sweep", "head", "evidence", "existence")},
        # Beside the name of its claim.
        "short": row["claim"].removeprefix(f"{row['head']}/"),
        "places": row["places"].split(APART),
        "bearings": {one.sentence: f"{one.direction}, {one.role}" for one in bearings(row)},
        "anchor": anchor,
        "mark": MARKS.get(row["verdict"], "–"),
        "outcome": row["verdict"] if row["verdict"] in OUTCOMES else "unknown",
        "measured": ledger.measured(row),
        "samples": samples(row["samples"]),
        "p_values": ledger.p_value_words(row),
        "switches": switches(row["hypotheses"]),
    }


def switches(hypotheses: str) -> list[str]:
    """The hypotheses of a verdict, one by one; a semicolon within brackets separates none."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(hypotheses):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == ";" and depth <= 0:
            parts.append(hypotheses[start:place])
            start = place + 1
    return [part.strip() for part in (*parts, hypotheses[start:]) if part.strip()]


def by_rule(entries: list[dict[str, Any]]) -> tuple[list[str], list[RuleGroup]]:
    """Verdicts by the rule that decided them and their source.

    Returns:
        The hypotheses that all verdicts share, and the groups with those that only they share.
    """
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in entries:
        groups.setdefault((entry["rule"], entry["source"]), []).append(entry)
    of_all, found = _shared(entries), []
    for (rule, source), mine in groups.items():
        shared = _shared(mine)
        own = [{**entry, "own": [one for one in entry["switches"] if one not in shared]} for entry in mine]
        found.append(RuleGroup(rule, source, [one for one in shared if one not in of_all], own))
    return of_all, found


def _shared(entries: list[dict[str, Any]]) -> list[str]:
    """The hypotheses that all of some verdicts share."""
    first, others = entries[0]["switches"], [entry["switches"] for entry in entries[1:]]
    return [one for one in first if all(one in mine for mine in others)]


def _of(sentence: Sentence, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    mine = [entry for entry in entries if sentence.id in entry["places"]]
    return [entry | {"bearing": entry["bearings"].get(sentence.id, "")} for entry in mine]


def _claims(
    number: int, run: Recorded, shown: list[Shown], entries: list[dict[str, Any]], figures: Figures
) -> list[dict[str, Any]]:
    """What the page says of each claim of a run. Every verdict is of one: others were refused when they were read."""
    name = run.run.name
    mine = [entry for entry in entries if entry["run"] == name]
    return [
        _view(number, one, [entry for entry in mine if entry["head"] == one.name], figures.of_claim(name, one.name))
        for one in shown
    ]


def _view(number: int, shown: Shown, entries: list[dict[str, Any]], pictures: list[dict[str, Any]]) -> dict[str, Any]:
    of_all, groups = by_rule(entries) if entries else ([], [])
    return {
        "shown": shown,
        "about": shown.about.removeprefix(f"{shown.name}: "),
        "anchor": f"run-{number}-{plain(shown.name)}",
        "pictures": pictures,
        "switches": of_all,
        "groups": groups,
        "verdicts": len(entries),
        "columns": list(map(str, shown.extract.columns)),
        "rows": [[_cell(value) for value in row] for row in shown.extract.itertuples(index=False)],
    }


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.5g}"
    return str(value)
