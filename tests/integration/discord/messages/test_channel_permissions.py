"""Permissions in a channel of which no session of this process knows are asked for."""

import pytest

from bot.discord.interactions.channel_permissions import ChannelPermissions
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.errors import CardBusy
from sandbox.discord import Person
from tests.integration.discord.messages.stage import Stage


def permissions(stage: Stage, *, is_listed: bool) -> ChannelPermissions:
    """Return what a process asks that has, or has not, a session of the server's shard."""
    calls = DiscordCalls(BotRateLimit(), monotonic=stage.clock)
    return ChannelPermissions(stage.client, calls, is_listed=lambda _: is_listed)


@pytest.mark.parametrize("may", [True, False])
async def test_a_server_that_is_not_listed_is_asked_for(stage: Stage, *, may: bool) -> None:
    """Roles and overwrites are fetched, so that a moderator is recognised, and no other member."""
    person = Person.join(stage.discord, "Kim", may_manage_messages=may)
    found = await permissions(stage, is_listed=False).of(
        stage.discord.guild, stage.discord.channel, person.id
    )
    assert found is not None
    assert found.manage_messages is may


async def test_a_stranger_has_no_permissions(stage: Stage) -> None:
    """A user who is no member may do nothing in the server."""
    elsewhere = stage.discord.create_guild("another")
    person = Person.join(stage.discord, "Kim", guild=elsewhere)
    found = await permissions(stage, is_listed=False).of(
        stage.discord.guild, stage.discord.channel, person.id
    )
    assert found is None


async def test_a_listed_server_that_is_away_is_waited_for(stage: Stage) -> None:
    """A server of this process's shards that Discord keeps back is not asked for."""
    person = Person.join(stage.discord, "Kim")
    before = len(stage.discord.calls)
    with pytest.raises(CardBusy):
        await permissions(stage, is_listed=True).of(
            stage.discord.guild, stage.discord.channel, person.id
        )
    assert len(stage.discord.calls) == before


async def test_an_outage_is_no_answer(stage: Stage) -> None:
    """What Discord does not answer now is asked for again, and nothing is decided on it."""
    person = Person.join(stage.discord, "Kim")
    stage.discord.faults.add("GET", "/guilds/*", status=403, times=None)
    with pytest.raises(CardBusy):
        await permissions(stage, is_listed=False).of(
            stage.discord.guild, stage.discord.channel, person.id
        )
