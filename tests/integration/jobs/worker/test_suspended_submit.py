"""A machine that was suspended between the decision to send a job and its POST does not send it."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from bot.jobs.worker.submit import SENT_WITHIN
from db.records import Job, JobState, Reason
from db.repositories.jobs import JobRepository
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.posts import posts
from tests.integration.jobs.world import HOUR, LEASE, MINUTE, World


class SuspendedAfterSubmitting(JobRepository):
    """Repository after whose saving of `submitting` something else happens first, once."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def save(self, before: Job, after: Job, **more: object) -> Job | None:
        """Save, then let pass what passes while the machine is suspended."""
        saved = await super().save(before, after, **more)  # type: ignore[arg-type]
        meanwhile = self.meanwhile
        if saved and after.state is JobState.SUBMITTING and meanwhile is not None:
            self.meanwhile = None
            await meanwhile()
        return saved


def suspended(world: World, meanwhile: Callable[[], Awaitable[None]]) -> Process:
    """Return a process that is suspended just before its first POST."""
    jobs = SuspendedAfterSubmitting(world.store)
    jobs.meanwhile = meanwhile
    return world.process("slow", jobs=jobs)


@pytest.mark.parametrize("seconds", [SENT_WITHIN + 1, 5 * MINUTE, HOUR])
async def test_a_late_post_is_not_sent_but_decided_anew(world: World, seconds: float) -> None:
    """What could not be sent in time is taken for not sent, and sent by the next step."""

    async def wait() -> None:
        world.clock.now += seconds

    one = suspended(world, wait)
    job = await world.ask(one)
    await one.step(job.id)
    assert posts(world) == 0
    waiting = await one.read(job.id)
    assert (waiting.state, waiting.submitted_at) == (JobState.ACCEPTED, None)
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert posts(world) == 1


async def test_a_post_in_time_is_sent(world: World) -> None:
    """A slow database alone keeps no job from being sent."""

    async def wait() -> None:
        world.clock.now += SENT_WITHIN - 1

    one = suspended(world, wait)
    job = await world.ask(one)
    await one.step(job.id)
    assert posts(world) == 1


@pytest.mark.parametrize(
    ("is_cancelled", "state", "reason"),
    [(False, JobState.REFUSED, Reason.NEVER_SENT), (True, JobState.CANCELLED, None)],
)
async def test_a_job_that_was_tried_again_in_the_meantime_is_not_sent(
    world: World, is_cancelled: bool, state: JobState, reason: Reason | None
) -> None:
    """Another process says that the outcome is unknown and the requester tries again: one task."""
    two = world.process("two")

    async def be_taken_over() -> None:
        world.clock.now += LEASE + 1
        (job_id,) = await two.take_over()
        await two.run_until(job_id, lambda it: it.state is JobState.UNCERTAIN)
        world.api.scripts.next(Script.endless())
        retry = await world.ask(two, 1, retry_of=job_id)
        await two.run_until(retry.id, lambda it: it.state is JobState.FOLLOWING)
        if is_cancelled:
            await two.recorder.request_cancel(job_id, 7)

    slow = suspended(world, be_taken_over)
    job = await world.ask(slow)
    await slow.step(job.id)
    ended = await slow.read(job.id)
    assert (ended.state, ended.reason) == (state, reason)
    assert (posts(world), await world.spent()) == (1, Decimal("0.40"))
