"""The verbs in words, as the help shows them, and how they end."""

# The status of a program whose reader has gone, by the convention of shells: 128 + 13.
CLOSED_PIPE = 141

VERBS = {
    "run": "run +sweep=NAME [key=value ...]: put the claims of a sweep on trial",
    "plan": "plan +sweep=NAME [key=value ...]: what run would do, and about how long it may take; nothing is run",
    "try": "try sizes=2-4-1 task=xor [key=value ...]: your own network on your own task; try --help",
    "resume": "resume RUN [--anyway]: run what is missing of a run",
    "rerun": "rerun RUN [key=value ...]: a fresh run with the settings of another, but for what is overridden",
    "compare": "compare A B: two runs of one sweep; exit status 1 unless rounding and sampling explain what differs",
    "table": "table SWEEP [--claim CLAIM] [--output FILE]: the rows of all its runs as one parquet or csv file",
    "list": "list [key=value ...] [--where CONDITION]: all runs, or those of a sweep, a tag, a seed, since a day",
    "show": "show RUN [--row CLAIM[:NUMBER]]: one run in full, or the network of one row, trained again",
    "watch": "watch RUN: follow a run from another terminal until it ends",
    "tag": "tag RUN [WORD ...] [--remove]: words by which a run is found again; without one, those that it has",
    "note": "note RUN [TEXT]: a sentence on a run, beside those that it has; without one, those that it has",
    "remove": "remove RUN ... [--yes]: runs with all that they measured, after asking; never a reference",
    "answer": "answer [SENTENCE]: what all verdicts together say of a sentence, and on what it depends",
    "report": "report [RUN ...] [--check]: a page of all claims, measurements and verdicts, and files for a paper",
    "export": "export RUN --to wandb|mlflow [--uri URI]: a finished run in a tracker; nothing is sent unasked",
    "new": "new PATH/NAME: a small package with a claim of your own, which runs and is reported beside ours",
    "keep": "keep RUN [--anyway] [--words]: copy a finished run's small tables and figures to results/reference/",
}
