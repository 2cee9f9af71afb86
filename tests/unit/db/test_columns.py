"""Money and words survive the database."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from db.columns import Money, Word
from db.records import JobState

DIALECT = sqlite.dialect()


@given(st.decimals(min_value=0, max_value=10**6, places=6))
def test_whole_micro_dollars_come_back_exactly(amount: Decimal) -> None:
    """No cent is lost or invented on the way through the database."""
    money = Money()
    assert money.process_result_value(money.process_bind_param(amount, DIALECT), DIALECT) == amount


@given(st.decimals(min_value=0, max_value=10**6, allow_nan=False, allow_infinity=False))
def test_a_fraction_of_a_micro_dollar_is_rounded_up(amount: Decimal) -> None:
    """A price is never kept as less than it is, nor as a whole micro-dollar more."""
    kept = Money().process_bind_param(amount, DIALECT)
    assert kept is not None
    # Exactly: a Decimal's difference would be rounded to 28 digits.
    assert 0 <= kept - Fraction(amount) * 10**6 < 1


def test_an_unknown_cost_is_not_zero() -> None:
    """An unknown cost stays unknown."""
    assert Money().process_bind_param(None, DIALECT) is None
    assert Money().process_result_value(None, DIALECT) is None


def test_every_job_state_comes_back_as_itself() -> None:
    """A state is stored as its word."""
    word = Word(JobState)
    for state in JobState:
        assert word.process_bind_param(state, DIALECT) == state.value
        assert word.process_result_value(state.value, DIALECT) is state
