"""A card is deleted, or can't be edited any more: nothing that was paid for is lost."""

import json
import time
from typing import Literal

import pytest

from bot.locales.card_texts import SENT_AS_REPLY, SENT_BY_DM, STATES
from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.discord import Person, SandboxDiscord, SeenMessage
from sandbox.discord.calls import is_upload
from sandbox.modelhunter import Script, Step
from tests.end_to_end.checks import assert_only_card, assert_playable
from tests.end_to_end.world import CANCEL, PROMPT, RESULTS, World, title_of

BY_TOKEN = "/webhooks/*/messages/*"
BY_BOT = "/channels/*/messages/*"
INVALID = (401, 403, 404)
# Discord docs: Error Messages, and Create Message, fail_if_not_exists.
NOTHING_TO_REPLY_TO = {
    "code": 50035,
    "message": "Invalid Form Body",
    "errors": {
        "message_reference": {
            "_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]
        }
    },
}

pytestmark = pytest.mark.usefixtures("bot")


async def _about_to_upload(world: World) -> SeenMessage:
    """Ask for something whose result is held on its way from the API to the bot."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.quick(0))
    card = await world.ask()
    await world.until_state(card, JobState.DELIVERING)
    return card


async def _running(world: World, place: int | None = None) -> tuple[SeenMessage, str]:
    """Ask for something of which the API says nothing new any more, so that no edit is due."""
    world.api.scripts.next(Script(steps=(Step(0, "running", 50),)))
    answer = await world.robin.slash(place or world.discord.channel, "video", prompt=PROMPT)
    assert answer.message is not None
    await world.until_offered(answer.message)
    (task,) = await world.until_tasks(1)
    card = await world.discord.until_message(answer.message.id, lambda it: "50%" in it.words)
    return card, task.id


def _kill_token(discord: SandboxDiscord) -> None:
    discord.faults.add("*", "/webhooks/*", status=401, code=50027, times=None)


def _invalid(discord: SandboxDiscord) -> list[tuple[str, str]]:
    """Return the kinds of requests that count against the bot's address, by method and place."""
    return [
        (call.method, call.path.split("/")[1]) for call in discord.calls if call.status in INVALID
    ]


async def _has_link(world: World, place: int) -> None:
    """Check that /jobs offers a fresh link to the only result."""
    answer = await world.robin.slash(place, "jobs")
    assert answer.message is not None
    (button,) = answer.message.buttons
    link = await world.robin.click(answer.message, button.label)
    assert link.message is not None
    assert link.message.is_ephemeral or place == world.robin.dm_channel


async def test_a_card_whose_edits_are_refused_is_replied_to(world: World) -> None:
    """The ladder: a card that exists and can't be edited is replied to, once, and says so."""
    card = await _about_to_upload(world)
    for path in (BY_TOKEN, BY_BOT):
        world.discord.faults.add("PATCH", path, status=400, code=50083)
    world.release_answers()
    told = await world.discord.until_message(card.id, lambda it: SENT_AS_REPLY.english in it.words)
    assert told.attachments == []
    first, reply = world.messages()
    assert (first.id, reply.replied_to) == (card.id, card.id)
    assert STATES[JobState.DELIVERED].text.english in reply.words
    assert reply.content.startswith(f"<@{world.robin.id}>")
    await assert_playable(reply)
    assert world.robin.sees(world.robin.dm_channel) == []


