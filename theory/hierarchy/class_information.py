"""What the tuples of a random hierarchy tell about the class, exactly: counts of histories, in integers.

The number of histories of class c in which node i of a level has the symbol a follows from the level above,

    N_c(child j of i, a) = Σ over parents p, synonyms k with rule(p, k)_j = a of N_c(i, p),

times the choices elsewhere, which are the same for all. A tuple of the last level belongs to one parent and is chosen
with one synonym in m, so that N_c(tuple) = N_c(parent) is the same for all synonyms: they have equal posteriors, and to
know the parent instead of the tuple loses no information about the class.
Source: Cagnetta et al., arXiv 2307.02129, section IV; the counts are ours.
"""

import numpy as np
from jaxtyping import Float, Int

from theory.hierarchy.random_hierarchy import Grammar


def parent_counts(grammar: Grammar) -> Int[np.ndarray, "classes nodes symbols"]:
    """N_c of the symbols that the last step replaces, at each of its nodes, by dynamic programming over the steps."""
    shape = grammar.shape
    counts = np.eye(shape.classes, dtype=np.int64)[:, None, :]
    for rule in grammar.rules[:-1]:
        below = np.zeros((shape.classes, counts.shape[1], shape.tuple_size, shape.symbols), np.int64)
        for child in range(shape.tuple_size):
            # How many synonyms of each parent have each symbol as this child.
            becomes = (rule[:, :, child, None] == np.arange(shape.symbols)).sum(1)
            below[:, :, child] = counts @ becomes
        counts = below.reshape(shape.classes, -1, shape.symbols)
    return counts


def counted_tuples(
    grammar: Grammar, symbols: Int[np.ndarray, "data positions"], classes: Int[np.ndarray, " data"]
) -> Int[np.ndarray, "classes nodes symbols synonyms"]:
    """How often each tuple of the last step is at each node in strings of each class, counted in given strings."""
    shape, rule = grammar.shape, grammar.rules[-1]
    base = shape.symbols ** np.arange(shape.tuple_size)
    seen = symbols.reshape(len(symbols), -1, shape.tuple_size) @ base
    nodes = seen.shape[1]
    place = (classes[:, None] * nodes + np.arange(nodes)) * shape.symbols**shape.tuple_size + seen
    counts = np.bincount(place.ravel(), minlength=shape.classes * nodes * shape.symbols**shape.tuple_size)
    return counts.reshape(shape.classes, nodes, -1)[..., rule @ base]


def synonyms_agree(counts: Int[np.ndarray, "classes nodes symbols synonyms"]) -> bool:
    """Whether synonyms have the same class posterior at every node: in integers, N_c(t) N(t') = N_c(t') N(t)."""
    total = counts.sum(0)
    return bool(np.all(counts * total[..., :1] == counts[..., :1] * total))


def classes_agree(counts: Int[np.ndarray, "classes nodes symbols *synonyms"]) -> bool:
    """Whether every event is as frequent in all classes: then it tells nothing about the class."""
    return bool(np.all(counts == counts[:1]))


def information(counts: Int[np.ndarray, "classes events"]) -> float:
    """Mutual information of the class and an event in bits, from counts of histories.

    Σ p(c, e) log2( p(c, e) / (p(c) p(e)) ).
    """
    joint = counts / counts.sum()
    outer = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    known = joint > 0
    return float(np.sum(joint[known] * np.log2(joint[known] / outer[known])))


def tuple_information(
    counts: Int[np.ndarray, "classes nodes symbols synonyms"],
) -> Float[np.ndarray, "nodes 2"]:
    """Bits about the class that a tuple carries at each node, and that its parent carries, by grouping synonyms."""
    nodes = range(counts.shape[1])
    tuples = [information(counts[:, i].reshape(len(counts), -1)) for i in nodes]
    parents = [information(counts[:, i].sum(-1)) for i in nodes]
    return np.column_stack([tuples, parents])
