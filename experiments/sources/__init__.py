"""The sentences on trial by source: in our own words, in the order of the source, each with a name.

A source is a file beside this one: title, authors, where it appeared, a link to it if there is one, and its chapters
with their sentences. A claim says which sentences its verdicts bear on, see judging/verdict.py; sources do not know
claims. report/answers.py says how the answer to a sentence follows from verdicts. For that it needs to know of a
sentence:

- central: whether the text turns on it. The first screen of the page and the README show these; all are on the page.
- quantifier: `every` if one counter-example refutes it, `some` if one example shows it.
- about: the kind of evidence it speaks of. A search that fails does not refute a sentence on what is representable.
- no_experiment: why no experiment can answer it.
- published: numbers that somebody has published, each beside the verdict that measures the same quantity.
"""

import dataclasses
import functools
import typing
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import yaml

from experiments import house, plugins
from experiments.errors import UserError, nearest
from experiments.judging.existence import Existence

FOLDER = Path(__file__).parent
# The source that this project began with comes first, and the rules of the harness last.
FIRST, LAST = "post", "rules"
Quantifier = Literal["every", "some"]
Measures = Literal["number", "difference"]
Known = Literal["read in the source", "from the authors' data", "derived", "from the abstract", "read elsewhere"]


@dataclasses.dataclass(frozen=True)
class Source:
    """Who says the sentences of a file.

    Attributes:
        id: the file's name without its ending.
        title, authors: of the text.
        where: where it appeared.
        link: where it can be read; empty if nowhere.
    """

    id: str
    title: str
    authors: str
    where: str
    link: str = ""


@dataclasses.dataclass(frozen=True)
class Published:
    """A number that somebody has published.

    Attributes:
        value: the number.
        what: the quantity, in words.
        verdict: the name of the verdict that measures the same quantity here.
        known: how we know the number.
        measures: what that verdict measures: the same number, or our number minus the published one.
    """

    value: float
    what: str
    verdict: str
    known: Known
    measures: Measures = "number"


@dataclasses.dataclass(frozen=True)
class Sentence:
    """A sentence in our own words.

    Attributes:
        id: its name for claims and for the page of the report.
        chapter, title: the number and the title of its chapter.
        text: the sentence.
        source: the id of its source.
        central, quantifier, about, no_experiment, published: see the module.
    """

    id: str
    chapter: str
    title: str
    text: str
    source: str = FIRST
    central: bool = False
    quantifier: Quantifier = "every"
    about: Existence = "representable"
    no_experiment: str = ""
    published: tuple[Published, ...] = ()

    @property
    def of_the_post(self) -> bool:
        """Whether the post says it."""
        return self.source == FIRST


def read(path: Path) -> tuple[Source, list[Sentence]]:
    """A source and all its sentences, in their order.

    Raises:
        UserError: if the file is no source, or if a field is missing, unknown, or has a word that is not allowed.
    """
    try:
        content = yaml.safe_load(path.read_text())
        source = Source(path.stem, content["title"], content["authors"], content["where"], content.get("link", ""))
        if source.link and not source.link.startswith("https://"):
            raise ValueError(f"the link {source.link!r} is none: it begins with https://")
        found = [
            _sentence(one, chapter["chapter"], chapter["title"], source.id)
            for chapter in content["chapters"]
            for one in chapter["sentences"]
        ]
    except KeyError as error:
        raise UserError(f"{path}: the field {error.args[0]} is missing; see {FOLDER / FIRST}.yaml") from error
    except (OSError, TypeError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"{path}: {error}; see {FOLDER / FIRST}.yaml") from error
    return source, found


def _sentence(fields: dict[str, Any], chapter: str, title: str, source: str) -> Sentence:
    rest = {name: value for name, value in fields.items() if name not in ("id", "sentence", "published")}
    published = tuple(Published(**one) for one in fields.get("published", ()))
    made = Sentence(fields["id"], str(chapter), title, fields["sentence"], source, published=published, **rest)
    words: list[tuple[str, Any]] = [(made.quantifier, Quantifier), (made.about, Existence)]
    words += [(word, allowed) for one in published for word, allowed in ((one.known, Known), (one.measures, Measures))]
    if not isinstance(made.central, bool):
        raise ValueError(f"{made.id}: central is {made.central!r}, and can be true or false")
    for word, allowed in words:
        if word not in typing.get_args(allowed):
            raise ValueError(f"{made.id}: {word!r} is none of {', '.join(typing.get_args(allowed))}")
    return made


def every() -> tuple[tuple[Source, tuple[Sentence, ...]], ...]:
    """All sources with their sentences: the post first, then the others by name, the rules of the harness last.

    Those of other packages follow. Of these a file that cannot be used is left out, see `left_out`.

    Raises:
        UserError: if a file of ours is no source, or two of our sentences have the same name.
    """
    return own() + _of_plugins()[0]


def left_out() -> tuple[str, ...]:
    """A line for each source of another package that cannot be used, which says why."""
    return _of_plugins()[1]


@functools.cache
def own() -> tuple[tuple[Source, tuple[Sentence, ...]], ...]:
    """The sources in the folder beside this file.

    Raises:
        UserError: if a file is no source, or two sentences have the same name.
    """
    paths = sorted(FOLDER.glob("*.yaml"), key=lambda path: (path.stem != FIRST, path.stem == LAST, path.stem))
    found = tuple((source, tuple(said)) for source, said in map(read, paths))
    twice = [name for name, many in Counter(one.id for _, said in found for one in said).items() if many > 1]
    if twice:
        raise UserError(f"{FOLDER}: two sentences have the name {twice[0]}")
    return found


@functools.cache
def _of_plugins() -> tuple[tuple[tuple[Source, tuple[Sentence, ...]], ...], tuple[str, ...]]:
    """The sources of other packages, and a line for each that cannot be used."""
    paths = [path for one in plugins.by_family().values() for path in one.sources]
    if not paths:
        return (), ()
    found, wrong = list[tuple[Source, tuple[Sentence, ...]]](), list[str]()
    known = {source.id for source, _ in own()} | {one.id for _, said in own() for one in said}
    for path in paths:
        try:
            source, said = read(path)
        except UserError as error:
            wrong += [f"left out: {line}" for line in error.problems]
            continue
        ids = [source.id, *(one.id for one in said)]
        if taken := [name for name, many in Counter(ids).items() if name in known or many > 1]:
            wrong.append(f"left out: {path}: there is a source or a sentence of the name {taken[0]} already")
            continue
        known |= set(ids)
        found.append((source, tuple(said)))
    return tuple(found), tuple(wrong)


@functools.cache
def sentences() -> tuple[Sentence, ...]:
    """The sentences of all sources."""
    return tuple(one for _, found in every() for one in found)


def check(sentence: str | None, source: str | None) -> None:
    """Refuses names that there are not; None is no name.

    Raises:
        UserError: with the nearest ones.
    """
    if sentence is not None and sentence not in names():
        every_name = house.command("answer")
        raise UserError(f"{sentence}: no such sentence; {nearest(sentence, names())} All of them: {every_name}")
    known = [one.id for one, _ in every()]
    if source is not None and source not in known:
        raise UserError(f"{source}: no such source; {nearest(source, known)}")


@functools.cache
def names() -> frozenset[str]:
    """The ids of all sentences."""
    return frozenset(one.id for one in sentences())