async def test_a_private_result_whose_card_can_not_be_edited(world: World) -> None:
    """Quiet and safe: when a private card can't be edited its result goes to its requester alone."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.quick(0))
    card = await world.ask(private=True)
    await world.until_state(card, JobState.DELIVERING)
    _kill_token(world.discord)
    world.release_answers()
    await world.until(lambda: bool(world.robin.sees(world.robin.dm_channel)), "a direct message")
    (message,) = world.robin.sees(world.robin.dm_channel)
    await assert_playable(message)
    assert world.messages() == []
    assert ("PATCH", "channels") not in _invalid(world.discord)


@pytest.mark.parametrize("permission", ["attach_files", "view_channel"])
async def test_a_result_without_permissions_goes_by_direct_message(
    world: World, permission: str
) -> None:
    """The ladder: where nothing may be shown any more, the result goes by direct message."""
    card = await _about_to_upload(world)
    _kill_token(world.discord)
    world.discord.forbid_bot(world.discord.channel, **{permission: True})
    world.release_answers()
    await world.until(lambda: bool(world.robin.sees(world.robin.dm_channel)), "a direct message")
    (message,) = world.robin.sees(world.robin.dm_channel)
    assert STATES[JobState.DELIVERED].text.english in message.words
    await assert_playable(message)
    await world.until(lambda: world.saved_states() == ["delivered"], "the delivery to be saved")
    if permission == "attach_files":
        await world.discord.until_message(card.id, lambda it: SENT_BY_DM.english in it.words)
    assert_only_card(world, card)
    # One 401 shows that the token has expired, and each delivery route is refused once.
    invalid = _invalid(world.discord)
    assert invalid.count(("PATCH", "webhooks")) == 1
    assert len(invalid) <= 5


async def test_a_result_without_any_route_waits_in_the_job_list(world: World) -> None:
    """The ladder: a result that can't be sent to its requester waits on the card and in /jobs."""
    card = await _about_to_upload(world)
    _kill_token(world.discord)
    world.discord.forbid_bot(world.discord.channel, attach_files=True)
    world.robin.close_dms()
    world.release_answers()
    await world.until_state(card, JobState.LINKED)
    assert_only_card(world, card)
    world.discord.faults.clear()
    await _has_link(world, world.discord.channel)


@pytest.mark.parametrize("takes_messages", [True, False])
async def test_a_result_for_a_server_without_the_bot(
    world: World, bot: BotProcess, takes_messages: bool
) -> None:
    """The ladder: a result for a server that removed the bot goes by direct message, else to /jobs."""
    await _about_to_upload(world)
    world.discord.faults.add("*", "/webhooks/*", status=404, code=10015, times=None)
    model = world.discord.model
    model.remove_member(world.discord.guild, world.discord.bot_id)
    model.emit("GUILD_DELETE", {"id": str(world.discord.guild)})
    if not takes_messages:
        world.robin.close_dms()
    world.release_answers()
    ended = "delivered" if takes_messages else "linked"
    await world.until(lambda: world.saved_states() == [ended], f"the job to be {ended}")
    assert len(world.robin.sees(world.robin.dm_channel)) == takes_messages
    assert bot.exit_code is None
    world.discord.faults.clear()
    await _has_link(world, world.robin.dm_channel)


async def test_a_card_deleted_before_delivery_is_not_replaced(world: World) -> None:
    """A deleted card is never replaced: its finished result waits in /jobs."""
    card = await _about_to_upload(world)
    await Person.join(world.discord, "Mo", may_manage_messages=True).delete(card)
    world.release_answers()
    await world.until(lambda: world.saved_states() == ["linked"], "the result to be kept")
    assert world.messages() == []
    assert world.robin.sees(world.robin.dm_channel) == []
    await _has_link(world, world.discord.channel)


async def test_a_card_deleted_before_its_reply_is_not_replied_to(world: World) -> None:
    """A deleted card is never replaced, also by a reply: Discord knows nothing to reply to."""
    await _about_to_upload(world)
    for path in (BY_TOKEN, BY_BOT):
        world.discord.faults.add("PATCH", path, status=400, code=50083)
    world.discord.faults.add(
        "POST",
        "/channels/*/messages",
        status=400,
        body=json.dumps(NOTHING_TO_REPLY_TO),
        headers={"Content-Type": "application/json"},
        times=None,
    )
    world.release_answers()
    await world.until(lambda: world.saved_states() == ["linked"], "the result to be kept")
    assert len(world.discord.calls_to("POST", "/channels/*/messages")) == 1
    assert world.robin.sees(world.robin.dm_channel) == []


async def test_a_card_deleted_in_bulk_cancels_its_job(world: World) -> None:
    """A deleted card cancels its running job at the API, also when a moderator clears the channel."""
    card, task = await _running(world)
    world.discord.model.bulk_delete_messages(world.discord.channel, [card.id])
    await world.until_api_status(task, "cancelled")
    assert world.messages() == []


