"""A result that came by direct message has the card's gestures, also where only servers are allowed."""

import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from bot.locales.answer_texts import DIRECT_MESSAGES_NOT_ALLOWED
from bot.locales.button_texts import BUTTON_AGAIN, BUTTON_ANIMATE, BUTTON_EDIT
from bot.locales.menu_texts import (
    MENU_ANIMATE,
    MENU_EDIT_IMAGE,
    MENU_MAKE_AGAIN,
    MENU_REFERENCE,
)
from bot.locales.translate import Text
from db.records import JobState
from sandbox.discord import Answer, SeenMessage
from sandbox.modelhunter import Script
from sandbox.modelhunter.script import Result
from tests.end_to_end.checks import says
from tests.end_to_end.test_inputs import FOX
from tests.end_to_end.world import PROMPT, RESULTS, World

Gesture = Callable[[World, SeenMessage], Awaitable[Answer]]
TWO_PICTURES = dataclasses.replace(Script.quick(0), result=Result(count=2))


async def _again(world: World, result: SeenMessage) -> Answer:
    return await world.robin.click(result, BUTTON_AGAIN.english)


async def _edit(world: World, result: SeenMessage) -> Answer:
    return await world.robin.click(result, BUTTON_EDIT.english)


async def _animate(world: World, result: SeenMessage) -> Answer:
    return await _chosen(world, await world.robin.click(result, BUTTON_ANIMATE.english))


async def _edit_image(world: World, result: SeenMessage) -> Answer:
    return await _chosen(world, await world.robin.menu(result, MENU_EDIT_IMAGE.english))


async def _refer(world: World, result: SeenMessage) -> Answer:
    return await _chosen(world, await world.robin.menu(result, MENU_REFERENCE.english))


async def _make_again(world: World, result: SeenMessage) -> Answer:
    return await world.robin.menu(result, MENU_MAKE_AGAIN.english)


async def _chosen(world: World, answer: Answer) -> Answer:
    """Choose the second of the two pictures."""
    assert answer.message is not None
    return await world.robin.select(answer.message, "2:image")


async def _sent_privately(world: World) -> SeenMessage:
    """Ask for two pictures privately in the server, and return them as they come by direct message."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(TWO_PICTURES)
    card = await world.ask("image", private=True)
    await world.until_state(card, JobState.DELIVERING)
    world.discord.faults.add("*", "/webhooks/*", status=401, code=50027, times=None)
    world.release_answers()
    direct = world.robin.dm_channel
    await world.until(lambda: bool(world.robin.sees(direct)), "a direct message")
    await world.until(lambda: world.saved_states() == ["delivered"], "the delivery to be saved")
    world.discord.faults.clear()
    (message,) = world.robin.sees(direct)
    assert len(message.attachments) == 2
    return message


@pytest.mark.parametrize(
    "gesture",
    [_again, _edit, _animate, _edit_image, _refer, _make_again],
    ids=lambda it: it.__name__,
)
async def test_what_is_made_of_a_private_result(world: World, gesture: Gesture) -> None:
    """It is admitted as its job's server is, after a restart too, and the job is the requester's own."""
    async with world.bot(ALLOWED_GUILD_IDS=str(world.discord.guild)):
        result = await _sent_privately(world)
    world.api.scripts.choose = lambda _request: Script.endless()
    allowed = {"ALLOWED_GUILD_IDS": str(world.discord.guild), "CONFIRM_ABOVE_USD": "100"}
    async with world.bot(**allowed):
        answer = await gesture(world, result)
        if answer.kind == "modal":
            answer = await world.robin.submit(answer, {"prompt": PROMPT})
        assert answer.message is not None
        card = await world.discord.until_message(answer.message.id, lambda it: not it.is_loading)
        assert card.embeds, card.content
        await world.until_tasks(2)


@pytest.mark.parametrize("menu", [MENU_ANIMATE, MENU_EDIT_IMAGE], ids=lambda it: it.english)
async def test_a_members_picture_in_direct_messages(world: World, menu: Text) -> None:
    """What is no result of an allowed server's is not made anything of there."""
    async with world.bot(ALLOWED_GUILD_IDS=str(world.discord.guild)):
        said = await world.robin.say(world.robin.dm_channel, "look", [FOX])
        answer = (await world.robin.menu(said, menu.english)).message
        assert answer is not None
        assert says(answer.content, DIRECT_MESSAGES_NOT_ALLOWED)
