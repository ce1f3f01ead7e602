from experiments.plurals import many


def test_one_thing_is_one():
    assert [many(number, "run") for number in (0, 1, 2, 1000)] == ["0 runs", "1 run", "2 runs", "1,000 runs"]
