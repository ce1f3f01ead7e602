"""The digits, the questions about them, and predictors of several kinds that are trained on the same examples."""

import functools
import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, UInt32

from experiments.claims.generalisation import _networks
from experiments.plan import Unit
from theory.generalisation import agreement

if TYPE_CHECKING:
    from experiments.ensemble import TrainingOutcome

QUESTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "even": lambda digits: digits % 2 == 0,
    "below five": lambda digits: digits < 5,
    "prime": lambda digits: np.isin(digits, (2, 3, 5, 7)),
    "square": lambda digits: np.isin(digits, (0, 1, 4, 9)),
    "multiple of three": lambda digits: digits % 3 == 0,
    "with a loop": lambda digits: np.isin(digits, (0, 6, 8, 9)),
}
# Questions with about as many pictures for either answer: chance is 1/2.
BALANCED = ("even", "below five")
SHALLOW, DEEP = "shallow network", "deep network"
NEIGHBOURS, LINEAR, FOREST, VECTORS = "nearest neighbours", "linear", "forest", "support vectors"
NETWORKS, OTHERS = (SHALLOW, DEEP), (NEIGHBOURS, LINEAR, FOREST, VECTORS)


class Answers(NamedTuple):
    """One kind of predictor on one split: where each of its runs is wrong, and what is known of its training."""

    wrong: Bool[np.ndarray, "runs tested"]
    learned: float
    parameters: int
    # The mean loss of runs of a network.
    loss: float = float("nan")


@functools.cache
def digits() -> tuple[Int[np.ndarray, "pictures 64"], Int[np.ndarray, " pictures"]]:
    """The pictures, with grey levels 0 to 16, and which digit each of them is."""
    from sklearn.datasets import load_digits

    pictures, which = load_digits(return_X_y=True)
    return pictures.astype(int), which.astype(int)


def where_wrong(
    unit: Unit,
    x: Float[np.ndarray, "pictures pixels"],
    labels: Bool[np.ndarray, "questions pictures"],
    tested: Bool[np.ndarray, " pictures"],
    keys: UInt32[np.ndarray, "questions 2"],
) -> list[dict[str, Answers]]:
    """Trains every predictor on the pictures that are not tested, and asks it about the others; a list a question.

    Args:
        unit: its settings say how.
        x: pictures, levels from 0 to 1.
        labels: of every question.
        tested: which pictures are tested.
        keys: of random numbers, one a question.
    """
    settings = unit.settings
    found: list[dict[str, Answers]] = [{} for _ in labels]
    for kind in NETWORKS:
        of_kind = _of_networks(unit, x, labels, tested, keys, hidden_of(settings, kind))
        for one, answers in zip(found, of_kind, strict=True):
            one[kind] = answers
    for one, own, key in zip(found, labels, keys, strict=True):
        one |= dict(_of_others(settings, x, own, tested, int(key[0])))
    return found


def _of_networks(
    unit: Unit, x: np.ndarray, labels: np.ndarray, tested: np.ndarray, keys: np.ndarray, hidden: tuple[int, ...]
) -> Iterator[Answers]:
    """Networks of one shape: some runs for every question, all in one ensemble."""
    outcome = _networks.train(unit, training(unit, x, labels, tested, keys, hidden))
    return answers_of(outcome, x, labels, tested)


def training(
    unit: Unit, x: np.ndarray, labels: np.ndarray, tested: np.ndarray, keys: np.ndarray, hidden: tuple[int, ...]
) -> _networks.Training:
    """What networks of one shape are trained on, runs of one question side by side; see `where_wrong`."""
    settings, runs = unit.settings, unit.settings.networks
    drawn = [np.random.default_rng([*key, *hidden]).integers(0, 2**32, (runs, 2), np.uint32) for key in keys.tolist()]
    return _networks.training(
        unit,
        x[~tested],
        np.repeat(2.0 * labels[:, ~tested] - 1, runs, 0),
        np.concatenate(drawn),
        np.full(runs * len(labels), settings.learning_rate),
        hidden,
        "rectifier",
        batch=min(settings.batch, int((~tested).sum())),
    )


def answers_of(outcome: "TrainingOutcome", x: np.ndarray, labels: np.ndarray, tested: np.ndarray) -> Iterator[Answers]:
    """What trained networks answer to each question."""
    from experiments.ensemble.outputs import outputs

    answers = outputs(outcome.network, x[tested], "rectifier") > 0
    wrong = answers.reshape(len(labels), -1, int(tested.sum())) != labels[:, None, tested]
    learned, losses = (values.reshape(len(labels), -1).mean(1) for values in (outcome.errors == 0, outcome.loss))
    count = sum(W[0].size + b[0].size for W, b in outcome.network)
    rows = zip(wrong, learned.tolist(), losses.tolist(), strict=True)
    return (Answers(one, share, count, loss) for one, share, loss in rows)


def hidden_of(settings: Any, kind: str) -> tuple[int, ...]:
    """Widths of the hidden layers of a kind of network."""
    return (settings.shallow,) if kind == SHALLOW else (settings.deep,) * settings.deep_layers


def _of_others(
    settings: Any, x: np.ndarray, labels: np.ndarray, tested: np.ndarray, number: int
) -> Iterator[tuple[str, Answers]]:
    """The predictors of scikit-learn, with its own settings but for those that the claim has."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC

    kinds = {
        # Distances of whole numbers from 0 to 16 divided by 16 are exact, in whatever order pixels are added.
        NEIGHBOURS: KNeighborsClassifier(settings.neighbours, algorithm="brute"),
        LINEAR: LogisticRegression(max_iter=1000),
        FOREST: RandomForestClassifier(settings.trees, random_state=number),
        VECTORS: SVC(),
    }
    for name, kind in kinds.items():
        kind.fit(x[~tested], labels[~tested])
        wrong = kind.predict(x[tested]) != labels[tested]
        yield name, Answers(wrong[None], float(kind.score(x[~tested], labels[~tested]) == 1), 0)


def rows(found: dict[str, Answers]) -> Iterator[dict[str, Any]]:
    """For every predictor its error, and κ of its errors with those of every other and of other runs of its own."""
    for name, own in found.items():
        alike = {
            f"kappa_{other.replace(' ', '_')}": mean_kappa(own, answers, name == other)
            for other, answers in found.items()
        }
        facts = {
            "predictor": name,
            "error": float(own.wrong.mean()),
            "learned_share": own.learned,
            "parameters": own.parameters,
            "loss": own.loss,
        }
        yield facts | {"answers": hashlib.blake2b(np.packbits(own.wrong).tobytes(), digest_size=8).hexdigest()} | alike


def mean_kappa(a: Answers, b: Answers, same: bool) -> float:
    """Mean κ over pairs of runs; of one kind of predictor, over pairs of different runs, if it has several."""
    pairs = agreement.kappa(a.wrong[:, None], b.wrong[None])
    values = pairs[~np.eye(len(pairs), dtype=bool)] if same else pairs.ravel()
    return float(values.mean()) if len(values) else float("nan")
