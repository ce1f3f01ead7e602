"""The census of five bits: kept beside this file, or counted again in steps that an interrupted run goes on from.

`kept.npz` has the least width of each of the 616,126 classes, in the order of `five_bits.all_classes`, and a network of
that many units for each class that needs four or more:

- `widths`: a byte for each class;
- `hidden`, `gate`: for each class of four units or more, in the same order, the truth tables of five hidden units (the
  constant 0 where there are fewer) and of the output unit over them, see `five_bits.Networks`.

A census that is counted again leaves the same for *every* class in the folder of its state, with the least member of
each class, so that another program can check that no class needs more units than it says.
"""

import hashlib
from pathlib import Path

import numpy as np

from experiments.storage.cache import cache_folder
from experiments.storage.writing import atomic
from theory.boolean import five_bits
from theory.boolean.five_bits import Census, Networks

KEPT = Path(__file__).with_name("kept.npz")
# Networks of classes with this width or more are kept; those of the others are found again in milliseconds each.
LEAST_KEPT = 4
# The file with a network for every class, in the folder of the state.
COMPLETE = "census-of-five-bits.npz"


def kept() -> Census:
    """The census that is kept; classes of fewer than `LEAST_KEPT` units are without a network."""
    census = Census.empty()
    with np.load(KEPT) as arrays:
        census.widths[:] = arrays["widths"]
        hard = census.widths >= LEAST_KEPT
        census.networks.hidden[hard], census.networks.gate[hard] = arrays["hidden"], arrays["gate"]
    census.steps = five_bits.number_of_steps()
    return census


def keep(census: Census, path: Path = KEPT) -> None:
    """Writes a complete census to the file that `kept` reads; `keep(counted_again(state_folder()))` made it."""
    hard = census.widths >= LEAST_KEPT
    hidden, gate = census.networks.hidden[hard], census.networks.gate[hard]
    with atomic(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, widths=census.widths, hidden=hidden, gate=gate)


def counted_again(folder: Path) -> Census:
    """All steps of the census. A census that was interrupted goes on; a complete one begins anew.

    Args:
        folder: where the state is until the census is complete, and the complete census afterwards.
    """
    path = folder / f"five-bits-{_program()}.npz"
    census = _read(path) if path.exists() else Census.empty()
    while census.steps < five_bits.number_of_steps():
        five_bits.advance(census)
        _write(census, path)
    _write(census, folder / COMPLETE)
    path.unlink()
    return census


def state_folder() -> Path:
    """Where an interrupted census waits."""
    return cache_folder("census")


def _program() -> str:
    """A digest of the program that counts: another program does not go on with its state."""
    sources = sorted(Path(five_bits.__file__).parent.glob("*.py"))
    return hashlib.blake2b(b"".join(source.read_bytes() for source in sources), digest_size=6).hexdigest()


def _read(path: Path) -> Census:
    with np.load(path) as arrays:
        networks = Networks(arrays["hidden"], arrays["gate"])
        return Census(arrays["widths"], networks, int(arrays["steps"]))


def _write(census: Census, path: Path) -> None:
    least = five_bits.all_classes().representatives
    networks, steps = census.networks, np.array(census.steps)
    with atomic(path) as temporary, open(temporary, "wb") as file:
        np.savez(
            file,
            representatives=least,
            widths=census.widths,
            hidden=networks.hidden,
            gate=networks.gate,
            steps=steps,
        )
