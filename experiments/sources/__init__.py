"""Sentences on trial, by source: in words of our own, in the order of the source, each with a name.

A claim says on which of them its verdicts bear, see judging/verdict.py; nothing here knows who tests what.
"""

import dataclasses
import functools
from pathlib import Path

import yaml

POST = Path(__file__).with_name("post.yaml")


@dataclasses.dataclass(frozen=True)
class Sentence:
    """A sentence, restated.

    Attributes:
        id: its name, by which claims and the report's page refer to it.
        chapter, title: where it stands.
        text: the sentence.
        of_the_post: whether the post says it.
    """

    id: str
    chapter: str
    title: str
    text: str
    of_the_post: bool = True


def read(path: Path = POST) -> list[Sentence]:
    """All sentences, in their order."""
    return [
        Sentence(one["id"], chapter["chapter"], chapter["title"], one["sentence"], chapter.get("of_the_post", True))
        for chapter in yaml.safe_load(path.read_text())
        for one in chapter["sentences"]
    ]


@functools.cache
def names() -> frozenset[str]:
    """The ids of all sentences."""
    return frozenset(sentence.id for sentence in read())
