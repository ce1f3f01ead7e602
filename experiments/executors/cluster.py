"""Runs units on the workers of a Ray cluster: the cluster is found or started here, `crew` leads its workers."""

import contextlib
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

from experiments import house
from experiments.errors import UserError
from experiments.executors.crew import Crew
from experiments.executors.members import last_line
from experiments.settings import RunSettings

# Seconds in which a cluster has to answer at its address.
SECONDS_TO_CONNECT = 10.0


@contextlib.contextmanager
def opened_cluster(settings: RunSettings, say: Callable[[str], None]) -> Iterator[Crew]:
    """A crew of workers; they end with the block, and so does a cluster that was started for it.

    Raises:
        UserError: if Ray is not installed, there is no such cluster, or no worker can measure.
    """
    try:
        import ray
    except ImportError as error:
        raise UserError(
            f"executor=ray: Ray is not installed; install it ({house.to_install('ray')}), or leave executor out"
        ) from error
    if ray.is_initialized():
        yield from _crew(ray, settings, say)
        return
    _connect(ray, settings.executor.address)
    try:
        yield from _crew(ray, settings, say)
    finally:
        ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    """Connects to the cluster at an address, or starts one on all cores of this machine if there is no address."""
    where: dict[str, Any] = {"address": address or "local"}
    if not address:
        from experiments.ensemble import devices

        where |= {"num_cpus": devices.cores(), "include_dashboard": False}
    try:
        if ":" in address:  # Ray itself would try for minutes
            host, port = address.removeprefix("ray://").rsplit(":", 1)
            socket.create_connection((host, int(port)), SECONDS_TO_CONNECT).close()
        ray.init(**where, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(
            f"executor.address={address}: no Ray cluster answers there ({last_line(str(error))}); "
            "start one with: ray start --head"
        ) from error


def _crew(ray: Any, settings: RunSettings, say: Callable[[str], None]) -> Iterator[Crew]:
    crew = Crew(ray, settings, say)
    try:
        crew.gather()
        yield crew
    finally:
        crew.dismiss()
