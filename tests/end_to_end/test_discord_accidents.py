"""Refusals that last seconds and say nothing: no answer, upload, ending or tap is lost by them."""

import json

import pytest

from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.discord import Person
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_only_card
from tests.end_to_end.world import CANCEL, RESULTS, World

ACCIDENTS = [(403, 40333), (404, 0), (401, 0), (400, 0)]

pytestmark = pytest.mark.usefixtures("bot")


@pytest.mark.parametrize(("status", "code"), ACCIDENTS)
async def test_an_upload_survives_an_accident_of_discord(
    world: World, status: int, code: int
) -> None:
    """Delivered: every call is refused for a while, and the result comes onto the card all the same."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.quick(0))
    card = await world.ask()
    await world.until_state(card, JobState.DELIVERING)
    world.discord.faults.add("*", "/*", status=status, code=code, times=2)
    world.release_answers()
    done = await world.until_done(card)
    assert len(done.attachments) == 1
    assert_only_card(world, card)


async def test_an_answer_survives_an_accident_of_discord(world: World) -> None:
    """One card per job: an answer that is refused once is sent again within its three seconds."""
    for status, code in ACCIDENTS:
        fault = world.discord.faults.add("POST", "/interactions/*", status=status, code=code)
        world.api.scripts.next(Script.quick(0))
        await world.until_done(await world.ask())
        assert fault.injected == 1


async def test_typing_survives_an_accident_of_discord(world: World) -> None:
    """Quiet and safe: choices that Discord does not take leave one line in the log, no traceback."""
    place = world.discord.channel
    assert await world.robin.autocomplete(place, "video", "model", "")
    world.discord.faults.add("POST", "/interactions/*", status=403, code=40333, times=3)
    typed = await world.robin.begin_autocomplete(place, "video", "model", "")
    await world.until(lambda: "no choices could be offered" in world.words(), "the log")
    assert not typed.look().is_acknowledged
    assert await world.robin.autocomplete(place, "video", "model", "")


async def test_a_tap_survives_an_accident_of_discord(world: World, bot: BotProcess) -> None:
    """Cancel: a tap during an absence is read, though other cards can't be at first."""
    cards = []
    for _ in range(2):
        world.api.scripts.next(Script.endless())
        cards.append(await world.ask())
        await world.until_offered(cards[-1])
    path = f"/channels/*/messages/{cards[0].id}/reactions/*"
    world.discord.faults.limit("GET", path, retry_after=61.0)
    async with world.discord.gateway.down(resumable=False):
        for card in cards:
            await world.robin.react(card, CANCEL)
    await world.until_state(cards[1], JobState.CANCELLED)
    assert bot.exit_code is None


async def test_a_tap_of_a_moderator_survives_an_accident(world: World) -> None:
    """Cancel: who may cancel is asked again when Discord refused to say it."""
    world.api.scripts.next(Script.endless())
    card = await world.ask()
    await world.until_offered(card)
    world.discord.faults.add("GET", "/guilds/*/members/*", status=403, code=40333)
    moderator = Person.join(world.discord, "Mo", may_manage_messages=True)
    async with world.discord.gateway.down(resumable=False):
        await moderator.react(card, CANCEL)
    await world.until_state(card, JobState.CANCELLED)


async def test_odd_gateway_events_end_nothing(world: World, bot: BotProcess) -> None:
    """Quiet and safe: an event without its keys and a broken frame leave the bot running."""
    world.api.scripts.next(Script.endless())
    card = await world.ask()
    await world.until_offered(card)
    gateway = world.discord.gateway
    odd = {"user_id": str(world.robin.id), "message_id": str(card.id), "emoji": {"name": CANCEL}}
    for session in gateway._sessions.values():
        session.push("MESSAGE_REACTION_ADD", odd)
        session.push("MESSAGE_REACTION_ADD", odd)
    await gateway.send_frame(json.dumps({"op": 0, "t": "MESSAGE_DELETE", "s": None, "d": []}))
    await gateway.send_frame(b"\x9cnonsense\x00\x00\xff\xff")
    await world.robin.react(card, CANCEL)
    await world.until_state(card, JobState.CANCELLED)
    assert bot.exit_code is None
    assert (gateway.identifies, gateway.resumes) == (1, 1)
    assert world.words().count("left out MESSAGE_REACTION_ADD") == 1


async def test_taps_in_sparse_gateway_events(world: World) -> None:
    """Cancel: an event without what need not be in it says enough, also of a moderator."""
    world.discord.gateway.is_sparse = True
    world.api.scripts.next(Script.endless())
    card = await world.ask()
    await world.until_offered(card)
    moderator = Person.join(world.discord, "Mo", may_manage_messages=True)
    await moderator.react(card, CANCEL)
    await world.until_state(card, JobState.CANCELLED)
