"""The post's sentences, in the order of its chapters, and the verdicts that bear on each."""

import dataclasses
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

POST = Path(__file__).with_name("post.yaml")
BEYOND = "Beyond the post"


@dataclasses.dataclass(frozen=True)
class Sentence:
    """A sentence of the post, restated.

    Attributes:
        id: its name, an anchor of the page.
        chapter, title: where it stands.
        text: the sentence.
        tested_by: patterns of the names of claims that test it; * stands for any text.
        of_the_post: whether the post says it.
    """

    id: str
    chapter: str
    title: str
    text: str
    tested_by: tuple[str, ...]
    of_the_post: bool = True

    def is_tested_by(self, claim: str) -> bool:
        """Whether a verdict of this name bears on it."""
        return any(fnmatchcase(claim, pattern) for pattern in self.tested_by)


def read_post(path: Path = POST) -> list[Sentence]:
    """All sentences, in their order."""
    return [
        Sentence(
            id=one["id"],
            chapter=chapter["chapter"],
            title=chapter["title"],
            text=one["sentence"],
            tested_by=tuple(one["tested_by"]),
            of_the_post=chapter.get("of_the_post", True),
        )
        for chapter in yaml.safe_load(path.read_text())
        for one in chapter["sentences"]
    ]


def beyond(claims: Iterable[str], sentences: list[Sentence]) -> list[Sentence]:
    """A sentence for each claim none of whose verdicts bears on one of the post's, so that nothing is lost.

    Args:
        claims: names of verdicts.
        sentences: the post's.
    """
    left = [claim for claim in claims if not any(one.is_tested_by(claim) for one in sentences)]
    heads = sorted({head_of(claim) for claim in left})
    text = "Other verdicts of {}."
    return [
        Sentence(
            f"beyond-{number}", BEYOND, "What the post does not say", text.format(head), _exactly(left, head), False
        )
        for number, head in enumerate(heads, 1)
    ]


def head_of(claim: str) -> str:
    """The claim that a verdict is of: its name up to the first slash."""
    return claim.split("/")[0]


def _exactly(claims: list[str], head: str) -> tuple[str, ...]:
    mine = sorted({claim for claim in claims if head_of(claim) == head})
    # A bracket is the one sign that fnmatch needs quoted besides * and ?.
    quoted = [name.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]") for name in mine]
    return tuple(quoted)
