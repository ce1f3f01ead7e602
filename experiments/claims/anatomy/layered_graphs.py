"""anatomy.layered-graphs: how many of all networks of up to five neurons are layered, and in how many ways.

All directed graphs are enumerated, and the definition is checked with every ordered list of sets of neurons. The levels
of `theory.layers` are compared with the result: for all graphs of up to four neurons, and for a sample of five.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.measured import Measured
from experiments.judging.rules import Rule, decide, holds_for_all
from experiments.judging.verdict import Trial, Verdict, on
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import graph_census, layers
from theory.graph import find_cycle

TRIAL = Trial(
    source="the post, ch. I",
    bears_on=on("layered"),
    existence="representable",
    switches={
        "network": "every directed graph of numbered neurons without self-loops, connected or not",
        "neurons": "all of one kind",
        "layers": "an ordered list of non-empty sets of neurons, each pointing to the next set only",
    },
)
LEVELS = TRIAL.but(source="the post, ch. I; theory/layers.py", bears_on=on("layered", role="control"))
# The post leaves open in how many ways a network is layered.
WAYS = TRIAL.but(bears_on=on("layered", role="variant"))


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of neurons, and the number of graphs that are also decided by levels: all, or a sample of this size."""

    n: list[int] = setting([1, 2, 3, 4, 5], low=1, high=graph_census.LARGEST_N, static=True)
    samples: int = setting(5000, low=1, high=1_000_000)


SMOKE = {
    "n": [1, 2, 3],
}
FULL = {
    "samples": 100_000,
}


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of neurons: how many graphs are of each sort, and on how many levels disagree."""
    n, samples = unit.static("n"), unit.settings.samples
    divisions, orders = graph_census.divisions(n), graph_census.orders(n)
    layered = np.flatnonzero(divisions > 0)
    checked = np.arange(len(divisions))
    if len(checked) > samples:
        rng = random_generator(unit.seed, unit.claim, n)
        # Few graphs are layered: half of the sample is drawn from these.
        checked = np.concatenate([rng.choice(layered, samples // 2), rng.choice(checked, samples - samples // 2)])
    connected = np.array([len(layers.parts(graph_census.graph_of(int(code), n))) == 1 for code in layered])
    return unit.cells.assign(
        graphs=len(divisions),
        without_cycle=int((orders > 0).sum()),
        layered=len(layered),
        layered_with_cycle=int((orders[layered] == 0).sum()),
        connected=int(connected.sum()),
        connected_in_one_way=int((divisions[layered][connected] == 1).sum()),
        others_in_one_way=int((divisions[layered][~connected] == 1).sum()),
        most_ways=int(divisions.max()),
        checked=len(checked),
        disagreements=sum(_disagrees(int(code), n, divisions[code] > 0, orders[code] > 0) for code in checked),
    )


def _disagrees(code: int, n: int, layered: bool, feed_forward: bool) -> bool:
    graph = graph_census.graph_of(code, n)
    return ((layers.misfit(graph) is None) != layered) or ((find_cycle(graph) is None) != feed_forward)


def work(unit: Unit) -> Work:
    """Sums over all graphs for each possible edge, and the levels of each checked graph."""
    n = unit.static("n")
    bits = n * (n - 1)
    return Work(0, 2.0 * bits * 2**bits + 200.0 * n * n * min(2**bits, unit.settings.samples))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Whether levels decide which graphs are layered, which are not, and in how many ways graphs are layered."""
    return [_levels(table), _exceptions(table), _one_way(table)]


def _levels(table: pd.DataFrame) -> Verdict:
    every = table["checked"] == table["graphs"]
    rows, sample = table[every], table[~every]
    checked, tried = int(rows["checked"].sum()), int(sample["checked"].sum())
    wrong, wrong_of_sample = int(rows["disagreements"].sum()), int(sample["disagreements"].sum())
    # Where nothing was enumerated, the sample alone may still contradict.
    looked_at, differ = (checked, wrong) if checked else (tried, wrong_of_sample)
    share = 1 - differ / looked_at if looked_at else float("nan")
    how = "The share of graphs on which levels and enumeration agree, on layers and on cycles."
    return LEVELS.verdict(
        "levels",
        "A network is layered exactly if the layer of one neuron determines, along edges forwards and backwards, a "
        "single layer for every neuron that it is connected with.",
        Measured.exactly(share, checked, how=how),
        Rule(
            "Supported if they agree on every graph; contradicted if they differ on one, or on one graph of a sample "
            "of larger graphs. Half of the sample is layered.",
            lambda m: decide(m.samples > 0 and wrong + wrong_of_sample == 0, wrong + wrong_of_sample > 0),
        ),
        prediction="share of graphs decided as by enumeration = 1",
        notes=f"they differ on {wrong_of_sample} of {tried:,} graphs of the sample",
        n=rows["n"].sort_values(),
    )


