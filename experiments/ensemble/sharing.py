"""Devices are shared: several ensembles may train at once, in threads of one process, but none beside a trial."""

import contextlib
import threading
from collections.abc import Iterator


class Shared:
    """Devices on which ensembles train together, and a trial is alone."""

    def __init__(self) -> None:
        """Devices on which nothing trains."""
        self._changed = threading.Condition()
        self._training = 0

    @contextlib.contextmanager
    def training(self) -> Iterator[None]:
        """Within the block an ensemble trains; it waits for a trial to end."""
        with self._changed:
            self._training += 1
        try:
            yield
        finally:
            with self._changed:
                self._training -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Within the block nothing trains; it begins when all that train have ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._training == 0)
            yield


DEVICES = Shared()
