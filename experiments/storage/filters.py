"""Which of many runs are meant: `sweep=boolean seed=1,2 tag=good since=2026-11-01`, or a condition on their facts."""

import datetime
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments import conditions
from experiments.errors import UserError, nearest

# What a filter may ask for, in words. `tag` and `since` have a meaning of their own; the others are facts as they are.
KEYS = {
    "sweep": "names of sweeps",
    "scale": "names of scales",
    "seed": "whole numbers",
    "device": "platforms, such as cpu",
    "finished": "true or false",
    "tag": "tags, one of which it has",
    "since": "the day, or the moment, from which on it was started: today, 2026-11-01 or 2026-11-01T12:00",
}
# Days that have a name, by how many days ago they began.
DAYS = {"today": 0, "yesterday": 1}
# The facts that a condition may use; `age` is in days.
FACTS = ("sweep", "scale", "seed", "device", "finished", "age")


class Facts(NamedTuple):
    """What a run is chosen by.

    Attributes:
        sweep, scale, device: names; the device is its platform.
        seed: of the run.
        finished: whether it is judged and drawn to its end, or a reference.
        tags: its tags.
        started: when it was started; None if its manifest does not say it in a form that is understood.
    """

    sweep: str
    scale: str
    device: str
    seed: int
    finished: bool
    tags: tuple[str, ...]
    started: datetime.datetime | None


Wanted = Callable[[Facts], bool]


def read(words: list[str], where: str = "") -> Wanted:
    """Whether a run is meant; all filters have to hold, and of one filter one of its values.

    Args:
        words: `key=value` or `key=value,value`, with a key of `KEYS`.
        where: a condition on `FACTS`, such as `seed >= 101 and age < 7`; empty for none.

    Raises:
        UserError: naming every word that is not understood.
    """
    problems, tests = list[str](), list[Wanted]()
    for word in words:
        try:
            tests.append(_test(word))
        except UserError as error:
            problems += error.problems
    try:
        tests += [_condition(where)] if where else []
    except conditions.ConditionError as error:
        problems.append(f"--where: cannot use the condition {where!r}: {error}")
    if problems:
        raise UserError(*problems)
    return lambda facts: all(test(facts) for test in tests)


def _test(word: str) -> Wanted:
    key, equals, text = word.partition("=")
    values = [value for value in text.split(",") if value]
    if not equals or not values:
        raise UserError(f"{word}: give key=value, such as sweep=boolean. Keys: {', '.join(KEYS)}")
    if key == "tag":
        return lambda facts: not set(values).isdisjoint(facts.tags)
    if key == "since":
        moment = _moment(text)
        return lambda facts: facts.started is not None and facts.started >= moment
    if key not in KEYS:
        raise UserError(f"{key}: runs are not listed by it; {nearest(key, KEYS)}")
    allowed = [_typed(key, value) for value in values]
    return lambda facts: getattr(facts, key) in allowed


def _typed(key: str, value: str) -> Any:
    if key == "seed":
        if not value.isdecimal():
            raise UserError(f"seed: {value!r} is no whole number")
        return int(value)
    if key == "finished":
        if value not in ("true", "false"):
            raise UserError(f"finished: no {value!r}; {nearest(value, ('true', 'false'))}")
        return value == "true"
    return value


def _moment(text: str) -> datetime.datetime:
    """A moment in ISO 8601, or the beginning of a day of `DAYS`; without a time zone it is that of this machine."""
    if text in DAYS:
        text = (datetime.date.today() - datetime.timedelta(days=DAYS[text])).isoformat()
    try:
        return datetime.datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise UserError(f"since: {text!r} is no day; give {', '.join(DAYS)}, 2026-11-01 or 2026-11-01T12:00") from error


def _condition(where: str) -> Wanted:
    tree = conditions.read(where, FACTS)

    def holds(facts: Facts) -> bool:
        age = np.inf
        if facts.started is not None:
            age = (datetime.datetime.now().astimezone() - facts.started) / datetime.timedelta(days=1)
        columns = {
            name: np.array([value], object if isinstance(value, str) else None)
            for name, value in (*facts._asdict().items(), ("age", age))
            if name in FACTS
        }
        try:
            return bool(conditions.holds(tree, columns, 1)[0])
        except conditions.ConditionError as error:
            raise UserError(f"--where: cannot use the condition {where!r}: {error}") from error

    return holds
