import numpy as np

from experiments.judging.remembering import remembered, remembering


def test_within_a_block_the_same_arguments_are_calculated_once():
    calls = []

    @remembered
    def total(values: np.ndarray, name: str) -> float:
        calls.append(name)
        return float(values.sum())

    one, other = np.ones(3), np.ones(3)
    with remembering():
        assert [total(one, "a"), total(one, "a"), total(one, "b"), total(other, "a")] == [3.0] * 4
        assert calls == ["a", "b", "a"]
    calls.clear()
    one[0] = 5
    assert [total(one, "a"), total(one, "a")] == [7.0, 7.0]
    assert calls == ["a", "a"]


def test_blocks_know_nothing_of_each_other():
    @remembered
    def total(values: np.ndarray) -> float:
        return float(values.sum())

    values = np.ones(3)
    for expected in (3.0, 4.0):
        with remembering():
            assert total(values) == expected
        values[0] += 1


def test_generators_can_be_gone_through_again_and_give_the_same_objects():
    @remembered
    def parts(values: np.ndarray):
        yield values[:1].copy()
        yield values[1:].copy()

    values = np.arange(3)
    with remembering():
        first, second = list(parts(values)), list(parts(values))
        assert all(one is other for one, other in zip(first, second, strict=True))
    assert next(parts(values)).tolist() == [0]


def test_an_object_that_is_gone_is_not_taken_for_its_successor():
    @remembered
    def total(values: np.ndarray) -> float:
        return float(values.sum())

    with remembering():
        assert [total(np.full(4, float(i))) for i in range(50)] == [4.0 * i for i in range(50)]
