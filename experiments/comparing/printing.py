"""What people see of a comparison on the terminal."""

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.comparing import DIFFERENT, Comparison
from experiments.errors import amount
from experiments.judging import row_pairs
from experiments.judging.measured import number_in_words
from experiments.judging.statistics import percent
from experiments.judging.verdict_pairs import LEVEL
from experiments.terminal import show

STYLES = {"different": "red", "identical": "green", "rounding": "green", "equivalent": "green", "same": "green"}
# Verdicts that a terminal shows: about a page of it.
MOST_LISTED = 40


def comparison(found: Comparison, a: str, b: str, console: Console) -> None:
    """What differs between two runs, and whether rounding and sampling explain it."""
    show.changes(f"a: {a}, b: {b}; differences in settings, code and device", found.changes, console)
    for note in found.notes:
        console.print(note, highlight=False, markup=False)
    if not found.comparable:
        console.print("nothing was compared: no row and no verdict has the same settings in both", style="red")
        return
    _columns(found.columns, console)
    _verdicts(found.verdicts, console)
    _speed(found.seconds, console)
    what = found.columns["claim"] + ", " + found.columns["column"], found.verdicts["claim"]
    different = [
        name
        for names, table in zip(what, (found.columns, found.verdicts), strict=True)
        for name in names[table["outcome"] == DIFFERENT]
    ]
    others = found.verdicts["outcome"].str.endswith("other settings").any()
    causes = "rounding, sampling and other settings" if others else "rounding and sampling"
    if different:
        console.print(f"not consistent: {', '.join(different)}", style="red", highlight=False, markup=False)
    else:
        part = " in what both have to compare" if found.notes else ""
        console.print(f"consistent: {causes} explain all that differs{part}", style="green", highlight=False)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading)
    return table


def _coloured(outcome: str) -> str:
    style = STYLES.get(outcome, "yellow")
    return f"[{style}]{outcome}[/]"


def _columns(columns: pd.DataFrame, console: Console) -> None:
    """Every measured column with values that differ; for columns without, their number of rows and shares."""
    if columns.empty:
        return
    same = columns["outcome"].isin(("identical", "rounding"))
    for claim, mine in columns.groupby("claim", sort=False):
        total, identical = mine["rows"].sum(), mine["identical"].sum()
        console.print(
            f"{claim}: {amount(mine['rows'].max(), 'row')} in both; {identical / total:.4%} of all values identical, "
            f"{mine['rounding'].sum() / total:.4%} up to rounding",
            highlight=False,
            markup=False,
        )
    if same.all():
        return
    table = _table("column", "differ", "b larger, net share", "Holm", "so it is")
    for row in columns[~same].itertuples():
        differ = row.rows - row.identical - row.rounding
        net = "" if pd.isna(row.net_share) else f"{row.net_share:+.2g} [{row.low:.2g}, {row.high:.2g}]"
        holm = "" if pd.isna(row.adjusted) else f"{row.adjusted:.2g}"
        table.add_row(escape(f"{row.claim}, {row.column}"), f"{differ:,}", net, holm, _coloured(row.outcome))
    console.print(table)
    console.print(
        f"equivalent: the {percent()} interval lies within {row_pairs.EQUIVALENT:g} of 0; different: it does not, and "
        f"the sign test says so, at {LEVEL:g} after Holm's correction",
        highlight=False,
    )


def _verdicts(verdicts: pd.DataFrame, console: Console) -> None:
    same = verdicts["outcome"].str.startswith("same")
    excused = (verdicts["outcome"] == "same, other settings").sum()
    others = f", {excused} of them under other settings" if excused else ""
    console.print(f"the same: {same.sum()} of {amount(len(verdicts), 'verdict')}{others}", highlight=False)
    if same.all():
        return
    table = _table("verdict", "a", "b", "Holm", "so it is")
    for row in verdicts[~same].head(MOST_LISTED).itertuples():
        both = [
            ""
            if pd.isna(verdict)
            else escape(f"{verdict}, {number_in_words(getattr(row, f'measured_{end}'), low, high, evidence)}")
            for end, verdict, low, high, evidence in (
                ("a", row.verdict_a, row.low_a, row.high_a, row.evidence_a),
                ("b", row.verdict_b, row.low_b, row.high_b, row.evidence_b),
            )
        ]
        holm = "" if pd.isna(row.adjusted) else f"{row.adjusted:.2g}"
        table.add_row(escape(row.claim), *both, holm, _coloured(row.outcome))
    console.print(table)
    if (~same).sum() > MOST_LISTED:
        console.print(f"({(~same).sum() - MOST_LISTED} more are left out)", highlight=False)


def _speed(seconds: pd.DataFrame, console: Console) -> None:
    known = seconds.dropna()
    if known.empty:
        console.print("speed: at least one of the runs has not recorded its times", highlight=False)
        return
    table = _table("seconds of measuring", "a", "b", "b is faster by")
    for row in known.itertuples():
        faster = f"{row.a / row.b:.2f} times" if row.same_work and row.b > 0 else "not the same work"
        table.add_row(escape(str(row.Index)), f"{row.a:.1f}", f"{row.b:.1f}", faster)
    console.print(table)
