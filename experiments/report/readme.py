"""What is written from the reference: the answers in the README, and beside the reference the tables of everything.

The README has a picture of all sentences of the post and a line for each that the post turns on, between two marks.
`CLAIMS.md` in the folder of the reference has a line for each sentence, and one for each claim and outcome. The latter
shows the weakest of its verdicts: of those that state a level the one with the largest p-value. So no number is picked
because it looks good, and what the sentence says is what was judged.
"""

import re
from pathlib import Path

import pandas as pd

from experiments import sources
from experiments.drawing.files import rendered
from experiments.drawing.style import house_style
from experiments.errors import UserError
from experiments.report import answers, cards, ledger, overview
from experiments.report.cards import Card
from experiments.report.gather import OUTCOMES, Recorded
from experiments.report.paper import inline
from experiments.report.signs import REMOVED
from experiments.storage.writing import atomic

BEGIN, END = "<!-- answers: begin, written by report --readme -->", "<!-- answers: end -->"
# Files in the folder of the reference.
CLAIMS, PICTURE, DRAWN = "CLAIMS.md", "answers.png", "answers.csv"
# Letters of a sentence in the table of claims, at most.
LONGEST = 150
# The figure above the claims of each sweep, by its name in the run's folder of figures, and its description.
FIGURES = {
    "anatomy": ("nine-neurons", "The running example, drawn by the code"),
    "approximation": ("optimum-error", "Error against width: bound, construction, training, floor"),
    "boolean": ("success-against-width", "Success rates of training against width"),
    "calibration": ("calibration-power", "How often each rule errs, and what it sees"),
    "depth": ("product-neurons", "Neurons that multiply n numbers"),
    "restarts": ("success-against-size", "Success rate against width"),
}


def write(runs: list[Recorded], path: Path, reference: Path) -> None:
    """Puts the answers in a README that has the marks, and what else there is in the folder of the reference.

    Args:
        runs: a run of each sweep, in the order of the text.
        path: the README.
        reference: the folder of the reference.

    Raises:
        UserError: if the README cannot be read, or the marks are not in it, each once and in order.
        StorageError: if something cannot be written.
    """
    before, _, after = _split(path)
    entries = ledger.make(runs)
    made = post_cards(runs, entries)
    for name, content in files(runs, entries, made, ("png", "csv")).items():
        with atomic(reference / name) as new:
            new.write_bytes(content)
    with atomic(path) as new:
        new.write_text(f"{before}{BEGIN}\n\n{answers_text(made, reference, path.parent)}\n\n{END}{after}")


def differs(runs: list[Recorded], path: Path, reference: Path) -> list[str]:
    """Which of these files have another content than the runs give.

    Raises:
        UserError: if the README cannot be read, or the marks are not in it, each once and in order.
    """
    inside = _split(path)[1]
    entries = ledger.make(runs)
    made = post_cards(runs, entries)
    wrong = [] if inside.strip() == answers_text(made, reference, path.parent).strip() else [path]
    # The picture is compared by its numbers: another version of a library may draw it differently.
    for name, content in files(runs, entries, made, ("csv",)).items():
        there = reference / name
        if not there.is_file() or there.read_bytes() != content:
            wrong.append(there)
    return [str(one) for one in wrong]


def files(runs: list[Recorded], entries: pd.DataFrame, made: list[Card], kinds: tuple[str, ...]) -> dict[str, bytes]:
    """The table of claims and the map of answers, by the names of their files.

    Args:
        runs, entries: see `claims_text`.
        made: see `post_cards`.
        kinds: of the map's files: png, csv.
    """
    whole = "\n".join(_answers(made, LONGEST * 2))
    claims = (
        f"# All answers\n\nWritten by `report --readme`.\n\n{whole}\n\n# All claims\n\n{claims_text(runs, entries)}\n"
    )
    found = {CLAIMS: claims.encode()}
    with house_style():
        drawn = rendered(overview.draw(made), kinds)
    return found | {name: drawn[kind] for kind, name in (("png", PICTURE), ("csv", DRAWN)) if kind in kinds}


def post_cards(runs: list[Recorded], entries: pd.DataFrame) -> list[Card]:
    """The cards of the post's sentences, in their order.

    Args:
        runs: a run of each sweep.
        entries: their ledger, see `ledger.make`.
    """
    post = [one for one in sources.sentences() if one.of_the_post]
    return cards.make([answers.of(entries, one) for one in post], entries, runs)


def answers_text(made: list[Card], reference: Path, home: Path) -> str:
    """The picture, and a line for each sentence that the post turns on.

    Args:
        made: see `post_cards`.
        reference: the folder of the picture.
        home: the folder of the README.
    """
    counts = answers.summary([one.answer for one in made])
    folder = reference.resolve().relative_to(home.resolve())
    said = ", ".join(f"{word} {count}" for word, count in counts.items() if count)
    lines = [
        f"The post's {len(made)} sentences: {said}.",
        "",
        f"![The map of answers: every sentence, its answer, and tiles for what it depends on]({folder}/{PICTURE})",
        "",
        *_answers([one for one in made if one.answer.sentence.central], 140),
        "",
        f"These are the sentences that the post turns on; all are in [{CLAIMS}]({folder}/{CLAIMS}).",
    ]
    return "\n".join(lines)


