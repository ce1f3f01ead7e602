"""The harness from Python: `import theory_claims as tc`.

    run = tc.run("restarts.best-of-k", scale="smoke", device="cpu")
    run                                  # what came out, with its figures
    run.table("best-of-k")               # the rows, one for each network, in pandas
    run.verdicts[0].rule                 # what decides, in words
    tc.answer("gets-stuck", results=tc.KEPT)     # what all published verdicts together say of a sentence

Everything is done by the code of the command line: a run from Python is in the list of runs, is resumed and reported as
any other, and is the same to the last bit. An error says in a sentence what is wrong; a notebook shows no traceback.
JAX is started once in a process: the first run chooses device and precision for all.
"""

from experiments import house, plugins, sources
from experiments.errors import UserError
from experiments.interface.answers import Answer, Answers, answer, answers
from experiments.interface.catalogue import claims, settings, sweeps
from experiments.interface.figures import Figure, Figures
from experiments.interface.making import rerun, resume, run, try_network
from experiments.interface.runs import Run, Runs, find, runs, table
from experiments.interface.speaking import Interrupted, warn_of
from experiments.interface.verdicts import Verdict, Verdicts
from experiments.storage.writing import StorageError

# The folder of the runs that are kept with this package: `answers(results=KEPT)` are the published answers.
KEPT = str(house.RESULTS)

# In the order in which the reference shows them.
__all__ = [  # noqa: RUF022
    "run",
    "try_network",
    "resume",
    "rerun",
    "find",
    "runs",
    "table",
    "answer",
    "answers",
    "sweeps",
    "claims",
    "settings",
    "KEPT",
    "Run",
    "Runs",
    "Verdict",
    "Verdicts",
    "Figure",
    "Figures",
    "Answer",
    "Answers",
    "UserError",
    "StorageError",
    "Interrupted",
]

warn_of((*plugins.problems(), *sources.left_out()))
