"""When a lease of another process has expired, by the clock of the process that watches it."""

from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LARGEST_OFFSET
from bot.jobs.leases import LEASE, LeaseObserver
from db.repositories.claims import Lease
from tests.manual_clock import NOON

RENEWED_EVERY = 10.0
OFFSETS = st.floats(-LARGEST_OFFSET, LARGEST_OFFSET)


@given(st.lists(OFFSETS, min_size=1, max_size=20), st.floats(0, 1e9))
def test_a_renewed_lease_never_expires(offsets: list[float], began: float) -> None:
    """A lease that is renewed is respected, however far off the owner's clock is and however it is set."""
    observer = LeaseObserver()
    for second in range(20 * len(offsets)):
        renewed = int(second / RENEWED_EVERY)
        until = NOON + renewed * RENEWED_EVERY + offsets[renewed % len(offsets)]
        assert observer.observe([Lease("other", until)], began + second) == frozenset()


@given(OFFSETS, st.floats(0, 1e9))
def test_a_lease_that_is_not_renewed_expires(offset: float, began: float) -> None:
    """A lease that no process renews has expired after its length, whatever time is written in it."""
    observer = LeaseObserver()
    left = Lease("killed", NOON + offset)
    expired = [bool(observer.observe([left], began + second)) for second in range(40)]
    assert expired.index(True) == LEASE + 1


def test_a_lease_expires_by_itself() -> None:
    """Of several leases those that are not renewed expire, each from when it was first seen."""
    observer = LeaseObserver()
    first, second = Lease("a", NOON), Lease("b", NOON)
    for now in range(31):
        observer.observe([first] if now < 5 else [first, second], float(now))
    assert observer.observe([first, second], 31.0) == {first}
    assert observer.observe([second], 36.0) == {second}
    assert observer.observe([first], 100.0) == frozenset()


def test_a_pause_of_the_observer_does_not_count_whole() -> None:
    """After an hour in which the machine was suspended, the owner has time to renew its lease."""
    observer = LeaseObserver()
    lease = Lease("suspended too", NOON)
    assert observer.observe([lease], 0.0) == frozenset()
    for hour in range(1, 4):
        assert observer.observe([lease], hour * 3600.0) == frozenset()
    assert observer.observe([lease], 4 * 3600.0) == {lease}
