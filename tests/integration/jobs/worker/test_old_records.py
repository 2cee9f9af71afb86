"""A step whose record is older than its row does nothing that can't be taken back."""

import dataclasses

from db.records import Job
from db.repositories.jobs import JobRepository
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.delivering import delivering
from tests.integration.jobs.world import HOUR, World


async def _store_unnoticed(world: World, job: Job, **changes: object) -> None:
    """Change the row as another process does, of which the owner is to learn within a second."""
    jobs = JobRepository(world.store, owner="another")
    row = await jobs.get(job.id)
    assert row is not None
    assert await jobs.save(row, dataclasses.replace(row, **changes))  # type: ignore[arg-type]


async def test_a_result_that_another_process_began_to_send_is_not_put_on_the_card(
    world: World, one: Process
) -> None:
    """A result is sent one way, also where the record knows nothing of the reply that was begun."""
    job = await delivering(world, one)
    await _store_unnoticed(world, job, reply_begun_at=world.clock())
    await one.tracker.step(job.id)
    assert world.cards.uploads == []
    assert len(world.cards.replies) == 1


async def test_a_requester_is_not_notified_twice(world: World, one: Process) -> None:
    """The notification that another process has sent is not sent again by an old record."""
    world.api.scripts.next(Script.quick(HOUR))
    job = await world.ask(one)
    ended = await one.run_until(job.id, lambda it: it.state.is_final)
    assert ended.open
    await _store_unnoticed(world, ended, pinged_at=world.clock())
    await one.run_until(job.id)
    assert world.cards.pings == []


async def test_a_change_by_another_process_wakes_the_owner(world: World, one: Process) -> None:
    """The row says so by the same write, so that nothing can come between the two."""
    job = await delivering(world, one)
    await _store_unnoticed(world, job, cancel_wanted_by=0)
    assert (await one.read(job.id)).woken
