"""Help, lists and mistakes are answered before anything is loaded that they do not need.

Times are not measured here: what would take them is named. Python starts in 0.02 s; Hydra takes 0.1 s more, pandas 0.2,
matplotlib 0.2, JAX 0.3 and the claims of a family above one.
"""

import json

from experiments.verbs.lines import LINES
from tests.conftest import ROOT

HEAVY = ("numpy", "rich", "hydra", "pyarrow", "pandas", "matplotlib", "scipy.stats", "jax")
# Commands in the order in which they are given to one process, with what they may load.
HELP: list[tuple[list[str], tuple[str, ...]]] = [([], ()), (["--version"], ()), (["shwo"], ())]
HELP += [([verb, "--help"], ()) for verb in LINES]
LISTS: list[tuple[list[str], tuple[str, ...]]] = [(["list"], ("numpy", "rich", "pyarrow"))]
MISTAKES: list[tuple[list[str], tuple[str, ...]]] = [
    (["try", "restart=10"], ("numpy", "rich", "pyarrow")),
    (["try", "--help"], ("numpy", "rich", "pyarrow")),
    *(
        (line.split(), ("numpy", "rich", "pyarrow"))
        for line in (
            "show nosuch",
            "answer nosuch",
            "answer --source nosuch",
            "table bolean",
            "compare boolean nosuch",
            "watch nosuch",
            "keep nosuch",
            "report nosuch",
            "answer gets-stuck --run nosuch",
            "export nosuch --to mlflow",
        )
    ),
    *(
        (f"run {line}".split(), ("numpy", "rich", "pyarrow", "hydra"))
        for line in (
            "+sweep=bolean",
            "+sweep=boolean sede=3 device=cuda",
            "+sweep=boolean sweep.trained-width.widht=3",
            "+sweep=boolean ~sweep.partiy",
            "--help",
        )
    ),
]
CODE = f"""
import contextlib, io, json, os, sys
from experiments.__main__ import main
loaded, said = [], []
os.chdir({str(ROOT)!r})
for line in map(json.loads, sys.argv[1:]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        try:
            main(line)
        except SystemExit:
            pass
    loaded.append([name for name in {HEAVY} if name in sys.modules])
    said.append(out.getvalue())
print(json.dumps([loaded, said]))
"""


def test_nothing_is_loaded_that_the_answer_does_not_need(cli):
    commands = [*HELP, *LISTS, *MISTAKES]
    done = cli.python("-c", CODE, *(json.dumps(line) for line, _ in commands))
    assert done.returncode == 0, done.stderr
    loaded, said = json.loads(done.stdout)
    for (line, allowed), found, words in zip(commands, loaded, said, strict=True):
        assert set(found) <= set(allowed), line
        assert words, line
    answers = dict(zip((" ".join(line) for line, _ in commands), said, strict=True))
    assert "did you mean show?" in answers["shwo"]
    assert "reference/boolean" in answers["list"]
    assert "did you mean width?" in answers["run +sweep=boolean sweep.trained-width.widht=3"]
    assert "learning_rate" in answers["try --help"]
    assert "no such sentence" in answers["answer nosuch"]
    assert "did you mean boolean?" in answers["table bolean"]
    assert "precision: float32" in answers["run --help"]
