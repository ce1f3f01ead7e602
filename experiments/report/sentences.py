"""Which verdicts bear on which sentence; those that bear on none are shown beyond the sources: nothing is lost."""

import pandas as pd

from experiments import sources
from experiments.judging.table import APART, head_of
from experiments.sources import Sentence

BEYOND = "Beyond the sources"
# In front of the name of a claim with verdicts that bear on no sentence.
OF_CLAIM = "beyond-"
# The source of what nobody said.
OF_NOBODY = "nobody"


def where(sentence: Sentence) -> str:
    """Where a sentence stands: its chapter, and before it the name of a source that is not the post."""
    known = sentence.of_the_post or sentence.source == OF_NOBODY
    return sentence.chapter if known else f"{sentence.source}: {sentence.chapter}"


def places(verdicts: pd.DataFrame) -> list[str]:
    """For every verdict the ids of the sentences it bears on, as `verdict_table` has them; of none one for its claim.

    Args:
        verdicts: with the columns claim and sentence.
    """
    known = sources.names()
    found = []
    for claim, text in zip(verdicts["claim"], verdicts["sentence"], strict=True):
        mine = [name for name in str(text).split(APART) if name in known]
        found.append(APART.join(dict.fromkeys(mine)) or OF_CLAIM + head_of(claim))
    return found


def at(places_: pd.Series, sentence: Sentence) -> pd.Series:
    """Which verdicts bear on a sentence, by their `places`."""
    return pd.Series([sentence.id in text.split(APART) for text in places_], places_.index, dtype=bool)


def all_of(places_: pd.Series) -> list[Sentence]:
    """Every sentence of the sources, and one for each claim with verdicts that bear on none of them."""
    others = sorted({text.removeprefix(OF_CLAIM) for text in places_ if text.startswith(OF_CLAIM)})
    title = "What no source says"
    return [
        *sources.sentences(),
        *(Sentence(f"{OF_CLAIM}{head}", BEYOND, title, f"Other verdicts of {head}.", OF_NOBODY) for head in others),
    ]
