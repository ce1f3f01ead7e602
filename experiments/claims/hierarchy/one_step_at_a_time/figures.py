"""How much there is to remember at each level, and what each way of undoing loses and costs."""

import pandas as pd

from experiments.claims.hierarchy.one_step_at_a_time.verdicts import of_chains
from experiments.drawing.legends import legend_beside
from experiments.drawing.panels import panels
from experiments.drawing.style import COLOURS, MARKERS, Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """Sizes of statistics by level, and the lines of tables that each way takes."""
    return {"sizes": draw_sizes(table), "tables": draw_tables(table)}


def draw_sizes(table: pd.DataFrame) -> Drawing:
    """The size of T_i from the data to the cause, for the longest chains, and the number of states of y_i."""
    rows = table[table["n"] == table["n"].max()]
    n = int(rows["n"].iloc[0])
    data = of_chains(rows).assign(level=n, size=rows["data"], states=rows["data"])
    numbers = pd.concat([rows, data])[["kind", "draw", "level", "size", "states"]]
    numbers = numbers.groupby(["kind", "level"], sort=False)[["size", "states"]].median().reset_index()
    figure, axes_of = panels(sorted(numbers["kind"].unique()), width=2.2, height=2.5, beside=1.6)
    for kind, axes in axes_of.items():
        mine = numbers[numbers["kind"] == kind].sort_values("level", kind="stable")
        axes.plot(mine["level"], mine["states"], "s--", color=COLOURS[1], ms=6, mfc="none", label="states of $y_i$")
        axes.plot(mine["level"], mine["size"], "o-", color=COLOURS[0], ms=4, label="values of $T_i$")
        axes.set_yscale("log", base=2)
        axes.set_ylim(bottom=1.5)
        axes.set_xticks(range(n, -1, -1))
        # Undoing goes from the data, on the left, to the cause.
        axes.invert_xaxis()
        axes.set(xlabel="level i, undone so far", title=kind)
    figure.axes[0].set_ylabel("number")
    legend_beside(figure)
    ends = numbers[numbers["level"].isin([0, 1])].pivot(index="kind", columns="level", values="size")
    still = ends.index[ends[1] <= ends[0]]
    title = f"The last step leaves fewer values to remember in {len(ends) - len(still)} of {len(ends)} kinds of chains"
    caption = (
        f"Values of the minimal sufficient statistic of y_i and states of y_i, from the data (level {n}) to the cause "
        "(level 0); medians over chains."
    )
    return Drawing(figure, numbers, title, caption)


WAYS = {
    "entries_at_once": "at once",
    "entries_one_by_one": "one step after the other",
    "entries_by_parts": "one after the other, node by node",
}


def draw_tables(table: pd.DataFrame) -> Drawing:
    """The lines of tables of each way, by kind of chain and number of steps."""
    chains = of_chains(table).groupby(["kind", "n"], sort=False)[list(WAYS)].median().reset_index()
    numbers = chains.melt(["kind", "n"], var_name="way", value_name="lines").dropna()
    numbers["way"] = numbers["way"].map(WAYS)
    figure, axes_of = panels(sorted(numbers["n"].unique()), width=3.2, height=2.9, beside=2.2)
    kinds = sorted(numbers["kind"].unique(), reverse=True)
    for n, axes in axes_of.items():
        for i, (way, mine) in enumerate(numbers[numbers["n"] == n].groupby("way", sort=False)):
            places = [kinds.index(kind) for kind in mine["kind"]]
            axes.plot(mine["lines"], places, MARKERS[i], color=COLOURS[i], ms=6, mfc="none", mew=1.4, label=str(way))
        axes.set_xscale("log", base=2)
        axes.set_yticks(range(len(kinds)), kinds)
        axes.set(title=f"{n} steps", xlabel="lines of tables")
    legend_beside(figure)
    ratio = (chains["entries_one_by_one"] / chains["entries_at_once"]).min()
    title = f"As whole tables one step after the other takes {ratio:.3g} times the lines of one table, or more"
    if (parts := (chains["entries_by_parts"] / chains["entries_at_once"]).min()) < 1:
        title = f"One after the other takes {ratio:.2g} times the lines of one table or more, node by node {parts:.2g}"
    caption = "Lines of the tables that turn data into the posterior of the cause, by the way of undoing; medians."
    return Drawing(figure, numbers, title, caption)
