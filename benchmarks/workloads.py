"""What is trained: seven shapes of small networks, the same for every contender."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.ensemble.program import Program


@dataclass(frozen=True)
class Workload:
    """Networks of one shape on one set of points.

    Attributes:
        program: what is trained and how.
        members: networks of the harness's ensemble.
        peers: networks that each peer trains at once, where it trains several; the fastest counts.
        learning_rate: of every member.
        many: networks on an accelerator, for every contender: enough to fill it, few enough for its memory.
    """

    name: str
    program: Program
    members: int
    peers: tuple[int, ...]
    learning_rate: float
    many: int

    def points(self) -> np.ndarray:
        """x: all sign vectors for boolean inputs, else random ones; the same for every contender."""
        inputs = self.program.sizes[0]
        if self.name.startswith("4"):
            return np.linspace(-1, 1, 256, dtype=np.float32)[:, None]
        if self.name[0] in "56":
            return np.random.default_rng(0).normal(size=(256, inputs)).astype(np.float32)
        bits = (np.arange(2**inputs)[:, None] >> np.arange(inputs)) & 1
        return (2 * bits - 1).astype(np.float32)

    def targets(self, members: int) -> np.ndarray:
        """y of every member."""
        rng, x = np.random.default_rng(1), self.points()
        if self.name.startswith("1"):
            return np.tile(np.array([0, 1, 1, 0], np.float32), (members, 1))
        if self.name.startswith("4"):
            return np.tile(np.sin(5 * x[:, 0]), (members, 1))
        one_for_all = 1 if self.name.startswith("7") else members
        signs = np.where(rng.random((one_for_all, len(x))) < 0.5, -1.0, 1.0).astype(np.float32)
        return np.tile(signs, (members // one_for_all, 1))

    def networks(self, platform: str) -> int:
        """Of the harness's ensemble, on a CPU or an accelerator."""
        return self.members if platform == "cpu" else self.many

    def multiply_adds(self) -> float:
        """Multiplications with an addition of one network-step: forward, for the weights, and for the layers before."""
        products = [a * b for a, b in zip(self.program.sizes, self.program.sizes[1:], strict=False)]
        return len(self.points()) * (3.0 * sum(products) - products[0])

    def activations(self) -> float:
        """Activation functions of one network-step, and one more per point for the loss or the output."""
        return float(len(self.points()) * sum(self.program.sizes[1:]))


def _program(sizes: tuple[int, ...], steps: int, **changes: Any) -> Program:
    settings: dict[str, Any] = {
        "activation": "tanh",
        "loss": "cross-entropy",
        "optimizer": "adam",
        "precision": "float32",
    }
    settings |= {"stop_when_solved": False}
    return Program(sizes=sizes, steps=steps, **(settings | changes))


_XOR = {"activation": "logistic", "output": "logistic", "loss": "squared", "optimizer": "sgd"}

WORKLOADS = [
    Workload("1 XOR 2-2-1, GD, 10^4", _program((2, 2, 1), 1000, **_XOR), 10**4, (10**3, 10**4), 0.5, 2**20),
    Workload("1 XOR 2-2-1, GD, 10^6", _program((2, 2, 1), 1000, **_XOR), 10**6, (10**4,), 0.5, 2**20),
    Workload("2 4-8-1, 16 points, Adam", _program((4, 8, 1), 1000), 10**4, (10**3, 10**4), 0.03, 2**20),
    Workload("3 8-32-1, 256 points, Adam", _program((8, 32, 1), 400), 512, (16, 64, 512), 0.03, 2**12),
    Workload("4 1-64-1 regression", _program((1, 64, 1), 4000, loss="squared"), 64, (64,), 0.01, 2**12),
    Workload("5 8-32-32-32-32-1", _program((8, 32, 32, 32, 32, 1), 400), 64, (64,), 0.01, 2**10),
    Workload("6 8-256-256-1", _program((8, 256, 256, 1), 150), 16, (16,), 0.01, 2**7),
    Workload(
        "7 4-4-1 until solved", _program((4, 4, 1), 2000, stop_when_solved=True), 2 * 10**4, (10**3, 10**4), 0.03, 2**18
    ),
]
