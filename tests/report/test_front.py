import pytest

from experiments import sources
from experiments.judging.table import to_table
from experiments.judging.verdict import on
from experiments.report import answers, cards, front, ledger
from experiments.report.dependence import Tile
from experiments.report.signs import AGAINST, FOR, UNDECIDED
from tests import support


def test_every_sentence_is_counted_once_and_the_post_stands_alone():
    entries = ledger.make([]).assign(**{name: [] for name in to_table([]).columns})
    made = cards.make(answers.of_all(entries), entries, [])
    groups = front.groups(cards.by_source(made))
    assert [one.name for one in groups] == ["The post", "Papers and books", "How far to trust this page"]
    assert sum(one.sentences for one in groups) == len(sources.sentences())
    assert groups[0].sentences == sum(one.of_the_post for one in sources.sentences())
    assert [one.id for one in groups[0].sources] == [sources.FIRST]
    # No verdict, so nothing that holds or fails.
    assert not [one for group in groups for one in group.right + group.wrong]


def cards_of(*verdicts, asked=None):
    """The cards of all sentences after verdicts on some: (sentence, outcome, role, switches) of exact evidence.

    If sentences are asked, only theirs: all of them take two seconds.
    """
    made = [
        support.verdict(
            f"a.b/{number}", outcome, evidence="exact", bears_on=on(sentence, "for", role), low=0.2, high=0.3, **more
        )
        for number, (sentence, outcome, role, more) in enumerate(verdicts)
    ]
    table = to_table(made).assign(run="r", sweep="a", head="a.b", remark="", p_holm=float("nan"))
    table["places"] = [one[0] for one in verdicts]
    return cards.make(answers.of_all(table, asked), table, [])


def test_the_first_screen_has_main_sentences_by_what_became_of_them():
    made = cards_of(
        ("universal-approximation", "supported", "as stated", {}),
        ("layered", "supported", "as stated", {}),
        ("functions-hardly-matter", "supported", "as stated", {}),
        ("functions-hardly-matter", "contradicted", "as stated", {}),
        ("gets-stuck", "contradicted", "as stated", {}),
    )
    post = front.groups(cards.by_source(made))[0]
    # That the post turns on a sentence is said in its file, and of `layered` it is not said.
    assert [one.answer.sentence.id for one in post.right] == ["universal-approximation"]
    # What fails goes before what holds under conditions, though it is later in the text, or earlier.
    assert [one.answer.sentence.id for one in post.wrong] == ["gets-stuck", "functions-hardly-matter"]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (
            [("supported", "as stated", "tanh", 2)] * 2 + [("contradicted", "as stated", "cube root", 2)] * 2,
            "Condition: not with activation “cube root”.",
        ),
        (
            [("supported", "as stated", "tanh", n) for n in (2, 2, 3, 3)]
            + [("contradicted", "as stated", "tanh", n) for n in (4, 4, 5, 5, 6, 6)],
            "Condition: not with n 4; nor with n 5, and 1 more.",
        ),
        (
            [("supported", "as stated", "tanh", 2), ("contradicted", "as stated", "tanh", 2)],
            "No condition was found: 1 verdict speaks for it, 1 against it.",
        ),
        # The verdicts with one value differ, those with another do not.
        (
            [("supported", "as stated", "tanh", 2)] * 6
            + [("supported", "as stated", "cube root", 2)] * 2
            + [("contradicted", "as stated", "cube root", 2)] * 4,
            "Condition: not always with activation “cube root”.",
        ),
        # Variants do not decide, and are not counted.
        (
            [("supported", "as stated", "tanh", 2), ("contradicted", "as stated", "tanh", 2)]
            + [("supported", "variant", "tanh", 2)] * 2,
            "No condition was found: 1 verdict speaks for it, 1 against it.",
        ),
        ([("supported", "variant", "tanh", 2)], "Not tested as stated."),
        # Any other answer has no condition.
        ([("supported", "as stated", "tanh", 2)], ""),
    ],
)
def test_a_condition_says_where_the_sentence_does_not_hold(verdicts, expected):
    (asked,) = [one for one in sources.sentences() if one.id == "functions-hardly-matter"]
    (card,) = cards_of(
        *(
            (asked.id, outcome, role, {"switches": {"activation": activation, "n": n}})
            for outcome, role, activation, n in verdicts
        ),
        asked=[asked],
    )
    assert card.condition == expected


def test_a_map_stands_upright_and_says_the_same():
    lying = cards.Map(
        across="n",
        up="bias",
        columns=["1", "2", "3"],
        rows=[
            ("yes", [Tile("1", "yes", (1, 0, 0)), None, Tile("3", "yes", (0, 1, 0))]),
            ("no", [None, Tile("2", "no", (0, 0, 1)), None]),
        ],
    )
    up = lying.upright
    assert (up.across, up.up, up.columns) == ("bias", "n", ["yes", "no"])
    kinds = [(value, [tile.kind if tile else None for tile in tiles]) for value, tiles in up.rows]
    assert kinds == [("1", [FOR, None]), ("2", [None, UNDECIDED]), ("3", [AGAINST, None])]
    assert up.upright is up
