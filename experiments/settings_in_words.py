"""Every setting in words, from where it is declared: its default, what it may be, and what it means."""

import ast
import dataclasses
import functools
import inspect
import itertools
import textwrap
import typing
from collections.abc import Iterator
from typing import Any

from experiments.settings import REQUIRED, allowed


@dataclasses.dataclass(frozen=True)
class Described:
    """A setting in words.

    Attributes:
        name: its path, such as `engine.layout`.
        default: its value unless another is given.
        allowed: what it may be; of an axis, each of its values.
        about: what it means; empty where its name says it.
    """

    name: str
    default: Any
    allowed: str
    about: str


def settings_of(schema: type, path: str = "") -> Iterator[Described]:
    """The settings of a dataclass in their order, those of its groups among them. What has no default is left out.

    Args:
        schema: the dataclass, made of `settings.setting`.
        path: stands in front of all names.
    """
    types, texts = typing.get_type_hints(schema), _texts_of(schema)
    for field in dataclasses.fields(schema):
        kind, name = types[field.name], f"{path}{field.name}"
        if dataclasses.is_dataclass(kind):
            yield from settings_of(typing.cast(type, kind), f"{name}.")
        elif not _is_required(field):
            default = field.default if field.default is not REQUIRED else typing.cast(Any, field.default_factory)()
            (item,) = typing.get_args(kind) or (kind,)
            yield Described(name, default, allowed(item, field), texts.get(field.name, ""))


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
