"""The census against what others counted, and against programs that search for weights."""

import itertools

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse

from theory import boolean
from theory.boolean import census


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_threshold_functions_are_as_many_as_were_published(n):
    assert len(boolean.threshold_functions(n)) == boolean.THRESHOLD_FUNCTIONS[n]  # OEIS A000609


@pytest.mark.parametrize(("n", "classes"), [(1, 2), (2, 4), (3, 14), (4, 222)])
def test_classes_are_as_many_as_were_published(n, classes):
    assert len(np.unique(boolean.npn_classes(n))) == classes  # OEIS A000370


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_width_is_the_same_throughout_a_class(n):
    widths, classes = boolean.minimum_widths(n), boolean.npn_classes(n)
    for representative in np.unique(classes):
        assert len(np.unique(widths[classes == representative])) == 1


def test_too_many_bits_are_refused():
    with pytest.raises(ValueError, match="from 1 to 4"):
        boolean.minimum_widths(5)


def compositions(n: int, k: int) -> set[int]:
    """All functions with k hidden units, by writing every composition out: slow and without symmetry or complement."""
    T = [boolean.unpack(int(h), n) for h in boolean.threshold_functions(n)]
    outputs = [boolean.unpack(int(g), k) for g in boolean.threshold_functions(k)]
    found = set()
    for hidden in itertools.combinations_with_replacement(T, k):
        index = sum(h.astype(int) << j for j, h in enumerate(hidden))
        found |= {boolean.pack(g[index]) for g in outputs}
    return found


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 1), (2, 2), (3, 1), (3, 2)])
def test_writing_out_every_composition_finds_the_same_functions(n, k):
    assert compositions(n, k) == set(np.flatnonzero(boolean.minimum_widths(n) <= k).tolist())


def test_majorities_of_three_are_those_of_the_votes():
    """By themselves: closed under symmetries they are all functions but parity, and so would much else be."""
    x, y, z = (boolean.pack(column.astype(np.uint8)) for column in boolean.inputs(3).T)
    members = np.zeros(256, bool)
    members[[y, z]] = True
    found = census._majorities(members, np.array([x], np.uint16), [np.arange(256, dtype=np.uint16)])
    # Of x, y and z, and where one of them has two votes.
    votes = boolean.pack((boolean.inputs(3).sum(1) >= 2).astype(np.uint8))
    assert np.flatnonzero(found).tolist() == sorted([votes, y, z])


def has_width(function: int, n: int, k: int) -> bool:
    """Whether k hidden threshold units compute a function: a mixed-integer program over weights, without any census.

    Hidden outputs h are binary and tied to real weights with margin 1 by big-M rows; p = v h, the part of the output
    that a unit contributes with output weight v, is tied to v and h in the same way.
    """
    truth, x = boolean.unpack(function, n), boolean.inputs(n)
    points, V, big = len(truth), 4.0, 60.0
    names = [("w", u, j) for u in range(k) for j in range(n + 1)] + [("v", u) for u in range(k)] + [("c",)]
    names += [(kind, u, i) for kind in "hp" for u in range(k) for i in range(points)]
    column = {name: at for at, name in enumerate(names)}
    rows, low = [], []

    def add(terms: dict, bound: float) -> None:
        row = np.zeros(len(names))
        for name, factor in terms.items():
            row[column[name]] += factor
        rows.append(row)
        low.append(bound)

    for u, i in itertools.product(range(k), range(points)):
        a = {("w", u, j): float(bit) for j, bit in enumerate([*x[i], 1])}
        h, p, v = ("h", u, i), ("p", u, i), ("v", u)
        add(a | {h: -big}, 1 - big)  # h = 1: a >= 1
        add({name: -factor for name, factor in a.items()} | {h: big}, 1)  # h = 0: a <= -1
        add({p: 1, h: V}, 0)  # |p| <= V h
        add({p: -1, h: V}, 0)
        add({v: 1, p: -1, h: -V}, -V)  # |v - p| <= V (1 - h)
        add({v: -1, p: 1, h: -V}, -V)
    for i in range(points):
        sign = 1.0 if truth[i] else -1.0
        add({("p", u, i): sign for u in range(k)} | {("c",): sign}, 0.5)
    bounds = {"w": big / (n + 2), "v": V, "c": 2 * V, "h": 1, "p": V}
    upper = np.array([bounds[name[0]] for name in names])
    lower = np.where([name[0] == "h" for name in names], 0, -upper)
    result = scipy.optimize.milp(
        np.zeros(len(names)),
        constraints=scipy.optimize.LinearConstraint(scipy.sparse.csr_array(np.array(rows)), np.array(low), np.inf),
        bounds=scipy.optimize.Bounds(lower, upper),
        integrality=[name[0] == "h" for name in names],
        options={"time_limit": 60},
    )
    assert result.status in (0, 2), result.message  # solved, or proven infeasible
    return result.status == 0


@pytest.mark.parametrize("n", [2, 3])
def test_integer_programs_agree_for_every_class_of_few_bits(n):
    widths = boolean.minimum_widths(n)
    for function in np.unique(boolean.npn_classes(n)).tolist():
        width = int(widths[function])
        assert has_width(function, n, max(width, 1))
        if width > 1:
            assert not has_width(function, n, width - 1)


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_integer_programs_agree_on_a_sample_of_functions_of_four_bits(wanted):
    widths, classes = boolean.minimum_widths(4), boolean.npn_classes(4)
    candidates = np.unique(classes[widths == wanted])
    for function in np.random.default_rng(0).choice(candidates, 3, replace=False).tolist():
        assert has_width(function, 4, wanted)
        if wanted > 1:
            assert not has_width(function, 4, wanted - 1)
