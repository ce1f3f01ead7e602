"""Planted tables: which verdicts a planted rule covers, and which are left out."""

import pandas as pd
import pytest

from experiments.errors import UserError
from experiments.judging.planting import Planted, left_out
from tests.support import verdict


def table(effect, rng):
    """Ten rows,
    planted at a border.
    """
    return pd.DataFrame({"effect": [effect] * 10})


def planted(kind: str, kinds: tuple[str, ...] = ()) -> Planted:
    return Planted(
        lambda rows: [verdict("growth"), verdict("share/parity")], table, kind, "an interval", "1", kinds=kinds
    )


def test_what_is_planted_is_said_in_one_line_without_a_full_stop():
    assert planted("").planted == "Ten rows, planted at a border"


@pytest.mark.parametrize(
    ("kind", "name", "covered"),
    [
        ("share", "boolean.width/share/parity", True),
        ("share", "share", True),
        ("share", "boolean.share/growth", False),
        ("share", "boolean.width/shares/parity", False),
        ("share", "boolean.width/share-of-all", False),
        ("half", "boolean.width/parity/half/tanh", True),
        ("", "boolean.width/anything", True),
    ],
)
def test_a_rule_covers_verdicts_with_its_kind_as_whole_words_after_the_claim(kind, name, covered):
    assert planted(kind).covers(name) is covered


def test_several_kinds_may_be_covered_by_one_rule():
    rule = planted("share", ("share", "growth"))
    assert rule.covers("boolean.width/growth")
    assert rule.covers("boolean.width/share")
    assert not rule.covers("boolean.width/level")


def test_only_the_verdict_that_the_rule_decides_counts():
    assert [one.claim for one in planted("share").judged(pd.DataFrame())] == ["share/parity"]
    assert len(planted("").judged(pd.DataFrame())) == 2


def test_a_kind_that_no_verdict_has_or_several_is_told_the_names_that_there_are():
    assert planted("share").decided(pd.DataFrame()).claim == "share/parity"
    begin = "Planted(verdict={!r}): one verdict on the planted table must have this in its name, and {}; the names: {}"
    names = "'growth', 'share/parity'"
    for rule, said in (
        (planted("shaer"), begin.format("shaer", "none has", names)),
        (planted(""), begin.format("", "2 have", names)),
        (planted("share")._replace(judge=lambda table: []), begin.format("share", "none has", "there are none")),
    ):
        with pytest.raises(UserError) as error:
            rule.decided(pd.DataFrame())
        assert str(error.value) == said


def test_what_no_planted_table_puts_on_trial_is_left_out_and_other_families_do_not_help():
    names = ["boolean.width/share/parity", "boolean.width/level", "boolean.other/share"]
    rules = {"boolean.width/share": planted("share"), "depth.width/level": planted("level")}
    assert left_out(names, "boolean", rules) == ["boolean.width/level", "boolean.other/share"]
    assert left_out(names[:1], "boolean", rules) == []
