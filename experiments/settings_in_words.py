"""Every setting in words, from where it is declared: its default, what it may be, and what it means."""

import ast
import dataclasses
import functools
import inspect
import itertools
import re
import textwrap
import typing
from collections.abc import Iterator
from typing import Any

from experiments.settings import REQUIRED, ClaimSettings, allowed

SENTENCES = re.compile(r"(?<=\.)\s+")
# Settings that mean the same in every claim.
USUAL = {"activation": "The function that the neurons apply.", "width": "Neurons of a hidden layer."}
FOLLOWS = "Networks trained for each setting; the run's `{}` takes its place where that is not 0."


@dataclasses.dataclass(frozen=True)
class Described:
    """A setting in words.

    Attributes:
        name: its path, such as `engine.layout`.
        default: its value unless another is given.
        allowed: what it may be; of an axis, each of its values.
        about: what it means; empty where nothing says it of this setting alone.
        together: of a claim's setting, what its class says of all of its settings.
    """

    name: str
    default: Any
    allowed: str
    about: str
    together: str = ""

    @property
    def meaning(self) -> str:
        """What it means, or else what is said of all settings of its claim."""
        return self.about or self.together


def settings_of(schema: type, path: str = "") -> Iterator[Described]:
    """The settings of a dataclass in their order, those of its groups among them. What has no default is left out.

    Args:
        schema: the dataclass, made of `settings.setting`.
        path: stands in front of all names.
    """
    types, texts = typing.get_type_hints(schema), _texts_of(schema)
    sentences = _sentences_of(schema)
    for field in dataclasses.fields(schema):
        kind, name = types[field.name], f"{path}{field.name}"
        if dataclasses.is_dataclass(kind):
            yield from settings_of(typing.cast(type, kind), f"{name}.")
        elif not _is_required(field):
            default = field.default if field.default is not REQUIRED else typing.cast(Any, field.default_factory)()
            (item,) = typing.get_args(kind) or (kind,)
            about = texts.get(field.name) or _about(field, sentences)
            yield Described(name, default, allowed(item, field), about, "" if about else "".join(sentences[:1]))


def _about(field: dataclasses.Field, sentences: list[str]) -> str:
    """What a class says of a field, or of the axis that the field counts; else what every field of its kind means."""
    names = [f"`{name}`" for name in (field.name, field.metadata.get("counts")) if name]
    mine = [one for one in sentences if any(name in one for name in names)]
    follows = field.metadata.get("follows")
    if mine:
        return " ".join(mine)
    return field.metadata.get("about") or (FOLLOWS.format(follows) if follows else USUAL.get(field.name, ""))


def _sentences_of(schema: type) -> list[str]:
    """What the settings of a claim say of themselves: the sentences of their docstrings, the class's own first."""
    own = [one for one in schema.__mro__ if issubclass(one, ClaimSettings) and one is not ClaimSettings]
    return [line for one in own for line in SENTENCES.split(" ".join((one.__doc__ or "").split())) if line]


def _is_required(field: dataclasses.Field) -> bool:
    return field.default is REQUIRED and field.default_factory is dataclasses.MISSING


def _texts_of(schema: type) -> dict[str, str]:
    """The text below each field of a dataclass and of those that it extends."""
    return {name: text for one in reversed(schema.__mro__) for name, text in _texts_in(one).items()}


@functools.cache
def _texts_in(schema: type) -> dict[str, str]:
    """The text below each field in the source of a dataclass; none for another class."""
    if not dataclasses.is_dataclass(schema):
        return {}
    body = ast.parse(textwrap.dedent(inspect.getsource(schema))).body[0].body  # type: ignore[attr-defined]
    return {
        ast.unparse(field.target): " ".join(below.value.value.split())
        for field, below in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and _is_text(below)
    }


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
