"""Requests to the engine, checked before anything is compiled: a wrong request is answered in a sentence.

Training goes on without a word where targets do not suit the loss, and ends far inside JAX where a shape is wrong. So
everything that an ensemble depends on is looked at here, and all that is wrong is said at once.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from experiments import synonyms
from experiments.ensemble.program import CLASSES, LOSSES, MIDDLE, SCHEDULES, TWO_ANSWERS, VECTORS, Members, Program
from experiments.errors import UserError
from theory.initial import INITIALS
from theory.network import WEIGHT_VARIANCE

WORDS: dict[str, Any] = {
    "activation": WEIGHT_VARIANCE,
    "loss": LOSSES,
    "output": MIDDLE,
    "schedule": SCHEDULES,
    "precision": ("float32", "float64"),
    "initial": INITIALS,
}


def check(program: Program, x: Float[np.ndarray, "points inputs"], members: Members) -> None:
    """Refuses requests that cannot be trained, or would be trained to something else than was meant.

    Raises:
        UserError: with a sentence for everything that is wrong.
    """
    # Shapes and targets are only looked at once sizes and words make sense.
    problems = [*_of_program(program)] or [*_of_arrays(program, np.asarray(x), members)]
    if problems:
        raise UserError(*problems)


def with_logits(program: Program, targets: Float[np.ndarray, "..."]) -> tuple[Program, Float[np.ndarray, "..."]]:
    """The program and the targets of the same training, where the loss is a function of pre-activations.

    Cross-entropy of a logistic output z = 1 / (1 + exp(-a)) and targets in {0, 1}, -y log z - (1-y) log(1-z), is
    log(1 + exp(-y a)) of the pre-activation a and targets in {-1, 1}: of the same parameters, without the numbers near
    0 and 1 that have no logarithm. z > 1/2 where a > 0, so that the answers are the same as well.
    """
    if program.loss != "cross-entropy" or program.output != "logistic":
        return program, targets
    return dataclasses.replace(program, output="identity"), 2 * np.asarray(targets) - 1


def _of_program(program: Program) -> Iterator[str]:
    sizes = program.sizes
    if len(sizes) < 2 or not all(_is_whole(size) and size >= 1 for size in sizes):
        yield f"sizes: {sizes} is no network; give inputs, widths of hidden layers and 1 output, such as (2, 4, 1)"
    elif program.several_outputs and sizes[-1] < 2:
        yield f"sizes: {sizes} has {sizes[-1]} output; {program.loss} needs several, so give 2 or more"
    elif not program.several_outputs and sizes[-1] != 1:
        yield f"sizes: {sizes} has {sizes[-1]} outputs; an answer is one number, so give 1 output"
    else:
        yield from _of_patches(program)
    for name, allowed in WORDS.items():
        if (word := getattr(program, name)) not in allowed:
            yield f"{name}: no {word!r}; {synonyms.unknown_value(name, str(word), allowed)}"
    if program.precision == "float64" and not jax.config.read("jax_enable_x64"):
        yield "precision: float64 needs JAX to be started with 64 bits: call devices.start(device, 'float64') first"
    for name, least in {"steps": 1, "batch": 0, "repeats": 1}.items():
        if not _is_whole(value := getattr(program, name)) or value < least:
            yield f"{name}: {value!r} is not allowed; give a whole number of at least {least}"
    if not 0 < program.initial_variance < np.inf:
        yield f"initial_variance: {program.initial_variance!r} is not allowed; give a finite number above 0"
    if not 0 <= program.weight_decay < np.inf:
        yield f"weight_decay: {program.weight_decay!r} is not allowed; give a finite number of at least 0"
    if program.weight_decay and program.room:
        yield "weight_decay: the dead units of a room would not stay dead; give room=(), or weight_decay=0"
    if not 0 <= program.gradient_bound < np.inf:
        yield f"gradient_bound: {program.gradient_bound!r} is not allowed; give a finite number of at least 0"
    if program.loss in TWO_ANSWERS and program.output not in TWO_ANSWERS[program.loss]:
        allowed = " or ".join(TWO_ANSWERS[program.loss])
        yield f"output: {program.output} does not go with {program.loss}; give {allowed}, or another loss"
    if program.loss in CLASSES and program.output != "identity":
        yield f"output: {program.output} does not go with {program.loss}, which compares outputs; give identity"


def _of_patches(program: Program) -> Iterator[str]:
    sizes, patches = program.sizes, program.patches
    if program.shared and not patches:
        yield "shared: dense layers have no patches that could share weights; give patches, or shared=False"
    if not patches:
        return
    if len(patches) != len(sizes) - 1 or not all(_is_whole(count) and count >= 1 for count in patches):
        yield f"patches: {patches} does not fit {sizes}; give a whole number of patches for each layer but the inputs"
        return
    for count, inputs, outputs in zip(patches, sizes[:-1], sizes[1:], strict=True):
        if inputs % count or outputs % count:
            yield f"patches: {count} patches do not divide a layer of {inputs} inputs and {outputs} outputs evenly"


def _of_arrays(program: Program, x: np.ndarray, members: Members) -> Iterator[str]:
    key, targets, rates = (np.asarray(leaf) for leaf in members)
    if x.ndim != 2 or not len(x) or x.shape[1] != program.sizes[0]:
        yield f"x: of shape {x.shape}; give (points, {program.sizes[0]}) for the inputs of sizes {program.sizes}"
    elif not np.isfinite(x).all():
        yield "x: some inputs are no finite numbers"
    count = len(key) if key.ndim else 0
    if not count:
        yield "members: there is none; give at least one key"
        return
    if key.shape != (count, 2) or not np.issubdtype(key.dtype, np.integer):
        yield f"key: of shape {key.shape} and {key.dtype}; give (members, 2) numbers of 32 bits"
    shape = (count, *program.targets_of(len(x)))
    if targets.shape != shape:
        axes = "members, points, outputs" if program.loss in VECTORS else "members, points"
        yield f"targets: of shape {targets.shape}; give ({axes}), here {shape}"
    elif problem := _of_targets(program, targets):
        yield f"targets: {problem}"
    if rates.shape != (count,):
        yield f"learning_rate: of shape {rates.shape}; give one for each of the {count} members, as by np.full"
    elif not (np.isfinite(rates) & (rates > 0)).all():
        yield "learning_rate: some are not finite or not above 0"


def _of_targets(program: Program, targets: np.ndarray) -> str:
    if not np.isfinite(targets).all():
        return "some are no finite numbers"
    if program.loss in TWO_ANSWERS:
        low, high = (0, 1) if program.output == "logistic" else (-1, 1)
        if not np.isin(targets, (low, high)).all():
            found = ", ".join(f"{value:g}" for value in np.unique(targets)[:4])
            other = (
                ""
                if program.output == "logistic" or program.loss != "cross-entropy"
                else ("; targets in {0, 1} go with output=logistic")
            )
            return f"{found} with {program.loss} and {program.output} outputs; give {low} and {high}{other}"
    if program.loss in CLASSES:
        classes = program.sizes[-1]
        strange = targets[~np.isin(targets, range(classes))]
        return f"{strange[0]:g} is no class; with {classes} outputs give 0 to {classes - 1}" if len(strange) else ""
    if program.stop_when_solved and (targets == MIDDLE[program.output]).any():
        return (
            f"some are {MIDDLE[program.output]:g}, the middle of {program.output} outputs, so that no network is ever "
            "right; train with stop_when_solved=False, or give targets on both sides of it"
        )
    return ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
