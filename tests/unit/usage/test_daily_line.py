"""Which days are said, and in which words."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usage.daily_line import Said, days_to_say, line_of, read_said
from db.usage_records import UsageSums, UsageTotals

TODAY = datetime.date(2026, 11, 28)
YESTERDAY = TODAY - datetime.timedelta(days=1)


@given(st.integers(-20, 40))
def test_each_day_that_is_over_is_said_once(ago: int) -> None:
    """After a pause the missed days are said, a week of them; a day is neither early nor twice."""
    last = TODAY - datetime.timedelta(days=ago)
    days = days_to_say(Said(day=last, balance=None), TODAY)
    assert days == [
        day for back in range(7, 0, -1) if (day := TODAY - datetime.timedelta(days=back)) > last
    ]


def test_a_new_bot_says_nothing_of_days_before_it() -> None:
    """The first start has no day to say."""
    assert days_to_say(None, TODAY) == []


@pytest.mark.parametrize("balance", [None, Decimal("87.70"), Decimal(0)])
def test_what_was_said_is_read_back(balance: Decimal | None) -> None:
    """A restart knows which day was said last, and the balance of then."""
    said = Said(day=YESTERDAY, balance=balance)
    assert read_said(said.stored()) == said


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "x",
        "[]",
        "{}",
        '{"day": "x", "balance": null}',
        '{"day": 1}',
        "7",
        '{"day": "2026-01-01", "balance": "x"}',
    ],
)
def test_what_can_not_be_read_counts_as_nothing(stored: str | None) -> None:
    """An odd value costs a line, and no start."""
    assert read_said(stored) is None


def a_total(**changes: object) -> UsageTotals:
    """Return the sums of a day."""
    values: dict[str, object] = {
        "sums": UsageSums(
            jobs=1200, charged=Decimal("12.3"), reported=Decimal("12.3"), reserved=Decimal(0)
        ),
        "endings": {"failed": 90, "delivered": 1100},
        "running": 10,
        "unknown": 0,
        **changes,
    }
    return UsageTotals(**values)  # type: ignore[arg-type]


def test_the_line_says_jobs_amounts_and_balance() -> None:
    """What was charged is beside what the API says is left, and how that has changed."""
    said = line_of(YESTERDAY, a_total(), Decimal("87.7"), Decimal(100))
    assert said == (
        "usage of 2026-11-27 (UTC): 1200 jobs (1100 delivered, 90 failed, 10 running); $12.30 charged;"
        " ModelHunter's balance is $87.70, $12.30 less than a day before"
    )


def test_the_line_says_what_is_not_settled() -> None:
    """Reservations, and amounts without a reported cost, are named as what they are."""
    sums = UsageSums(
        jobs=1, charged=Decimal("0.5"), reported=Decimal("0.1"), reserved=Decimal("0.25")
    )
    said = line_of(YESTERDAY, a_total(sums=sums, endings={}, running=1), None, None)
    assert said == (
        "usage of 2026-11-27 (UTC): 1 job (1 running); $0.50 charged;"
        " $0.40 of it by the price, as no cost was reported; $0.25 still reserved"
    )


@pytest.mark.parametrize(
    ("before", "words"),
    [(None, ""), ("87.7", ""), ("80", ", $7.70 more than a day before")],
)
def test_the_line_compares_with_what_is_known(before: str | None, words: str) -> None:
    """A balance that rose was topped up; without one before nothing is compared."""
    former = None if before is None else Decimal(before)
    said = line_of(YESTERDAY, a_total(), Decimal("87.7"), former)
    assert said.endswith(f"ModelHunter's balance is $87.70{words}")
