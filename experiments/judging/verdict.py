"""A verdict: a measured quantity put before a rule, with all that a reader needs to know which sentence it bears on.

What the verdicts of a claim share is its `Trial`, at the top of the claim's module. Its `verdict` adds the statement,
what was measured and the rule. experiments/claims/example.py is the smallest claim that there is.
"""

import dataclasses
import math
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from experiments.judging.existence import Existence
from experiments.judging.measured import Evidence, Measured
from experiments.judging.rules import INCONCLUSIVE, Outcome, Rule
from experiments.names import is_identifier

Direction = Literal["for", "against"]
Role = Literal["as stated", "variant", "control"]
Value = str | int | float | bool
# Separates the values of a switch in a verdict that was tested under several.
SEVERAL = " | "


@dataclasses.dataclass(frozen=True)
class Bearing:
    """What a supported verdict says of a sentence.

    Attributes:
        sentence: its id in experiments/sources/.
        direction: whether it speaks for the sentence or against it.
        role: it tests the sentence as stated, or a variant with other hypotheses, or is a control. A control checks the
            measurement itself, and answers nothing.
    """

    sentence: str
    direction: Direction = "for"
    role: Role = "as stated"

    def __post_init__(self) -> None:
        """Refuses unknown words."""
        _check("direction", self.direction, Direction)
        _check("role", self.role, Role)


def on(sentence: str, direction: Direction = "for", role: Role = "as stated") -> tuple[Bearing, ...]:
    """The bearing on one sentence, for a `Trial`. Several are added: `on("a") + on("b", role="variant")`."""
    return (Bearing(sentence, direction, role),)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One sentence on trial.

    Attributes:
        claim: its name: the one that `judge` gives it, after the claim's own name, which the harness puts in front.
        statement: the sentence.
        source: who says so.
        bears_on: the sentences of a source that it bears on, and how.
        switches: the hypotheses under which it was tested, as named values: activation, bias, domain and so on.
        notes: what else a reader has to know, in a clause or two. A value to sort by is a switch instead.
        existence: what was shown: a network is representable, found by training, or found by brute force; or what
            random draws do, where nothing was searched for.
        prediction: what the sentence predicts for the measured quantity.
        quantity: what was measured.
        decision: the rule, fixed before the numbers were seen.
        template: the result in a sentence, for somebody who reads nothing else, with `{measured}` in place of the
            quantity, see `finding`. It is empty where the statement and the prediction say enough.
    """

    claim: str
    statement: str
    source: str
    bears_on: tuple[Bearing, ...]
    switches: Mapping[str, Value]
    notes: str
    existence: Existence
    prediction: str
    quantity: Measured
    decision: Rule
    template: str = ""

    def __post_init__(self) -> None:
        """Refuses unknown words and names."""
        _check("existence", self.existence, Existence)
        _check("evidence", self.evidence, Evidence)
        if strange := [name for name in self.switches if not is_identifier(name)]:
            raise ValueError(f"{self.claim or 'a verdict'}: switch {strange[0]!r} is no name of letters, digits and _")

    def at(self, α: float) -> "Verdict":
        """The verdict that the same rule gives at another level."""
        return dataclasses.replace(self, quantity=self.quantity.at(α))

    @property
    def measured(self) -> float:
        """The quantity's value."""
        return self.quantity.value

    @property
    def low(self) -> float:
        """Lower end of its interval; the value itself where it is exact."""
        return self.quantity.low

    @property
    def high(self) -> float:
        """Upper end of its interval; the value itself where it is exact."""
        return self.quantity.high

    @property
    def samples(self) -> int:
        """The number of cases, networks or draws behind it."""
        return self.quantity.samples

    @property
    def evidence(self) -> Evidence:
        """Exact, or statistical."""
        return self.quantity.evidence

    @property
    def hypotheses(self) -> str:
        """The switches in words, and the notes."""
        return "; ".join(filter(None, [*map(_in_words, self.switches, self.switches.values()), self.notes]))

    @property
    def rule(self) -> str:
        """In words, how the quantity was measured, and how it becomes a verdict."""
        return f"{self.quantity.how} {self.decision.words}".strip()

    @property
    def finding(self) -> str:
        """The result in a sentence, with the number and its interval; empty where the number is not known."""
        if "{measured}" in self.template and math.isnan(self.measured):
            return ""
        return self.template.replace("{measured}", self.quantity.in_words)

    @property
    def verdict(self) -> Outcome:
        """What the rule says; no rule decides where nothing was measured."""
        return INCONCLUSIVE if math.isnan(self.measured) else self.decision.outcome(self.quantity)


@dataclasses.dataclass(frozen=True)
class Trial:
    """What the verdicts of a claim share, see `Verdict`. It is at the top of the claim's module."""

    source: str
    bears_on: tuple[Bearing, ...]
    existence: Existence
    switches: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuses unknown words."""
        _check("existence", self.existence, Existence)

    def but(self, **differences: Any) -> "Trial":
        """The same trial with some other fields. `switches` are added to those of the trial."""
        if "switches" in differences:
            differences["switches"] = {**self.switches, **differences["switches"]}
        return dataclasses.replace(self, **differences)

    def verdict(
        self,
        name: str,
        statement: str,
        measured: Measured,
        rule: Rule,
        *,
        prediction: str,
        notes: str = "",
        finding: str = "",
        **switches: Any,
    ) -> Verdict:
        """The verdict on a quantity.

        Args:
            name: its name within its claim, with slashes between the parts; empty if the claim has one verdict.
            statement: the sentence.
            measured: the quantity.
            rule: what decides.
            prediction: what the sentence predicts for the quantity.
            notes: what else a reader has to know.
            finding: the result, with `{measured}` in place of the number: the verdict's `template`.
            switches: hypotheses of this verdict, added to those of the trial. A switch may have several values.
        """
        return Verdict(
            claim=name,
            statement=statement,
            source=self.source,
            bears_on=self.bears_on,
            switches={key: _plain(value) for key, value in {**self.switches, **switches}.items()},
            notes=notes,
            existence=self.existence,
            prediction=prediction,
            quantity=measured,
            decision=rule,
            template=finding,
        )


def allowed_words(allowed: Any) -> str:
    """The words of a literal type, in a line."""
    return ", ".join(typing.get_args(allowed))


def _check(field: str, word: str, allowed: Any) -> None:
    if word not in typing.get_args(allowed):
        raise ValueError(f"{field} {word!r} is none of {allowed_words(allowed)}")


def _plain(value: Any) -> Value:
    """A value of a switch as a value of Python. Several values become a text with each of them once, in order."""
    if hasattr(value, "tolist"):
        # A column of a table has few values and many rows.
        value = _each_once(value) if np.ndim(value) == 1 else value.tolist()
    if isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Iterable):
        return SEVERAL.join(_number_or_text(one) for one in dict.fromkeys(map(_plain, value)))
    raise TypeError(f"a switch is a text, a number, true or false, or several of them, and not {value!r}")


def _each_once(column: Any) -> list[Any]:
    import pandas as pd  # as late as a table is judged

    return pd.unique(column).tolist()


def _number_or_text(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float | np.floating) else str(value)


def _in_words(name: str, value: Value) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    return f"{words} {_number_or_text(value)}".replace(SEVERAL, ", ").strip()
