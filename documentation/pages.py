"""All pages of the site but the notebooks: those that people write, filled with what is generated, and the families."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from documentation import families, generated

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
# Pages that are at the top of the repository, where people look for them.
ELSEWHERE = {"contributing.md": ROOT / "CONTRIBUTING.md"}
# A place in a page that is filled with what the code makes. Who reads the page where it is sees the words in front of
# it, which say what will stand there and where it can be read meanwhile. They go with the mark.
MARKER = re.compile(r"(?:\*\((?P<words>[^*]+)\)\*[\s>]*)?<!-- generated: (?P<name>[\w-]+) -->")
LINK = re.compile(r"\[([^\]]*)\]\(([^)#][^)\s]*)\)")


def written() -> tuple[dict[str, str], dict[str, bytes]]:
    """The pages that people write, by path, with markers for their generated parts; and pictures that they show."""
    paths = {path.relative_to(DOCS).as_posix(): path for path in sorted(DOCS.glob("*.md"))} | ELSEWHERE
    texts, pictures = dict[str, str](), dict[str, bytes]()
    for name, path in paths.items():
        texts[name], shown = moved(path.read_text(), path.parent)
        pictures |= {f"pictures/{one.name}": one.read_bytes() for one in shown}
    return texts, pictures


def moved(text: str, folder: Path) -> tuple[str, list[Path]]:
    """A text whose links are made for its place in the repository, for its place among the pages.

    What is no page is named and not linked.

    Args:
        text: of the page.
        folder: the folder in the repository that it is in.

    Returns:
        The text, and the pictures that it shows.
    """
    pages = {path: name for name, path in ELSEWHERE.items()}
    pictures: list[Path] = []

    def link(match: re.Match[str]) -> str:
        words, target = match.groups()
        if re.match(r"[a-z]+:", target):
            return match[0]
        place, _, anchor = target.partition("#")
        path = Path(os.path.normpath(folder / place))
        if path.suffix == ".png" and path.is_file():
            pictures.append(path)
            return f"[{words}](pictures/{path.name})"
        name = pages.get(path) or (path.relative_to(DOCS).as_posix() if path.is_relative_to(DOCS) else "")
        # The page of a notebook has its outputs.
        name = f"{name.removesuffix('.ipynb')}.md" if name.endswith(".ipynb") else name
        return f"[{words}]({name}{f'#{anchor}' if anchor else ''})" if name else words

    return LINK.sub(link, text), pictures


def filled(text: str, parts: Mapping[str, str]) -> str:
    """A page with its generated parts.

    Raises:
        KeyError: if nothing makes one of them.
    """
    return MARKER.sub(lambda match: parts[match["name"]], text)


def made() -> tuple[dict[str, str], dict[str, bytes]]:
    """The pages by path, and the pictures that they show."""
    parts = generated.all_parts()
    texts, pictures = written()
    more, figures = families.pages()
    return {path: filled(text, parts) for path, text in texts.items()} | more, pictures | figures
