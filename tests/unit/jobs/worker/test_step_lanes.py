"""What each step waits for, and who shares its lane."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from bot.jobs.worker.followed_tasks import is_followed_together
from bot.jobs.worker.step_lanes import StepLanes, asks_api
from db.records import Job, JobState
from tests.giving_way import at_once
from tests.unit.jobs.builders import FINAL, NOW, REQUESTER, a_job
from tests.virtual_time import in_virtual_time


def requested(state: JobState) -> Job:
    """Return a job whose cancel was requested."""
    return a_job(state, cancel_wanted_by=REQUESTER)


ALONE = {
    **{str(state): a_job(state) for state in FINAL},
    "a request before the POST": requested(JobState.ACCEPTED),
    "a card that is looked for": a_job(message_id=None),
}


@pytest.mark.parametrize("job", ALONE.values(), ids=ALONE)
def test_jobs_that_need_discord_alone(job: Job) -> None:
    """An ending, the cancel of what was never sent and the search for a card need no API."""
    assert not asks_api(job)
    assert not is_followed_together(job)


@pytest.mark.parametrize("state", [state for state in JobState if not state.is_final])
def test_jobs_that_need_the_api(state: JobState) -> None:
    """A POST, a question, a search and a delivery need it; so does a cancel of what was sent."""
    assert asks_api(a_job(state))
    assert asks_api(requested(state)) is (state is not JobState.ACCEPTED)


def test_jobs_that_a_task_list_may_answer() -> None:
    """A task that is followed, is understood and is not being cancelled is on the ticks, no other."""
    assert is_followed_together(a_job(JobState.FOLLOWING))
    assert not is_followed_together(requested(JobState.FOLLOWING))
    assert not is_followed_together(a_job(JobState.FOLLOWING, missing_since=NOW))
    assert not is_followed_together(a_job(JobState.FOLLOWING, task_id=None))
    others = set(JobState) - {JobState.FOLLOWING}
    assert not any(is_followed_together(a_job(state)) for state in others)


@in_virtual_time
async def test_questions_that_hang_hold_up_no_other_call() -> None:
    """Each kind of call has places of its own, so that a hundred that hang leave the others theirs."""
    lanes, done = StepLanes(give_way=at_once), list[str]()
    job = a_job(JobState.FOLLOWING)

    async def hold(place: AbstractAsyncContextManager[None], seconds: float, name: str) -> None:
        async with place:
            await asyncio.sleep(seconds)
            done.append(name)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(300):
            tasks.create_task(hold(lanes.question(job, has_ended=False), 10.0, "question"))
        await asyncio.sleep(0.5)
        for name, place in {
            "create": lanes.create(job),
            "cancel": lanes.cancel(job),
            "ending": lanes.question(job, has_ended=True),
            "search": lanes.search(job),
            "closing": lanes.closing(job),
        }.items():
            tasks.create_task(hold(place, 0.1, name))
        await asyncio.sleep(0.5)
        assert sorted(done) == ["cancel", "closing", "create", "ending", "search"]


async def _take_step(lanes: StepLanes, job: Job, seconds: float, done: list[int]) -> None:
    async with lanes.closing(job):
        await asyncio.sleep(seconds)
        done.append(job.id)


@pytest.mark.parametrize("slow_channels", [1, 40, 200])
@in_virtual_time
async def test_endings_in_slow_channels_hold_up_none_in_another(slow_channels: int) -> None:
    """The steps of forty endings in each of some slow channels leave every other channel its place."""
    lanes, done = StepLanes(give_way=at_once), list[int]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(40 * slow_channels):
            slow = a_job(JobState.CANCELLED, id=number, channel_id=number % slow_channels)
            tasks.create_task(_take_step(lanes, slow, 60.0, done))
        await asyncio.sleep(1.0)
        other = a_job(JobState.CANCELLED, id=99_999, channel_id=777)
        tasks.create_task(_take_step(lanes, other, 1.0, done))
        await asyncio.sleep(1.5)
        assert done == [99_999]
