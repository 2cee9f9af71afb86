"""What one process has learned is known to the others for as long as it holds."""

from db.repositories.notices import Notice, Notices
from db.store import Store

NOW = 1_790_000_000.0


async def test_a_notice_holds_for_its_time(store: Store) -> None:
    """Each process reads what holds now, and what is over is dropped by the next that writes."""
    notices = Notices(store)
    await notices.put([Notice("a", NOW + 10), Notice("b", NOW + 20)], NOW)
    assert await notices.current(NOW) == [Notice("a", NOW + 10), Notice("b", NOW + 20)]
    assert await notices.current(NOW + 10) == [Notice("b", NOW + 20)]
    await notices.put([], NOW + 15)
    assert await notices.current(0.0) == [Notice("b", NOW + 20)]


async def test_a_notice_is_never_made_shorter(store: Store) -> None:
    """Of two processes that announce the same, the one that says longer counts."""
    notices = Notices(store)
    for until in (20.0, 10.0, 30.0):
        await notices.put([Notice("a", NOW + until)], NOW)
        assert (await notices.current(NOW))[0].until >= NOW + min(until, 20.0)
    assert await notices.current(NOW) == [Notice("a", NOW + 30.0)]
