"""Tables with a known truth, to put the rules of verdicts themselves on trial.

An effect is the distance from the border at which the sentence of a rule stops being true, in a unit chosen for each
rule. It is positive where the sentence is true, negative where it is false, and 0 at the border, where no verdict is
right. A rule that tests a hypothesis has no border: its sentence is true at 0 and nowhere else.

Each family plants for its own rules, in `experiments/claims/<family>/_planted.py`: a dictionary `PLANTED` from
`<claim>/<kind of verdict>` to a `Planted`. The sweep `calibration` finds them all; a test holds that every kind of
statistical verdict has one. A family of another package has its `_planted.py` in that package, and its rules are
calibrated by `sweep.rules.rule=[family.claim/kind]`.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.errors import UserError, nearest
from experiments.judging.statistics import DEFAULT_LEVEL
from experiments.judging.verdict import Verdict

Rng = np.random.Generator


class Planted(NamedTuple):
    """A rule, and the tables that are planted for it.

    Attributes:
        judge: the rule, as the claim itself calls it. The verdict with `verdict` in its name counts.
        table: makes rows with a planted effect; its docstring says in a sentence what is planted. Sizes (runs,
            functions, widths, points) are those of the claim at default scale.
        verdict: part of the names of the verdicts that this rule decides; empty if it decides all of the claim's.
        what: the interval or test that decides.
        unit: the meaning of an effect of 1.
        stated: the largest probability of a wrong decision that the rule allows, to either side.
        test: whether it is a test of a hypothesis, with a sentence that is true at an effect of 0 only.
        kinds: parts of the names of all verdicts that this rule decides, where `verdict` does not cover them.
    """

    judge: Callable[[pd.DataFrame], Iterable[Verdict]]
    table: Callable[[float, Rng], pd.DataFrame]
    verdict: str
    what: str
    unit: str
    stated: float = DEFAULT_LEVEL / 2
    test: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def planted(self) -> str:
        """What is planted, in a sentence."""
        return " ".join((self.table.__doc__ or "").split()).rstrip(".")

    def judged(self, table: pd.DataFrame) -> list[Verdict]:
        """The verdicts that count."""
        return [verdict for verdict in self.judge(table) if self.verdict in f"/{verdict.claim}/"]

    def decided(self, table: pd.DataFrame) -> Verdict:
        """The one verdict that counts.

        Raises:
            UserError: if there is none of this name, or several.
        """
        mine = self.judged(table)
        if len(mine) == 1:
            return mine[0]
        names = ", ".join(repr(verdict.claim) for verdict in self.judge(table)) or "there are none"
        raise UserError(
            f"Planted(verdict={self.verdict!r}): one verdict on the planted table must have this in its name, and "
            f"{len(mine) or 'none'} {'has' if len(mine) < 2 else 'have'}; the names: {names}"
        )

    def covers(self, name: str) -> bool:
        """Whether it puts the rule of a verdict of its claim on trial: its kind is in the name, as whole words.

        The part of a name before the first slash is the claim. A name without a slash is the kind itself. An empty kind
        covers all verdicts.
        """
        kind = name.partition("/")[2] or name
        words = [re.escape(one.strip("/")) for one in self.kinds or (self.verdict,)]
        return any(not word or re.search(rf"(?<![\w-]){word}(?![\w-])", kind) is not None for word in words)


def problem_with(name: object, rule: object, claims: Iterable[str]) -> str:
    """What is wrong with an entry of a family's `PLANTED`, in words; empty if nothing is.

    Args:
        name: its key.
        rule: its value.
        claims: the claims of the family.
    """
    claim, slash, kind = name.partition("/") if isinstance(name, str) else ("", "", "")
    if not (claim and slash and kind):
        return "give CLAIM/KIND, the claim and a word for its rule"
    if claim not in (claims := list(claims)):
        return f"the family has no claim {claim}; {nearest(claim, claims)}"
    if not isinstance(rule, Planted):
        return f"its value is {rule!r}; give a Planted(...)"
    return ""


def left_out(names: Iterable[str], family: str, rules: dict[str, Planted]) -> list[str]:
    """The verdicts of a family that no planted table puts on trial.

    Args:
        names: names of verdicts with a level.
        family: the family of these verdicts.
        rules: every planted rule by `family.claim/kind`.
    """
    mine = {key: rule for key, rule in rules.items() if key.startswith(f"{family}.")}
    return [
        name
        for name in names
        if not any(key.split("/")[0] == name.split("/")[0] and rule.covers(name) for key, rule in mine.items())
    ]
