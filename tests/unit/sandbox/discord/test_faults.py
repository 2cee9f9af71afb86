"""The table of faults."""

import asyncio

import pytest

from sandbox.discord import Call, Faults
from sandbox.discord.calls import Upload, is_upload


def _call(method: str, path: str, *files: str) -> Call:
    uploads = [Upload(name=name, size=1) for name in files]
    return Call(time=0.0, method=method, path=path, json=None, query={}, uploads=uploads)


def test_a_fault_is_used_up() -> None:
    """`times` counts the calls it hits, `skip` those it lets pass."""
    faults = Faults()
    fault = faults.add("PATCH", "/webhooks/*", status=500, times=2, skip=1)
    taken = [faults.take(_call("PATCH", "/webhooks/1/2/messages/@original")) for _ in range(4)]
    assert taken == [None, fault, fault, None]


@pytest.mark.parametrize(
    ("method", "path", "hits"),
    [
        ("PATCH", "/webhooks/1/t/messages/@original", True),
        ("GET", "/webhooks/1/t/messages/@original", False),
        ("PATCH", "/webhooks/1/t/messages/5", False),
    ],
)
def test_a_fault_hits_what_it_names(method: str, path: str, hits: bool) -> None:
    """The method must be the same and the path fit the pattern."""
    faults = Faults()
    faults.add("PATCH", "/webhooks/*/*/messages/@original", status=500)
    assert (faults.take(_call(method, path)) is not None) is hits


def test_a_fault_may_last_and_be_removed() -> None:
    """Without a number of times it stays until it is taken out."""
    faults = Faults()
    fault = faults.add("*", "*", status=503, times=None)
    assert all(faults.take(_call("GET", "/x")) is fault for _ in range(5))
    faults.remove(fault)
    assert faults.take(_call("GET", "/x")) is None


def test_a_hold_may_want_more_than_a_path() -> None:
    """A call that is not as wanted passes, and uses nothing up."""
    faults = Faults()
    faults.hold("PATCH", "/x", wanted=is_upload)
    assert faults.take(_call("PATCH", "/x")) is None
    assert faults.take(_call("PATCH", "/x", "result.mp4")) is not None


async def test_a_hold_says_that_it_was_reached_and_waits() -> None:
    """The call goes on only once it is released, or everything is cleared."""
    faults = Faults()
    hold = faults.hold("GET", "/x")
    call = asyncio.create_task(hold.pass_through(), name="held-call")
    await hold.reached.wait()
    assert not call.done()
    hold.release()
    await call


def test_clearing_lets_a_hold_go_that_nobody_reached() -> None:
    """A test that ends early leaves nothing waiting."""
    faults = Faults()
    faults.hold("GET", "/x")
    faults.clear()
    assert faults.take(_call("GET", "/x")) is None
