"""After the end: the ending is shown, the requester notified once, the bot's reaction removed."""

import asyncio
import dataclasses

import pytest

from bot.jobs.errors import CardBusy, CardDeleted, CardOutOfReach
from bot.jobs.worker.close import deserves_ping
from db.records import CardKind, Job, JobState
from sandbox.modelhunter import Script
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import DAY, HOUR, MINUTE, World


async def test_no_ping_within_a_minute(world: World, one: Process) -> None:
    """A requester who waited less than a minute is looking at the card."""
    world.api.scripts.next(Script.quick(30))
    job = await world.ask(one)
    await one.run_until(job.id)
    assert world.cards.pings == []


@pytest.mark.parametrize("script", [Script.quick(90), Script.failing("no", seconds=90)])
async def test_one_ping_after_a_minute(world: World, one: Process, script: Script) -> None:
    """A requester who waited longer than a minute gets one reply, for a result as for a failure."""
    world.api.scripts.next(script)
    job = await world.ask(one)
    ended = await one.run_until(job.id)
    assert [pinged.id for pinged in world.cards.pings] == [job.id]
    assert await one.step(job.id) is None
    assert len(world.cards.pings) == 1
    assert not ended.open


async def test_an_ending_is_shown_until_discord_takes_it(world: World, one: Process) -> None:
    """An ending is shown until Discord has taken it."""
    world.api.scripts.next(Script.failing("no"))
    world.cards.errors["finish"] += [CardBusy("429", 3.0), CardBusy("500")]
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FAILED)
    assert await one.step(job.id) == 3.0
    assert (await one.read(job.id)).open
    closed = await one.run_until(job.id)
    assert [ending.state for ending in world.cards.endings] == [JobState.FAILED]
    assert closed.shown == f"{JobState.FAILED} {closed.reason}"


async def test_an_ending_that_discord_never_takes_is_given_up(world: World, one: Process) -> None:
    """A card at which Discord is busy for a week is tried ever more rarely, and then left."""
    world.api.scripts.next(Script.failing("no"))
    world.cards.errors["finish"] += [CardBusy("500") for _ in range(2_000)]
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FAILED)
    world.clock.now += HOUR
    assert await one.step(job.id) == 6 * MINUTE
    world.clock.now += 7 * DAY
    for _ in range(3):
        assert await one.step(job.id) == 10 * MINUTE
        world.clock.now += 10 * MINUTE
    assert (await one.run_until(job.id)).state is JobState.FAILED
    assert len(world.cards.errors["finish"]) > 1_990


