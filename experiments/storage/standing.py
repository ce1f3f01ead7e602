"""Which of two runs of a sweep says more.

A run at a larger scale says more. A run with the settings of its scale says more than one with settings of its own: a
run at scale=full with one restart says little. Of two with settings of their own, the one with more units says more: a
calibration of one rule says little beside that of all.
"""

from typing import Any

from experiments.errors import UserError
from experiments.storage.runs import RunDirectory

# From the scale that says least to the one that says most.
SCALES = ("smoke", "default", "full")
# Settings that make a run neither larger nor smaller.
FREE = ("sweep", "scale", "seed", "device", "precision", "results", "engine", "executor")

Rank = tuple[bool, int, int]


def own_settings(manifest: dict[str, Any]) -> list[str]:
    """The overrides of a run that change the settings of its scale."""
    typed = [line.lstrip("+") for line in manifest["overrides"]]
    return [line for line in typed if line.partition("=")[0].partition(".")[0] not in FREE or line.startswith("sweep.")]


def rank(manifest: dict[str, Any]) -> Rank:
    """How much a run says: a larger rank says more."""
    scale, own = manifest["settings"]["scale"], own_settings(manifest)
    size = SCALES.index(scale) if scale in SCALES else -1
    return not own, size, len(manifest["units"]) if own else 0


def in_words(manifest: dict[str, Any]) -> str:
    """The scale of a run, and the settings that it changes."""
    own = own_settings(manifest)
    return f"scale {manifest['settings']['scale']}" + (f" with {', '.join(own)}" if own else "")


def refuse_lesser(run: RunDirectory, kept: RunDirectory) -> None:
    """Refuses to replace a reference by a run that says less.

    Raises:
        UserError: if the run says less; the message says how to keep it all the same.
    """
    if not (kept.path / "manifest.json").is_file():
        return
    new, old = run.manifest(), kept.manifest()
    if rank(new) < rank(old):
        raise UserError(
            f"{run.name}: not kept, because {kept.name} says more: it has {in_words(old)}, this run {in_words(new)}",
            f"Keep it all the same with: keep {run.name} --anyway",
        )
