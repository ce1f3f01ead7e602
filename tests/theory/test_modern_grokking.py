import jax
import jax.numpy as jnp
import numpy as np
import pytest

from theory.modern import addition, grokking
from theory.modern.addition import Adder


def network(p: int = 5, units: int = 4) -> Adder:
    return grokking.initial(p, units, np.random.default_rng(0))


def test_the_loss_is_the_mean_over_examples_of_the_squared_error_of_all_outputs():
    one, labels = network(), addition.sums(5)
    chosen = grokking.examples(5, 0.6, np.random.default_rng(1))
    z = addition.outputs(one)
    errors = [
        sum((z[n, m, q] - (q == labels[n, m])) ** 2 for q in range(5))
        for n in range(5)
        for m in range(5)
        if chosen[n, m]
    ]
    assert len(errors) == 15
    assert float(grokking.loss(one, labels, chosen)) == pytest.approx(np.mean(errors), rel=1e-5)


def test_its_gradient_is_that_of_finite_differences():
    with jax.enable_x64(True):
        one, labels = network(), addition.sums(5)
        chosen = grokking.examples(5, 0.6, np.random.default_rng(1))
        slope = jax.grad(grokking.loss)(Adder(*map(jnp.asarray, one)), labels, chosen)
        moved = one.W.copy()
        moved[2, 3] += 1e-6
        difference = grokking.loss(one._replace(W=moved), labels, chosen) - grokking.loss(one, labels, chosen)
        assert float(slope.W[2, 3]) == pytest.approx(float(difference) / 1e-6, rel=1e-4)


def test_answers_are_counted_on_examples_and_on_the_rest():
    p = 5
    a, b = np.random.default_rng(3).uniform(-np.pi, np.pi, (2, 400))
    labels = addition.sums(p)
    chosen = grokking.examples(p, 0.6, np.random.default_rng(1))
    # The network adds; of the labels, one example and two others are wrong.
    wrong = labels.copy()
    wrong[tuple(np.argwhere(chosen)[0])] += 1
    for place in np.argwhere(~chosen)[:2]:
        wrong[tuple(place)] += 1
    found = grokking.answers(addition.cosines(p, a, b, a + b), wrong % p, chosen)
    assert (float(found.train), float(found.test)) == pytest.approx((14 / 15, 8 / 10))


def test_initial_weights_are_small_and_outputs_smaller():
    one = network(23, 2000)
    assert np.std(one.U) == pytest.approx(grokking.INITIAL / np.sqrt(2), rel=0.03)
    assert np.std(one.W) == pytest.approx(grokking.INITIAL / np.sqrt(2000), rel=0.03)
