"""The bot is stopped or killed somewhere on a job's way, and started again on the same database."""

import asyncio
import time

import pytest

from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW
from bot.locales.answer_texts import PRICE_QUESTION_EXPIRED
from bot.locales.button_texts import BUTTON_GENERATE
from bot.locales.card_texts import CANCELLED_BY_REQUESTER, FITTED, LATE_ACCEPTED
from db.records import JobState
from sandbox.discord import Hold, Person, SeenMessage
from sandbox.discord.calls import is_upload
from sandbox.discord.faults import Moment
from sandbox.modelhunter import Script
from tests.crash.transcoders import transcoders
from tests.end_to_end.checks import assert_edited_only_with_news, assert_only_card, assert_playable
from tests.end_to_end.world import CANCEL, TIMEOUT, World

EDITS = "/webhooks/*/messages/*"
ANSWERS = "/interactions/*/callback"
KILLED = -9


async def _assert_ended_well(world: World, card: SeenMessage | int) -> None:
    """Check that the same message ends with the result of the one task."""
    done = await world.until_done(card)
    assert len(done.attachments) == 1
    await assert_playable(done)
    assert_only_card(world, done)
    assert len(world.api.tasks) == 1


async def test_sigterm_while_jobs_run(world: World) -> None:
    """Quiet and safe: SIGTERM ends the bot in order, and its jobs go on after the next start."""
    world.api.scripts.next(Script.quick(2))
    async with world.bot() as bot:
        card = await world.ask()
        await world.until_following(card)
        before = time.monotonic()
        assert await bot.terminate() == 0
        assert time.monotonic() - before < 10.0
    async with world.bot():
        await _assert_ended_well(world, card)
        assert_edited_only_with_news(world, card)


async def test_sigterm_during_the_post(world: World) -> None:
    """One task per job: SIGTERM during the POST neither hangs nor loses or repeats the task."""
    world.api.faults.add("POST", "/*/text-to-video", delay=8.0)
    world.api.scripts.next(Script.quick(1))
    async with world.bot() as bot:
        card = await world.ask()
        await world.until_tasks(1)
        before = time.monotonic()
        assert await bot.terminate() == 0
        assert time.monotonic() - before < 10.0
    async with world.bot():
        await _assert_ended_well(world, card)


async def test_sigterm_while_the_database_is_locked(world: World) -> None:
    """Quiet and safe: SIGTERM ends the bot in its ten seconds also when another program has the file."""
    world.api.scripts.next(Script.quick(60))
    async with world.bot() as bot:
        await world.until_following(await world.ask())
        with world.locked_database():
            before = time.monotonic()
            assert await bot.terminate() == 0
            assert time.monotonic() - before < 10.0


async def test_sigterm_while_connecting(world: World) -> None:
    """Quiet and safe: SIGTERM is heard also at the moment when the gateway comes back."""
    async with world.bot() as bot:
        await bot.until_output("connected to Discord")
        async with world.discord.gateway.down():
            pass
        async with asyncio.timeout(10.0):
            assert await bot.terminate() == 0


async def test_a_kill_before_the_post(world: World) -> None:
    """One task per job: a job that the API did not take yet is sent after the restart."""
    headers = {"Retry-After": "120"}
    world.api.faults.add("POST", "/*/text-to-video", status=429, headers=headers)
    world.api.scripts.next(Script.quick(1))
    async with world.bot() as bot:
        card = await world.ask()
        await world.until_title(card, LATE_ACCEPTED.title.english)
        assert await bot.kill() == KILLED
    assert len(world.api.tasks) == 0
    async with world.bot():
        await _assert_ended_well(world, card)


async def test_a_kill_during_the_post(world: World) -> None:
    """One task per job: a task whose answer was lost is found again and never requested twice."""
    world.api.faults.add("POST", "/*/text-to-video", delay=60.0)
    world.api.scripts.next(Script.quick(1))
    async with world.bot() as bot:
        card = await world.ask()
        await world.until_tasks(1)
        assert await bot.kill() == KILLED
    async with world.bot():
        await _assert_ended_well(world, card)
    assert len(world.api.calls("POST")) <= 1


async def test_a_post_whose_answer_is_lost_needs_no_restart(world: World) -> None:
    """One task per job: a POST cut off after its effect is searched for, not repeated."""
    world.api.faults.add("POST", "/*/text-to-video", cut="after")
    world.api.scripts.next(Script.quick(0))
    async with world.bot():
        card = await world.ask()
        # The first search may come at once or ten seconds later.
        await _assert_ended_well(world, card)
    assert len(world.api.calls("POST")) == 1


async def test_a_kill_while_the_task_runs(world: World) -> None:
    """One card per job: a running job goes on after the restart, on the same message."""
    world.api.scripts.next(Script.quick(2))
    async with world.bot() as bot:
        card = await world.ask()
        await world.until_following(card)
        assert await bot.kill() == KILLED
    async with world.bot():
        await _assert_ended_well(world, card)
        # The kill may have come between an edit and its record, and that edit is then made again.
        assert_edited_only_with_news(world, card, but=1)


@pytest.mark.parametrize("spoiler", [False, True])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_kill_during_the_upload(world: World, moment: Moment, spoiler: bool) -> None:
    """Delivered is more than succeeded: an upload that was cut short is made again, onto the same card."""
    world.api.scripts.next(Script.quick(0))
    hold = world.discord.faults.hold("PATCH", EDITS, at=moment, wanted=is_upload)
    async with world.bot() as bot:
        card = await world.ask(spoiler=spoiler)
        await _reached(hold)
        assert await bot.kill() == KILLED
    async with world.bot():
        await _assert_ended_well(world, card)
    hold.release()


