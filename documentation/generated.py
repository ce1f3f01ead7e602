"""What the code and the kept runs say, as parts of pages."""

import json
import re

import pandas as pd

from documentation import diagrams, reference
from documentation.markdown import code, plain, prose, table
from experiments import house, interface, sources
from experiments.judging.measured import number_in_words
from experiments.report import answers as answering
from experiments.report.answers import RULE
from experiments.report.gather import OUTCOMES
from experiments.running import groups
from experiments.settings import RunSettings
from experiments.settings_in_words import settings_of

BENCHMARK = house.RESULTS / "reference" / "benchmark" / "cpu.md"
KEPT = interface.KEPT


def kept_answers() -> interface.Answers:
    """The answers of the kept runs."""
    return interface.answers(runs=["reference"], results=KEPT)


def answers_by_source(found: interface.Answers) -> str:
    """Every sentence with its answer, in the order of the sources."""
    parts = []
    for source, said in sources.every():
        mine = [found[one.id] for one in said]
        where = f"[{plain(source.where)}]({source.link})" if source.link else plain(source.where)
        rows = [(f"{one.card.mark} {one.word}", plain(one.sentence), plain(one.finding)) for one in mine]
        parts += [
            f"## {plain(source.title)}",
            f"{plain(source.authors)}; {where}",
            table(("answer", "sentence", "finding"), rows),
        ]
    return "\n\n".join(parts)


def published_numbers(found: interface.Answers) -> str:
    """Numbers that somebody has published beside ours."""
    rows = []
    titles = {source.id: source for source, _ in sources.every()}
    for one in found:
        source = titles[one.card.answer.sentence.source]
        for row in one.card.published:
            rows.append(
                (
                    plain(source.authors),
                    plain(row["what"]),
                    f"{row['published']:g}",
                    row["known"],
                    plain(row["ours"]) or "not in the kept runs",
                    plain(row["apart"]),
                    code(row["verdict"]),
                )
            )
    return table(("who", "what", "published", "how it is known", "ours", "difference", "verdict"), rows)


def calibrations() -> str:
    """For each family the verdicts on its rules, and the rule that decides wrongly most often."""
    verdicts = interface.find("reference/calibration", KEPT).verdicts.table
    mine = verdicts[verdicts["claim"].str.startswith("calibration.rules/")]
    names = mine["claim"].str.split("/", n=1).str[1]
    rows = []
    for family, group in mine.groupby(names.str.partition(".")[0]):
        worst = group.loc[group["measured"].idxmax()]
        number = number_in_words(worst["measured"], worst["low"], worst["high"], worst["evidence"])
        counts = [(group["verdict"] == word).sum() for word in OUTCOMES]
        rows.append((family, len(group), *counts, code(names[worst.name]), plain(number)))
    return table(("family", "rules", *OUTCOMES, "the worst of them", "it decides wrongly in a share of"), rows)


def run_settings() -> str:
    """The settings that every run has."""
    return settings_table(RunSettings)


def settings_table(schema: type) -> str:
    """Settings with their defaults, what they may be, and what they mean where that is said."""
    found = list(settings_of(schema))
    about = any(one.meaning for one in found)
    rows = [
        (
            code(one.name),
            code(json.dumps(one.default)),
            plain(one.allowed),
            *([prose(one.meaning)] if about else []),
        )
        for one in found
    ]
    return table(("setting", "default", "may be", *(["meaning"] if about else [])), rows)


def speed() -> str:
    """The table of the benchmark of training."""
    return re.sub(r"^# (.*)$", r"**\1.**", BENCHMARK.read_text(), count=1, flags=re.MULTILINE).strip()


def sweeps() -> str:
    """All sweeps with what they are about; each is a page."""
    rows = [(f"[{name}](families/{name}.md)", plain(about)) for name, about in groups.sweeps().items()]
    return table(("sweep", "what it is about"), rows)


def all_parts() -> dict[str, str]:
    """Every generated part by the name in its marker."""
    found = kept_answers()
    count = pd.Series([one.word for one in found]).value_counts()
    return {
        "answers": answers_by_source(found),
        "answers-in-short": ", ".join(f"{count.get(word, 0)} {word}" for word in answering.WORDS),
        "answer-rule": plain(RULE),
        "published": published_numbers(found),
        "calibrations": calibrations(),
        "run-settings": run_settings(),
        "speed": speed(),
        "sweeps": sweeps(),
        "interface": reference.page(),
        "way-of-a-number": diagrams.NUMBER,
        "way-to-an-answer": diagrams.ANSWER,
    }
