"""Functions that steps make, and random students."""

import itertools

import numpy as np
import pytest

from theory import boolean
from theory.counting.circuits import least_circuit
from theory.hierarchy import generators, random_students


def test_gates_are_the_ten_that_depend_on_both_inputs():
    a, b = boolean.inputs(2).T.astype(np.uint8)
    assert len(generators.GATES) == 10
    for gate in generators.GATES:
        out = generators.apply_gate(gate, a, b)
        assert boolean.pack(out) == gate
        assert (out[a == 0] != out[a == 1]).any()
        assert (out[b == 0] != out[b == 1]).any()


@pytest.mark.parametrize("family", generators.FAMILIES)
def test_a_family_makes_functions_that_are_not_nearly_constant_and_the_same_again(family):
    for steps in (1, 2, 3):
        truth = generators.draw(family, 8, steps, np.random.default_rng([101, steps]))
        assert truth.shape == (256,)
        assert set(truth.tolist()) == {0, 1}
        assert generators.is_mixed(truth)
        assert (truth == generators.draw(family, 8, steps, np.random.default_rng([101, steps]))).all()


def test_few_steps_depend_on_few_bits_and_have_small_circuits():
    gates = least_circuit(4)
    for seed, steps in itertools.product(range(20), (1, 2, 3)):
        truth = generators.gates(4, steps, np.random.default_rng([seed, steps]))
        assert gates[boolean.pack(truth)] <= steps
    deciding = [
        sum((truth.reshape(-1, 2, 2**j)[:, 0] != truth.reshape(-1, 2, 2**j)[:, 1]).any() for j in range(8))
        for truth in (generators.grammar(8, 2, np.random.default_rng(seed)) for seed in range(10))
    ]
    assert max(deciding) == 4


def test_a_polynomial_of_one_term_is_a_bit_or_a_parity_of_two():
    x = boolean.signed_inputs(4)
    terms = [x[:, i] * (x[:, j] if i < j else 1) for i in range(4) for j in range(i, 4)]
    for seed in range(10):
        signs = 2.0 * generators.polynomial(4, 1, np.random.default_rng(seed)) - 1
        assert any((signs == term).all() or (signs == -term).all() for term in terms)


def test_one_unit_is_a_threshold_function():
    known = set(boolean.threshold_functions(4).tolist())
    drawn = {boolean.pack(generators.units(4, 1, np.random.default_rng(seed))) for seed in range(30)}
    assert drawn <= known
    assert len(drawn) > 5


def test_teachers_have_the_same_units_whatever_these_apply():
    # One output weight and one unit: both teachers divide the inputs at the same median, or at 0 where most are below.
    for seed in range(20):
        rng = np.random.default_rng(seed)
        a = boolean.signed_inputs(5) @ rng.standard_normal((5, 1)) + rng.standard_normal(1)
        sign = rng.choice([-1.0, 1.0], 1)
        for family, σ in (("units", lambda a: 1.0 * (a > 0)), ("rectifiers", lambda a: a * (a > 0))):
            z = (σ(a) @ sign).tolist()
            middle = sum(sorted(z)[15:17]) / 2
            assert generators.FAMILIES[family](5, 1, np.random.default_rng(seed)).tolist() == [v > middle for v in z]


def test_a_gate_may_be_used_several_times(monkeypatch):
    taken: list[int] = []

    def apply_gate(gate, a, b):
        taken.extend([id(a), id(b)])
        return np.zeros_like(a)

    monkeypatch.setattr(generators, "apply_gate", apply_gate)
    generators.gates(3, 20, np.random.default_rng(101))
    # The three inputs alone could not be taken more often than three wires are.
    used = np.unique(taken, return_counts=True)[1]
    assert (used > 1).sum() > 3


def test_what_there_is_no_room_for_is_refused():
    rng = np.random.default_rng(101)
    with pytest.raises(ValueError, match="need 16 inputs"):
        generators.grammar(8, 4, rng)
    with pytest.raises(ValueError, match="fewer than 11"):
        generators.polynomial(4, 11, rng)
    with pytest.raises(ValueError, match="n is from 1 to 4"):
        random_students.draw_functions(5, 4, 10, rng)


def test_the_control_has_as_many_ones_and_another_order():
    rng = np.random.default_rng(101)
    truth = generators.draw("gates", 8, 3, rng)
    control = generators.shuffled(truth, rng)
    assert control.sum() == truth.sum()
    assert (control != truth).any()
