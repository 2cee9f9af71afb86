"""Money and words survive the database."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from db.columns import Money, Word, parse_json
from db.records import JobState

DIALECT = sqlite.dialect()
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


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


@given(st.one_of(st.text(), st.binary(), st.integers(), JSON_VALUES.map(json.dumps)))
@example(' {"a": 1}')
@example('{"a": 1} {')
@example("[1, 2")
@example("NaN")
@example('"\ud800"')
def test_json_is_parsed_as_the_standard_library_does(stored: Any) -> None:
    """What is stored is read alike, and what is no JSON is refused alike, whatever the way."""
    try:
        expected = json.loads(stored)
    except (ValueError, TypeError) as error:
        with pytest.raises(type(error)):
            parse_json(stored)
    else:
        assert repr(parse_json(stored)) == repr(expected)


def test_the_keys_of_rows_are_shared() -> None:
    """Ten thousand jobs have the same options, whose names each would hold for itself."""
    first, second = (parse_json('{"input": {"duration_of": 5}}') for _ in range(2))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    for one, other in zip(first["input"], second["input"], strict=True):
        assert one is other
