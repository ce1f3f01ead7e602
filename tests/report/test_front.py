from experiments import sources
from experiments.judging.table import to_table
from experiments.report import answers, cards, front, ledger
from experiments.report.dependence import Tile
from experiments.report.signs import AGAINST, FOR, UNDECIDED


def test_every_sentence_is_counted_once_and_the_post_stands_alone():
    entries = ledger.make([]).assign(**{name: [] for name in to_table([]).columns})
    made = cards.make(answers.of_all(entries), entries, [])
    groups = front.groups(cards.by_source(made))
    assert [one.name for one in groups] == ["The post", "Papers and books", "Rules of this page"]
    assert sum(one.sentences for one in groups) == len(sources.sentences())
    assert groups[0].sentences == sum(one.of_the_post for one in sources.sentences())
    assert [one.id for one in groups[0].sources] == [sources.FIRST]
    # No verdict, so nothing that fails.
    assert not [one for group in groups for one in group.fails + group.conditions]


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
