"""The log of a run, which others can follow, see `terminal.watching`."""

import logging
import sys

from experiments.errors import StorageError
from experiments.storage.runs import RunDirectory


class _File(logging.FileHandler):
    """A file that says when it cannot be written: otherwise `logging` prints an error of many lines, and goes on."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Ends the run, as a part does that cannot be written.

        Raises:
            StorageError: if the disk is full, read-only or gone.
        """
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            raise StorageError(f"cannot write {self.baseFilename}: {error.strerror or error}") from error
        super().handleError(record)


def opened(directory: RunDirectory) -> logging.Logger:
    """The log of a run. It is opened once in a process."""
    log = logging.getLogger(f"experiments.{directory.name}")
    if not any(isinstance(handler, _File) for handler in log.handlers):
        log.setLevel(logging.INFO)
        log.propagate = False
        handler = _File(directory.at("run.log"))
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        log.addHandler(handler)
    return log
