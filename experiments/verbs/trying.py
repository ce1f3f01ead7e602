"""The verb `try`: your own network on your own task, in the words that people type."""

import argparse
import dataclasses
import itertools
import json
import math
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from experiments import house, synonyms
from experiments.claims.own._settings import DATA, Trained
from experiments.errors import UserError, amount, nearest
from experiments.settings import RunSettings, defaults, problems_of
from experiments.settings_in_words import settings_of
from experiments.verbs.words import VERBS

if TYPE_CHECKING:
    from experiments.storage.runs import RunDirectory
    from theory.restarts.tasks import Task

    # A task, and the settings on which it and its learning depend.
    Checked = tuple[dict[str, Any], Task]

CLAIMS = ("training", "curves", "function")
# adamw is adam with a decay besides, which only `try` adds.
VALUES = synonyms.VALUES | {"optimizer": {**synonyms.VALUES["optimizer"], "adamw": "adam"}}
# Columns of the help.
WIDTH = 100
# The decay of weights that PyTorch's AdamW has unless another is given.
DECAY_OF_ADAMW = 0.01
# Settings of the run, which are handed on as they are.
OF_THE_RUN = ("restarts", "seed", "device", "precision", "results")
# It counts passes over the points, and is converted to steps, which are updates.
EPOCHS = "epochs"
# Widths of hidden layers: a number, or several.
WIDTHS = re.compile(r"[\d\s,\[\]-]*\d[\d\s,\[\]-]*")
HELP = """
  try sizes=2-4-1 task=xor activation=logistic output=logistic loss=squared learning_rate=0.1,1 restarts=1000
  try sizes=2-8-1 data=points.csv activation=relu output=linear optimizer=adam learning_rate=0.01 steps=1e4

A list is tried value by value; several networks are sizes=2-4-1,2-8-1. A file has a line of names and then numbers.
The target is the column y, wherever it stands; several are y1, y2, ... with an output for each (loss=squared
output=linear); without such a name it is the last column. All other columns are inputs. Targets of two values are two
answers; those of k values may be classes, as numbers 0, 1, 2, ..., with k outputs (sizes=4-8-3 loss=cross-entropy
output=linear).

steps are updates. epochs=N is converted to them: an epoch is an update for each batch of the points, batch=0 has one.

A run succeeds if every answer is on the right side; training ends there. Where targets are numbers it succeeds if the
mean squared error is at most a share, `unexplained`, of their variance.
"""


