"""The figure of many-features: how many features are kept, and their dimensionalities, against p."""

import pandas as pd

from experiments.drawing.panels import panels
from experiments.drawing.style import Drawing


def draw(table: pd.DataFrame) -> dict[str, Drawing]:
    """x"""
    figure, _axes = panels([1])
    return {"many-features": Drawing(figure, table, "t", "c")}
