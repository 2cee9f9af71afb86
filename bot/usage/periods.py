"""Periods: ranges of UTC days by the word that names each. Pure.

A month is named by its year and number, not by how long ago it was, so that a button which was drawn
in one month leads to the same days in the next.
"""

import calendar
import datetime
import re

TODAY = "today"
WEEK = "7d"
THIRTY_DAYS = "30d"
# The place of each word is part of custom_ids, so it never changes; months follow.
_DAYS = {TODAY: 1, WEEK: 7, THIRTY_DAYS: 30}
_WORDS = tuple(_DAYS)
_FIRST_YEAR = 2020
_MONTHS_IN_YEAR = 12
_MONTH = re.compile(r"(?P<year>20[2-9][0-9])-(?P<month>0[1-9]|1[0-2])", re.ASCII)
# Number of words, each of which `number_of` turns into a smaller number.
COUNT = len(_WORDS) + (2100 - _FIRST_YEAR) * _MONTHS_IN_YEAR

DateRange = tuple[datetime.date, datetime.date]


def is_period(word: str) -> bool:
    """Whether *word* names a period: "today", "7d", "30d", or a month such as "2026-11"."""
    return word in _DAYS or _MONTH.fullmatch(word) is not None


def days_of(word: str, today: datetime.date) -> DateRange:
    """Return the first and the last day of a period, both included.

    Raises:
        ValueError: The word names none.
    """
    if (count := _DAYS.get(word)) is not None:
        return today - datetime.timedelta(days=count - 1), today
    found = _MONTH.fullmatch(word)
    if found is None:
        raise ValueError(f"{word!r} names no period")
    year, month = int(found["year"]), int(found["month"])
    last = calendar.monthrange(year, month)[1]
    return datetime.date(year, month, 1), datetime.date(year, month, last)


def number_of(word: str) -> int:
    """Return a number below `COUNT` by which `word_of` finds the word; raises ValueError."""
    if word in _DAYS:
        return _WORDS.index(word)
    first, _ = days_of(word, datetime.date.min)
    return len(_WORDS) + (first.year - _FIRST_YEAR) * _MONTHS_IN_YEAR + first.month - 1


def word_of(number: int) -> str:
    """Return the word of a number, which may be forged: 30 days for one that has none."""
    if 0 <= number < len(_WORDS):
        return _WORDS[number]
    years, month = divmod(number - len(_WORDS), _MONTHS_IN_YEAR)
    return _month_word(_FIRST_YEAR + years, month + 1) if 0 <= number < COUNT else THIRTY_DAYS


def latest_months(today: datetime.date, count: int) -> list[str]:
    """Return the words of the latest months, this one first."""
    months = today.year * _MONTHS_IN_YEAR + today.month - 1
    found = (divmod(months - ago, _MONTHS_IN_YEAR) for ago in range(count))
    return [_month_word(year, month + 1) for year, month in found]


def _month_word(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"
