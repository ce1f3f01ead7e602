"""Writes the pages of the site: `python -m documentation`. `make docs` does so, and makes the site of them."""

import argparse
import sys
import tempfile
from pathlib import Path

from documentation import links, notebooks, pages
from experiments.claims.checking import SCALES
from experiments.storage.writing import replacing

# Notebooks, by the path of their pages.
NOTEBOOKS = {f"notebooks/{path.stem}.md": path for path in notebooks.paths()}


def main() -> int:
    """Writes all pages to a folder, which is replaced. Returns the exit status: 1 if a link leads nowhere."""
    parser = argparse.ArgumentParser(prog="python -m documentation", description=__doc__)
    parser.add_argument("--output", default="build/docs", help="folder of the pages (default: build/docs)")
    parser.add_argument("--scale", default="default", choices=SCALES, help="how much the notebooks do")
    args = parser.parse_args()
    texts, files = pages.made()
    with tempfile.TemporaryDirectory() as folder:
        for path, notebook in NOTEBOOKS.items():
            print(f"executing {notebook.name}", flush=True)
            page = notebooks.page(notebook, Path(folder), args.scale)
            texts[path] = f"{page}\n---\n\n[This page as a Jupyter notebook]({notebook.name})\n"
            files[f"notebooks/{notebook.name}"] = notebook.read_bytes()
    with replacing(Path(args.output)) as staging:
        for path, content in [*((path, text.encode()) for path, text in texts.items()), *files.items()]:
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            (staging / path).write_bytes(content)
    for line in (wrong := links.broken(texts, files.keys())):
        print(line, file=sys.stderr)
    print(f"{len(texts)} pages: {args.output}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
