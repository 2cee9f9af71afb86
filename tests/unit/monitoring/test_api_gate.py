"""Whose requests the gate closes out, for how long, and what the operator reads of it."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modelhunter import OperatorMustAct
from bot.monitoring.api_gate import Barrier
from bot.monitoring.api_refusals import Route
from tests.manual_clock import DAY
from tests.unit.monitoring.gates import CHEAPER, HOUR, MINUTE, OTHER, PRICE, REFUSED, ROUTES, Gate


@pytest.mark.parametrize(
    ("status", "at_the_price", "cheaper"),
    [
        (401, [Barrier.ACCOUNT] * 3, [Barrier.ACCOUNT] * 3),
        (402, [Barrier.PRICE] * 3, [None] * 3),
        (403, [Barrier.PERMISSION, None, None], [Barrier.PERMISSION, None, None]),
    ],
)
def test_whom_a_refused_create_closes_out(
    status: int, at_the_price: list[Barrier | None], cheaper: list[Barrier | None]
) -> None:
    """A key is everybody's, a balance is that of the price, and a permission the model's alone."""
    gate = Gate()
    gate.refuse(status)
    assert (gate.barriers(), gate.barriers(CHEAPER)) == (at_the_price, cheaper)
    assert gate.check_wanted.is_set()
    assert f"({status})" in gate.health.problems()[0]


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_balance_is_everybodys(status: int) -> None:
    """A refused question about the balance closes out all, until a balance is answered."""
    gate = Gate()
    gate.balance_refused(OperatorMustAct(status=status, code=None))
    assert gate.barriers(CHEAPER) == [Barrier.ACCOUNT] * 3
    gate.balance_read(None)
    assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refusal_is_not_for_ever_while_no_balance_can_be_read(status: int) -> None:
    """Where the API answers and has no balance to show, a create tries after five minutes."""
    gate = Gate()
    gate.refuse(status)
    gate.answered()
    assert gate.barrier(REFUSED, PRICE) is not None
    gate.time.now += 5 * MINUTE
    gate.answered()
    assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


def test_a_suspicion_closes_out_no_one() -> None:
    """A task that may not be read or cancelled is one requester's trouble: only a check is wanted."""
    gate = Gate()
    gate.suspect()
    assert (gate.barriers(), gate.check_wanted.is_set()) == ([None] * 3, True)
    gate.check_wanted.clear()
    gate.suspect()
    assert not gate.check_wanted.is_set()


def test_a_402_holds_until_the_balance_rises() -> None:
    """The dear ones wait for as long as the balance does not rise, and not a check longer."""
    gate = Gate()
    gate.refuse(402)
    for _ in range(12):
        gate.time.now += HOUR
        gate.balance_read(Decimal("0.10"))
        assert gate.barrier(OTHER, PRICE) is Barrier.PRICE
        assert gate.barrier(OTHER, CHEAPER) is None
    gate.balance_read(Decimal("0.05"))
    assert gate.barrier(OTHER, PRICE) is Barrier.PRICE
    gate.balance_read(Decimal("0.11"))
    assert (gate.barrier(OTHER, PRICE), gate.health.problems()) == (None, ())


def test_a_second_402_lowers_the_refused_price() -> None:
    """The lowest price that was refused counts, in whatever order they came."""
    for prices in itertools.permutations([Decimal(3), Decimal(1), Decimal(2)]):
        gate = Gate()
        for price in prices:
            gate.refuse(402, price)
        assert gate.barrier(OTHER, Decimal(1)) is Barrier.PRICE
        assert gate.barrier(OTHER, Decimal("0.99")) is None


def test_a_403_is_tried_again_after_five_minutes() -> None:
    """No balance shows that a permission came back, so the next request tries."""
    gate = Gate()
    gate.refuse(403)
    gate.time.now += 5 * MINUTE - 1
    gate.balance_read(Decimal(5))
    assert gate.barrier(REFUSED, PRICE) is Barrier.PERMISSION
    gate.time.now += 1
    assert gate.barrier(REFUSED, PRICE) is None
    gate.balance_read(Decimal(5))
    assert gate.health.problems() == ()


def test_a_task_that_was_made_disproves_a_refusal() -> None:
    """What the API took is allowed, whatever it refused before."""
    gate = Gate()
    for status in (401, 402, 403):
        gate.refuse(status)
    gate.taken(REFUSED, PRICE)
    assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


_EVENTS = st.one_of(
    st.tuples(
        st.sampled_from(["sending", "outcome_known", "outcome_unknown", "taken", "refused"]),
        st.sampled_from(ROUTES),
        st.sampled_from([401, 402, 403]),
    ),
    st.tuples(
        st.sampled_from(["suspect", "unreachable", "answered", "balance_read", "balance_refused"]),
        st.just(REFUSED),
        st.sampled_from([401, 402, 403]),
    ),
    st.tuples(st.just("wait"), st.just(REFUSED), st.integers(0, 7200)),
)


def _apply(gate: Gate, event: tuple[str, Route, int]) -> None:
    name, route, number = event
    error = OperatorMustAct(status=number, code=None)
    match name:
        case "sending" | "outcome_known" | "outcome_unknown":
            getattr(gate, name)(route)
        case "taken":
            gate.outcome_known(route)
            gate.taken(route, PRICE)
        case "refused":
            gate.outcome_known(route)
            gate.refused(route, PRICE, error)
        case "balance_refused":
            gate.balance_refused(error)
        case "balance_read":
            gate.balance_read(Decimal("0.10"))
        case "wait":
            gate.time.now += number
        case _:
            getattr(gate, name)()


@given(st.lists(_EVENTS, max_size=40))
def test_nothing_stays_closed_once_all_is_well(events: list[tuple[str, Route, int]]) -> None:
    """Whatever happened: a day and a few readable answers later everything is open, and says so."""
    gate = Gate()
    for event in events:
        _apply(gate, event)
        is_reported = gate.health.problems() != ()
        assert (
            is_reported
            or gate.barriers(Decimal(0)) == [None] * 3
            or any(map(gate.is_trial, ROUTES))
        )
    for _ in range(2):
        gate.time.now += DAY
        gate.balance_read(Decimal(1))
    assert (gate.barriers(), gate.health.problems()) == ([None] * 3, ())


@given(st.lists(_EVENTS, max_size=40))
def test_one_models_outcomes_close_out_no_other(events: list[tuple[str, Route, int]]) -> None:
    """While others are served, no order of outcomes of one model closes them."""
    gate = Gate()
    alone = [event for event in events if event[1] == REFUSED and event[0].startswith("outcome")]
    for event in alone:
        gate.outcome_known(OTHER)
        _apply(gate, event)
        assert gate.barriers()[1:] == [None, None]
