"""From a command to its result, on one card."""

import time

import pytest

from bot.locales.button_texts import BUTTON_DOWNLOAD, BUTTON_TRY_AGAIN
from bot.locales.card_texts import FITTED, NOTHING_CHARGED, STATES, STATUSES
from db.records import JobState
from sandbox.discord import Person, SeenMessage
from sandbox.modelhunter import Result, Script, Step
from tests.end_to_end.checks import (
    assert_edited_only_with_news,
    assert_only_card,
    assert_playable,
    titles,
)
from tests.end_to_end.world import PROMPT, RESULTS, World, fetch, title_of

pytestmark = pytest.mark.usefixtures("bot")

DISCORD_WAITS = 3.0  # seconds (Discord docs: Receiving and Responding)


def _with_progress() -> Script:
    return Script(
        steps=(Step(0, "queued"), Step(1, "running", 40), Step(3.5, "succeeded", 100)),
        result=Result(duration=1.0),
    )


@pytest.mark.parametrize("command", ["video", "image", "speech"])
async def test_one_card_from_command_to_result(world: World, command: str) -> None:
    """One card per job: the answer to the command itself becomes the playable result."""
    world.api.scripts.next(_with_progress())
    card = await world.ask(command)
    assert card.interaction_id is not None
    done = await world.until_done(card)
    said = titles(world, card)
    assert said[0] == STATES[JobState.ACCEPTED].title.english
    assert STATUSES["queued"].title.english in said
    assert STATUSES["running"].title.english in said
    assert said[-1] == STATES[JobState.DELIVERED].title.english
    assert len(done.attachments) == 1
    await assert_playable(done)
    assert_only_card(world, card)
    assert_edited_only_with_news(world, card)
    assert [task.request.text for task in world.api.tasks.values()] == [PROMPT]


async def test_percentages_on_the_card_are_the_apis(world: World) -> None:
    """Truthful: the card shows the percentage that the API gives, and none before it gives one."""
    world.api.scripts.next(_with_progress())
    card = await world.ask()
    await world.until_done(card)
    shown = [str(v.message) for v in world.discord.history(card.id) if v.message is not None]
    assert any("40%" in look for look in shown)
    assert not any("%" in look.replace("40%", "") for look in shown)


async def test_the_card_comes_in_time_when_the_api_is_slow(world: World) -> None:
    """One card per job: the answer never waits for the API."""
    world.api.faults.add("POST", "/*/text-to-video", delay=2 * DISCORD_WAITS)
    world.api.scripts.next(Script.quick(1))
    before = time.monotonic()
    card = await world.ask()
    assert time.monotonic() - before < DISCORD_WAITS
    await world.until_title(card, STATES[JobState.SUBMITTING].title.english)
    await world.until_done(card)
    assert len(world.api.tasks) == 1


async def test_several_results_share_the_card(world: World) -> None:
    """One card per job: several results are on the one card."""
    world.api.scripts.next(Script(steps=(Step(0, "succeeded"),), result=Result(count=3)))
    done = await world.until_done(await world.ask("image"))
    assert len(done.attachments) == 3
    assert len({attachment["filename"] for attachment in done.attachments}) == 3
    await assert_playable(done)
    assert_only_card(world, done)


async def test_a_result_that_is_too_big_is_made_smaller(world: World) -> None:
    """Delivered is more than succeeded: what is too big is shown smaller, the original a press away."""
    world.discord.limits.upload = 200_000
    world.api.scripts.next(Script.too_big(400_000))
    done = await world.until_done(await world.ask())
    await assert_playable(done)
    assert int(done.attachments[0]["size"]) < 200_000
    assert FITTED.english in done.words
    assert len(await fetch(await _fresh_link(world, done, world.robin))) == 400_000
    assert_only_card(world, done)


async def test_a_result_that_is_too_big_is_linked(world: World) -> None:
    """Delivered is more than succeeded: what can't be made to fit is a press away, always fresh."""
    world.discord.limits.upload = 20_000
    world.api.scripts.next(Script.too_big(400_000))
    card = await world.ask()
    linked = await world.until_state(card, JobState.LINKED)
    assert linked.attachments == []
    for person in (world.robin, world.robin, Person.join(world.discord, "Sam")):
        asked = len(world.api.calls("GET", "/tasks/*"))
        assert len(await fetch(await _fresh_link(world, card, person))) == 400_000
        assert len(world.api.calls("GET", "/tasks/*")) == asked + 1
    assert_only_card(world, card)


