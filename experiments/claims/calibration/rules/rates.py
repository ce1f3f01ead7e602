"""Error rates and power of the rules of calibration.rules, from the trials of its table."""

from collections.abc import Iterator
from types import ModuleType

import pandas as pd

from experiments import plugins
from experiments.claims import outline, planted_modules
from experiments.judging.measured import Measured
from experiments.judging.planting import Planted, problem_with
from experiments.judging.rules import CONTRADICTED, SUPPORTED


def usable(family: str, module: ModuleType) -> dict[str, Planted]:
    """The rules that a family plants tables for, by `claim/kind`; one of another package that is wrong is left out.

    It is named then, see `plugins.problems_of_parts`. Those of the house are looked at by a test.
    """
    found = dict(module.PLANTED.items())
    if family not in plugins.by_family():
        return found
    claims = outline.claims_of(family)
    problems = {name: problem for name, rule in found.items() if (problem := problem_with(name, rule, claims))}
    for name, problem in problems.items():
        plugins.leave_out(f"the rule {name!r} of PLANTED in {module.__name__}: {problem}")
    return {name: rule for name, rule in found.items() if name not in problems}


PLANTED_IN = planted_modules()
# Modules that decide rows here are discovered, not imported by name, see `circumstances.code_digests`.
DISCOVERED = tuple(module.__name__ for module in PLANTED_IN.values())
# Every rule that can be calibrated, by family.claim/kind.
RULES: dict[str, Planted] = {
    f"{family}.{name}": rule for family, module in PLANTED_IN.items() for name, rule in usable(family, module).items()
}
# Those of the house. Rules of other packages are calibrated where they are named.
OWN = [name for name in RULES if name.split(".")[0] not in plugins.by_family()]


def series(table: pd.DataFrame) -> Iterator[tuple[str, Planted, pd.DataFrame]]:
    """The trials of each rule, in the order of `RULES`."""
    for name, rule in RULES.items():
        rows = table[table["rule"] == name]
        if len(rows):
            yield name, rule, rows


def wrong_outcomes(rule: Planted) -> list[str]:
    """What a rule must not say at the border: a test does not reject there, other rules do not decide."""
    return [CONTRADICTED] if rule.test else [SUPPORTED, CONTRADICTED]


def wrong_at_border(rule: Planted, rows: pd.DataFrame) -> pd.DataFrame:
    """Whether each trial at an effect of 0 was wrong; a column for each side on which the rule can err.

    A test is wrong if it rejects; other rules are wrong if they decide, to either side.
    """
    return rows.loc[rows["effect"] == 0, wrong_outcomes(rule)]


def error_rates(rule: Planted, rows: pd.DataFrame) -> dict[str, Measured]:
    """For each side the share of wrong verdicts at the border. The sides share the level."""
    wrong = wrong_at_border(rule, rows)
    return {side: Measured.share(wrong[side]).divided(wrong.shape[1]) for side in wrong}


def power(rule: Planted, rows: pd.DataFrame) -> dict[float, float]:
    """The share of verdicts that agree with the planted effect, for each effect but 0."""
    off = rows[rows["effect"] != 0]
    right = off["contradicted"] if rule.test else off["supported"].where(off["effect"] > 0, off["contradicted"])
    return right.groupby(off["effect"]).mean().to_dict()
