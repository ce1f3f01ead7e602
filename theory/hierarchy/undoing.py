"""What it costs to undo a chain's steps, and how not to do it: tables, messages on a tree, and guesses.

As tables, undoing one step after the other is never cheaper than looking y_0's posterior up for each x: the first
table has a line for each x already. It pays where a step falls into parts. On a binary tree the likelihood of a row is
the product of those of its bits, so the same small table, from the messages of two children to that of their parent,
serves all bits of a row.

*Guessing* one step after the other keeps the likeliest state in place of the posterior. That is no sufficient
statistic: what was uncertain at one level is forgotten at the next.
"""

import itertools
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from theory.hierarchy.chains import Chain
from theory.hierarchy.sufficient import Distribution, Joint, Labels, backward, joints, labelled


def entries_at_once(chain: Chain) -> int:
    """Lines of one table from x to T_0."""
    return chain.data


def entries_one_by_one(sizes: list[int]) -> int:
    """Lines of the tables of f_{n-1}, ..., f_0.

    Args:
        sizes: the number of values of T_0, ..., T_n.
    """
    return sum(sizes[1:])


class Messages(NamedTuple):
    """What arrives at the root of a binary tree.

    Attributes:
        values: every different message, P(leaves | bit of the root) up to a factor.
        labels: which of them each of the 2^(2^n) rows of leaves sends, in the order of `chains.tree`.
        lines: of all tables that this takes.
    """

    values: list[Distribution]
    labels: Labels
    lines: int


def messages(copies: list[np.ndarray]) -> Messages:
    """The statistic for the root of a binary tree by messages, and the lines of all tables that this takes.

    A node's message is P(leaves below | its bit), up to a factor. Equal messages are not told apart.

    Args:
        copies: for each row the 2 x 2 matrix with which its bits are copied, the root first.
    """
    values: list[Distribution] = [(Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))]
    labels, lines = np.array([0, 1]), 0
    for copy in reversed(copies):
        sent = [copy @ np.array(value, dtype=object) for value in values]
        # One line for each pair of different messages of the children.
        table = [_normalised(a * b) for a, b in itertools.product(sent, sent)]
        lines += len(table)
        kinds = labelled(table)
        values = [table[int(np.flatnonzero(kinds == kind)[0])] for kind in range(kinds.max() + 1)]
        # Leaves are in the order of a Kronecker product: the first child's vary slowest.
        labels = kinds.reshape(len(sent), len(sent))[labels[:, None], labels].ravel()
    return Messages(values, labels, lines)


def posteriors_from(messages: Messages, prior: np.ndarray) -> list[Distribution]:
    """P(bit of the root | leaves) for each row of leaves: the prior times the message, over their sum."""
    of_value = [_normalised(prior * np.array(value, dtype=object)) for value in messages.values]
    return [of_value[label] for label in messages.labels]


def _normalised(message: np.ndarray) -> Distribution:
    return tuple(message / message.sum())


def copies_of(chain: Chain) -> list[np.ndarray]:
    """For each row of a chain of `chains.tree` the matrix with which its bits are copied, read off the steps."""
    found = []
    for i, step in enumerate(chain.steps):
        # From the rows 0...00 and 1...11 the leftmost bit of the next row.
        ends = np.stack([step[0], step[2**2**i - 1]])
        found.append(ends.reshape(2, 2, -1).sum(2))
    return found


def guesses_one_by_one(chain: Chain) -> Int[np.ndarray, " data"]:
    """The guess of y_0 for each x, if each step is undone to its likeliest state, given the guess of the next."""
    guess = np.arange(chain.data)
    for i in reversed(range(len(chain.steps))):
        guess = np.argmax(backward(chain, i), axis=1)[guess]
    return guess


def guesses_at_once(joint: Joint) -> Int[np.ndarray, " data"]:
    """The likeliest y_0 for each x: no other guess is wrong less often."""
    return np.argmax(joint, axis=0)


def guess_error(joint: Joint, guess: Int[np.ndarray, " data"]) -> Fraction:
    """How often a guess of y_0 from x is wrong."""
    return Fraction(1) - sum(joint[guess, np.arange(len(guess))])


def statistic_without(chain: Chain, shorter: Chain) -> Labels:
    """T_0 as a shorter chain has it, one that leaves out a step of this one; a label for each x of this one.

    Raises:
        ValueError: if the two chains have not as many data.
    """
    if chain.data != shorter.data:
        raise ValueError(f"a chain of {shorter.data} data says nothing of {chain.data}")
    joint = joints(shorter)[0]
    return labelled([tuple(column / column.sum()) for column in joint.T])
