"""The form that a manifest must have.

Every value of a manifest that a verb uses is checked here, once: names are names, so that none leads out of the results
folder; texts are printable; numbers are numbers. What the values mean is checked where settings are parsed: whether
there is such a claim, and whether its settings are allowed.
"""

import datetime
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.names import is_file_name, is_line, is_name, is_sweep

HYDRAS_OWN = re.compile(r"[+~]*hydra\b|-")


class ManifestError(Exception):
    """A manifest cannot be read, or is not one of this harness. The text says why; it is read after the file's name."""


def read(path: Path) -> dict[str, Any]:
    """The manifest in a file.

    Raises:
        ManifestError: if it is no manifest.
    """
    try:
        manifest = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise ManifestError(f"cannot be read ({type(error).__name__})") from error
    if not isinstance(manifest, dict):
        raise ManifestError("is not one of a run of this harness")
    missing = REQUIRED - set(manifest)
    if missing:
        raise ManifestError(f"is not one of a run of this harness; it lacks {', '.join(sorted(missing))}")
    for key, (fits, words) in SHAPES.items():
        if key in manifest and not fits(manifest[key]):
            raise ManifestError(f"gives for {key} something else than {words}")
    claims = set(manifest["settings"]["sweep"]) - {"family"}
    foreign = [unit for unit, facts in manifest["units"].items() if facts["claim"] not in claims]
    if foreign:
        raise ManifestError(f"has a unit, {foreign[0]}, of a claim that is not among its settings")
    return manifest


def started(manifest: dict[str, Any]) -> datetime.datetime | None:
    """When a run was started; None if its manifest does not say it as `make_manifest` does, with its time zone."""
    try:
        moment = datetime.datetime.fromisoformat(manifest["started"])
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def claims_of(manifest: dict[str, Any]) -> set[str]:
    """The claims of a run, each with its family, as the table of the run names them."""
    sweep = manifest["settings"]["sweep"]
    return {f"{sweep['family']}.{claim}" for claim in sweep if claim != "family"}


def _mapping(keys: Callable[[Any], bool], values: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(keys(key) and values(one) for key, one in value.items())


def _list(items: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(items(item) for item in value)


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_scalar(value: Any) -> bool:
    return is_line(value) or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))


def _is_setting(value: Any) -> bool:
    return _is_scalar(value) or _list(_is_scalar)(value) or _mapping(is_name, _is_setting)(value)


def _are_settings(value: Any) -> bool:
    if not _mapping(is_name, _is_setting)(value):
        return False
    sweep = value.get("sweep")
    return (
        isinstance(sweep, dict)
        and is_name(sweep.get("family"))
        and len(sweep) > 1
        and all(isinstance(one, dict) for claim, one in sweep.items() if claim != "family")
        and is_name(value.get("scale"))
        and _is_whole(value.get("seed"))
    )


def _are_overrides(value: Any) -> bool:
    return _list(is_line)(value) and not any(HYDRAS_OWN.match(line) for line in value)


def _is_device(value: Any) -> bool:
    return _mapping(is_line, _is_scalar)(value) and is_line(value.get("platform")) and _is_whole(value.get("count"))


def _is_git(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and is_line(value.get("commit")) and "changed" in value)


def _is_unit(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and is_name(value.get("claim"))
        and _is_whole(value.get("cells"))
        and (value.get("settings") is None or is_name(value["settings"]))
    )


def _are_units(value: Any) -> bool:
    return bool(value) and _mapping(is_name, _is_unit)(value)


def _is_run(value: Any) -> bool:
    sweep, _, run = value.partition("/") if isinstance(value, str) else ("", "", "")
    return is_name(sweep) and is_name(run)


def _is_again(value: Any) -> bool:
    return isinstance(value, dict) and is_line(value.get("run")) and _list(is_line)(value.get("changed"))


def _is_conclusion(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and (value.get("table") is None or is_name(value["table"]))
        and is_name(value.get("verdicts"))
        and _mapping(is_name, _list(is_file_name))(value.get("claims"))
    )


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0


def _is_load(value: Any) -> bool:
    return _list(_is_positive)(value) and len(value) == 3


REQUIRED = {"sweep", "command", "overrides", "settings", "started", "device", "versions", "flags", "git", "code"}
REQUIRED |= {"units"}
SHAPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "sweep": (is_sweep, "the name of a sweep"),
    "run": (_is_run, "the name of a run, such as boolean/20260102-030405-ffff"),
    "command": (is_line, "one line of text"),
    "overrides": (_are_overrides, "a list of overrides as they are typed"),
    "settings": (_are_settings, "the settings of a run: sweep with its family and claims, scale and seed"),
    "started": (is_line, "one line of text"),
    "seeds_before": (_mapping(str.isdecimal, _is_whole), "numbers of runs by seed"),
    "device": (_is_device, "a device with its platform and count"),
    "versions": (_mapping(is_line, is_line), "versions by name"),
    "flags": (_mapping(is_line, is_line), "texts by name"),
    "git": (_is_git, "a commit"),
    "code": (_mapping(is_line, is_line), "digests by file"),
    "units": (_are_units, "units by name, each with its claim and its number of cells"),
    "layouts": (_mapping(is_line, _is_whole), "numbers of ensembles by layout"),
    "seconds": (_mapping(is_name, _is_positive), "seconds by claim"),
    "compiling": (_mapping(is_name, _is_positive), "seconds by claim"),
    "courses": (_mapping(is_name, _list(_is_positive)), "parts of its time by claim"),
    "loads": (_mapping(is_name, _is_load), "units, programs and operations by claim"),
    "concluded": (_is_conclusion, "the digests of its table and verdicts, and files of figures by claim"),
    "again": (_is_again, "a run and what has changed since"),
    "resumed": (_list(_list(is_line)), "lists of what had changed"),
}
