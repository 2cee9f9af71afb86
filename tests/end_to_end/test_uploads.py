"""Files are handed over to the API before the request is sent: again after a kill, and sent once."""

import asyncio
import contextlib
import json
import sqlite3

import pytest

from bot.locales.card_texts import REASONS
from db.records import JobState, Reason
from sandbox.discord import SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_only_card
from tests.end_to_end.test_inputs import FOX
from tests.end_to_end.world import CANCEL, World

PLACES = "/files/upload-url"
PUTS = "/uploads/*"
COMPLETIONS = "/files/*/complete"
CREATES = "/*/image-to-video"
KILLED = -9


async def _card(world: World, **options: object) -> SeenMessage:
    """Return the card of a video of a picture, which takes the place of the deferred answer."""
    request = {"prompt": "it runs", "image": FOX, **options}
    begun = await world.robin.begin(world.discord.channel, "video", request)  # type: ignore[arg-type]
    await begun.answer()
    await world.until(lambda: _is_card(begun.look().message), "the card")
    found = begun.look().message
    assert found is not None
    return found


def _is_card(message: SeenMessage | None) -> bool:
    return message is not None and not message.is_loading


async def _assert_ended_well(world: World, card: SeenMessage) -> None:
    """Check that the same message ends with the result of the one task, which has its file."""
    done = await world.until_done(card)
    assert_only_card(world, done)
    (task,) = world.api.tasks.values()
    assert len(world.api.calls("POST", CREATES)) == 1
    files = [file for file in world.api.files.complete_files if file.path in str(task.input)]
    assert [file.content for file in files] == [FOX[1]]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", PLACES), ("PUT", PUTS), ("POST", COMPLETIONS)]
)
@pytest.mark.parametrize("effect", [True, False])
async def test_a_kill_during_an_upload(world: World, method: str, path: str, effect: bool) -> None:
    """One task per job: whichever call of an upload is cut off, the next process uploads again."""
    cut = None if effect else "before"
    fault = world.api.faults.add(method, path, delay=60.0, cut=cut)  # type: ignore[arg-type]
    world.api.scripts.next(Script.quick(0))
    async with world.bot() as bot:
        card = await _card(world)
        await world.until(lambda: fault.injected > 0, "the call")
        assert await bot.kill() == KILLED
    assert (world.saved_states(), len(world.api.tasks)) == ([JobState.ACCEPTED], 0)
    async with world.bot():
        await _assert_ended_well(world, card)


async def test_a_kill_between_the_upload_and_the_post(world: World) -> None:
    """One task per job: what was handed over is used by the next process, and sent once."""
    fault = world.api.faults.add("POST", CREATES, status=429, headers={"Retry-After": "120"})
    world.api.scripts.next(Script.quick(0))
    async with world.bot() as bot:
        card = await _card(world)
        await world.until(lambda: fault.injected > 0, "the refusal")
        await world.until(lambda: world.saved_states() == [JobState.ACCEPTED], "its record")
        assert await bot.kill() == KILLED
    world.api.requests.clear()
    async with world.bot():
        await _assert_ended_well(world, card)
    assert world.api.calls("PUT") == []


async def test_a_kill_during_the_post_of_a_job_with_files(world: World) -> None:
    """One task per job: a POST that was cut off is never repeated, with files as without."""
    world.api.faults.add("POST", CREATES, delay=60.0)
    world.api.scripts.next(Script.quick(1))
    async with world.bot() as bot:
        card = await _card(world)
        await world.until_tasks(1)
        assert await bot.kill() == KILLED
    async with world.bot():
        assert_only_card(world, await world.until_done(card))
    assert len(world.api.tasks) == 1


async def test_sigterm_during_an_upload(world: World) -> None:
    """Quiet and safe: a stop waits for no upload, which the next process begins anew."""
    fault = world.api.faults.add("PUT", PUTS, delay=60.0)
    world.api.scripts.next(Script.quick(0))
    async with world.bot() as bot:
        card = await _card(world)
        await world.until(lambda: fault.injected > 0, "the upload")
        async with asyncio.timeout(10.0):
            assert await bot.terminate() == 0
    async with world.bot():
        await _assert_ended_well(world, card)


async def test_a_cancel_during_an_upload(world: World) -> None:
    """Truthful: before the request is sent a cancel ends the job at once, and nothing is paid."""
    fault = world.api.faults.add("PUT", PUTS, delay=60.0)
    async with world.bot():
        card = await _card(world)
        await world.until(lambda: fault.injected > 0, "the upload")
        await world.robin.react(card, CANCEL)
        await world.until_state(card, JobState.CANCELLED)
    assert world.saved_states() == [JobState.CANCELLED]
    assert len(world.api.tasks) == 0


async def test_an_attachment_that_is_gone(world: World) -> None:
    """Truthful: the card asks to attach the file again, and says that nothing was charged."""
    fault = world.api.faults.add("POST", PLACES, delay=60.0)
    async with world.bot() as bot:
        card = await _card(world)
        await world.until(lambda: fault.injected > 0, "the call")
        assert await bot.kill() == KILLED
    (source,) = _sources(world)
    world.discord.model.attachments.remove(source)
    async with world.bot():
        ended = await world.until_state(card, JobState.REFUSED)
        assert REASONS[Reason.INPUT_GONE].english in ended.words
    assert len(world.api.tasks) == 0
    assert source not in world.words()


def _sources(world: World) -> list[str]:
    """Return the addresses that inputs are fetched from, as the database file has them."""
    path = world.database_path
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute("select input_sources from jobs where input_sources is not null")
        return [address for (row,) in rows for address in json.loads(row).values()]
