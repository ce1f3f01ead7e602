"""What claims about least widths share: the networks whose hidden units are counted."""

from experiments.judging.verdict import Trial, on
from theory import boolean
from theory.boolean.functions import Truth

NETWORKS = {
    "hidden_layers": 1,
    "activation": "threshold",
    "bias": True,
    "output": "threshold of the hidden units only",
    "weights": "real",
}
# Each function may have a network of its own.
EACH_FUNCTION = NETWORKS | {"quantifier": "each function with weights and width of its own"}


def drawn(source: str) -> Trial:
    """A trial of functions that are drawn from all, each by itself."""
    return Trial(
        source=source,
        bears_on=on("exponential-hidden-layer", role="variant"),
        existence="representable",
        switches=EACH_FUNCTION | {"functions": "drawn from all"},
    )


def of_few_bits(trial: Trial) -> Trial:
    """The same where few bits speak against the exponential: a function by itself needs few units there."""
    return trial.but(bears_on=on("exponential-hidden-layer", "against", "variant"))


def in_digits(truth: Truth) -> str:
    """A truth table of two bits or more as a hexadecimal number, all of its digits."""
    return f"{boolean.pack(truth):0{len(truth) // 4}x}"
