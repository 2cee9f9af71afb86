"""The simulated Discord's faults: refused, limited and held calls."""

import asyncio

import pytest

from sandbox.discord import Call, DiscordFaults
from sandbox.discord.calls import Upload, is_upload
from sandbox.discord.faults import DiscordFaultEffect


def _call(method: str, path: str, *files: str) -> Call:
    uploads = [Upload(name=name, size=1) for name in files]
    return Call(time=0.0, method=method, path=path, json=None, query={}, uploads=uploads)


@pytest.mark.parametrize(
    ("method", "path", "is_hit"),
    [
        ("PATCH", "/webhooks/1/t/messages/@original", True),
        ("GET", "/webhooks/1/t/messages/@original", False),
        ("PATCH", "/webhooks/1/t/messages/5", False),
    ],
)
def test_a_discord_fault_hits_only_calls_that_match(method: str, path: str, is_hit: bool) -> None:
    """The method must be the same and the path must fit the pattern."""
    faults = DiscordFaults()
    fault = faults.add("PATCH", "/webhooks/*/*/messages/@original", status=500, code=7)
    expected = DiscordFaultEffect(status=500, code=7) if is_hit else None
    assert faults.take(_call(method, path)) == expected
    assert fault.injected == is_hit


def test_a_limit_is_used_up() -> None:
    """A limit hits as many calls as it was given, after those that it skips."""
    faults = DiscordFaults()
    limit = faults.limit("PATCH", "/x", retry_after=1.5, times=2, skip=1)
    taken = [faults.take(_call("PATCH", "/x")) for _ in range(4)]
    assert taken == [None, limit.effect, limit.effect, None]
    assert (limit.effect.status, limit.effect.retry_after) == (429, 1.5)


def test_a_hold_may_want_more_than_a_path() -> None:
    """A call that is not as wanted passes, and uses nothing up."""
    faults = DiscordFaults()
    faults.hold("PATCH", "/x", wanted=is_upload)
    assert faults.take(_call("PATCH", "/x")) is None
    assert faults.take(_call("PATCH", "/x", "result.mp4")) is not None


async def test_a_hold_reports_that_it_was_reached_and_waits() -> None:
    """The call goes on only once it is released."""
    faults = DiscordFaults()
    hold = faults.hold("GET", "/x")
    call = asyncio.create_task(hold.pass_through(), name="held-call")
    await hold.reached.wait()
    assert not call.done()
    hold.release()
    await call


def test_a_cleared_hold_stops_no_call() -> None:
    """A test that ends early leaves nothing that would wait."""
    faults = DiscordFaults()
    faults.hold("GET", "/x")
    faults.clear()
    assert faults.take(_call("GET", "/x")) is None
