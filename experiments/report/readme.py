"""The table of claims in the README, written from verdicts and manifests alone, between two marks.

One line for each claim and outcome. The verdict that stands there is the weakest: of those that state a level the one
with the largest p-value. So no number is picked because it looks good, and what the sentence says is what was judged.
"""

import re
from pathlib import Path

import pandas as pd

from experiments.errors import UserError
from experiments.report import ledger
from experiments.report.gather import OUTCOMES, Recorded
from experiments.report.paper import inline
from experiments.storage.writing import atomic

BEGIN, END = "<!-- claims: begin, written by report --readme -->", "<!-- claims: end -->"
REMOVED = "†"
LONGEST = 150
# What stands above the claims of a sweep, from its run's folder of figures.
FIGURES = {
    "anatomy": ("nine-neurons", "The running example, drawn by the code"),
    "approximation": ("optimum-error", "Error against width: bound, construction, training, floor"),
    "boolean": ("success-against-width", "Success rates of training against width"),
    "calibration": ("calibration-power", "How often each rule errs, and what it sees"),
    "depth": ("product-neurons", "Neurons that multiply n numbers"),
    "restarts": ("success-against-size", "Success rate against width"),
}


def text(runs: list[Recorded]) -> str:
    """All that stands between the marks.

    Args:
        runs: a run of each sweep, in the order in which they shall stand.
    """
    entries = ledger.make(runs)
    parts = [_summary(entries)]
    for one in runs:
        mine = entries[entries["run"] == one.run.name]
        if len(mine):
            parts.append("\n".join([_title(one, mine), "", *_figure(one), *_table(mine)]))
    return "\n\n".join(parts)


def write(runs: list[Recorded], path: Path) -> None:
    """Puts the table in a README that has the marks.

    Raises:
        UserError: if it cannot be read, or the marks are not in it, each once and in order.
        StorageError: if it cannot be written.
    """
    before, _, after = _split(path)
    with atomic(path) as new:
        new.write_text(f"{before}{BEGIN}\n\n{text(runs)}\n\n{END}{after}")


def differs(runs: list[Recorded], path: Path) -> bool:
    """Whether a README has another table than these runs give.

    Raises:
        UserError: if it cannot be read, or the marks are not in it, each once and in order.
    """
    return _split(path)[1].strip() != text(runs).strip()


def _split(path: Path) -> tuple[str, str, str]:
    try:
        whole = path.read_text()
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from error
    if whole.count(BEGIN) != 1 or whole.count(END) != 1 or whole.index(BEGIN) > whole.index(END):
        raise UserError(f"{path}: the table stands between the lines {BEGIN} and {END}; put each there once")
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
    return [f"![{words}](results/reference/{one.sweep}/figures/{name}.png)", ""]


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
