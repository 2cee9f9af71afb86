"""The POST goes wrong: at most one task, and the right words at the end."""

import pytest

from bot.jobs.worker.retry_later import RetryLater
from bot.monitoring.api_gate import ACCOUNT, PERMISSION
from bot.monitoring.api_gate import BALANCE as BALANCE_CHECK
from db.records import JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.api_faults.checks import assert_right
from tests.integration.jobs.api_faults.faults import (
    BALANCE,
    DELIVERED,
    NEVER_FOUND,
    NOT_ALLOWED,
    OPERATOR,
    REFUSED,
    TROUBLES,
    Ending,
    add_fault,
)
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, IMAGES, World

# Said to have had no effect: sent again. Perhaps an effect: searched for, never sent again.
ENDINGS: dict[str, Ending] = {
    "400": REFUSED,
    "401": OPERATOR,
    "402": BALANCE,
    "403": OPERATOR,
    "403 for a model": NOT_ALLOWED,
    "404": REFUSED,
    "409": NEVER_FOUND,
    "422": REFUSED,
    "429": DELIVERED,
    "429 in seconds": DELIVERED,
    "429 until a date": DELIVERED,
    "500": NEVER_FOUND,
    "500 after the effect": DELIVERED,
    "502": NEVER_FOUND,
    "502 html": NEVER_FOUND,
    "503": DELIVERED,
    "503 in seconds": DELIVERED,
    "503 until a date": DELIVERED,
    "503 html": NEVER_FOUND,
    "html": NEVER_FOUND,
    "html after the effect": DELIVERED,
    "truncated": NEVER_FOUND,
    "truncated after the effect": DELIVERED,
    "huge": NEVER_FOUND,
    "huge after the effect": DELIVERED,
    "wrong types": NEVER_FOUND,
    "wrong types after the effect": DELIVERED,
    "cut before": NEVER_FOUND,
    "cut within": DELIVERED,
    "cut after": DELIVERED,
}
_SENT_AGAIN = {name for name in ENDINGS if name.startswith(("429", "503")) and "html" not in name}


def test_every_create_fault_has_an_ending() -> None:
    """No way to fail is left out."""
    assert ENDINGS.keys() == TROUBLES.keys()


@pytest.mark.parametrize("trouble", ENDINGS)
async def test_ending_after_a_failing_create(world: World, one: Process, trouble: str) -> None:
    """After any failure of the POST there is at most one task, and the job ends as it should."""
    world.api.scripts.next(Script.quick(20))
    add_fault(world.api.faults, "POST", IMAGES, trouble)
    job = await world.ask(one)
    known = await one.run_until(job.id, lambda it: not it.open or it.state is JobState.UNCERTAIN)
    if known.open:
        world.clock.now += DAY
        await one.run_until(job.id)
    await assert_right(world, one, job, ENDINGS[trouble])
    assert len(world.api.calls("POST")) == (2 if trouble in _SENT_AGAIN else 1)


@pytest.mark.parametrize("trouble", sorted(_SENT_AGAIN))
async def test_when_a_failed_create_is_sent_again(world: World, one: Process, trouble: str) -> None:
    """The API's Retry-After is honoured, as seconds and as a date; a 429 slows every job."""
    add_fault(world.api.faults, "POST", IMAGES, trouble)
    job = await world.ask(one)
    with pytest.raises(RetryLater) as caught:
        await one.tracker.step(job.id)
    wanted = {"in seconds": 70.0, "until a date": 90.0}.get(trouble[4:])
    assert (caught.value.retry_after, caught.value.slows_all) == (wanted, trouble[:3] == "429")


@pytest.mark.parametrize(
    ("trouble", "check"), [("401", ACCOUNT), ("402", BALANCE_CHECK), ("403", PERMISSION)]
)
async def test_a_refused_create_is_reported_once(
    world: World, one: Process, trouble: str, check: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten jobs that are refused for the same reason make one message, which health repeats."""
    if check is ACCOUNT:
        add_fault(world.api.faults, "GET", "/balance", trouble, times=None)
    add_fault(world.api.faults, "POST", IMAGES, trouble, times=None)
    for number in range(10):
        job = await world.ask(one, number)
        await one.run_until(job.id)
    loud = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert loud == [one.health.problem(check)]
    assert f"({trouble})" in loud[0]
