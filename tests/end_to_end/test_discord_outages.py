"""Discord's REST interface and gateway fail; the card still comes to its end."""

import pytest

from bot.locales.card_texts import STATES
from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.discord import SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_only_card, assert_playable
from tests.end_to_end.world import CANCEL, RESULTS, World

pytestmark = pytest.mark.usefixtures("bot")

EDITS = "/webhooks/*/messages/*"
ANSWERS = "/interactions/*/callback"


async def _assert_ended_well(world: World, card: SeenMessage) -> None:
    done = await world.until_done(card)
    assert len(done.attachments) == 1
    await assert_playable(done)
    assert_only_card(world, card)
    assert len(world.api.tasks) == 1


@pytest.mark.parametrize("trouble", ["500", "a page", "429", "cut before", "cut after"])
async def test_failed_edits_are_made_again(world: World, trouble: str) -> None:
    """Delivered is more than succeeded: edits and uploads that fail are made again, never twice."""
    faults = world.discord.faults
    match trouble:
        case "500":
            faults.add("PATCH", EDITS, status=500)
        case "a page":
            faults.add("PATCH", EDITS, status=502, body="<h1>502</h1>")
        case "429":
            faults.limit("PATCH", EDITS, retry_after=1.0, times=2)
        case "cut before":
            faults.add("PATCH", EDITS, cut="before", times=2)
        case _:
            faults.add("PATCH", EDITS, cut="after", times=2)
    world.api.scripts.next(Script.quick(1))
    card = await world.ask()
    await _assert_ended_well(world, card)


async def test_a_card_whose_answer_was_cut_off_is_found(world: World) -> None:
    """One card per job: when the connection is cut after the answer, the card is found and used."""
    world.discord.faults.add("POST", ANSWERS, cut="after")
    world.api.scripts.next(Script.quick(0))
    card = await world.ask()
    await _assert_ended_well(world, card)


async def test_a_job_without_an_answer_costs_nothing(world: World) -> None:
    """One task per job: a request without a visible card is not sent to the API, and its money is released."""
    world.discord.faults.add("POST", ANSWERS, cut="before", times=3)
    await world.begin()
    await world.until(
        lambda: bool(world.discord.calls_to("GET", "/webhooks/*/@original")), "a look"
    )
    assert world.messages() == []
    world.discord.faults.clear()
    world.api.scripts.next(Script.quick(0))
    done = await world.until_done(await world.ask())
    assert_only_card(world, done)
    assert len(world.api.tasks) == 1


async def test_the_bot_edits_when_the_interaction_token_expires(world: World) -> None:
    """One card per job: when the interaction token expires, the bot's own edits end the same card."""
    world.discord.faults.add("*", "/webhooks/*", status=401, code=50027, times=None)
    world.api.scripts.next(Script.quick(1))
    card = await world.ask()
    await _assert_ended_well(world, card)
    edits = world.discord.calls_to("PATCH", f"/channels/*/messages/{card.id}")
    assert edits
    assert all(edit.with_bot_token for edit in edits)


@pytest.mark.parametrize("is_resumable", [True, False])
async def test_a_reaction_during_a_gateway_drop_cancels(
    world: World, bot: BotProcess, is_resumable: bool
) -> None:
    """Only the requester's: ❌ given while the gateway was away cancels, resumed or not."""
    await bot.until_output("connected to Discord")
    world.api.scripts.next(Script.endless())
    card = await world.ask()
    await world.until_offered(card)
    await world.until_following(card)
    greeted = world.discord.gateway.identifies
    async with world.discord.gateway.down(resumable=is_resumable):
        await world.robin.react(card, CANCEL)
    await world.until_state(card, JobState.CANCELLED)
    (task,) = world.api.tasks.values()
    assert world.api.status(task.id) == "cancelled"
    assert world.discord.gateway.resumes == (1 if is_resumable else 0)
    assert world.discord.gateway.identifies == (greeted if is_resumable else greeted + 1)


async def test_a_job_goes_on_during_a_gateway_drop(world: World) -> None:
    """Delivered is more than succeeded: a card needs no gateway to come to its end."""
    world.api.scripts.next(Script.quick(1))
    card = await world.ask()
    async with world.discord.gateway.down():
        await _assert_ended_well(world, card)


async def test_an_upload_whose_answer_was_cut_off_is_not_doubled(world: World) -> None:
    """Delivered is more than succeeded: an upload whose answer was cut off is no second upload's."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.quick(0))
    card = await world.ask()
    await world.until_title(card, STATES[JobState.DELIVERING].title.english)
    world.discord.faults.add("PATCH", EDITS, cut="after")
    world.release_answers()
    await _assert_ended_well(world, card)
