"""Powers and indices in a text, set as a page sets them: `2^(n-1)` with a raised n-1, `x_1` with a lowered 1.

The signs that were written stay in the text, and are not to be seen: whoever searches for `2^n`, copies it or has it
read aloud still finds what the claim wrote.
"""

import re

from markupsafe import Markup, escape

# Of a power without brackets: a number, a negative fraction, or a letter that may have an index.
EXPONENT = re.compile(r"-\d+/\d+|-?\d(?:[\d,.]*\d)?|[A-Za-z](?:_\w)?(?!\w)")
# An index follows one letter or a norm; names of variables such as learning_rate have none.
INDEX = re.compile(r"(?:(?<=[A-Za-z])(?<!\w[A-Za-z])|(?<=\|))_(\w\w?)(?!\w)")


def formula(text: str) -> Markup:
    """The text as markup, escaped, with powers raised and indices lowered.

    Args:
        text: of a claim or a source; it may hold any sign.
    """
    before, power, after = text.partition("^")
    if not power:
        return _indices(text)
    found = _exponent(after)
    if not before.strip() or not found:
        return _indices(before) + power + formula(after)
    inside = found[1:-1] if found.startswith("(") else found
    opening, closing = ("^(", ")") if found.startswith("(") else ("^", "")
    raised = Markup("<sup><i>{}</i>{}{}</sup>").format(
        opening, formula(inside), Markup("<i>{}</i>").format(closing) if closing else ""
    )
    return _indices(before) + raised + formula(after[len(found) :])


def _exponent(text: str) -> str:
    """What a text that follows a power sign begins with: a bracket that is closed, or a number or a letter."""
    if not text.startswith("("):
        match = EXPONENT.match(text)
        return match.group() if match else ""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[: place + 1]
    return ""


def _indices(text: str) -> Markup:
    parts, end = [], 0
    for match in INDEX.finditer(text):
        parts += [escape(text[end : match.start()]), Markup("<sub><i>_</i>{}</sub>").format(match[1])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])
