"""Creates whose outcome is unknown: when the breaker opens, for whom, and how it closes."""

from decimal import Decimal

import pytest

from bot.monitoring.api_gate import OUTCOMES, REACH, Barrier
from bot.monitoring.api_refusals import Route
from tests.manual_clock import DAY
from tests.unit.monitoring.gates import CHEAPER, HOUR, MINUTE, OTHER, PRICE, REFUSED, ROUTES, Gate

# --- The breaker ------------------------------------------------------------------------------


def test_one_unknown_outcome_closes_nothing() -> None:
    """One lost answer has the API asked, and no more."""
    gate = Gate()
    gate.outcome_unknown(REFUSED)
    assert gate.check_wanted.is_set()
    gate.balance_read(Decimal(5))
    assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


@pytest.mark.parametrize("first", ROUTES)
@pytest.mark.parametrize("second", ROUTES)
def test_two_unknown_outcomes_in_a_row_open_the_breaker(first: Route, second: Route) -> None:
    """Two in a row, of whatever models, close out all."""
    gate = Gate()
    gate.outcome_unknown(first)
    gate.outcome_unknown(second)
    assert gate.barriers() == [Barrier.OUTCOMES] * 3
    assert gate.health.problem(OUTCOMES) is not None


def test_a_known_outcome_in_between_starts_anew() -> None:
    """Every second outcome unknown opens nothing."""
    gate = Gate()
    for _ in range(10):
        gate.outcome_unknown(REFUSED)
        gate.outcome_known(REFUSED)
    assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


def test_one_odd_model_is_closed_alone() -> None:
    """A model whose creates fail while others work is closed alone, however often it is tried."""
    gate = Gate()
    gate.outcome_known(OTHER)
    for _ in range(20):
        gate.outcome_unknown(REFUSED)
        gate.balance_read(Decimal(5))
        gate.time.now += 10
    assert gate.barriers() == [Barrier.ROUTE_OUTCOMES, None, None]
    assert "seedream-4-0" in str(gate.health.problem(OUTCOMES))


def test_an_unknown_outcome_and_an_unreadable_balance_open_the_breaker() -> None:
    """In either order: new requests are refused at once, until the API answers in its envelope."""
    for balance_first in (True, False):
        gate = Gate()
        if not balance_first:
            gate.outcome_unknown(REFUSED)
        gate.unreachable(502)
        if balance_first:
            gate.outcome_unknown(REFUSED)
        assert gate.barriers(CHEAPER) == [Barrier.REACH] * 3
        assert "(HTTP 502)" in str(gate.health.problem(REACH))
        gate.time.now += MINUTE
        gate.balance_read(Decimal(5))
        assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


def test_a_balance_that_alone_is_unreadable() -> None:
    """With a readable list in its place, one unknown outcome opens the breaker, and a trial ends it."""
    gate = Gate()
    gate.answered()
    assert gate.barriers() == [None] * 3
    gate.outcome_unknown(REFUSED)
    assert gate.barriers() == [Barrier.OUTCOMES] * 3
    gate.time.now += MINUTE
    gate.answered()
    assert gate.barriers() == [None] * 3
    gate.sending(OTHER)
    assert gate.barriers() == [Barrier.OUTCOMES] * 3
    gate.outcome_known(OTHER)
    assert gate.barriers() == [None] * 3


def test_creates_that_fail_for_a_day_while_all_else_works() -> None:
    """A trial at a time, ever more rarely: a day of it takes few jobs, and the end is noticed."""
    gate, trials = Gate(), 0
    end = gate.time.now + DAY
    while gate.time.now < end:
        gate.balance_read(Decimal(5))
        if gate.barrier(REFUSED, PRICE) is None:
            trials += 1
            gate.sending(REFUSED)
            gate.outcome_unknown(REFUSED)
        gate.time.now += 10
    assert 20 < trials < 40
    gate.time.now += HOUR
    gate.balance_read(Decimal(5))
    assert gate.barrier(REFUSED, PRICE) is None
    gate.outcome_known(REFUSED)
    assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


def test_a_trial_without_an_outcome_ends() -> None:
    """A trial that never reports back keeps others waiting for a minute, and not for ever."""
    gate = Gate()
    gate.outcome_unknown(REFUSED)
    gate.outcome_unknown(REFUSED)
    gate.time.now += MINUTE
    gate.balance_read(Decimal(5))
    gate.sending(REFUSED)
    assert gate.barrier(OTHER, PRICE) is Barrier.OUTCOMES
    gate.time.now += MINUTE
    assert gate.barrier(OTHER, PRICE) is None