def try_(arguments: list[str]) -> int:
    """Trains somebody's own networks, and says how many runs succeed and where the others end."""
    parser = argparse.ArgumentParser(
        prog=house.command("try"),
        description=f"{VERBS['try']}{HELP}\n{_settings_in_words()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("settings", nargs="*", metavar="key=value")
    typed = parser.parse_args(arguments).settings
    chosen = overrides(typed)
    for line in said_before(typed, chosen):
        print(line)
    return _run(chosen)


def said_before(typed: list[str], chosen: list[str]) -> list[str]:
    """What is said of these words before the run: what was read, added and converted, and what a success is.

    Args:
        typed: the words.
        chosen: what `overrides` makes of them.
    """
    given = _given_by(chosen)
    tasks = [*_tasks_of(given)]
    lines = _points_read(typed), _decay_added(typed, chosen), *_epochs_converted(typed, given, tasks), *_limits(tasks)
    return [line for line in lines if line]


def _points_read(typed: list[str]) -> str:
    """How many points a file has, and which columns are what; empty if no file is named."""
    paths = [line.partition("=")[2] for line in typed if line.startswith("data=")]
    if not paths:
        return ""
    from experiments.claims.own import _data

    x, y = _data.read(paths[-1])
    targets = f"{'target' if len(y.columns) == 1 else 'targets'} {', '.join(y)}"
    return f"{paths[-1]}: {len(x):,} points, inputs {', '.join(x)}; {targets} ({_data.how_chosen(y)})"


def _decay_added(typed: list[str], chosen: list[str]) -> str:
    """What is said of a decay that nobody typed; empty if there is none."""
    added = f"weight_decay={DECAY_OF_ADAMW}"
    if f"sweep.training.{added}" not in chosen or any(line.startswith("weight_decay=") for line in typed):
        return ""
    return f"optimizer=adamw: adam with {added}, and so it is recorded; give weight_decay=... for another"


def _epochs_converted(typed: list[str], given: dict[str, Any], tasks: list["Checked"]) -> Iterator[str]:
    """How many updates the epochs are that were typed."""
    for line in typed:
        if line.partition("=")[0] == EPOCHS:
            yield f"{line}: an epoch is {amount(min(_epochs_of(tasks)), 'update')}, and so it is steps={given['steps']}"


def _limits(tasks: list["Checked"]) -> list[str]:
    """The loss with which a run succeeds, of every task whose targets are numbers."""
    limits = {one["task"]: (task.solving_error, one["unexplained"]) for one, task in tasks if not task.by_signs}
    return [
        f"{name}: a run succeeds with a loss of at most {limit:.4g}, "
        f"unexplained={share:g} of {limit / share:.4g}, the variance of the targets"
        for name, (limit, share) in limits.items()
    ]


def _given_by(chosen: list[str]) -> dict[str, Any]:
    """The settings of the network in what `overrides` has returned."""
    prefix = f"sweep.{CLAIMS[0]}."
    pairs = (line.removeprefix(prefix).partition("=") for line in chosen if line.startswith(prefix))
    return {name: json.loads(value) for name, _, value in pairs}


def completions(last: str) -> list[str]:
    """What a word after `try` can become: the settings, or those values of one that are words, or files.

    Args:
        last: the beginning of the word; of a list such as activation=tanh,re its last value is completed.
    """
    key, equals, text = last.partition("=")
    if not equals:
        return [f"{name}=" for name in sorted({*_allowed(), *synonyms.SETTINGS, *OF_THE_RUN})]
    name = synonyms.SETTINGS.get(key, key)
    if name == "data":
        folder = text.rpartition("/")[0]
        found = sorted(Path(folder).iterdir()) if Path(folder).is_dir() else []
        return [f"{key}={one}{'/' if one.is_dir() else ''}" for one in found]
    before = last[: max(last.rfind(sign) for sign in "=[,") + 1]
    return [f"{before}{word}" for word in _words_of(name)]


def _run(chosen: list[str]) -> int:
    """Runs the sweep, and says what came out."""
    from experiments.storage.finding import find_run
    from experiments.verbs import starting

    status = starting.run(["+sweep=own", *chosen])
    results = next((one.partition("=")[2] for one in chosen if one.startswith("results=")), "results")
    _say(find_run("own", results))
    return status


def overrides(typed: list[str]) -> list[str]:
    """The settings of the sweep `own` that somebody's words stand for.

    Raises:
        UserError: naming every word that is not understood.
    """
    given: dict[str, list[Any]] = {}
    of_the_run: dict[str, Any] = {}
    # What was typed, by the names of this project: problems are told in these words.
    lines: dict[str, str] = {}
    problems: list[str] = []
    for line in typed:
        key, equals, text = line.partition("=")
        name = synonyms.SETTINGS.get(key, key)
        if not equals or not text.strip():
            problems.append(f"{line}: give key=value, such as learning_rate=0.1")
        elif meant := _meant_otherwise(key, text):
            problems.append(f"{line}: {meant}")
            continue
        elif name not in OF_THE_RUN and name not in _allowed():
            problems.append(f"{key}: no such setting; {nearest(key, [*_allowed(), *synonyms.SETTINGS, *OF_THE_RUN])}")
        elif name in lines:
            problems.append(f"{lines[name]}, {line}: both set {name}; give one of them")
        elif name in OF_THE_RUN:
            of_the_run[name] = _whole(text)
        else:
            given[name] = _values(name, text, key)
        lines.setdefault(name, line)
    keys = {name: line.partition("=")[0] for name, line in lines.items()}
    problems += [line for name in of_the_run for line in _problems_with(name, [of_the_run[name]], keys[name])]
    problems += _problems_of_several(given, lines)
    if problems:
        raise UserError(*problems)
    if _has_adamw(given):
        given.setdefault("weight_decay", [DECAY_OF_ADAMW])
    if "data" in given:
        from experiments.claims.own import _data

        given["data"] = [_data.named(str(given["data"][0]))]
        given.setdefault("task", [DATA])
    plain = {name: [_known(name, one) for one in values] for name, values in given.items()}
    problems = [line for name, values in plain.items() for line in _problems_with(name, values, keys.get(name, name))]
    if problems:
        raise UserError(*problems)
    several = [one for one in plain.get("sizes", []) if one.split()[-1] != "1"]
    if several and DATA not in plain.get("task", []):
        network = several[0].replace(" ", "-")
        raise UserError(f"sizes: {network} has several outputs, and only a file has as many targets: data=FILE.csv")
    tasks = [*_tasks_of(plain)]
    if keys.get("steps") == EPOCHS:
        plain["steps"] = [_updates(plain["steps"][0], lines["steps"], tasks)]
    settings = {name: values[0] if name in _constants() else values for name, values in plain.items()}
    return [
        *(f"{name}={value}" for name, value in of_the_run.items()),
        *(f"sweep.{claim}.{name}={json.dumps(value)}" for claim in CLAIMS for name, value in settings.items()),
    ]


def _meant_otherwise(key: str, text: str) -> str:
    """What is said of a value that means something else under this name here; empty if it does not."""
    if key == "scale" and text.isalpha():
        return "here scale multiplies the initial weights; give a number, and restarts or steps"
    if key == "hidden" and WIDTHS.fullmatch(text):
        return f"widths go into sizes=2-{'-'.join(re.findall('[0-9]+', text))}-1, between inputs and outputs"
    if synonyms.SETTINGS.get(key, key) == "restarts" and _whole(text) == 0:
        return "give at least 1, or leave it out for the usual number of runs"
    return ""


def _epochs_of(tasks: list["Checked"]) -> dict[int, dict[str, Any]]:
    """How many updates an epoch has, with settings that have such epochs.

    As in other libraries, the last batch of an epoch counts even if it is not full.
    """
    return {math.ceil(len(task.x) / (one["batch"] or len(task.x))): one for one, task in tasks}


def _updates(epochs: int, line: str, tasks: list["Checked"]) -> int:
    """The updates of some epochs.

    Raises:
        UserError: if batches or tasks have epochs of several lengths, or the updates are too many.
    """
    every = _epochs_of(tasks)
    if len(every) > 1:
        each = (f"{amount(long, 'update')} (task={one['task']} batch={one['batch']})" for long, one in every.items())
        raise UserError(f"{line}: an epoch is {' or '.join(each)}, and a run has one number of updates; give steps=...")
    steps = epochs * min(every)
    if problems := [*_problems_with("steps", [steps], f"{line}, as steps")]:
        raise UserError(*problems)
    return steps


def _problems_of_several(given: dict[str, list[Any]], lines: dict[str, str]) -> Iterator[str]:
    """Settings that contradict one another, and several values of what has one; each was taken for another once."""
    for name in given:
        if name in _constants() and len(given[name]) > 1:
            yield f"{lines[name]}: a run has one {name}; give one value"
    if "data" in given and "task" in given and DATA not in given["task"]:
        yield f"{lines['task']}, {lines['data']}: a file is a task of its own; give one of them"
    if _has_adamw(given) and len(given["optimizer"]) > 1 and "weight_decay" not in given:
        yield (
            f"{lines['optimizer']}: adamw has weight_decay={DECAY_OF_ADAMW}, and all optimizers of a run have the "
            "same; give weight_decay=..., or optimizer=adamw alone"
        )


def _has_adamw(given: dict[str, list[Any]]) -> bool:
    return "adamw" in [str(one).lower() for one in given.get("optimizer", [])]


def _constants() -> set[str]:
    """The settings with one value in a run."""
    return {name for name, value in defaults(Trained).items() if not isinstance(value, list)}


def _tasks_of(given: dict[str, Any]) -> Iterator["Checked"]:
    """Every task, with the settings on which it and its learning depend, before anything is run.

    Args:
        given: the settings that are not their defaults: of an axis a list of values.

    Raises:
        UserError: if a network cannot learn its task.
    """
    from experiments.claims.own import _data

    every = {name: value if isinstance(value, list) else [value] for name, value in (defaults(Trained) | given).items()}
    names = ("task", "sizes", "inputs", "output", "objective", "batch", "unexplained", "data")
    for values in itertools.product(*(every[name] for name in names)):
        one = dict(zip(names, values, strict=True))
        yield one, _data.checked_task(**one | {"sizes": tuple(map(int, one["sizes"].split()))})


def _allowed() -> dict[str, tuple[str, ...]]:
    """Every setting with the words that are allowed, or none if it is no word."""
    return {name: words for name, words in _choices(Trained).items() if name != "where"}


def _choices(schema: type) -> dict[str, tuple[str, ...]]:
    return {field.name: field.metadata.get("choices") or () for field in dataclasses.fields(schema)}


def _words_of(name: str) -> list[str]:
    """The words that may be typed as the value of a setting: the names of this project, and other words for them."""
    if name in OF_THE_RUN:
        return [*_choices(RunSettings)[name]]
    choices = _allowed().get(name, ())
    return [*choices, *(word for word, meant in VALUES.get(name, {}).items() if meant in choices)]


def _values(name: str, text: str, key: str) -> list[Any]:
    """The values that a text lists; a network's sizes are one value.

    Args:
        name: of the setting.
        text: its values.
        key: the name that was typed for it.

    Raises:
        UserError: if the text is no list.
    """
    if name == "data":
        return [text]
    # A list without its brackets needs no quotes in any shell.
    listed = f"[{text}]" if "," in text and not text.startswith("[") else text
    try:
        # To YAML 01 is a number, and 2000-20-1 a date.
        value = yaml.load(listed, yaml.BaseLoader if name in ("sizes", "inputs") else yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UserError(f"{key}: cannot read {text!r}; give a value, or a list such as [0.1,1]") from error
    if name == "sizes":
        is_one = not isinstance(value, list) or all(isinstance(one, str) and one.isdecimal() for one in value)
        several = [value] if is_one else value
        return [" ".join(map(str, one)) if isinstance(one, list) else str(one).replace("-", " ") for one in several]
    return value if isinstance(value, list) else [value]


def _known(name: str, value: Any) -> Any:
    """A value by the name that this project has for it."""
    if isinstance(value, str) and name in VALUES:
        return VALUES[name].get(synonyms.spelt(value), synonyms.spelt(value))
    # YAML takes 1e4 for a text.
    return _whole(value) if isinstance(value, str) and name not in ("sizes", "data") else value


def _whole(text: str) -> Any:
    """A number that was written as 1e4 as the whole number it is; anything else as it is."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _problems_with(name: str, values: list[Any], key: str) -> Iterator[str]:
    """What is wrong with the values of a setting, under the name that was typed for it."""
    if name == "sizes" and (unlike := [one for one in values if not _is_network(one)]):
        form = "inputs, widths of hidden layers and outputs, such as 2-4-1 or [2,4,1]"
        yield f"{key}: {unlike[0].replace(' ', '-')!r} is no network; give {form}, each from 1 to 100,000"
        return
    choices = _allowed().get(name, ())
    wrong = [one for one in values if choices and one not in choices]
    yield from (f"{key}: no {one!r}; {nearest(str(one), _words_of(name))}" for one in wrong)
    if not wrong:
        schema, is_one = (RunSettings, True) if name in OF_THE_RUN else (Trained, name in _constants())
        found = problems_of({name: values[0] if is_one else values}, schema, "")
        # Some settings of a run have no default: they are missed, too.
        yield from (f"{key}{line.removeprefix(name)}" for line in found if line.startswith(f"{name}:"))


def _is_network(sizes: str) -> bool:
    """Whether these are sizes that are allowed, and at least those of the inputs and the outputs."""
    return len(sizes.split()) > 1 and not problems_of({"sizes": [sizes]}, Trained, "")


def _settings_in_words() -> str:
    lines = ["settings, with their defaults:"]
    meanings = {one.name: one.about for one in settings_of(Trained)}
    for name, value in defaults(Trained).items():
        if name in _allowed():
            words = sorted(word for word, meant in synonyms.SETTINGS.items() if meant == name and word != EPOCHS)
            lines.append(f"  {name}={json.dumps(value)}{f' (or {chr(44).join(words)})' if words else ''}")
            if about := meanings.get(name):
                lines += textwrap.wrap(about, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
            if every := ", ".join(_words_of(name)):
                lines += textwrap.wrap(every, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return "\n".join([*lines, f"  {', '.join(OF_THE_RUN)}: as for run"])


def _say(run: "RunDirectory") -> None:
    """What came out, in a line for each setting, and where the figures are."""
    from experiments.verbs.console import console

    judged = run.read_verdicts()
    if judged is None:
        return
    for row in judged[judged["claim"].str.startswith("own.training")].itertuples():
        console.print(f"\n{row.finding}", markup=False, highlight=False, soft_wrap=True)
    drawn = [run.at("figures", f"{name}.png") for name in ("success", "losses", "curves", "function")]
    if figures := ", ".join(str(path) for path in drawn if path.is_file()):
        console.print(f"\nfigures: {figures}", markup=False, highlight=False, soft_wrap=True)
        line = "curves and function show further runs: each figure has runs of its own, and none is among those above"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if (judged["claim"].str.startswith("own.training")).any():
        again = run.command("show", run.name, "--row", "training")
        line = f"the best network and a typical stuck one: {again}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