async def test_a_fault_of_ours_at_the_ending_is_given_up(
    world: World, one: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ending at which our own code fails is tried ever more rarely, and is left after a week."""
    world.api.scripts.next(Script.failing("no"))
    job = await world.ask(one)
    await one.run_until(job.id, lambda it: it.state is JobState.FAILED)

    async def fail(_: Job) -> str:
        raise KeyError("a fault of our own")

    monkeypatch.setattr(world.cards, "finish", fail)
    world.clock.now += 7 * DAY
    for _ in range(4):
        assert await one.step(job.id) == 10 * MINUTE
        world.clock.now += 10 * MINUTE
    assert not (await one.run_until(job.id)).open


async def test_a_job_without_a_card_is_closed(world: World, one: Process) -> None:
    """A job is closed also where its card is gone."""
    world.api.scripts.next(Script.failing("no"))
    world.cards.errors["finish"].append(CardDeleted("gone"))
    job = await world.ask(one)
    closed = await one.run_until(job.id)
    assert (closed.state, world.cards.endings) == (JobState.FAILED, [])


async def test_an_ending_out_of_reach_is_tried_every_ten_minutes(
    world: World, one: Process
) -> None:
    """A card that can't be edited now may be later: its ending is tried every ten minutes."""
    world.api.scripts.next(Script.failing("no"))
    job = await world.ask(one)
    world.cards.out_of_reach.add(job.id)
    failed = await one.run_until(job.id, lambda it: it.state is JobState.FAILED)
    assert await one.step(job.id) == 10 * MINUTE
    world.cards.out_of_reach.clear()
    await one.run_until(job.id)
    assert [ending.state for ending in world.cards.endings] == [failed.state]


async def test_an_ending_out_of_reach_for_a_day_closes_the_job(world: World, one: Process) -> None:
    """A day after the end the card is not waited for any more, and the job is closed."""
    world.api.scripts.next(Script.failing("no"))
    job = await world.ask(one)
    world.cards.out_of_reach.add(job.id)
    closed = await one.run_until(job.id)
    assert (closed.state, world.cards.endings) == (JobState.FAILED, [])
    assert 24 * HOUR <= world.clock() - job.created_at <= 24 * HOUR + 11 * MINUTE


@pytest.mark.parametrize("takes", [True, False])
async def test_the_ending_of_an_expired_card_goes_by_direct_message(
    world: World, one: Process, takes: bool
) -> None:
    """The ending of a card that can't be edited any more goes by direct message, if that is welcome."""
    world.cards.takes_direct_messages = takes
    world.api.scripts.next(Script.failing("no"))
    job = await world.ask(one, card_kind=CardKind.TOKEN_ONLY)
    world.cards.out_of_reach.add(job.id)
    assert (await one.run_until(job.id)).state is JobState.FAILED
    assert [told.id for told in world.cards.finished_privately] == [job.id] * takes


async def test_a_refused_ping_closes_the_job(world: World, one: Process) -> None:
    """A ping that Discord refuses is not worth a second try; the job is closed."""
    world.api.scripts.next(Script.quick(90))
    world.cards.errors["notify_requester"].append(CardOutOfReach("403"))
    job = await world.ask(one)
    await one.run_until(job.id)
    assert (world.cards.pings, world.cards.reactions_removed) == ([], [job.id])


async def test_the_card_of_an_unsent_job_is_found(world: World, one: Process) -> None:
    """A card that was sent just before a crash is found, and says that nothing was sent."""
    job = await world.accept(one)
    world.clock.now += 15 * MINUTE + 1
    await one.step(job.id)
    world.cards.message_ids[job.id] = 77
    closed = await one.run_until(job.id)
    assert (closed.state, closed.message_id) == (JobState.REFUSED, 77)
    assert [ending.message_id for ending in world.cards.endings] == [77]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"state": JobState.LINKED}, True),
        ({"state": JobState.LOST}, True),
        ({"state": JobState.CANCELLED}, False),
        ({"state": JobState.REFUSED}, False),
        ({"card_kind": CardKind.TOKEN_ONLY}, False),
        ({"dm_begun_at": 1.0}, False),
        ({"reply_begun_at": 1.0}, False),
        ({"ended_at": 60.0}, False),
        ({"ended_at": 60.1}, True),
        ({"ended_at": None}, False),
    ],
)
async def test_which_endings_deserve_a_ping(
    world: World, one: Process, changes: dict[str, object], told: bool
) -> None:
    """Endings that are news and can be replied to, for those who waited a minute."""
    job = await world.accept(one)
    ended = dataclasses.replace(job, created_at=0.0, state=JobState.DELIVERED, ended_at=100.0)
    changed: Job = dataclasses.replace(ended, **changes)  # type: ignore[arg-type]
    assert deserves_ping(changed, 110.0) is told


async def test_no_ping_after_five_minutes(world: World, one: Process) -> None:
    """Five minutes after the end a reply would say nothing new."""
    job = await world.accept(one)
    ended = dataclasses.replace(job, created_at=0.0, state=JobState.DELIVERED, ended_at=100.0)
    assert deserves_ping(ended, 399.0)
    assert not deserves_ping(ended, 400.0)


async def test_what_comes_after_an_ending_holds_up_no_other(
    world: World, one: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many endings of a channel wait for the bot's rate limit, the next one is shown."""
    jobs = [await world.ask(one, number) for number in range(40)]
    for job in jobs:
        world.api.scripts.next(Script.failing("no"))
        await one.run_until(job.id, lambda it: it.state is JobState.FAILED)

    async def wait_for_a_turn(_: Job) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(world.cards, "remove_own_reaction", wait_for_a_turn)
    steps = [asyncio.create_task(one.step(job.id), name=f"step {job.id}") for job in jobs]
    async with asyncio.timeout(10):
        while len(world.cards.endings) < len(jobs):  # noqa: ASYNC110 - cards have no event
            await asyncio.sleep(0.01)
    for step in steps:
        step.cancel()
    await asyncio.gather(*steps, return_exceptions=True)
