"""The page of the Python interface, from its signatures and docstrings."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from documentation.markdown import code, prose
from experiments import interface

SECTION = re.compile(r"^(Args|Attributes|Returns|Raises):$", re.MULTILINE)
# An entry of a section: a name at its beginning, and lines that go on with it, which are indented further.
ENTRY = re.compile(r"^    (\S[^:\n]*): (.*(?:\n      .*)*)", re.MULTILINE)
OF_KEPT = (
    "The folder of the runs that are kept with this package: `tc.answers(results=tc.KEPT)` are the published answers."
)


def page() -> str:
    """All that `theory_claims` offers, in its order."""
    functions = [name for name in interface.__all__ if inspect.isfunction(getattr(interface, name))]
    classes = [name for name in interface.__all__ if inspect.isclass(getattr(interface, name))]
    parts = [described(f"tc.{name}", getattr(interface, name)) for name in functions]
    parts.append(f"### `tc.KEPT`\n\n{OF_KEPT}")
    parts += [_class(name, getattr(interface, name)) for name in classes]
    return "\n\n".join(parts)


def described(name: str, function: Callable[..., Any], level: int = 3) -> str:
    """A function: its name as a heading, how it is called, and what its docstring says."""
    return f"{'#' * level} `{name}`\n\n```python\n{name}{_signature(function)}\n```\n\n{words(function)}"


def words(thing: Any) -> str:
    """A docstring as Markdown: its sections are lists."""
    text = inspect.getdoc(thing) or ""
    first, *rest = SECTION.split(text)
    parts = [_with_code(first.strip())]
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        entries = [f"- {code(name)}: {' '.join(about.split())}" for name, about in ENTRY.findall(body)]
        parts.append(f"**{title}**\n\n" + ("\n".join(entries) or " ".join(body.split())))
    return "\n\n".join(parts)


def _class(name: str, thing: type) -> str:
    parts = [f"### `tc.{name}`", words(thing)]
    parts += list(_members(thing))
    return "\n\n".join(parts)


def _members(thing: type) -> Iterator[str]:
    """The public properties and methods that a class itself has, or gets from ours."""
    found: dict[str, Any] = {}
    for one in reversed(thing.__mro__):
        if one.__module__.startswith("experiments.interface"):
            found |= {name: member for name, member in vars(one).items() if not name.startswith("_")}
    for name, member in found.items():
        if isinstance(member, property):
            yield f"- `.{name}`: {' '.join(words(member).split())}"
        elif inspect.isfunction(member):
            yield described(f".{name}", member, 4)


def _signature(function: Callable[..., Any]) -> str:
    """How it is called, with short names of types."""
    signature = inspect.signature(function)
    shown = signature.replace(parameters=[one for one in signature.parameters.values() if one.name != "self"])
    text = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", str(shown))
    return (
        text if len(text) < 80 else text.replace("(", "(\n    ", 1).replace(", ", ",\n    ").replace(") ->", ",\n) ->")
    )


def _with_code(text: str) -> str:
    """Indented lines as code of Python; the rest has no Markdown but names between backticks."""
    blocks = re.split(r"\n\n", text)
    shown = []
    for block in blocks:
        lines = block.splitlines()
        if all(line.startswith("    ") for line in lines):
            shown.append("```python\n" + "\n".join(line[4:] for line in lines) + "\n```")
        else:
            shown.append(prose(block))
    return "\n\n".join(shown)