def _exceptions(table: pd.DataFrame) -> Verdict:
    others = table.assign(others=table["without_cycle"] - table["layered"] + table["layered_with_cycle"])
    some = others[others["others"] > 0]
    # Where there is none, no number is the least: that is measured too, and contradicts.
    least = float(some["n"].min()) if len(some) else float("inf")
    three = int(others.loc[others["n"] == 3, "others"].sum())
    shares = ", ".join(
        f"{row.n}: {row.layered:,} of {row.without_cycle:,}"
        for row in table.sort_values("n", kind="stable").itertuples()
    )
    # Three neurons have 3! names.
    right = least == 3 and three == 6 and not table["layered_with_cycle"].any()
    return TRIAL.verdict(
        "exceptions",
        "Some feed-forward networks are not layered. The smallest has three neurons and is the only one of this size, "
        "up to the numbers of its neurons. Every layered network is feed-forward.",
        Measured.exactly(least, int(table["graphs"].sum()), how="The least number of neurons of such a network."),
        holds_for_all(
            "there is none of one or two neurons, there are 6 of three, one for each numbering, and no layered graph "
            "has a cycle",
            [right],
        ).provided({1, 2, 3} <= set(table["n"]), "Inconclusive unless n = 1, 2 and 3 are measured."),
        finding="Every layered network is feed-forward, but not the other way round: the smallest feed-forward network "
        f"without layers has {{measured}} neurons, among all {int(table['graphs'].sum()):,} graphs of up to "
        f"{table['n'].max()}."
        if right
        else "",
        prediction="least number of neurons of a feed-forward network that is not layered = 3, with 6 of them",
        notes=f"layered networks of all feed-forward ones, by n: {shares}",
        n=table["n"].sort_values(),
    )


def _one_way(table: pd.DataFrame) -> Verdict:
    connected, one_way = int(table["connected"].sum()), int(table["connected_in_one_way"].sum())
    right = (table["connected"] == table["connected_in_one_way"]) & (table["others_in_one_way"] == 0)
    how = "The share of connected layered graphs with one division into layers."
    return WAYS.verdict(
        "one-way",
        "A connected layered network has one division into layers, and a layered network that is not connected has "
        "several.",
        Measured.exactly(one_way / connected, int(table["layered"].sum()), how=how),
        holds_for_all("every connected layered graph has one division and every other layered graph has more", right),
        prediction="share of connected layered graphs with one division = 1; of others 0",
        notes=f"most ways of a graph: {int(table['most_ways'].max())}; theory/layers.py says which one is taken",
        n=table["n"].sort_values(),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The share of feed-forward graphs that are layered, and the share of layered graphs with one division."""
    rows = table.sort_values("n", kind="stable")
    shares = {
        "layered, of feed-forward graphs": rows["layered"] / rows["without_cycle"],
        "divided in one way only, of layered graphs": rows["connected_in_one_way"] / rows["layered"],
    }
    figure = new_figure(5.2, 3.2)
    axes = figure.axes[0]
    for (label, share), colour, marker in zip(shares.items(), COLOURS, MARKERS, strict=False):
        axes.plot(rows["n"], share, f"{marker}-", color=colour, lw=1, label=label)
    axes.set(xlabel="n, neurons", ylabel="share of graphs", xticks=rows["n"], ylim=(0, 1.05))
    axes.legend(loc="lower left")
    columns = ["n", "graphs", "without_cycle", "layered", "connected_in_one_way", "most_ways"]
    last = rows.loc[rows["n"].idxmax()]
    title = (
        f"{last['layered'] / last['without_cycle']:.0%} of the feed-forward graphs of {last['n']} neurons are layered"
    )
    caption = "Shares of all graphs of n neurons, which are enumerated."
    return {"layered-graphs": Drawing(figure, rows[columns], title, caption)}
