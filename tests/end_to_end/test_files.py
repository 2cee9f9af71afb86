"""What the files of results are called, how they are described, and how many are on a card."""

import pytest

from bot.locales.button_texts import BUTTON_DOWNLOAD
from db.records import JobState
from sandbox.discord import Person
from sandbox.modelhunter import Result, Script, Step
from tests.end_to_end.checks import assert_only_card, assert_playable
from tests.end_to_end.world import PROMPT, World, fetch

MOST_FILES = 10  # Discord docs: Message resource


def _pictures(count: int) -> Script:
    return Script(steps=(Step(0, "succeeded"),), result=Result(count=count))


@pytest.mark.parametrize("command", ["video", "image", "speech"])
async def test_every_file_has_a_description(world: World, command: str) -> None:
    """Truthful: users who can't see or hear a result are given its prompt."""
    async with world.bot():
        done = await world.until_done(await world.ask(command))
    (file,) = done.attachments
    assert PROMPT in file["description"]
    assert not file["filename"].startswith("SPOILER_")


async def test_a_long_prompt_is_cut_in_the_description(world: World) -> None:
    """One card per job: a description has at most 1,024 characters, of which Discord refuses more."""
    async with world.bot():
        done = await world.until_done(await world.ask(prompt="fox " * 400, model="viduq3-turbo"))
    (file,) = done.attachments
    assert 900 < len(file["description"]) <= 1024


async def test_a_spoiler_stays_one_when_it_is_tried_again(world: World) -> None:
    """Truthful: what was asked for covered is delivered so, also by Try again."""
    world.api.scripts.next(Script.failing("no"))
    async with world.bot():
        failed = await world.ask("image", spoiler=True)
        await world.until_state(failed, JobState.FAILED)
        again = (await world.robin.click(world.discord.message(failed.id), "Try again")).message
        assert again is not None
        done = await world.until_done(again)
    (file,) = done.attachments
    assert file["filename"].startswith("SPOILER_")
    assert PROMPT in file["description"]


async def test_of_twelve_results_ten_are_on_the_card(world: World) -> None:
    """Delivered is more than succeeded: the others are a press away, for each who presses."""
    world.api.scripts.next(_pictures(12))
    async with world.bot():
        done = await world.until_done(await world.ask("image", spoiler=True))
        names = {file["filename"] for file in done.attachments}
        assert len(names) == len(done.attachments) == MOST_FILES
        assert all(name.startswith("SPOILER_") for name in names)
        assert all(PROMPT in file["description"] for file in done.attachments)
        await assert_playable(done)
        assert_only_card(world, done)
        sam = Person.join(world.discord, "Sam")
        answer = (await sam.click(done, BUTTON_DOWNLOAD.english)).message
        assert answer is not None
        told = await world.discord.until_message(answer.id, lambda it: "http" in it.words)
        addresses = [part.partition(")")[0] for part in told.words.split("](")[1:]]
        assert len(addresses) == 12
        assert len({await fetch(address) for address in addresses}) >= 1
