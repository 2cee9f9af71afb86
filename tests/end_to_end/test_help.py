"""/help says what is true for its caller, in that place."""

import pytest

from bot.locales.answer_texts import DIRECT_MESSAGES_NOT_ALLOWED, SERVER_NOT_ALLOWED
from bot.locales.help_texts import HELP_LEFT
from sandbox.discord import SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.world import World


async def test_help_says_what_is_left_for_its_caller(world: World) -> None:
    """Truthful: the budgets are what the ledger has, reservations included; only the caller sees it."""
    world.api.scripts.choose = lambda _request: Script.endless()
    world.discord.limits.upload = 25 * 1024 * 1024
    limits = {"DAILY_BUDGET_USD": "20", "DAILY_BUDGET_PER_USER_USD": "1"}
    async with world.bot(OPERATOR_CONTACT="Ask Sam: sam@example.org", **limits):
        jobs_id = await _command_id(world, "jobs")
        first = await _help(world)
        # Five seconds of this model are reserved at 5 x $0.08.
        await world.ask(model="viduq3-turbo")
        second = await _help(world)
    assert first.is_ephemeral
    assert "**$1.00** for you" in first.words
    assert "**$20.00** for all" in first.words
    assert "**$0.60** for you" in second.words
    assert "**$19.60** for all" in second.words
    assert "**2** running" in first.words
    assert "**25 MB**" in first.words
    assert "Ask Sam: sam@example.org" in first.words
    assert f"</jobs:{jobs_id}>" in first.words


async def test_without_budgets_of_their_own_members_are_promised_none(world: World) -> None:
    """Truthful: what is not known is not said, and a spent budget is shown as spent."""
    async with world.bot(DAILY_BUDGET_USD="0"):
        answer = await _help(world)
    assert "**$0.00** for all" in answer.words
    assert "for you" not in answer.words


async def test_a_member_has_no_more_than_is_left_for_all(world: World) -> None:
    """Truthful: a part of one's own is of use only as far as all together have it."""
    async with world.bot(DAILY_BUDGET_USD="0.5", DAILY_BUDGET_PER_USER_USD="1"):
        answer = await _help(world)
    assert "**$0.50** for you" in answer.words


@pytest.mark.parametrize("is_direct", [False, True])
async def test_help_where_nothing_is_made_says_so(world: World, is_direct: bool) -> None:
    """Truthful: in a server that is not allowed, and in direct messages then, no budget is shown."""
    elsewhere = world.discord.create_guild("Elsewhere")
    channel = world.robin.dm_channel if is_direct else world.discord.channel
    async with world.bot(ALLOWED_GUILD_IDS=str(elsewhere)):
        answer = await _help(world, channel)
    text = DIRECT_MESSAGES_NOT_ALLOWED if is_direct else SERVER_NOT_ALLOWED
    assert text.english in answer.words
    assert HELP_LEFT.english not in answer.words


async def _help(world: World, channel: int | None = None) -> SeenMessage:
    answer = await world.robin.slash(channel or world.discord.channel, "help")
    assert answer.message is not None
    return answer.message


async def _command_id(world: World, name: str) -> str:
    (found,) = [
        command["id"]
        for command in world.discord.model.visible_commands(
            user_id=world.robin.id, channel_id=world.discord.channel, type=1
        )
        if command["name"] == name
    ]
    return str(found)
