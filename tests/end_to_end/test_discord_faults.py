"""Discord refuses edits, uploads and messages: nothing that was paid for is lost."""

import time
from typing import Literal

import pytest

from bot.locales.card_texts import SENT_AS_REPLY, SENT_BY_DM
from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.discord import SandboxDiscord
from sandbox.discord.calls import is_upload
from sandbox.modelhunter import Script
from tests.end_to_end.checks import assert_only_card, assert_playable
from tests.end_to_end.held_jobs import BY_BOT, BY_TOKEN, about_to_upload, has_link, running
from tests.end_to_end.world import CANCEL, PROMPT, RESULTS, World

INVALID = (401, 403, 404)
pytestmark = pytest.mark.usefixtures("bot")


def _kill_token(discord: SandboxDiscord) -> None:
    discord.faults.add("*", "/webhooks/*", status=401, code=50027, times=None)


def _invalid(discord: SandboxDiscord) -> list[tuple[str, str]]:
    """Return the kinds of requests that count against the bot's address, by method and place."""
    return [
        (call.method, call.path.split("/")[1]) for call in discord.calls if call.status in INVALID
    ]


async def test_a_card_whose_edits_are_refused_is_replied_to(world: World) -> None:
    """The ladder: a card that exists and can't be edited is replied to, once, and says so."""
    card = await about_to_upload(world)
    for path in (BY_TOKEN, BY_BOT):
        world.discord.faults.add("PATCH", path, status=400, code=50083)
    world.release_answers()
    told = await world.discord.until_message(card.id, lambda it: SENT_AS_REPLY.english in it.words)
    assert told.attachments == []
    first, reply = world.messages()
    assert (first.id, reply.replied_to) == (card.id, card.id)
    assert reply.embeds[0]["description"].startswith(f"> {PROMPT}\n-# ")
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
    card = await about_to_upload(world)
    _kill_token(world.discord)
    world.discord.forbid_bot(world.discord.channel, **{permission: True})
    world.release_answers()
    await world.until(lambda: bool(world.robin.sees(world.robin.dm_channel)), "a direct message")
    (message,) = world.robin.sees(world.robin.dm_channel)
    assert message.embeds[0]["description"].startswith(f"> {PROMPT}\n-# ")
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
    card = await about_to_upload(world)
    _kill_token(world.discord)
    world.discord.forbid_bot(world.discord.channel, attach_files=True)
    world.robin.close_dms()
    world.release_answers()
    await world.until_state(card, JobState.LINKED)
    assert_only_card(world, card)
    world.discord.faults.clear()
    await has_link(world, world.discord.channel)


@pytest.mark.parametrize(
    ("shares_another", "takes_messages"), [(True, True), (True, False), (False, True)]
)
async def test_a_result_for_a_server_without_the_bot(
    world: World, bot: BotProcess, shares_another: bool, takes_messages: bool
) -> None:
    """The ladder: a result for a server that removed the bot goes by direct message, else to /jobs."""
    if shares_another:
        world.discord.model.add_member(world.discord.create_guild("Elsewhere"), world.robin.id)
    await about_to_upload(world)
    world.discord.faults.add("*", "/webhooks/*", status=404, code=10015, times=None)
    model = world.discord.model
    model.remove_member(world.discord.guild, world.discord.bot_id)
    model.emit("GUILD_DELETE", {"id": str(world.discord.guild)})
    if not takes_messages:
        world.robin.close_dms()
    world.release_answers()
    is_reached = shares_another and takes_messages
    ended = "delivered" if is_reached else "linked"
    await world.until(lambda: world.saved_states() == [ended], f"the job to be {ended}")
    assert len(world.robin.sees(world.robin.dm_channel)) == is_reached
    assert bot.exit_code is None
    world.discord.faults.clear()
    await has_link(world, world.robin.dm_channel)


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
    card, _ = await running(world)
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
    card = await about_to_upload(world)
    _kill_token(world.discord)
    limited = world.discord.faults.limit("PATCH", BY_BOT, retry_after=1.0, scope=scope, times=2)
    world.release_answers()
    done = await world.until_done(card)
    await assert_playable(done)
    assert limited.injected == 2
    assert_only_card(world, card)


async def test_an_upload_to_an_old_message_survives_30046(world: World) -> None:
    """Delivered is more than succeeded: 30046 makes the ending wait, and it is not lost."""
    card = await about_to_upload(world)
    _kill_token(world.discord)
    limited = world.discord.faults.limit("PATCH", BY_BOT, retry_after=3.0, code=30046, times=3)
    world.release_answers()
    await assert_playable(await world.until_done(card))
    assert limited.injected == 3


async def test_sigterm_during_an_upload(world: World, bot: BotProcess) -> None:
    """Quiet and safe: SIGTERM waits for no upload, and the next start finishes it on the same card."""
    card = await about_to_upload(world)
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
    card = await about_to_upload(world)
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
