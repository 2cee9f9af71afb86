"""Keys are remembered for a time, however many there are."""

from hypothesis import given
from hypothesis import strategies as st

from bot.recent_keys import RecentKeys
from tests.manual_clock import ManualClock


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 20)), max_size=60))
def test_recent_keys_are_those_of_the_time(notes: list[tuple[int, float]]) -> None:
    """After each note, those that were noted within the time are known and no others."""
    clock = ManualClock(0.0)
    recent, times = RecentKeys[int](10.0, monotonic=clock), dict[int, float]()
    for key, pause in notes:
        clock.now += pause
        recent.note(key)
        times[key] = clock.now
        known = {each for each, noted in times.items() if clock.now - noted <= 10.0}
        assert {each for each in range(4) if each in recent} == known
        assert len(recent) == len(known)
