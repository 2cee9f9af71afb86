"""Jobs whose result is about to be fetched."""

from db.records import Job, JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import World


async def delivering(world: World, process: Process, number: int = 0) -> Job:
    """Bring a job to where its result is about to be fetched."""
    world.api.scripts.next(Script.quick(1))
    job = await world.ask(process, number)
    ready = await process.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    process.questions.discard(job.id)  # some time later, when what was learned with the end is old
    return ready
