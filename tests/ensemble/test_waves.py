"""Seats: every member has one row of one call, chunks are whole, and devices share them evenly."""

import jax
import numpy as np
import pytest

from experiments.ensemble import devices, waves
from experiments.ensemble.batches import ProgramShape, compiled
from experiments.ensemble.packing import Packed
from tests.ensemble import by_hand

DEVICES = jax.local_device_count()


def shape(chunk: int, groups: int) -> ProgramShape:
    return ProgramShape(by_hand.program(), "lanes", chunk, groups, 4)


@pytest.mark.parametrize(("chunk", "groups"), [(1, 1), (4, 3), (16, 2)])
def test_every_number_of_members_has_seats_in_whole_chunks_spread_evenly(chunk, groups):
    for members in range(1, shape(chunk, groups).capacity + 1):
        places, used = waves.places_of(shape(chunk, groups), members)
        assert len(set(places.tolist())) == members
        assert places.max() < shape(chunk, groups).capacity
        assert used.sum() == -(-members // chunk)
        assert used.max() - used.min() <= 1
        # A seat is in one of the chunks that its device trains.
        device, within = np.divmod(places, groups * chunk)
        assert (within // chunk < used[device]).all()


def test_members_sit_in_as_many_calls_as_they_need_and_empty_rows_hold_the_one_that_never_runs(monkeypatch):
    here = shape(4, 3)
    monkeypatch.setattr(devices, "calls_at_once", lambda: 1)
    running = np.arange(100, 100 + here.capacity + 5)
    calls = waves.seated(here, running)
    # Two calls have to hold as many chunks, and the last chunk is not full.
    chunks = -(-len(running) // 4)
    assert [len(call.mine) for call in calls] == [4 * -(-chunks // 2), len(running) - 4 * -(-chunks // 2)]
    assert np.concatenate([call.mine for call in calls]).tolist() == running.tolist()
    for call in calls:
        np.testing.assert_array_equal(call.rows[call.places], call.mine)
        assert (np.delete(call.rows, call.places) == -1).all()
    assert waves.seated(here, running[:0]) == []


def test_calls_that_work_at_once_have_equal_parts_of_the_chunks(monkeypatch):
    here = shape(4, 3)
    monkeypatch.setattr(devices, "calls_at_once", lambda: 2)
    for members, chunks in {3: [1], 5: [1, 1], 17: [3, 2], 4 * (6 * DEVICES) + 1: None, 1000: None}.items():
        held = [int(call.used.sum()) for call in waves.seated(here, np.arange(members))]
        assert sum(held) == -(-members // 4)
        assert max(held) - min(held) <= 1
        assert max(held) <= 3 * DEVICES
        assert held == chunks or chunks is None
        # Who works at once ends at once: no call is left over.
        assert len(held) % 2 == 0 or sum(held) == 1


def test_states_go_back_to_the_rows_that_they_came_from(monkeypatch):
    monkeypatch.setattr(devices, "calls_at_once", lambda: 1)
    here = shape(2, 2)
    (call,) = waves.seated(here, np.array([5, 1, 3]))
    host = Packed(np.zeros((7, 2)), np.zeros((7, 1), np.int32))
    call.state = Packed(np.zeros((here.capacity, 2)), np.zeros((here.capacity, 1), np.int32))
    call.state.floats[call.places] = [[50.0, 51.0], [10.0, 11.0], [30.0, 31.0]]
    call.state.integers[call.places] = [[1], [0], [1]]
    assert call.running(0).tolist() == [5, 3]
    call.write_back(host)
    assert host.floats[[5, 1, 3], 0].tolist() == [50.0, 10.0, 30.0]
    assert host.integers[:, 0].tolist() == [0, 0, 0, 1, 0, 1, 0]
    assert (call.state, call.members) == (None, None)


def test_a_call_holds_the_members_of_all_devices():
    assert shape(4, 3).capacity == 12 * DEVICES


@pytest.mark.parametrize("layout", ["lanes", "vmap"])
def test_a_call_writes_the_state_after_it_where_the_state_before_it_was(layout):
    """Large arrays are copied by threads of XLA, and all that is left of the call would follow them there."""
    text = compiled(ProgramShape(by_hand.program(), layout, 4, 2, 4)).train.as_text()
    assert text is not None
    assert "input_output_alias={ {0}: (" in text.splitlines()[0]
    entry = text[text.index("\nENTRY") :]
    assert [line for line in entry.splitlines() if " copy(" in line and "[]" not in line] == []
