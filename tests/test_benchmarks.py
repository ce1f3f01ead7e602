"""What the benchmarks compute from a workload, and that their contenders train what they say."""

import dataclasses
import itertools

import numpy as np
import pytest

from benchmarks import time_left
from benchmarks.__main__ import share_of_limit
from benchmarks.contenders import CONTENDERS, takes_part
from benchmarks.workloads import WORKLOADS
from experiments.ensemble import devices

BY_NUMBER = {workload.name[0]: workload for workload in WORKLOADS}


@pytest.mark.parametrize("number", BY_NUMBER)
def test_multiply_adds_are_those_of_backpropagation_layer_by_layer(number):
    workload = BY_NUMBER[number]
    points, total = len(workload.points()), 0
    for layer, (a, b) in enumerate(itertools.pairwise(workload.program.sizes)):
        # Forward, the derivatives by the weights, and, but for the first layer, those by its inputs.
        total += points * a * b * (3 if layer else 2)
    assert workload.multiply_adds() == total


def test_the_limit_is_reached_where_products_and_activations_take_all_of_the_time():
    peaks = {"matrix_product": 1e9, "tanh": 1e8, "logistic": 1e8}
    seconds = 16 * (3 * 40 - 32) / 1e9 + 16 * 9 / 1e8
    assert share_of_limit(BY_NUMBER["2"], 1 / seconds, peaks) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("contender", "number", "platform", "is_there"),
    [
        ("PyTorch CUDA graph", "1", "cpu", False),
        ("PyTorch CUDA graph", "1", "gpu", True),
        ("PyTorch CUDA graph", "7", "gpu", False),
        ("PyTorch loop", "1", "gpu", False),
        ("PyTorch loop", "1", "cpu", True),
        ("scikit-learn", "2", "cpu", True),
        ("scikit-learn", "1", "cpu", False),
        ("harness, all steps", "7", "cpu", True),
        ("harness, all steps", "1", "cpu", False),
    ],
)
def test_who_takes_part(contender, number, platform, is_there):
    assert takes_part(contender, BY_NUMBER[number], platform) == is_there


@pytest.mark.parametrize("contender", ["harness", "plain vmap"])
def test_a_contender_makes_the_steps_that_it_is_asked_for(contender, monkeypatch):
    # A process has one kind of device, and this one is that of all tests.
    monkeypatch.setattr(devices, "start", lambda *_: None)
    workload = dataclasses.replace(BY_NUMBER["2"], members=3)
    run = CONTENDERS[contender](workload, 3)
    assert [run(1), run(7)] == [3, 21]


def test_the_time_left_is_near_within_a_factor_of_two_from_a_tenth_on():
    """What was said in the first tenth and at the very end does not count."""
    rows = np.array([[0.0, 10, 99], [1.0, 9, 17], [4.0, 6, 1.5], [6.5, 3.5, 2], [9.6, 0.4, 9]])
    found = time_left.compared(rows, 10.0)
    assert found.seconds == 10
    assert found.share == pytest.approx((3 + 3.1) / (3 + 2.5 + 3.1))
    assert found.worst == pytest.approx(4)
