"""A job whose answer is in doubt, while another process with the bot's token answers too."""

from decimal import Decimal

import pytest

from bot.jobs.errors import CardNotOurs, NotOwned
from bot.jobs.worker.submit import request_body
from bot.monitoring.shared_token import SHARED_TOKEN
from db.records import JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import World


async def _sent_by_another(world: World, job_id: int) -> None:
    """Have a task at the API that names the job, and that this process did not make."""
    world.api.scripts.next(Script.endless())
    other = await world.accept(world.process("other"), 5)
    body = {**request_body(other), "metadata": {"job_id": str(job_id)}}
    await world.client.create_task(other.endpoint, body)


async def test_a_task_of_another_process_is_not_made_twice(world: World, one: Process) -> None:
    """A job with a task that it did not send ends unsent, says so, and costs nothing."""
    job = await world.accept(one)
    await _sent_by_another(world, job.id)
    world.cards.message_ids[job.id] = 77
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.REFUSED, Reason.SENT_ELSEWHERE)
    assert (ended.task_id, ended.message_id) == (None, 77)
    assert len(world.api.tasks) == 1
    assert await world.spent() == Decimal("0.40")  # the other's
    assert one.health.problem(SHARED_TOKEN) is not None


@pytest.mark.parametrize("is_sent", [True, False])
async def test_a_card_of_another_process_is_not_ours(
    world: World, one: Process, is_sent: bool
) -> None:
    """A job whose interaction has another answer is taken back whole: row and reservation."""
    job = await world.accept(one)
    if is_sent:
        await _sent_by_another(world, job.id)
    spent = await world.spent() - job.price_high
    world.cards.errors["find"] = [CardNotOurs("a question")]
    with pytest.raises(NotOwned):
        await one.step(job.id)
    assert await one.jobs.get(job.id) is None
    assert await world.spent() == spent
    assert len(world.api.tasks) == is_sent
    assert one.health.problem(SHARED_TOKEN) is not None


async def test_an_acknowledged_card_needs_no_search(world: World, one: Process) -> None:
    """Where Discord has taken the card, the list is not read before the job is sent."""
    world.api.scripts.next(Script.endless())
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.task_id is not None)
    assert world.api.calls("GET", "/tasks") == []
    assert one.health.problem(SHARED_TOKEN) is None
