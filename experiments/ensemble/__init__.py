"""Trains many small networks at once, near the machine's limit.

    outcome = train_ensemble(program, x, members)

A `Program` is what is the same for all networks, `Members` what differs, an `Outcome` how each of them ended.
"""

from experiments.ensemble.engine import Record, recording, trace, train_ensemble
from experiments.ensemble.program import Members, Outcome, Program

__all__ = ["Members", "Outcome", "Program", "Record", "recording", "trace", "train_ensemble"]