def _answers(made: list[Card], longest: int) -> list[str]:
    """A table with a line for each sentence that is on trial, cut to `longest` letters, and a line for the others."""
    lines = ["| | sentence | finding |", "|---|---|---|"]
    for one in made:
        if one.answer.deciding is not None:
            weak = REMOVED if one.answer.weak else ""
            found = one.answer.headline + (f" {one.condition}" if one.condition else "")
            cells = [f"{one.mark} {one.answer.word}{weak}", _shortened(one.answer.sentence.text, longest), found]
            lines.append("| " + " | ".join(map(inline, cells)) + " |")
    untested = [one.answer.sentence.id for one in made if one.answer.deciding is None]
    return [*lines, "", f"Not for an experiment, or not on trial yet: {', '.join(untested)}."] if untested else lines


def claims_text(runs: list[Recorded], entries: pd.DataFrame) -> str:
    """The table of all claims.

    Args:
        runs: a run of each sweep, in the order of the text.
        entries: their ledger, see `ledger.make`.
    """
    parts = [_summary(entries)]
    for one in runs:
        mine = entries[entries["run"] == one.run.name]
        if len(mine):
            parts.append("\n".join([_title(one, mine), "", *_figure(one), *_table(mine)]))
    return "\n\n".join(parts)


def _split(path: Path) -> tuple[str, str, str]:
    try:
        whole = path.read_text()
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from error
    if whole.count(BEGIN) != 1 or whole.count(END) != 1 or whole.index(BEGIN) > whole.index(END):
        raise UserError(
            f"{path}: the answers are written between the lines {BEGIN} and {END}; put each of them there once"
        )
    before, rest = whole.split(BEGIN)
    inside, after = rest.split(END)
    return before, inside, after


def _summary(entries: pd.DataFrame) -> str:
    """How many verdicts there are, how many rest on a level, and what the correction for their number removes."""
    statistical = entries[entries["evidence"] == "statistical"]
    tested = int(statistical["p_value"].notna().sum())
    decided, removed = int((statistical["p_value"] < 1).sum()), entries[entries["remark"] != ""]
    lines = [
        f"{len(entries)} verdicts: {ledger.in_words(ledger.counts(entries['verdict']))}. "
        f"{len(entries) - len(statistical)} are exact. Of the {len(statistical)} statistical ones {tested} have a "
        "p-value, the smallest level at which their own rule still says the same"
        + (f"; the other {len(statistical) - tested} state no level." if tested < len(statistical) else "."),
        f"Holm's correction over all p-values leaves {decided - len(removed)} of the {decided} decisions that have one"
        + (
            f", and removes {len(removed)} ({REMOVED}): {inline(ledger.removed_in_words(entries))}."
            if len(removed)
            else "."
        ),
        "Every line shows the weakest of its verdicts: the one with the largest p-value, else the first by name.",
    ]
    return "\n".join(lines)


def _title(one: Recorded, mine: pd.DataFrame) -> str:
    about = f"`+sweep={one.sweep}`, scale {one.scale}, seed {one.seed}"
    return f"**{one.sweep.capitalize()}** ({about}): {ledger.in_words(ledger.counts(mine['verdict']))}"


def _figure(one: Recorded) -> list[str]:
    if one.sweep not in FIGURES or not one.run.is_kept():
        return []
    name, words = FIGURES[one.sweep]
    return [f"![{words}]({one.sweep}/figures/{name}.png)", ""]


def _table(mine: pd.DataFrame) -> list[str]:
    lines = ["| claim | in words | verdicts | the weakest |", "|---|---|---|---|"]
    for head, of_claim in mine.groupby("head", sort=True):
        first = True
        for outcome in OUTCOMES:
            group = of_claim[of_claim["verdict"] == outcome]
            if len(group):
                lines.append(_line(str(head) if first else "", outcome, group))
                first = False
    return lines


def _line(head: str, outcome: str, group: pd.DataFrame) -> str:
    shown = weakest(group)
    kind = shown["claim"].partition("/")[2]
    removed = int((group["remark"] != "").sum())
    many = f"{len(group)} " if len(group) > 1 else ""
    mark = f", {removed if len(group) > 1 else ''}{REMOVED}" if removed else ""
    evidence = "exact" if (group["evidence"] == "exact").all() else _evidence(group)
    number = f"{ledger.measured(shown)}{REMOVED if shown['remark'] else ''}"
    cells = [
        _code(head),
        inline(_shortened(shown["statement"])),
        f"{many}{outcome}, {evidence}{mark}",
        (f"{_code(kind)}: " if kind else "") + f"{inline(number)}; {inline(_shortened(shown['prediction'], 70))}",
    ]
    return "| " + " | ".join(cells) + " |"


def _evidence(group: pd.DataFrame) -> str:
    exact = int((group["evidence"] == "exact").sum())
    return f"{exact} exact" if exact else "statistical"


def weakest(group: pd.DataFrame) -> pd.Series:
    """The verdict with the largest p-value; after it those that state no level, and exact ones; then by name."""
    order = group.assign(
        _p=group["p_value"].where(group["evidence"] == "statistical").fillna(-1.0),
        _exact=group["evidence"] == "exact",
    ).sort_values(["_p", "_exact", "claim"], ascending=[False, True, True], kind="stable")
    return group.loc[order.index[0]]


def _shortened(words: str, longest: int = LONGEST) -> str:
    """A sentence, cut at a word and marked as cut where it is long."""
    plain = re.sub(r"\s+", " ", words).strip()
    return plain if len(plain) <= longest else plain[:longest].rsplit(" ", 1)[0] + " …"


def _code(name: str) -> str:
    """A name as code, where nothing is escaped; one that could end the code or be taken for a tag is text."""
    return f"`{name}`" if name and not set(name) & set("`<>&|\\") else inline(name)
