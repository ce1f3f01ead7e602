"""What people type for a setting, and for a word that is its value, beside the names of this project.

`try` takes these words for its network and its task. Everywhere else they are answered with the name that is meant, so
that a run, its overrides and its rows have one name for one thing.
"""

from collections.abc import Collection

from experiments.errors import nearest

SETTINGS = {
    "init": "initial",
    "init_scale": "scale",
    "loss": "objective",
    "lr": "learning_rate",
    "rate": "learning_rate",
    "batch_size": "batch",
    "epochs": "steps",
    "iterations": "steps",
    "runs": "restarts",
    "optimiser": "optimizer",
    "layers": "sizes",
    "hidden": "activation",
}
UNITS = {
    "relu": "rectifier",
    "sigmoid": "logistic",
    "linear": "identity",
    "leaky-relu": "leaky-rectifier",
    "swish": "silu",
    "sin": "sine",
    "hardtanh": "hard-tanh",
}
LOSSES = {
    "mse": "squared",
    "l2": "squared",
    "bce": "cross-entropy",
    "ce": "cross-entropy",
    "log": "cross-entropy",
    "softmax": "cross-entropy",
}
# By the names of settings.
VALUES: dict[str, dict[str, str]] = {
    "task": {"xor": "parity", "sine": "regression"},
    "inputs": {"0/1": "01", "-1/1": "signs", "pm1": "signs"},
    "activation": UNITS,
    "output": UNITS,
    "objective": LOSSES,
    "loss": LOSSES,
    "optimizer": {"gd": "sgd", "rmsprop": "rms", "heavy-ball": "momentum"},
    "device": {"cuda": "gpu"},
    "initial": {"xavier": "glorot", "kaiming": "he", "torch": "pytorch", "gaussian": "normal"},
}


def spelt(word: str) -> str:
    """A word in the letters that names have here: small ones, with dashes."""
    return word.lower().replace("_", "-")


def unknown_value(setting: str, word: str, choices: Collection[str]) -> str:
    """The answer to a word that is no value of a setting, as the end of a sentence.

    Args:
        setting: its name.
        word: as typed.
        choices: the words that are allowed.
    """
    meant = VALUES.get(setting, {}).get(spelt(word), spelt(word))
    if meant not in choices:
        return nearest(word, choices)
    return f"here it is called {meant}. Allowed: {', '.join(sorted(choices))}."


def unknown_setting(name: str, known: Collection[str]) -> str:
    """The answer to the name of a setting that a claim does not have, as the end of a sentence.

    Args:
        name: as typed.
        known: the settings that the claim has.
    """
    meant = SETTINGS.get(name, name)
    return nearest(meant if meant in known else name, known)