async def _fresh_link(world: World, card: SeenMessage, person: Person) -> str:
    """Press Download and return the address, which only the one who pressed sees."""
    answer = await person.click(card, BUTTON_DOWNLOAD.english)
    assert answer.message is not None
    told = await world.discord.until_message(answer.message.id, lambda it: "http" in it.words)
    assert told.is_ephemeral
    stranger = Person.join(world.discord, "Stranger")
    assert told.id in [message.id for message in person.sees()]
    assert told.id not in [message.id for message in stranger.sees()]
    return told.words.partition("](")[2].partition(")")[0]


@pytest.mark.parametrize("refusal", ["413 as JSON", "413 as a page", "40005"])
async def test_a_refused_upload_becomes_a_link(world: World, refusal: str) -> None:
    """Delivered is more than succeeded: an upload that Discord refuses for its size is linked."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.too_big(300_000))
    if refusal == "413 as JSON":
        world.discord.limits.upload = 200_000
        world.discord.limits.advertised_upload = 1_000_000
    card = await world.ask()
    await world.until_state(card, JobState.DELIVERING)
    if refusal == "413 as a page":
        world.discord.faults.add("PATCH", "/webhooks/*", status=413, body="<h1>413</h1>")
    elif refusal == "40005":
        world.discord.faults.add("PATCH", "/webhooks/*", status=400, code=40005)
    world.release_answers()
    linked = await world.until_state(card, JobState.LINKED)
    assert linked.attachments == []
    assert len(await fetch(await _fresh_link(world, card, world.robin))) == 300_000


async def test_a_failed_task_is_explained_in_the_apis_words(world: World) -> None:
    """Truthful: a failed job says why, in the API's own words, and offers another try."""
    world.api.scripts.next(Script.failing("The provider ran out of paint.", seconds=1))
    card = await world.until_state(await world.ask(), JobState.FAILED)
    assert "The provider ran out of paint." in card.words
    assert BUTTON_TRY_AGAIN.english in [button.label for button in card.buttons]
    assert_only_card(world, card)
    world.api.scripts.next(Script.quick(0))
    again = await world.robin.click(card, BUTTON_TRY_AGAIN.english)
    assert again.message is not None
    assert again.message.id != card.id
    await world.until_done(again.message)
    assert len(world.api.tasks) == 2


async def test_a_refused_request_is_explained_in_the_apis_words(world: World) -> None:
    """Truthful: what the API does not take is not sent again, and costs nothing."""
    world.api.faults.add(
        "POST", "/*/text-to-video", status=400, code="VALIDATION_ERROR", message="Too many foxes."
    )
    card = await world.until_state(await world.ask(), JobState.REFUSED)
    assert "Too many foxes." in card.words
    assert NOTHING_CHARGED.english in card.words
    assert len(world.api.calls("POST")) == 1
    assert len(world.api.tasks) == 0


async def test_an_expired_result_is_asked_for_again(world: World) -> None:
    """Delivered is more than succeeded: an answer that says `expired` is no end."""
    world.api.scripts.next(Script.expiring(1))
    done = await world.until_done(await world.ask())
    await assert_playable(done)


async def test_a_task_that_is_not_found_is_asked_for_again(world: World) -> None:
    """Truthful: one 404 is no end."""
    world.api.faults.add("GET", "/tasks/*", status=404, code="TASK_NOT_FOUND")
    world.api.scripts.next(Script.quick(1))
    done = await world.until_done(await world.ask())
    assert STATES[JobState.LOST].title.english not in titles(world, done)
    assert title_of(done).endswith(STATES[JobState.DELIVERED].title.english)


@pytest.mark.parametrize("trouble", ["503", "a page", "cut"])
async def test_failed_polls_are_repeated(world: World, trouble: str) -> None:
    """Delivered is more than succeeded: what fails in between is tried again, without a word."""
    match trouble:
        case "503":
            world.api.faults.add("GET", "/tasks/*", status=503)
        case "a page":
            world.api.faults.add("GET", "/tasks/*", status=502, body="html")
        case _:
            world.api.faults.add("GET", "/tasks/*", cut="middle")
    world.api.scripts.next(Script.quick(1))
    done = await world.until_done(await world.ask())
    await assert_playable(done)
    assert len(world.api.tasks) == 1
