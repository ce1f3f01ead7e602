"""The map of answers as one figure: every sentence on trial, its answer, and what the verdicts on it depend on."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.drawing.style import Drawing
from experiments.errors import amount
from experiments.report import cards
from experiments.report.answers import CONDITIONS, FAILS, HOLDS, VARIANTS
from experiments.report.cards import Card
from experiments.report.signs import AGAINST, BOTH, FOR, UNDECIDED, Kind

# Lines above the sentences: the title, which says every answer and takes the whole width, and the legend of the maps.
HEAD = 2
# Inches: of the figure's width, of a sentence, and of the side of a tile at most.
WIDTH, HEIGHT, TILE = 10.5, 0.36, 0.12
# Places from the left as shares of the width: answers, sentences, the legend, maps, names of the switches.
ANSWER, SENTENCE, LEGEND_AT, MAP, NAMES = 0.005, 0.185, 0.7, 0.765, 0.865
LETTERS = 98
# Inches of a letter of the legend.
LETTER = 0.07
COLOURS = {HOLDS: "#00684a", CONDITIONS: "#7a4a00", VARIANTS: "#7a4a00", FAILS: "#a63c00"}
TILES: dict[Kind, str] = {FOR: "#00684a", AGAINST: "#a63c00", BOTH: "#c98a1b", UNDECIDED: "#b9bdc7"}
OTHER = "#575b66"
LEGEND: dict[Kind, str] = {FOR: "for it", AGAINST: "against it", BOTH: "both", UNDECIDED: "open"}


def draw(made: list[Card]) -> Drawing:
    """One line for each sentence that has a verdict: its answer, its words, its map.

    Args:
        made: the cards of the sentences, in the order of the picture.
    """
    tested = [one for one in made if one.answer.deciding is not None]
    height = HEIGHT * (len(tested) + HEAD)
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    counts = pd.Series([one.answer.word for one in tested], dtype=object).value_counts()
    words = ", ".join(f"{word} {count}" for word, count in counts.items())
    axes.text(WIDTH * ANSWER, HEIGHT / 2, f"{amount(len(tested), 'sentence')} on trial: {words}", va="center", size=11)
    place = WIDTH * LEGEND_AT
    for kind, said in LEGEND.items():
        axes.add_patch(Rectangle((place, 1.5 * HEIGHT - TILE / 2), TILE, TILE, facecolor=TILES[kind]))
        axes.text(place + 1.5 * TILE, 1.5 * HEIGHT, said, va="center", size=8)
        place += 3 * TILE + LETTER * len(said)
    for number, card in enumerate(tested, HEAD):
        _line(axes, card, HEIGHT * number)
    return Drawing(figure, numbers(tested))


def _line(axes: Axes, card: Card, top: float) -> None:
    middle, colour = top + HEIGHT / 2, COLOURS.get(card.answer.word, OTHER)
    axes.plot([0, WIDTH], [top, top], color="#e2e4e9", lw=0.6)
    axes.text(
        WIDTH * ANSWER, middle, f"{card.mark} {card.answer.word}", color=colour, va="center", weight="bold", size=9
    )
    text = "\n".join(textwrap.wrap(card.answer.sentence.text, LETTERS, max_lines=2, placeholder=" …"))
    axes.text(WIDTH * SENTENCE, middle, text, va="center", size=8, parse_math=False)
    if card.map is not None:
        side = min(TILE, 0.92 * HEIGHT / len(card.map.rows))
        for row, (_, tiles) in enumerate(card.map.rows):
            for column, tile in enumerate(tiles):
                place = WIDTH * MAP + side * column, middle + side * (row - len(card.map.rows) / 2)
                face = "#f5f6f8" if tile is None else TILES[tile.kind]
                axes.add_patch(Rectangle(place, side, side, facecolor=face, edgecolor="w", linewidth=0.5))
        names = "\n× ".join(filter(None, (card.map.across, card.map.up)))
        axes.text(WIDTH * NAMES, middle, names, va="center", size=7.5, color=OTHER, parse_math=False)


def numbers(tested: list[Card]) -> pd.DataFrame:
    """What is drawn: a line for each sentence, and its tiles as words."""
    rows = []
    for one in tested:
        tiles = one.answer.dependence.tiles if one.map is not None else ()
        rows.append(
            {
                "sentence": one.answer.sentence.id,
                "answer": one.answer.word,
                "number": one.number,
                "decided_by": "" if one.answer.deciding is None else one.answer.deciding["claim"],
                "switches": ", ".join(one.answer.dependence.switches) if tiles else "",
                "map": "; ".join(f"{tile.across} / {tile.up}: {cards.tile_words(tile)}" for tile in tiles),
            }
        )
    return pd.DataFrame(rows, columns=["sentence", "answer", "number", "decided_by", "switches", "map"])
