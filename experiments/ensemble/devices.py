"""Starting JAX: which devices, which precision, and where compiled programs are kept. Once per process."""

import contextlib
import functools
import os
import platform
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments import house
from experiments.errors import UserError
from experiments.storage.cache import cache_folder

# Bytes of address space that JAX needs to start and to compile: on two cores 2.5 GB were too few, and 4 GB enough.
MAPPED = 3 << 30
# Further bytes of address space for each core.
MAPPED_PER_CORE = 1 << 28
# Versions of JAX whose own partitioner ends the process as it compiles for several CPU devices, if an array without
# columns is among the arguments; the older partitioner, which they still have, compiles the same programs.
PARTITIONER_FAILS = ("0.11.2",)

_started: dict[str, str] = {}


def started() -> dict[str, str]:
    """What JAX was started with in this process, see `start`; empty before."""
    return dict(_started)


def start(device: str, precision: str, products: str = "float32", at_most: int = 0) -> None:
    """Starts JAX on a kind of device.

    A CPU is one device of JAX, which calculates in the thread that calls a program. Ensembles use all cores by calling
    from as many threads, see `sharing.launched`. XLA has as many threads of its own: a call goes on in one of them
    where operations are handed out, as with large networks, and with a single thread of XLA such calls would wait for
    each other. A thousand students of 20 units took 29 s with a device for each core, and 27 s so; with a single thread
    of XLA they take a fifth less, and an ensemble of large networks twice as long.

    Args:
        device: cpu, gpu or tpu, or auto for the best there is.
        precision: float64 switches 64-bit numbers on for the whole process.
        products: the precision in which matrices of float32 are multiplied, see `settings.Engine`. JAX's own default on
            a GPU keeps 10 bits of each factor.
        at_most: cores that this process is given; with 0, all that it may use.

    Raises:
        UserError: if there is no such device, JAX runs already with other choices, or memory is limited too much.
    """
    choice = {"device": device, "precision": precision, "products": products, "at_most": str(at_most)}
    if _started and _started != choice:
        differ = [name for name in choice if choice[name] != _started[name]]
        here, asked = (", ".join(f"{name}={words[name]}" for name in differ) for words in (_started, choice))
        raise UserError(
            f"device, precision and products are chosen once per process: this one runs with {here}, not {asked}; "
            "give each a process of its own"
        )
    _refuse_little_memory(at_most or cores())
    import jax

    if not _started:
        jax.config.update("jax_enable_x64", precision == "float64")
        jax.config.update("jax_default_matmul_precision", products)
        jax.config.update("jax_cpu_enable_async_dispatch", False)
        jax.config.update("jax_compilation_cache_dir", str(cache_folder("jax")))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
        if device == "cpu":
            jax.config.update("jax_platforms", "cpu")
        if jax.__version__ in PARTITIONER_FAILS:
            jax.config.update("jax_use_shardy_partitioner", False)
    try:
        with _threads(at_most or cores()):
            found = jax.default_backend()
    except (RuntimeError, AssertionError):  # the platform in JAX_PLATFORMS is not there
        found = f"none of JAX_PLATFORMS={os.environ.get('JAX_PLATFORMS')}"
    if device not in ("auto", found):
        raise UserError(
            f"device={device}: JAX finds none here, only {found}; use device=cpu or device=auto, or install "
            f"the packages for it: {house.to_install('tpu' if device == 'tpu' else 'cuda12')}"
        )
    _started.update(choice)


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    """Within the block XLA starts a CPU with this number of threads of its own for the operations of calls."""
    given = os.environ.get("NPROC")
    os.environ["NPROC"] = str(count)
    try:
        yield
    finally:
        os.environ.pop("NPROC")
        if given is not None:
            os.environ["NPROC"] = given


def _refuse_little_memory(used: int) -> None:
    """Refuses a limit of memory under which JAX would end the process without a message.

    Args:
        used: cores that JAX takes.

    Raises:
        UserError: if the process may not map enough address space.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    wanted = MAPPED + used * MAPPED_PER_CORE
    if limit not in (resource.RLIM_INFINITY, -1) and limit < wanted:
        raise UserError(
            f"memory is limited to {limit / 2**30:.1f} GiB (ulimit -v), and JAX maps {wanted / 2**30:.1f} GiB with "
            f"{used} cores, most of it never used; raise the limit, or use fewer cores (taskset)"
        )


def cores() -> int:
    """Cores that this process may use, or was given."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(_started.get("at_most", 0)) or here


def calls_at_once() -> int:
    """Calls of programs that work side by side: one, on all devices together, or one on each core of a CPU."""
    import jax

    on_cores = jax.default_backend() == "cpu" and jax.local_device_count() == 1
    return cores() if on_cores else 1


def count() -> int:
    """Devices that work side by side; each core of a CPU counts as one."""
    import jax

    return jax.local_device_count() * calls_at_once()


@functools.cache
def compiler_options(quick: bool = False, dots: bool = False) -> dict[str, Any]:
    """Options of XLA that were measured to help here, for one program each and not for the whole process.

    Options that this version of XLA does not know are left out, and so are those that XLA_FLAGS decides.

    Args:
        quick: whether to compile with few optimisations, for programs that run as fast without them.
        dots: whether products of matrices are within one function, see `one_function.as_one_function`.
    """
    import jax

    options: dict[str, Any] = {}
    if jax.default_backend() == "cpu":
        if "avx512f" in _cpu_fact("flags"):
            options["xla_cpu_prefer_vector_width"] = 512  # XLA would use half of a register
        if quick:
            options["xla_backend_optimization_level"] = 1
        if dots:
            options["xla_cpu_experimental_ynn_fusion_type"] = ""  # a call of a library for each product
    given = os.environ.get("XLA_FLAGS", "")
    return {name: value for name, value in options.items() if name not in given and _is_known(name, value)}


def _is_known(option: str, value: Any) -> bool:
    import jax

    try:
        jax.jit(lambda a: a).lower(0.0).compile(compiler_options={option: value})
    except jax.errors.JaxRuntimeError:
        return False
    return True


def are_remote() -> bool:
    """Whether the devices have a memory of their own, so that everything has a way to go to them and back."""
    import jax

    return bool(jax.default_backend() != "cpu")


def describe() -> dict[str, Any]:
    """The devices and the machine, in words and numbers; JAX must have been started."""
    import jax

    return {
        "platform": jax.local_devices()[0].platform,
        "kind": kind(),
        "count": count(),
        "cores": cores(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def kind() -> str:
    """The model of the devices; JAX must have been started."""
    import jax

    device = jax.local_devices()[0]
    return _cpu_model() if device.platform == "cpu" else device.device_kind


def available_memory() -> int:
    """The free bytes of one device; on a CPU, those of the system divided by the number of cores."""
    import jax

    device = jax.local_devices()[0]
    if device.platform != "cpu":
        figures = device.memory_stats() or {}
        return int(figures.get("bytes_limit", 8 << 30)) - int(figures.get("bytes_in_use", 0))
    pages = os.sysconf("SC_AVPHYS_PAGES") if "SC_AVPHYS_PAGES" in os.sysconf_names else 1 << 20
    return pages * os.sysconf("SC_PAGE_SIZE") // count()


def _cpu_model() -> str:
    return _cpu_fact("model name") or platform.processor() or platform.machine()


@functools.cache
def _cpu_fact(name: str) -> str:
    """A line of the first processor's description by the system, or nothing."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.split(":")[0].strip() == name), "")
