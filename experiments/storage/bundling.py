"""Many small files of parts become few large ones while a run goes on, so that a million units are no million files.

A bundle is written beside the parts that it holds, with another name. It appears as a whole, is compared with its seal,
and only then its parts are removed. Whatever moment the process is killed at, each part is in a file of its own, or in
a bundle, or in both, and then it is read once. Rows do not change, nor does their order: bundles are never sorted.
"""

import contextlib
import functools
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from experiments.errors import StorageError
from experiments.names import is_file_name
from experiments.storage import parts as files
from experiments.storage import sealing
from experiments.storage.parts import File, Part
from experiments.storage.sealing import SpoiltError

PART, BUNDLE = ".parquet", ".bundle"
# So many parts of one claim are bundled: their files are opened again in a fraction of a second.
MANY = 256
# At the end of a run fewer are worth it.
MANY_AT_THE_END = 64
# So many bundles that are not full are bundled again. Then a part is rewritten two or three times in a long run.
MANY_BUNDLES = 16
# A bundle has at most this number of rows, which take a few ten megabytes of memory, ...
MOST_ROWS = 2**18
# ... and of units: what is said of them takes some megabytes of its footer.
MOST_UNITS = 2**14


class Bundler:
    """Bundles the parts of a run in a thread of its own. Only the process that has locked the run may have one.

    If a bundle cannot be written, all parts stay where they are, and no more are bundled.
    """

    def __init__(self, folder: Path) -> None:
        """Takes the folder of the parts."""
        self.folder, self.written = folder, 0
        self.thread = ThreadPoolExecutor(1)
        self.work: Future[None] | None = None
        # Files that are never bundled: large ones, and spoilt ones.
        self.left_alone: set[str] = set()
        self.looked = False

    def note(self) -> None:
        """One more part has been written."""
        self.written += 1
        if self.written % MANY == 0 and (self.work is None or self.work.done()):
            self.work = self.thread.submit(self._bundle, MANY)

    def wait(self) -> None:
        """Waits until nothing is being bundled."""
        if self.work is not None:
            self.work.result()

    def end(self, whole: bool) -> None:
        """Ends the thread. If the run has come to its end, it bundles what is left before."""
        if whole:
            self.wait()
            self._bundle(MANY_AT_THE_END)
        self.thread.shutdown(wait=True, cancel_futures=True)

    def _bundle(self, many: int) -> None:
        with contextlib.suppress(StorageError, OSError, SpoiltError):
            if not self.looked:
                remove_doubles(self.folder)
                self.looked = True
            bundle(self.folder, many, self.left_alone)


@contextlib.contextmanager
def in_background(folder: Path) -> Iterator[Bundler]:
    """A bundler, which ends with the block."""
    bundler = Bundler(folder)
    whole = False
    try:
        yield bundler
        whole = True
    finally:
        bundler.end(whole)


def remove_doubles(folder: Path) -> None:
    """Removes files that a killed process had bundled, but not removed yet: a bundle holds all of their parts."""
    bundles = sorted(_files(folder, BUNDLE, set()), key=lambda file: -len(file.units))
    within = {unit: file for file in reversed(bundles) for unit in file.units}
    sound = functools.cache(File.is_sound)
    for file in (*bundles, *_files(folder, PART, set(), set(within))):
        holders = {within[unit] for unit in file.units}
        if len(holders) == 1 and file not in holders and all(_holds(one, file) and sound(one) for one in holders):
            _forget(folder, [file.path])


def _holds(larger: File, file: File) -> bool:
    """Whether a bundle holds all parts of another file: the facts of a measurement tell it from any other."""
    return all(Part(larger, unit).facts == Part(file, unit).facts for unit in file.units)


def bundle(folder: Path, many: int, left_alone: set[str]) -> None:
    """Bundles the small files of every claim and schema of which there are many.

    Args:
        folder: of the parts.
        many: least number of files of single parts that are bundled.
        left_alone: names of files that need not be looked at; files that never can be bundled are added.

    Raises:
        StorageError: if a bundle cannot be written.
    """
    for ending, least in ((PART, many), (BUNDLE, MANY_BUNDLES)):
        for alike in _alike(_small(folder, ending, left_alone)):
            for some in _filled(alike) if len(alike) >= least else ():
                _join(folder, some, left_alone)


def _files(folder: Path, ending: str, left_alone: set[str], only: set[str] | None = None) -> Iterator[File]:
    """The files of parts with an ending that say of themselves what they hold; the names of others are added."""
    for path in sorted(folder.glob(f"*{ending}")):
        if path.name in left_alone or (only is not None and path.stem not in only):
            continue
        try:
            if not is_file_name(path.name) or path.is_symlink() or not path.is_file():
                raise SpoiltError("is no ordinary file")
            file = files.opened(path)
            if ending == PART and set(file.units) != {path.stem}:
                raise SpoiltError("is the part of another unit")
            yield file
        except SpoiltError:
            left_alone.add(path.name)


def _small(folder: Path, ending: str, left_alone: set[str]) -> Iterator[File]:
    for file in _files(folder, ending, left_alone):
        if file.count > MOST_ROWS // 2 or len(file.units) > MOST_UNITS // 2:
            left_alone.add(file.path.name)
        else:
            yield file


def _alike(found: Iterator[File]) -> list[list[File]]:
    """Groups of files with the same schema, and as far as their names say it, of the same claim."""
    groups: dict[tuple, list[File]] = {}
    for file in found:
        key = (file.path.stem.rpartition("-")[0], tuple(zip(file.schema.names, file.schema.types, strict=True)))
        groups.setdefault(key, []).append(file)
    return list(groups.values())


def _filled(alike: list[File]) -> Iterator[list[File]]:
    """Groups of files, each of which makes one bundle."""
    some: list[File] = []
    rows = units = 0
    for file in alike:
        if some and (rows + file.count > MOST_ROWS or units + len(file.units) > MOST_UNITS):
            yield some
            some, rows, units = [], 0, 0
        some.append(file)
        rows, units = rows + file.count, units + len(file.units)
    if len(some) > 1:
        yield some


def _join(folder: Path, some: list[File], left_alone: set[str]) -> None:
    """Makes one bundle of several files, and removes them."""
    sound = [file for file in some if file.is_sound() and file.claim() == some[0].claim()]
    left_alone.update(file.path.name for file in some if file not in sound)
    if len(sound) < 2:
        return
    held = {unit: Part(file, unit) for file in reversed(sound) for unit in file.units}
    claim = some[0].path.stem.rpartition("-")[0]
    target = folder / f"{claim}-{sealing.digest(sorted(held))[:12]}{BUNDLE}"
    files.write_bundle(target, list(held.values()))
    whole = files.opened(target)
    whole.check()
    if set(whole.units) == set(held):
        _forget(folder, [file.path for file in sound if file.path != target])


def _forget(folder: Path, paths: list[Path]) -> None:
    """Removes files whose parts are in a bundle. The name of the bundle is on the disk before theirs are not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    for path in paths:
        path.unlink(missing_ok=True)
