"""When a lease of another process has expired, by the clock of the process that watches it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.leases import LEASE, LeaseObserver
from db.repositories.claims import Lease

RENEWED_EVERY = 10.0


@given(st.integers(1, 20), st.floats(0, 1e9))
def test_a_renewed_lease_never_expires(renewals: int, began: float) -> None:
    """A lease that is renewed is respected, whatever the observer's clock shows."""
    observer = LeaseObserver()
    for second in range(20 * renewals):
        lease = Lease("other", int(second / RENEWED_EVERY))
        assert observer.observe([lease], began + second) == frozenset()


@pytest.mark.parametrize("renewals", [None, 0, 7])
@given(began=st.floats(0, 1e9))
def test_a_lease_that_is_not_renewed_expires(renewals: int | None, began: float) -> None:
    """A lease that no process renews has expired after its length; so has one without a row."""
    observer = LeaseObserver()
    left = Lease("killed", renewals)
    expired = [bool(observer.observe([left], began + second)) for second in range(40)]
    assert expired.index(True) == LEASE


@given(
    looks=st.lists(st.floats(0.5, 1.5), min_size=60, max_size=80),
    until_kill=st.floats(0.0, 9.9),
)
def test_jobs_are_free_within_a_lease_and_a_second(looks: list[float], until_kill: float) -> None:
    """However the looks fall, a killed owner's lease has expired one lease and two looks later."""
    observer, now, last = LeaseObserver(), 100.0, 100.0
    renewed = 100.0
    while not observer.observe([Lease("killed", 3)], now):
        last, now = now, now + looks.pop()
    assert LEASE <= now - renewed <= LEASE + 1.5
    assert now - (renewed + until_kill) <= LEASE + (now - last)


def test_a_lease_expires_by_itself() -> None:
    """Of several leases those that are not renewed expire, each from when it was first seen."""
    observer = LeaseObserver()
    first, second = Lease("a", 1), Lease("b", 1)
    for now in range(30):
        observer.observe([first] if now < 5 else [first, second], float(now))
    assert observer.observe([first, second], 30.0) == {first}
    assert observer.observe([second], 35.0) == {second}
    assert observer.observe([first], 100.0) == frozenset()


def test_a_pause_of_the_observer_does_not_count_whole() -> None:
    """After an hour in which the machine was suspended, the owner has time to renew its lease."""
    observer = LeaseObserver()
    lease = Lease("suspended too", 4)
    assert observer.observe([lease], 0.0) == frozenset()
    for hour in range(1, 3):
        assert observer.observe([lease], hour * 3600.0) == frozenset()
    assert observer.observe([lease], 3 * 3600.0) == {lease}


@given(age=st.floats(-1e9, 1e9, allow_nan=False))
def test_what_the_database_says_of_a_lease_shortens_the_look(age: float) -> None:
    """A new process takes over sooner, but never before the owner had the time of a renewal."""
    observer = LeaseObserver()
    left = Lease("killed", 3, age)
    expired = [bool(observer.observe([left], 100.0 + second)) for second in range(40)]
    at = expired.index(True)
    assert RENEWED_EVERY + 2 <= at <= LEASE
    assert at + max(age, 0.0) >= LEASE
    assert at == LEASE or age > 0


def test_a_killed_owner_is_noticed_a_lease_after_its_renewal() -> None:
    """Where the renewal was half a second before the look that saw it, that half second counts."""
    observer = LeaseObserver()
    observer.observe([Lease("killed", 2, 8.0)], 100.0)
    renewed = 110.4
    seen = [
        now for now in range(111, 145) if observer.observe([Lease("killed", 3, now - renewed)], now)
    ]
    assert LEASE <= seen[0] - renewed <= LEASE + 1.0