@pytest.mark.parametrize("is_thread", [False, True])
async def test_a_deleted_channel_cancels_its_jobs(world: World, is_thread: bool) -> None:
    """A card that went with its channel or thread cancels its job, though nothing was to be edited."""
    model = world.discord.model
    if is_thread:
        place = int(model.create_thread(world.discord.channel, "foxes", world.robin.id).id)
    else:
        place = world.discord.create_channel("foxes")
    _, task = await _running(world, place)
    model.delete_channel(place)
    await world.until_api_status(task, "cancelled")
    await world.until(lambda: world.saved_states() == ["cancelled"], "the job to end")
    assert [it for it in world.messages() if title_of(it)] == []
    assert world.robin.sees(world.robin.dm_channel) == []


@pytest.mark.parametrize("is_resumable", [True, False])
async def test_commands_after_a_reconnect(world: World, is_resumable: bool) -> None:
    """One card per job: a command after the gateway came back is answered, resumed or not."""
    gateway = world.discord.gateway
    greeted = gateway.identifies + (0 if is_resumable else 1)
    await gateway.drop(resumable=is_resumable)
    await world.until(
        lambda: gateway.is_connected and gateway.identifies == greeted, "a connection"
    )
    world.api.scripts.next(Script.quick(0))
    done = await world.until_done(await world.ask())
    await assert_playable(done)


async def test_a_reset_token_ends_the_bot(world: World, bot: BotProcess) -> None:
    """Truthful: a token that is reset ends the bot with one line and exit code 2."""
    card, _ = await _running(world)
    before = world.words()
    world.discord.gateway._token = "another one"
    await world.discord.gateway.drop()
    assert await bot.wait() == 2
    errors = [
        line for line in world.words().removeprefix(before).splitlines() if "DISCORD_TOKEN" in line
    ]
    assert len(errors) == 1
    assert CANCEL in world.discord.message(card.id).reactions


@pytest.mark.parametrize("scope", ["user", "global"])
async def test_a_rate_limited_upload_comes_later(
    world: World, scope: Literal["user", "global"]
) -> None:
    """Delivered is more than succeeded: a limit of the route or of the bot only makes it later."""
    card = await _about_to_upload(world)
    _kill_token(world.discord)
    limited = world.discord.faults.limit("PATCH", BY_BOT, retry_after=1.0, scope=scope, times=2)
    world.release_answers()
    done = await world.until_done(card)
    await assert_playable(done)
    assert limited.injected == 2
    assert_only_card(world, card)


async def test_an_upload_to_an_old_message_survives_30046(world: World) -> None:
    """Delivered is more than succeeded: 30046 makes the ending wait, and it is not lost."""
    card = await _about_to_upload(world)
    _kill_token(world.discord)
    limited = world.discord.faults.limit("PATCH", BY_BOT, retry_after=3.0, code=30046, times=3)
    world.release_answers()
    await assert_playable(await world.until_done(card))
    assert limited.injected == 3


async def test_sigterm_during_an_upload(world: World, bot: BotProcess) -> None:
    """Quiet and safe: SIGTERM waits for no upload, and the next start finishes it on the same card."""
    card = await _about_to_upload(world)
    hold = world.discord.faults.hold("PATCH", BY_TOKEN, wanted=is_upload)
    world.release_answers()
    await world.until(hold.reached.is_set, "the upload")
    before = time.monotonic()
    assert await bot.terminate() == 0
    assert time.monotonic() - before < 10.0
    hold.release()
    async with world.bot():
        await assert_playable(await world.until_done(card))
        assert_only_card(world, card)
    assert len(world.api.tasks) == 1


async def test_a_reply_is_not_repeated_after_a_kill(world: World, bot: BotProcess) -> None:
    """A result is never posted twice: a reply that was sent just before the end is found again."""
    card = await _about_to_upload(world)
    for path in (BY_TOKEN, BY_BOT):
        world.discord.faults.add("PATCH", path, status=400, code=50083)
    hold = world.discord.faults.hold("POST", "/channels/*/messages", at="after")
    world.release_answers()
    await world.until(hold.reached.is_set, "the reply")
    await bot.kill()
    hold.release()
    async with world.bot():
        await world.discord.until_message(card.id, lambda it: SENT_AS_REPLY.english in it.words)
    assert [message.replied_to for message in world.messages()] == [None, card.id]
    assert len(world.discord.calls_to("POST", "/channels/*/messages")) == 1
    assert world.discord.message(card.id).attachments == []