async def test_a_kill_while_transcoding(world: World) -> None:
    """Delivered is more than succeeded: a result that was being made smaller is begun again."""
    world.discord.limits.upload = 200_000
    world.api.scripts.next(Script.too_big(400_000))
    async with world.bot() as bot:
        card = await world.ask()
        await world.until(lambda: bool(transcoders(world.saved_ids())), "the transcoder")
        assert await bot.kill() == KILLED
    await world.until(lambda: not transcoders(world.saved_ids()), "the transcoder's end")
    async with world.bot():
        await _assert_ended_well(world, card)
    assert FITTED.english in world.discord.message(card.id).words


async def test_a_kill_before_the_ending_is_shown(world: World) -> None:
    """Truthful: an ending that was saved and not shown is shown after the restart."""
    world.api.scripts.next(Script.endless())
    async with world.bot() as bot:
        card = await world.ask()
        await world.until_following(card)
        await world.until_offered(card)
        hold = world.discord.faults.hold("PATCH", EDITS)
        await world.robin.react(card, CANCEL)
        await world.until(lambda: world.saved_states() == ["cancelled"], "the end to be saved")
        await _reached(hold)
        assert await bot.kill() == KILLED
    async with world.bot():
        await world.until_state(card, JobState.CANCELLED)
        await world.discord.until_message(card.id, lambda it: it.reactions == {CANCEL: 1})
        assert_only_card(world, card)
    hold.release()


async def test_a_reaction_while_the_bot_was_away(world: World) -> None:
    """Only the requester's: ❌ given while the bot was away is carried out when it is back; another user's isn't."""
    world.api.scripts.next(Script.endless(), Script.quick(1))
    stranger = Person.join(world.discord, "Sam")
    async with world.bot() as bot:
        cards = [await world.ask(), await world.ask()]
        for card in cards:
            await world.until_following(card)
            await world.until_offered(card)
        assert await bot.kill() == KILLED
    for card in cards:
        await stranger.react(card, CANCEL)
    await world.robin.react(cards[0], CANCEL)
    async with world.bot():
        ended = await world.until_state(cards[0], JobState.CANCELLED)
        assert CANCELLED_BY_REQUESTER.english.format(person=f"<@{world.robin.id}>") in ended.words
        await world.until_state(cards[1], JobState.DELIVERED)
    assert len(world.api.calls("DELETE")) == 1


async def test_a_card_deleted_while_the_bot_was_away(world: World) -> None:
    """One card per job: a card deleted in the meantime cancels its job, and nothing takes its place."""
    world.api.scripts.next(Script.endless())
    async with world.bot() as bot:
        card = await world.ask()
        await world.until_following(card)
        (task,) = world.api.tasks
        assert await bot.kill() == KILLED
    await Person.join(world.discord, "Mo", may_manage_messages=True).delete(card)
    async with world.bot():
        await world.until_api_status(task, "cancelled")
        assert world.messages() == []


async def test_a_kill_before_the_card_is_acknowledged(world: World) -> None:
    """One card per job: a card whose number was never learned is found and brought to its end."""
    world.api.scripts.next(Script.quick(1))
    async with world.bot() as bot:
        hold = world.discord.faults.hold("POST", ANSWERS, at="after")
        card = await world.ask()
        await _reached(hold)
        assert await bot.kill() == KILLED
    assert len(world.api.tasks) == 0
    async with world.bot():
        await _assert_ended_well(world, card)
    hold.release()


async def test_a_kill_between_the_yes_and_the_card(world: World) -> None:
    """One task per job: a yes that became no card can be said again, and is not answered with a card that does not exist."""
    world.environment["CONFIRM_ABOVE_USD"] = "0.0001"
    async with world.bot() as bot:
        question = await world.ask()
        hold = world.discord.faults.hold("POST", ANSWERS)
        world.robin.begin_click(question, BUTTON_GENERATE.english)
        await _reached(hold)
        assert await bot.kill() == KILLED
    world.clock.ahead += ANSWER_WINDOW
    async with world.bot():
        await world.until(lambda: world.saved_states() == ["refused"], "the job to be given up")
        answer = await world.robin.click(question, BUTTON_GENERATE.english)
        assert answer.message is not None
        assert PRICE_QUESTION_EXPIRED.english in answer.message.content
    assert len(world.api.tasks) == 0
    hold.release()


async def test_a_kill_before_the_answer(world: World) -> None:
    """One task per job: a job whose card was never shown is not sent, and its requester may ask again."""
    async with world.bot(MAX_RUNNING_PER_USER="1") as bot:
        hold = world.discord.faults.hold("POST", ANSWERS)
        await world.begin()
        await _reached(hold)
        assert await bot.kill() == KILLED
    world.api.scripts.next(Script.quick(0))
    world.clock.ahead += ANSWER_WINDOW
    async with world.bot(MAX_RUNNING_PER_USER="1"):
        await world.until(lambda: world.saved_states() == ["refused"], "the job to be given up")
        done = await world.until_done(await world.ask())
        assert_only_card(world, done)
    assert len(world.api.tasks) == 1
    hold.release()


async def _reached(hold: Hold) -> None:
    async with asyncio.timeout(TIMEOUT):
        await hold.reached.wait()
