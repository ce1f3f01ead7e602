"""Where units run: in this process, or on the workers of a cluster.

An executor has one narrow contract: units go in, results come out, in any order. It knows no run: who uses it keeps a
part as soon as its result is there. So whatever happens to a worker, or to all of them, what was finished is kept.

    with executors.opened(settings, say) as executor:
        for result in executors.agreeing(executor.results(units, folder)):
            handing.keep(result, directory, own)
"""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from experiments.claims.containing import ClaimError
from experiments.executors.results import Result
from experiments.plan import Unit
from experiments.settings import RunSettings

__all__ = ["Executor", "Result", "agreeing", "opened"]


class Executor(Protocol):
    """What every executor can do.

    Attributes:
        device: what the devices are that measure, see `ensemble.devices.describe`.
    """

    device: dict[str, Any]

    def results(self, units: Iterable[Unit], folder: Path | None = None) -> Iterator[Result]:
        """Measures every unit; a unit that fails gives a result with an error, and the others are measured too.

        Args:
            units: what to measure.
            folder: where whoever measures in another process may write rows itself, see `handing`. What is there of a
                result is removed when the next one is asked for, unless `handing.keep` has given it its place.
        """

    def workers(self) -> int:
        """Processes that measure just now."""


@contextlib.contextmanager
def opened(settings: RunSettings, say: Callable[[str], None]) -> Iterator[Executor]:
    """The executor that the settings name, ready to measure. Its workers end with the block.

    Args:
        settings: of the run.
        say: is told, in a sentence, of every worker that is lost or refused.

    Raises:
        UserError: if the device, the cluster or a package for it is not there.
    """
    if settings.executor.name == "ray":
        from experiments.executors.cluster import opened_cluster

        with opened_cluster(settings, say) as crew:
            yield crew
    else:
        from experiments.executors.local import Local

        yield Local(settings)


def agreeing(results: Iterable[Result]) -> Iterator[Result]:
    """The results, with an error for a unit if its columns hold something else than in earlier units of its claim."""
    held = defaultdict[str, dict[str, str]](dict)
    for result in results:
        yield _agreeing(result, held[result.unit.claim])


def _agreeing(result: Result, held: dict[str, str]) -> Result:
    for name, kind in result.kinds().items():
        if held.setdefault(name, kind) != kind:
            text = f"the column {name} holds {kind} here, and {held[name]} in another unit of the claim"
            return result._replace(
                table=None, written=None, error=f"{ClaimError.__module__}.{ClaimError.__name__}: {text}"
            )
    return result
