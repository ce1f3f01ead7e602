"""A page for each family: what its claims say of themselves, their settings, and what the kept run found."""

import inspect
from types import ModuleType

from documentation.generated import KEPT, settings_table
from documentation.markdown import code, plain, prose
from experiments import interface
from experiments.claims import claims_of
from experiments.errors import UserError
from experiments.interface import display
from experiments.judging.table import head_of
from experiments.running import groups


def pages() -> tuple[dict[str, str], dict[str, bytes]]:
    """The pages by their path, and the figures that they show."""
    texts, figures = dict[str, str](), dict[str, bytes]()
    # The sweep of a family has its name.
    for family, about in groups.sweeps().items():
        parts = [
            f"# {family}",
            f"{plain(about[0].upper() + about[1:])}{'' if about.endswith('?') else '.'}",
            f"    python -m experiments run +sweep={family}",
        ]
        run = _kept(family)
        if run is not None:
            parts.append(f"What was found is from the run that is kept, made with {code(_command(run))}.")
        verdicts, drawn = ([*run.verdicts], [*run.figures]) if run else ([], [])
        for claim, module in claims_of(family).items():
            parts += _claim(claim, module, verdicts)
            figure = next((one for one in drawn if one.claim == claim), None)
            if figure is not None:
                figures[f"families/{family}/{figure.name}.png"] = figure.path.read_bytes()
                parts.append(f"![{figure.name}]({family}/{figure.name}.png)")
        texts[f"families/{family}.md"] = "\n\n".join(parts) + "\n"
    return texts, figures


def _claim(claim: str, module: ModuleType, verdicts: list[interface.Verdict]) -> list[str]:
    parts = [f"## {claim}", prose(_about(module)), f"### Settings of {claim}", settings_table(module.Settings)]
    found = [one for one in verdicts if head_of(one.claim).partition(".")[2] == claim]
    if found:
        counts = {word: sum(one.outcome == word for one in found) for word in display.MARKS}
        words = ", ".join(f"{many} {word}" for word, many in counts.items() if many)
        rows = [
            (
                display.coloured(one.outcome),
                *map(display.text, (one.claim.partition("/")[2], one.number, one.statement)),
            )
            for one in found
        ]
        listed = display.listing(("verdict", "name", "measured", "statement"), rows)
        parts.append(f"<details><summary>Verdicts: {words}</summary>{listed}</details>")
    return parts


def _about(module: ModuleType) -> str:
    """What the module of a claim says, without the name of the claim."""
    text = (inspect.getdoc(module) or "").partition(": ")[2]
    return text[0].upper() + text[1:]


def _kept(family: str) -> interface.Run | None:
    try:
        return interface.find(f"reference/{family}", KEPT)
    except UserError:
        return None


def _command(run: interface.Run) -> str:
    """The command of a kept run; where its results went is nobody's concern."""
    return " ".join(word for word in run.manifest["command"].split() if not word.startswith("results="))
