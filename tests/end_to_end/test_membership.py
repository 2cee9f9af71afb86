"""Who may spend: in direct messages, only members of the servers that the operator allows."""

from collections.abc import AsyncGenerator

import pytest

from bot.locales.answer_texts import DISCORD_BUSY, NOT_A_MEMBER
from bot.locales.button_texts import BUTTON_GENERATE, BUTTON_TRY_AGAIN
from db.records import JobState
from sandbox.discord import Answer
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.world import World

MEMBER = "/guilds/*/members/*"


@pytest.fixture
async def failed(world: World) -> AsyncGenerator[World]:
    """Run the bot for one server alone, where a request has failed."""
    world.api.scripts.next(Script.failing("no paint"))
    async with world.bot(ALLOWED_GUILD_IDS=str(world.discord.guild), CONFIRM_ABOVE_USD="0.0001"):
        card = await world.agree(await world.ask("image"))
        await world.until_state(card, JobState.FAILED)
        yield world


async def _try_again_in_private(world: World) -> Answer:
    listed = await world.robin.slash(world.robin.dm_channel, "jobs")
    assert listed.message is not None
    return await world.robin.click(listed.message, BUTTON_TRY_AGAIN.english)


def _leave(world: World) -> None:
    world.discord.model.remove_member(world.discord.guild, world.robin.id)


async def test_a_member_tries_again_in_direct_messages(failed: World) -> None:
    """A member of the allowed server may also try again in direct messages."""
    question = (await _try_again_in_private(failed)).message
    assert question is not None
    await failed.robin.click(question, BUTTON_GENERATE.english)
    await failed.until_tasks(2)


async def test_a_removed_member_does_not_try_again(failed: World) -> None:
    """Who is in no allowed server any more can't spend by a button in direct messages."""
    _leave(failed)
    refused = (await _try_again_in_private(failed)).message
    assert refused is not None
    assert says(refused.content, NOT_A_MEMBER)
    assert len(failed.api.calls("POST")) == 1


async def test_a_removed_member_does_not_confirm(failed: World) -> None:
    """The yes to a price is checked like the request itself, however shortly before it was asked."""
    question = (await _try_again_in_private(failed)).message
    assert question is not None
    _leave(failed)
    await failed.robin.click(question, BUTTON_GENERATE.english)
    assert says(failed.discord.message(question.id).content, NOT_A_MEMBER)
    assert len(failed.api.calls("POST")) == 1


async def test_a_membership_that_is_not_known_now(failed: World) -> None:
    """While Discord does not say who is a member, nothing is spent, and the user may try again."""
    failed.discord.faults.add("GET", MEMBER, status=500, times=None)
    refused = (await _try_again_in_private(failed)).message
    assert refused is not None
    assert says(refused.content, DISCORD_BUSY)
    failed.discord.faults.clear()
    question = (await _try_again_in_private(failed)).message
    assert question is not None
    assert question.embeds
    assert len(failed.api.calls("POST")) == 1
