"""Which message shows a result when its card can't: a reply, a direct message, or the job list."""

import pytest

from bot.jobs.errors import CardBusy, FileTooBig
from db.records import CardKind, JobState, Reason
from tests.integration.jobs.process import Process
from tests.integration.jobs.worker.delivering import delivering
from tests.integration.jobs.world import World


async def test_a_card_deleted_before_the_upload_is_not_replaced(world: World, one: Process) -> None:
    """A finished result waits in /jobs; no other message is sent in its place."""
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    world.cards.deleted.add(job.id)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.reason) == (JobState.LINKED, Reason.CARD_DELETED)
    assert (world.cards.endings, world.cards.pings, world.cards.private) == ([], [], [])


async def test_a_card_out_of_reach_is_replied_to(world: World, one: Process) -> None:
    """A card that can't be edited is replied to, once, and its requester never gets two messages."""
    world.cards.errors["deliver_as_reply"].append(CardBusy("500"))
    job = await world.ask(one)
    world.cards.out_of_reach.add(job.id)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.sent_by_dm) == (JobState.DELIVERED, False)
    ((sent, files),) = world.cards.replies
    assert (sent.state, len(files)) == (JobState.DELIVERED, 1)
    assert (world.cards.uploads, world.cards.private, world.cards.pings) == ([], [], [])


@pytest.mark.parametrize("private", [True, False])
async def test_the_result_of_an_expired_private_card_goes_by_direct_message(
    world: World, one: Process, private: bool
) -> None:
    """What was not for the channel goes by direct message, and never into the channel."""
    world.cards.errors["deliver_privately"].append(CardBusy("500"))
    job = await world.ask(one, private=private, card_kind=CardKind.TOKEN_ONLY)
    world.cards.out_of_reach.add(job.id)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.sent_by_dm) == (JobState.DELIVERED, True)
    ((sent, files),) = world.cards.private
    assert (sent.state, sent.sent_by_dm, len(files)) == (JobState.DELIVERED, True, 1)
    assert world.cards.replies == []


async def test_a_result_without_card_and_reply_goes_by_direct_message(
    world: World, one: Process
) -> None:
    """Where no message can be sent any more, the result goes by direct message."""
    world.cards.takes_replies = False
    job = await world.ask(one)
    world.cards.out_of_reach.add(job.id)
    assert (await one.run_until(job.id)).sent_by_dm
    assert len(world.cards.private) == 1


async def test_a_result_without_any_message_waits_in_the_job_list(
    world: World, one: Process
) -> None:
    """A requester who takes no direct messages finds the result in /jobs."""
    world.cards.takes_replies = world.cards.takes_direct_messages = False
    job = await world.ask(one)
    world.cards.out_of_reach.add(job.id)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.sent_by_dm) == (JobState.LINKED, False)


async def test_a_refused_delivery_route_is_not_tried_again(world: World, one: Process) -> None:
    """A card that can be edited again after its reply was begun does not show the result twice."""
    world.cards.errors["deliver_as_reply"].append(CardBusy("500"))
    job = await world.ask(one)
    world.cards.out_of_reach.add(job.id)
    await one.run_until(job.id, lambda it: it.reply_begun_at is not None)
    world.cards.out_of_reach.clear()
    assert (await one.run_until(job.id)).state is JobState.DELIVERED
    assert (len(world.cards.replies), world.cards.uploads) == (1, [])


async def test_a_file_too_big_for_a_direct_message_is_made_to_fit(
    world: World, one: Process
) -> None:
    """What fits the server and not a direct message is made to fit that."""
    world.cards.limit = 25 * 1024 * 1024
    world.cards.takes_replies = False
    world.cards.errors["deliver_privately"].append(FileTooBig("413"))
    job = await delivering(world, one)
    world.cards.out_of_reach.add(job.id)
    ended = await one.run_until(job.id)
    assert (ended.state, ended.sent_by_dm) == (JobState.DELIVERED, True)
    assert len(world.cards.private) == 1
