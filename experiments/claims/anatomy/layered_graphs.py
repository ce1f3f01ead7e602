"""anatomy.layered, of all networks of up to five neurons: how many can be divided into layers, and in how many ways.

All directed graphs are enumerated and held against every ordered list of sets of neurons, as the definition says; what
`theory.layers` finds by levels is held against that, for all graphs and, of five neurons, a sample besides.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from experiments.drawing.style import COLOURS, MARKERS, Drawing, new_figure
from experiments.judging.flat import Verdict, decide
from experiments.plan import Unit, Work, random_generator
from experiments.settings import ClaimSettings, setting
from theory import graph_census, layers
from theory.graph import find_cycle

SOURCE = "the post, ch. I"
HYPOTHESES = (
    "directed graphs of numbered neurons without self-loops, any of them, connected or not, all neurons of one kind; "
    "layered: an ordered list of non-empty sets of neurons, each pointing to the next set only"
)


@dataclass(kw_only=True)
class Settings(ClaimSettings):
    """Numbers of neurons, and of graphs that are also decided by levels: all of them, if there are no more."""

    n: list[int] = setting([1, 2, 3, 4, 5], low=1, high=graph_census.LARGEST_N, static=True)
    samples: int = setting(5000, low=1, high=1_000_000)


def measure(unit: Unit) -> pd.DataFrame:
    """One row per number of neurons: how many graphs there are of each sort, and where levels disagree."""
    n, samples = unit.static("n"), unit.settings.samples
    divisions, orders = graph_census.divisions(n), graph_census.orders(n)
    layered = np.flatnonzero(divisions > 0)
    checked = np.arange(len(divisions))
    if len(checked) > samples:
        rng = random_generator(unit.seed, unit.claim, n)
        # Few of all graphs are layered: half of the sample is taken from those.
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
    """Sums over all graphs for each edge that they can have, and the levels of each that is checked."""
    n = unit.static("n")
    bits = n * (n - 1)
    return Work(0, 2.0 * bits * 2**bits + 200.0 * n * n * min(2**bits, unit.settings.samples))


def judge(table: pd.DataFrame) -> list[Verdict]:
    """Not all are layered; levels decide which are; and connected ones in one way only."""
    return [_levels(table), _exceptions(table), _one_way(table)]


def _verdict(name: str, statement: str, rows: pd.DataFrame, measured: float, **others: Any) -> Verdict:
    standard: dict[str, Any] = {
        "source": SOURCE,
        "hypotheses": f"{HYPOTHESES}; n = {', '.join(map(str, sorted(rows['n'])))} neurons",
        "existence": "representable",
        "evidence": "exact",
    }
    standard |= {"measured": measured, "low": measured, "high": measured}
    return Verdict(claim=f"anatomy.layered/{name}", statement=statement, **(standard | others))


def _levels(table: pd.DataFrame) -> Verdict:
    every = table["checked"] == table["graphs"]
    rows, sample = table[every], table[~every]
    checked, tried = int(rows["checked"].sum()), int(sample["checked"].sum())
    wrong, wrong_of_sample = int(rows["disagreements"].sum()), int(sample["disagreements"].sum())
    share = 1 - wrong / checked if checked else float("nan")
    return _verdict(
        "levels",
        "A network is layered exactly if the layer of one neuron and the edges, forwards and backwards, give every "
        "other neuron it is connected with one layer only.",
        rows,
        share,
        source=f"{SOURCE}; theory/layers.py",
        prediction="share of graphs decided as by enumeration = 1",
        samples=checked,
        rule="Supported if levels and enumeration agree on every graph, also on whether it has a cycle; contradicted "
        "if they differ on one, or on one of a sample of larger graphs, half of it from the layered ones: "
        f"{wrong_of_sample} of {tried:,} differ.",
        verdict=decide(checked > 0 and wrong + wrong_of_sample == 0, wrong + wrong_of_sample > 0),
    )


def _exceptions(table: pd.DataFrame) -> Verdict:
    others = table.assign(others=table["without_cycle"] - table["layered"] + table["layered_with_cycle"])
    some = others[others["others"] > 0]
    least = float(some["n"].min()) if len(some) else float("nan")
    three = int(others.loc[others["n"] == 3, "others"].sum())
    enough = {1, 2, 3} <= set(table["n"])
    shares = ", ".join(
        f"{row.n}: {row.layered:,} of {row.without_cycle:,}" for row in table.sort_values("n").itertuples()
    )
    # Three neurons have 3! names.
    right = least == 3 and three == 6 and not table["layered_with_cycle"].any()
    return _verdict(
        "exceptions",
        "Feed-forward networks that are not layered exist; the smallest has three neurons and is, up to their numbers, "
        "the only one of that size; and every layered network is feed-forward.",
        table,
        least,
        prediction="least number of neurons of a feed-forward network that is not layered = 3, with 6 of them",
        samples=int(table["graphs"].sum()),
        rule="Supported if of one and two neurons there is none, of three there are 6, one for each numbering, and no "
        f"layered graph has a cycle; contradicted otherwise; inconclusive unless n = 1, 2 and 3 are there. Layered of "
        f"feed-forward, by n: {shares}.",
        verdict=decide(enough and right, enough and not right),
    )


def _one_way(table: pd.DataFrame) -> Verdict:
    connected = int(table["connected"].sum())
    right = bool((table["connected"] == table["connected_in_one_way"]).all()) and not table["others_in_one_way"].any()
    return _verdict(
        "one-way",
        "A layered network can be divided in one way only if it is connected, and in several if it is not.",
        table,
        float(table["connected_in_one_way"].sum()) / connected,
        prediction="share of connected layered graphs with one division = 1; of others 0",
        samples=int(table["layered"].sum()),
        rule="Supported if every connected layered graph has one division and every other more than one; "
        f"contradicted otherwise. Most ways of a graph: {int(table['most_ways'].max())}; theory/layers.py says which "
        "one is taken.",
        verdict=decide(right, not right),
    )


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """The share of feed-forward graphs that are layered, and of these the share that is connected."""
    rows = table.sort_values("n")
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
    return {"layered-graphs": Drawing(figure, rows[columns])}
