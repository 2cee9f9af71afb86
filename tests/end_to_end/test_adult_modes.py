"""Modes for adults: only where the operator and the channel allow them, and always covered."""

import enum

import pytest

from bot.locales.answer_texts import ADULT_NOT_HERE, ADULT_SWITCHED_OFF
from bot.locales.button_texts import BUTTON_AGAIN, BUTTON_EDIT, BUTTON_TRY_AGAIN
from bot.locales.menu_texts import MENU_MAKE_AGAIN
from bot.locales.translate import Text
from db.records import JobState
from sandbox.discord import Answer, Person, SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.world import PROMPT, World

ALLOWED = {"ALLOW_ADULT_MODES": "true"}
SPICY = {"prompt": PROMPT, "model": "grok-imagine/text-to-video", "options": "mode=spicy"}


class Place(enum.Enum):
    """Where it is asked for."""

    CHANNEL = enum.auto()
    THREAD = enum.auto()
    RESTRICTED = enum.auto()
    RESTRICTED_THREAD = enum.auto()
    DIRECT = enum.auto()


def channel_of(world: World, place: Place) -> int:
    """Return a new channel of that kind."""
    restricted = place in (Place.RESTRICTED, Place.RESTRICTED_THREAD)
    channel = world.discord.create_channel("adults" if restricted else "all")
    if restricted:
        world.discord.restrict_age(channel)
    if place is Place.DIRECT:
        return world.robin.dm_channel
    if place in (Place.THREAD, Place.RESTRICTED_THREAD):
        return int(world.discord.model.create_thread(channel, "foxes", world.robin.id).id)
    return channel


def is_covered(card: SeenMessage) -> bool:
    """Whether Discord covers every file of the card."""
    names = [str(it["filename"]) for it in card.attachments]
    assert names
    return all(name.startswith("SPOILER_") for name in names)


async def ask(world: World, channel: int, by: Person | None = None) -> SeenMessage:
    """Ask for a mode for adults."""
    answer = await (by or world.robin).slash(channel, "video", **SPICY)
    assert answer.message is not None
    return answer.message


async def finished(world: World, answer: Answer) -> SeenMessage:
    """Return the card with its result."""
    assert answer.message is not None
    return await world.until_state(answer.message, JobState.DELIVERED)


@pytest.mark.parametrize(
    ("place", "is_allowed", "refusal"),
    [
        (Place.CHANNEL, True, ADULT_NOT_HERE),
        (Place.THREAD, True, ADULT_NOT_HERE),
        (Place.DIRECT, True, ADULT_NOT_HERE),
        (Place.RESTRICTED, True, None),
        (Place.RESTRICTED_THREAD, True, None),
        (Place.CHANNEL, False, ADULT_SWITCHED_OFF),
        (Place.RESTRICTED, False, ADULT_SWITCHED_OFF),
        (Place.DIRECT, False, ADULT_SWITCHED_OFF),
    ],
)
async def test_a_mode_for_adults_in_a_place(
    world: World, place: Place, is_allowed: bool, refusal: Text | None
) -> None:
    """Only in age-restricted channels, if at all, and covered although no spoiler was asked for."""
    channel = channel_of(world, place)
    world.api.scripts.choose = lambda _request: Script.quick(0)
    async with world.bot(**(ALLOWED if is_allowed else {})):
        card = await ask(world, channel)
        if refusal is None:
            assert is_covered(await world.until_state(card, JobState.DELIVERED))
        else:
            assert card.is_ephemeral
            assert says(card.content, refusal)
            assert world.api.tasks == {}


async def test_what_is_made_of_a_result_for_adults(world: World) -> None:
    """Again, an edited form without the tick, and the menu of a message cover it too, after a restart."""
    channel = channel_of(world, Place.RESTRICTED)
    world.api.scripts.choose = lambda _request: Script.quick(0)
    async with world.bot(**ALLOWED):
        card = await world.until_done(await ask(world, channel))
    mo = Person.join(world.discord, "Mo")
    async with world.bot(**ALLOWED):
        edited = await world.robin.click(card, BUTTON_EDIT.english)
        for answer in (
            await world.robin.click(card, BUTTON_AGAIN.english),
            await world.robin.submit(edited, {"more": []}),
            await mo.menu(card, MENU_MAKE_AGAIN.english),
        ):
            assert is_covered(await finished(world, answer))
    async with world.bot():
        refused = (await world.robin.click(card, BUTTON_AGAIN.english)).message
        assert refused is not None
        assert says(refused.content, ADULT_SWITCHED_OFF)
    assert len(world.api.tasks) == 4


async def test_a_mode_for_adults_is_not_tried_again_elsewhere(world: World) -> None:
    """A list of jobs in another channel leads round no rule of that channel."""
    world.api.scripts.next(Script.failing("no"))
    async with world.bot(**ALLOWED):
        card = await ask(world, channel_of(world, Place.RESTRICTED))
        await world.until_state(card, JobState.FAILED)
        listed = (await world.robin.slash(world.discord.channel, "jobs")).message
        assert listed is not None
        refused = (await world.robin.click(listed, BUTTON_TRY_AGAIN.english)).message
        assert refused is not None
        assert says(refused.content, ADULT_NOT_HERE)
    assert len(world.api.tasks) == 1
