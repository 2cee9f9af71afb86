"""The delivery ladder: how a result is delivered when its card can't be edited, each way once."""

import dataclasses
from collections.abc import AsyncGenerator

import pytest

from bot.jobs.errors import CardBusy, CardDeleted, CardOutOfReach, FileTooBig
from db.records import CardKind, Job, JobState, Reason
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.recording_cards import RecordingCards
from tests.integration.jobs.world import DAY, World, open_world
from tests.manual_clock import ManualClock


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    """Open what a job needs; its card can be replied to."""
    async with open_world(ManualClock()) as opened:
        opened.cards.takes_replies = True
        yield opened


async def _delivering(world: World, one: Process, **changes: object) -> Job:
    """Request a result, and put the card out of reach when there is one."""
    job = await world.ask(one, 0, **changes)
    job = await one.run_until(job.id, lambda it: it.state is JobState.DELIVERING)
    world.cards.out_of_reach.add(job.id)
    return job


async def _ended(one: Process, job: Job) -> Job:
    return await one.run_until(job.id, lambda it: it.state.is_final)


async def test_a_card_that_can_not_be_edited_is_replied_to(world: World) -> None:
    """A card that exists and can't be edited is replied to, and nothing else is sent."""
    one = world.process()
    ended = await _ended(one, await _delivering(world, one))
    assert (ended.state, ended.sent_by_dm) == (JobState.DELIVERED, False)
    ((_, files),) = world.cards.replies
    assert len(files) == 1
    assert world.cards.private == []


async def test_a_result_sent_as_reply_needs_no_ping(world: World) -> None:
    """A requester whom the reply has notified is not notified again of the same result."""
    one = world.process()
    world.api.scripts.next(Script.quick(90))
    job = await _ended(one, await _delivering(world, one))
    world.cards.out_of_reach.clear()
    await one.run_until(job.id)
    assert len(world.cards.endings) == 1
    assert world.cards.pings == []


@pytest.mark.parametrize("changes", [{"private": True}, {"card_kind": CardKind.TOKEN_ONLY}])
async def test_a_private_card_is_never_replied_to(world: World, changes: dict[str, object]) -> None:
    """A private result, and one on a card that only its requester sees, goes by direct message."""
    one = world.process()
    ended = await _ended(one, await _delivering(world, one, **changes))
    assert (ended.state, ended.sent_by_dm) == (JobState.DELIVERED, True)
    assert world.cards.replies == []


@pytest.mark.parametrize("error", [CardOutOfReach("403"), FileTooBig("413")])
async def test_a_refused_reply_gives_way_to_a_direct_message(
    world: World, error: Exception
) -> None:
    """A reply that Discord refuses gives way to a direct message."""
    one = world.process()
    job = await _delivering(world, one)
    world.cards.errors["deliver_as_reply"].append(error)
    ended = await _ended(one, job)
    assert (ended.state, ended.sent_by_dm) == (JobState.DELIVERED, True)
    assert world.cards.replies == []


async def test_a_card_deleted_before_the_reply_is_not_replaced(world: World) -> None:
    """A card that was deleted before the reply is not replaced, also not by a direct message."""
    one = world.process()
    job = await _delivering(world, one)
    world.cards.errors["deliver_as_reply"].append(CardDeleted("gone"))
    ended = await _ended(one, job)
    assert (ended.state, ended.reason) == (JobState.LINKED, Reason.CARD_DELETED)
    assert (world.cards.replies, world.cards.private) == ([], [])


async def test_a_result_without_any_route_is_kept(world: World) -> None:
    """A result that can be sent nowhere is kept, and nothing claims that it was sent."""
    one = world.process()
    world.cards.takes_replies = world.cards.takes_direct_messages = False
    ended = await _ended(one, await _delivering(world, one))
    assert (ended.state, ended.sent_by_dm) == (JobState.LINKED, False)


async def test_a_busy_reply_is_repeated(world: World) -> None:
    """A reply for which Discord is busy is tried again, not replaced by a direct message."""
    one = world.process()
    job = await _delivering(world, one)
    world.cards.errors["deliver_as_reply"] += [CardBusy("429", 7.0), CardBusy("500")]
    ended = await _ended(one, job)
    assert ended.state is JobState.DELIVERED
    assert (len(world.cards.replies), world.cards.private) == (1, [])


async def test_a_reply_is_repeated_after_a_restart(world: World) -> None:
    """After a crash the reply is repeated, which is safe, and the card is not edited: not two results."""
    one = world.process()
    job = await _delivering(world, one)
    world.cards.errors["deliver_as_reply"].append(CardBusy("the process died here"))
    await one.step(job.id)
    world.cards.out_of_reach.clear()  # a reply takes a thread out of the archive
    world.clock.now += DAY
    two = world.process("two")
    assert await two.take_over() == [job.id]
    ended = await _ended(two, job)
    assert ended.state is JobState.DELIVERED
    assert (len(world.cards.replies), world.cards.uploads) == (1, [])


async def test_no_delivery_route_is_tried_twice(world: World) -> None:
    """A refused edit or reply is not repeated while the message is retried, nor after a crash."""
    one = world.process()
    job = await _delivering(world, one)
    counting = _Counting(world.cards)
    world.cards.takes_replies = False
    world.cards.errors["deliver_privately"] += [CardBusy("500")] * 3
    one = dataclasses.replace(world, cards=counting).process("one")  # type: ignore[arg-type]
    ended = await _ended(one, job)
    assert (ended.state, ended.sent_by_dm) == (JobState.DELIVERED, True)
    assert counting.tried == {"deliver": 1, "deliver_as_reply": 1, "deliver_privately": 4}


class _Counting:
    """Cards that count the deliveries that were tried."""

    def __init__(self, cards: RecordingCards) -> None:
        self._cards = cards
        self.tried: dict[str, int] = {}

    def __getattr__(self, name: str) -> object:
        if name.startswith("deliver"):
            self.tried[name] = self.tried.get(name, 0) + 1
        return getattr(self._cards, name)
