"""The report as files for a paper: every table as LaTeX (booktabs) and CSV, and the ledger as Markdown."""

import pandas as pd

from experiments.report import as_json, earlier, ledger, sentences
from experiments.report.model import Report
from experiments.report.picture import Picture, plain
from experiments.sources import Sentence

HEADER = "% needs \\usepackage{booktabs,longtable} and a Unicode engine: XeLaTeX or LuaLaTeX\n"
FACTS = ("command", "scale", "seed", "started", "device", "versions", "flags", "code", "seconds")
# The share of the line for a column of long text in LaTeX. Other columns are as wide as their content.
SHARES = {
    "chapter": 0.12,
    "sentence": 0.38,
    "claim": 0.26,
    "statement": 0.26,
    "prediction": 0.18,
    "claims": 0.22,
    "value": 0.65,
}


def files(report: Report) -> dict[str, bytes]:
    """Contents of all tables and figures by path below the report's folder."""
    found = {
        "ledger.md": markdown(report).encode(),
        "ledger.csv": as_csv(report.ledger),
        "ledger.json": as_json.as_json(report),
        "ledger.schema.json": as_json.SCHEMA.read_bytes(),
    }
    for name, table in tables(report).items():
        found[f"tables/{name}.csv"] = as_csv(table)
        found[f"tables/{name}.tex"] = latex(table).encode()
    for folder, claims in zip(report.folders, report.shown, strict=True):
        for picture in (picture for claim in claims for picture in claim.pictures):
            found |= {f"figures/{folder}/{picture.name}.{kind}": content for kind, content in picture.files.items()}
    found[earlier.RECORD] = earlier.record(_drawn(report))
    return dict(sorted(found.items()))


def _drawn(report: Report) -> dict[str, tuple[str, list[Picture]]]:
    """The figures that a later report may take again. If something failed, all figures of the claim are drawn again."""
    return {
        f"{folder}/{one.name}": (earlier.drawn_from(run.run), one.pictures)
        for run, folder, claims in zip(report.runs, report.folders, report.shown, strict=True)
        for one in claims
        if one.pictures and not one.notes
    }


def tables(report: Report) -> dict[str, pd.DataFrame]:
    """The tables that are set in LaTeX: sentences, runs, and the verdicts and the extract of every claim."""
    found = {"sentences": ledger.summary(report.ledger, report.sentences).drop(columns="id"), "runs": of_runs(report)}
    for (run, head), verdicts in report.ledger.groupby(["run", "head"], sort=True):
        folder = next(name for name, one in zip(report.folders, report.runs, strict=True) if one.run.name == run)
        found[f"{folder}/{plain(str(head))}"] = short(verdicts)
    for folder, claims in zip(report.folders, report.shown, strict=True):
        found |= {f"{folder}/{plain(one.name)}-rows": one.extract for one in claims if len(one.extract)}
    return found


def of_runs(report: Report) -> pd.DataFrame:
    """One row for each fact of each run."""
    rows = [
        {"run": one.run.name, "fact": fact, "value": one.facts[fact]}
        for one in report.runs
        for fact in FACTS
        if fact in one.facts
    ]
    return pd.DataFrame(rows, columns=["run", "fact", "value"])


def short(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Verdicts as a reader wants them in a table: numbers as words, with intervals."""
    return pd.DataFrame(
        {
            "claim": verdicts["claim"],
            "prediction": verdicts["prediction"],
            "measured": [ledger.measured(row) for _, row in verdicts.iterrows()],
            "samples": [samples(value) for value in verdicts["samples"]],
            "p": [ledger.probability(value) for value in verdicts["p_value"]],
            "p (Holm)": [ledger.probability(value) for value in verdicts["p_holm"]],
            "verdict": [
                f"{verdict}, {remark}" if remark else verdict
                for verdict, remark in zip(verdicts["verdict"], verdicts["remark"], strict=True)
            ],
        }
    )


def samples(value: float) -> str:
    """A number of samples, in groups of three digits."""
    return "" if pd.isna(value) else f"{value:,.0f}"


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV, numbers in full."""
    return table.to_csv(index=False).encode()


def latex(table: pd.DataFrame) -> str:
    """A table as a LaTeX longtable with booktabs; all that LaTeX would read as a command is escaped."""
    columns = "".join(f"p{{{SHARES[name]}\\linewidth}}" if name in SHARES else "l" for name in map(str, table.columns))
    words = table.map(_cell).reset_index(drop=True)
    styled = words.style.format(escape="latex").format_index(escape="latex", axis="columns").hide(axis="index")
    return HEADER + styled.to_latex(hrules=True, environment="longtable", column_format=columns)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.6g}"
    return " ".join(str(value).split())


def markdown(report: Report) -> str:
    """The ledger in full: under every sentence what came out, and the verdicts that bear on it."""
    lines = ["# Ledger", "", short_markdown(report), ""]
    for sentence in report.sentences:
        lines += ["", f"## {inline(sentences.where(sentence))}: {inline(sentence.text)}", ""]
        lines.append(f"*{ledger.outcome_of(report.ledger, sentence)}*")
        mine = ledger.of_sentence(report.ledger, sentence)
        if mine.empty:
            continue
        lines.append("")
        table = short(mine)
        table.insert(1, "statement", mine["statement"])
        table["run"] = mine["run"]
        lines += _markdown_table(table)
    return "\n".join(lines) + "\n"


def short_markdown(report: Report) -> str:
    """The ledger in short, for a README: one line for each sentence."""
    return "\n".join(
        _markdown_table(pd.DataFrame(map(_line, report.sentences, [report.ledger] * len(report.sentences))))
    )


def _line(sentence: Sentence, entries: pd.DataFrame) -> dict[str, str]:
    mine = ledger.of_sentence(entries, sentence)
    exact = int((mine["evidence"] == "exact").sum())
    evidence = f"{exact} of {len(mine)} exact" if len(mine) else ""
    claims = ", ".join(sorted(mine["head"].unique()))
    return {
        "ch.": sentences.where(sentence),
        "sentence": sentence.text,
        "verdicts": str(ledger.outcome_of(entries, sentence)),
        "evidence": evidence,
        "claims": claims,
    }


def _markdown_table(table: pd.DataFrame) -> list[str]:
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|" + "---|" * len(table.columns)]
    return lines + [
        "| " + " | ".join(inline(str(cell)) for cell in row) + " |" for row in table.itertuples(index=False)
    ]


def inline(text: str) -> str:
    """Text of unknown origin in a Markdown line: no cell, tag, link or emphasis of its own."""
    words = " ".join(text.split()).replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    for sign in "|`*_[]":
        words = words.replace(sign, f"\\{sign}")
    return words
