"""Permissions in a channel of which no session of this process knows are asked for."""

import discord
import pytest

from bot.discord.interactions.channel_permissions import ChannelPermissions
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import MessageClient
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


@pytest.mark.parametrize("is_listed", [True, False])
async def test_a_worker_asks_for_a_servers_upload_limit(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, is_listed: bool
) -> None:
    """What a boosted server allows is known where no session lists it, once the token has expired."""
    fetch = stage.client.fetch_guild

    async def fetch_boosted(guild_id: int, /, *, with_counts: bool = True) -> discord.Guild:
        """Return the server as it is, but boosted, which the simulated ones are not."""
        guild = await fetch(guild_id, with_counts=with_counts)
        guild.premium_tier = 2
        return guild

    monkeypatch.setattr(stage.client, "fetch_guild", fetch_boosted)
    job = await stage.running()
    messages = MessageClient(
        stage.client,
        DiscordCalls(BotRateLimit(), monotonic=stage.clock),
        clock=stage.clock,
        is_listed=lambda _: is_listed,
    )
    assert not job.token_is_alive(stage.clock())
    boosted, default = 50 * 1024 * 1024, 10 * 1024 * 1024
    assert await messages.upload_limit(job) == (default if is_listed else boosted)
    stage.discord.faults.add("GET", "/guilds/*", status=403, times=None)
    assert await messages.upload_limit(job) == default
