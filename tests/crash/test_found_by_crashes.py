"""Faults of the bot that random kills have found, each as a test of its own."""

import asyncio
import random
import sqlite3

from bot.locales.card_texts import CANCELLED_BY_REQUESTER, STATES
from db.records import JobState
from tests.crash.checks import check_promises
from tests.crash.kill_points import KILL_POINTS
from tests.crash.run_and_kill import run_to_completion
from tests.crash.stage import CANCEL, TIMEOUT, Request, Stage, open_stage
from tests.crash.stored_jobs import read_stored_jobs

_REACTIONS = "/channels/*/messages/*/reactions/*"
_ANSWERS = "/interactions/*/callback"


async def _kill_amid(
    stage: Stage, method: str, path: str, *, at_effect: bool, has_task: bool
) -> Request:
    """Request an endless task, kill the bot amid a call to Discord, and return the request."""
    bot = await stage.spawn()
    await stage.until_ready(bot, 0)
    hold = stage.discord.faults.hold(method, path, at="after" if at_effect else "before")
    stage.held.append(hold)
    await stage.ask(1, endless=1)
    await hold.reached.wait()
    async with asyncio.timeout(TIMEOUT):
        # A task that was not created, or whose answer was lost, is searched for before a cancel.
        while has_task and not _has_task(stage):  # noqa: ASYNC110 - a row announces nothing
            await asyncio.sleep(0.02)
    await bot.kill()
    return stage.requests[0]


def _has_task(stage: Stage) -> bool:
    return any(job.task_id for job in read_stored_jobs(stage.database).jobs.values())


async def _until_cancelled(stage: Stage, request: Request) -> None:
    """Start the bot again and wait until the card says that the job was cancelled."""
    bot = await stage.spawn()
    try:
        card = stage.card(request)
        assert card is not None
        said = CANCELLED_BY_REQUESTER.english.format(person=f"<@{request.person.id}>")
        await stage.discord.until_message(card.id, lambda it: said in it.words)
        assert stage.discord.message(card.id).reactions.get(CANCEL) in {1, 2}
    finally:
        await bot.kill()


def _change(stage: Stage, statement: str) -> None:
    connection = sqlite3.connect(stage.database)
    with connection:
        connection.execute(statement)
    connection.close()


async def test_cancel_reaction_before_the_bots_own() -> None:
    """A requester's ❌ cancels also where the bot has yet to add its own."""
    async with open_stage(random.Random(1)) as stage:
        request = await _kill_amid(stage, "PUT", _REACTIONS, at_effect=False, has_task=True)
        await stage.add_cancel_reactions(offered=False)
        await _until_cancelled(stage, request)


async def test_cancel_reaction_on_a_card_whose_id_was_lost() -> None:
    """A requester's ❌ cancels also on a card that has to be found again."""
    async with open_stage(random.Random(1)) as stage:
        request = await _kill_amid(stage, "POST", _ANSWERS, at_effect=True, has_task=False)
        await stage.add_cancel_reactions(offered=False)
        await _until_cancelled(stage, request)


async def test_card_of_a_state_that_was_saved_and_not_shown() -> None:
    """Truthful: a card is edited to the saved state, also when nothing more happens to its job."""
    async with open_stage(random.Random(1)) as stage:
        bot = await stage.spawn()
        await stage.until_ready(bot, 0)
        fault = stage.api.faults.add("POST", "/*/*", delay=60.0, cut="before")
        await stage.ask(1)
        await stage.until(lambda: fault.injected > 0)
        await bot.kill()
        # As if the search had just given up when the process was killed.
        _change(stage, "update jobs set state = 'uncertain', missing_since = submitted_at")
        bot = await stage.spawn()
        try:
            title = STATES[JobState.UNCERTAIN].title.english
            card = stage.card(stage.requests[0])
            assert card is not None
            await stage.discord.until_message(card.id, lambda it: title in it.words)
        finally:
            await bot.kill()


async def test_card_of_a_result_that_was_shown_and_not_saved() -> None:
    """Truthful: no progress replaces a result whose upload was not acknowledged."""
    async with open_stage(random.Random(1)) as stage:
        bot = await stage.spawn()
        await stage.until_ready(bot, 0)
        await stage.ask(1, fails=False)
        async with KILL_POINTS["result shown, not acknowledged"](stage) as reached:
            await reached()
            await bot.kill()
        # Its progress was never shown, and there is time to draw it before the result comes again.
        _change(stage, "update jobs set shown = null, shown_at = null")
        stage.api.faults.add("GET", "/results/*", delay=4.0)
        await run_to_completion(stage)
        assert await check_promises(stage, read_stored_jobs(stage.database), frozenset()) == []
