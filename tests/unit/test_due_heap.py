"""Keys wait in a heap: what comes out is what a plain list would give, at the cost of a heap."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.due_heap import DueHeap
from tests.counting_clock import CountingClock

KEYS = st.integers(0, 5)
ACTIONS = st.one_of(
    st.tuples(st.just("put"), KEYS, st.integers(0, 9)),
    st.tuples(st.just("remove"), KEYS, st.just(0)),
    st.tuples(st.just("take"), st.just(0), st.integers(0, 9)),
)


@given(st.lists(ACTIONS, max_size=300))
def test_a_due_heap_is_a_list_kept_in_order(actions: list[tuple[str, int, int]]) -> None:
    """Whatever is put in, moved, removed and taken: the one that is due the longest comes out."""
    heap, plain = DueHeap[int](), dict[int, float]()
    for action, key, time in actions:
        if action == "put":
            heap.put(key, float(time))
            if plain.get(key) != time:
                plain.pop(key, None)  # what is moved comes after those that have this time already
                plain[key] = float(time)
        elif action == "remove":
            heap.remove(key)
            plain.pop(key, None)
        else:
            due = [each for each in plain if plain[each] <= time]
            expected = min(due, key=plain.__getitem__, default=None)
            assert heap.take_due(float(time)) == expected
            plain.pop(expected, None) if expected is not None else None
        assert len(heap) == len(plain)
        assert heap.first_due() == min(plain.values(), default=None)
        assert all((key in heap) == (key in plain) for key in range(6))


def test_a_due_heap_that_is_moved_costs_a_heap() -> None:
    """Moving a key costs the logarithm of how many wait, and old places are not kept."""
    time, heap = CountingClock(), DueHeap[int]()
    for key in range(10_000):
        heap.put(key, time() + key)
    time.comparisons = 0
    for turn in range(50_000):
        heap.put(turn % 10_000, time() + 10_000 + turn)
    assert time.comparisons / 50_000 <= 4 * math.log2(20_000)
    assert len(heap._heap) <= 20_001
