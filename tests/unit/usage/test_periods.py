"""A period is a range of UTC days, and its number leads back to its word."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usage import periods

TODAY = datetime.date(2026, 11, 28)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("today", "2026-11-28", "2026-11-28"),
        ("7d", "2026-11-22", "2026-11-28"),
        ("30d", "2026-10-30", "2026-11-28"),
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2028-02", "2028-02-01", "2028-02-29"),
    ],
)
def test_a_period_has_these_days(word: str, first: str, last: str) -> None:
    """Both ends are included; a month is whole, whatever day it is."""
    assert periods.is_period(word)
    found = periods.days_of(word, TODAY)
    assert tuple(day.isoformat() for day in found) == (first, last)


@pytest.mark.parametrize("word", ["", "2026-13", "2026-00", "1999-12", "2026-1", "yesterday", "٢d"])
def test_other_words_name_no_period(word: str) -> None:
    """What was not offered is refused."""
    assert not periods.is_period(word)
    with pytest.raises(ValueError, match="names no period"):
        periods.days_of(word, TODAY)


@given(st.integers(min_value=0, max_value=periods.COUNT - 1))
def test_every_number_is_one_period(number: int) -> None:
    """The number of a word leads to it, so that an old button means the same in another month."""
    assert periods.number_of(periods.word_of(number)) == number


@given(st.integers())
def test_a_forged_number_is_some_period(number: int) -> None:
    """What no button of ours has said leads to 30 days, or to a period that there is."""
    assert periods.is_period(periods.word_of(number))


@given(st.dates(min_value=datetime.date(2022, 1, 1), max_value=datetime.date(2099, 12, 31)))
def test_the_latest_months_end_with_this_one(today: datetime.date) -> None:
    """The months that are offered follow each other, newest first."""
    months = periods.latest_months(today, 12)
    first, last = periods.days_of(months[0], today)
    assert first <= today <= last
    firsts = [periods.days_of(month, today)[0] for month in months]
    lasts = [periods.days_of(month, today)[1] for month in months]
    assert [first - datetime.timedelta(days=1) for first in firsts[:-1]] == lasts[1:]
