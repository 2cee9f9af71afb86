"""Session watch: starts of sessions that no process on this database has made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.session_watch import SessionCount, unknown_starts

# What may happen, one after the other: the starts that are known, then counted by Discord.
HAPPENINGS = st.lists(st.sampled_from(["known", "counted", "other"]), max_size=30)


class Day:
    """A day of starts, as Discord and the database count them."""

    def __init__(self) -> None:
        self.known = self.counted = self.others = 0

    def happen(self, what: str) -> None:
        """Let a start become known, be counted, or be another bot's."""
        if what == "known":
            self.known += 1
        elif what == "counted":
            # Each start is known before Discord can count it.
            self.counted = min(self.known, self.counted + 1)
        else:
            self.others += 1

    def count(self, between: list[str]) -> SessionCount:
        """Count as the watch does, while more happens in between."""
        known_before = self.known
        for what in between:
            self.happen(what)
        remaining = 1000 - self.counted - self.others
        for what in between:
            self.happen(what)
        return SessionCount(remaining=remaining, known_before=known_before, known_after=self.known)


@given(first=HAPPENINGS, during=HAPPENINGS, then=HAPPENINGS, again=HAPPENINGS)
def test_a_start_of_ours_is_never_another_bots(
    first: list[str], during: list[str], then: list[str], again: list[str]
) -> None:
    """However the starts fall between the counts, no more are reported than others have made."""
    day = Day()
    for what in first:
        day.happen(what)
    others = day.others
    baseline = day.count(during)
    for what in then:
        day.happen(what)
    assert unknown_starts(baseline, day.count(again)) <= day.others - others


@pytest.mark.parametrize(
    ("remaining", "known", "expected"),
    [(1000, 5, 0), (999, 6, 0), (999, 5, 1), (990, 8, 7), (998, 9, 0)],
)
def test_starts_that_no_process_has_made(remaining: int, known: int, expected: int) -> None:
    """What Discord counts beyond the known starts is another process's."""
    baseline = SessionCount(remaining=1000, known_before=5, known_after=5)
    now = SessionCount(remaining=remaining, known_before=known, known_after=known)
    assert unknown_starts(baseline, now) == expected


def test_a_new_day_proves_nothing() -> None:
    """When Discord begins to count anew, what was counted before says nothing."""
    baseline = SessionCount(remaining=10, known_before=5, known_after=5)
    now = SessionCount(remaining=1000, known_before=5, known_after=5)
    assert unknown_starts(baseline, now) < 0
