"""The figures of a run, as they are in its folder."""

import dataclasses
from pathlib import Path

import pandas as pd

from experiments.interface import display
from experiments.interface.named import Named
from experiments.storage.runs import CONCLUDED, RunDirectory


@dataclasses.dataclass(frozen=True)
class Figure:
    """A figure. A notebook shows it.

    Attributes:
        name: its name.
        claim: the claim that draws it, without its family.
        path: its PNG file. Of a run of one's own the same figure is beside it as PDF.
    """

    name: str
    claim: str
    path: Path

    @property
    def numbers(self) -> pd.DataFrame:
        """The numbers that are drawn."""
        return pd.read_csv(self.path.with_suffix(".csv"))

    def _repr_png_(self) -> bytes:
        return self.path.read_bytes()


class Figures(Named[Figure]):
    """The figures of a run, by number or name, in the order in which its claims draw them. A notebook shows them."""

    what = "figure"

    def __init__(self, run: RunDirectory) -> None:
        drawn = run.manifest().get(CONCLUDED, {}).get("claims", {})
        paths = {claim: [run.at("figures", name) for name in files] for claim, files in drawn.items()}
        found = [Figure(path.stem, claim, path) for claim, mine in paths.items() for path in mine if _is_shown(path)]
        super().__init__(found, [one.name for one in found])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{display.image(one._repr_png_(), one.name)}</p>" for one in self)


def _is_shown(path: Path) -> bool:
    return path.suffix == ".png" and path.is_file()
