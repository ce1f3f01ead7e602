"""Bars side by side for each value of a third column, by seaborn.

Loading seaborn takes a second, and all but drawing does without: it is loaded here, when something is drawn, so that a
mistake in a setting is answered at once.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from experiments.drawing.style import COLOURS


def side_by_side(axes: Axes, rows: pd.DataFrame, x: str, y: str, hue: str, legend: bool = True) -> None:
    """Draws a bar of height y for each row, in groups of one x, with a colour for each value of `hue`."""
    import seaborn as sns

    palette = list(COLOURS[: rows[hue].nunique()])
    sns.barplot(rows, x=x, y=y, hue=hue, palette=palette, ax=axes, legend="auto" if legend else False)


def move_legend(axes: Axes, place: str, **others: Any) -> None:
    """Puts the legend at a place, with another title if one is given."""
    import seaborn as sns

    sns.move_legend(axes, place, **others)
