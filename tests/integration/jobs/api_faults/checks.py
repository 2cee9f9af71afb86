"""What must be so of every job when the API is well again and time has gone on."""

from db.records import Job
from db.repositories.ledger import Ledger, day_of
from tests.integration.jobs.api_faults.faults import Ending
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import World


def tasks_of(world: World, job: Job) -> list[str]:
    """Return the ids of the tasks that the API has for the job."""
    mark = {"job_id": str(job.id)}
    return [task.id for task in world.api.tasks.values() if task.metadata == mark]


async def assert_ended(world: World, process: Process, job: Job, ending: Ending) -> None:
    """Check one job: closed, as it should, with its tasks counted."""
    ended = await process.read(job.id)
    assert (ended.state, ended.reason, ended.open) == (ending.state, ending.reason, False)
    assert len(tasks_of(world, job)) == ending.tasks
    uploads = [shown for shown, _ in world.cards.uploads if shown.id == job.id]
    assert len(uploads) == (ending.state.value == "delivered")


async def assert_right(world: World, process: Process, job: Job, ending: Ending) -> None:
    """Check the only job that there is, and that the ledger holds its cost and no more."""
    await assert_ended(world, process, job, ending)
    assert await Ledger(world.store).spent_on(day_of(job)) == ending.spent
