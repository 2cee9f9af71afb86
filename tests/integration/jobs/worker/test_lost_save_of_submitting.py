"""A job whose `submitting` is saved, while the step that saved it does not learn that, is not sent."""

from db.errors import StoreFailed
from db.records import Job, JobState
from db.repositories.jobs import JobRepository
from tests.integration.jobs.worker.posts import posts
from tests.integration.jobs.world import World


class CommitsUnnoticed(JobRepository):
    """Repository whose first commit of `submitting` ends in an error all the same."""

    has_failed = False

    async def save(self, before: Job, after: Job, **more: object) -> Job | None:
        """Save, and fail once after the commit."""
        saved = await super().save(before, after, **more)  # type: ignore[arg-type]
        if after.state is JobState.SUBMITTING and not self.has_failed:
            self.has_failed = True
            raise StoreFailed("the disk failed after the commit")
        return saved


async def test_only_the_step_that_saved_submitting_sends(world: World) -> None:
    """`submitting` that a step finds may have been sent: its task is searched for, and none is made."""
    one = world.process("one", jobs=CommitsUnnoticed(world.store))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.UNCERTAIN)
    assert posts(world) == 0
