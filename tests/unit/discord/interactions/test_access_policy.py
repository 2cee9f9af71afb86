"""What must be in order before a request is looked at."""

import dataclasses

import discord
import pytest

from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.errors import (
    NotAMember,
    NotHere,
    NotInDirectMessages,
    PermissionsMissing,
)
from bot.jobs.admission.requests import AdultModes, GenerationRequest
from db.records import JobKind
from tests.unit.discord.interactions.fake_interactions import (
    GUILD,
    PERSON,
    in_direct_messages,
    in_guild,
    text_channel,
    thread,
)

NONE = discord.Permissions.none()
OPENLY = GenerationRequest(
    kind=JobKind.IMAGE, prompt="a fox", model=None, options={}, private=False
)
PRIVATELY = dataclasses.replace(OPENLY, private=True)
OPEN = AccessPolicy(allowed_guild_ids=frozenset(), allow_adult=True)


async def test_every_server_is_allowed_without_a_list() -> None:
    """Without a list of servers every server and direct message is allowed."""
    for interaction in (in_guild(), in_direct_messages(), in_direct_messages(group=True)):
        await OPEN.admit(interaction, OPENLY)


async def test_only_listed_servers_are_allowed() -> None:
    """With a list, only what is on it is let in: direct messages are not."""
    await AccessPolicy(allowed_guild_ids=frozenset({GUILD, 1}), allow_adult=False).admit(
        in_guild(), OPENLY
    )
    strict = AccessPolicy(allowed_guild_ids=frozenset({1}), allow_adult=False)
    for interaction in (in_guild(), in_direct_messages(), in_direct_messages(group=True)):
        with pytest.raises(NotHere):
            await strict.admit(interaction, OPENLY)


async def test_a_denied_direct_message_is_called_so() -> None:
    """A denial in direct messages does not speak of a server; elsewhere it does."""
    strict = AccessPolicy(allowed_guild_ids=frozenset({1}), allow_adult=False)
    for interaction in (in_direct_messages(), in_direct_messages(group=True)):
        with pytest.raises(NotInDirectMessages):
            await strict.admit(interaction, OPENLY)
    with pytest.raises(NotHere) as caught:
        await strict.admit(in_guild(), OPENLY)
    assert type(caught.value) is NotHere


async def test_a_retry_in_direct_messages_needs_a_listed_home() -> None:
    """What was asked for in another server than a listed one is not tried again in direct messages."""
    strict = AccessPolicy(allowed_guild_ids=frozenset({1}), allow_adult=False)
    for interaction, home in ((in_direct_messages(), 2), (in_guild(), 1)):
        with pytest.raises(NotHere):
            await strict.admit(interaction, OPENLY, home=home)


async def test_a_retry_in_direct_messages_needs_a_member() -> None:
    """Where the bot can't know of members, as it is in no listed server, nobody passes for one."""
    strict = AccessPolicy(allowed_guild_ids=frozenset({1}), allow_adult=False)
    with pytest.raises(NotAMember):
        await strict.admit(in_direct_messages(), OPENLY, home=1)


async def test_missing_permissions_are_named() -> None:
    """What the bot lacks is named before anything is sent."""
    with pytest.raises(PermissionsMissing) as caught:
        await OPEN.admit(in_guild(permissions=NONE), OPENLY)
    assert caught.value.flags[1] == "send_messages"
    with pytest.raises(PermissionsMissing) as caught:
        await OPEN.admit(in_guild(permissions=NONE, channel=thread()), OPENLY)
    assert caught.value.flags[1] == "send_messages_in_threads"


async def test_permissions_that_a_card_does_not_need() -> None:
    """An answer by the interaction's token alone, and direct messages, need none."""
    await OPEN.admit(in_guild(permissions=NONE), PRIVATELY)
    own = in_guild(permissions=NONE, installed={"1": str(PERSON)})
    await OPEN.admit(own, OPENLY)
    await OPEN.admit(in_direct_messages(), OPENLY)
    await OPEN.admit(in_guild(), OPENLY)


@pytest.mark.parametrize("allowed", [True, False])
async def test_adult_options_need_setting_and_channel(allowed: bool) -> None:
    """An adult option needs the operator's yes and an age-restricted channel."""
    policy = AccessPolicy(allowed_guild_ids=frozenset(), allow_adult=allowed)
    restricted = in_guild(channel=text_channel(nsfw=True))
    others = (in_guild(channel=text_channel(nsfw=False)), in_direct_messages())
    on, elsewhere = AdultModes.ALLOWED, AdultModes.NOT_HERE
    assert (await policy.admit(restricted, OPENLY)).adult_modes is (
        on if allowed else AdultModes.OFF
    )
    for other in others:
        expected = elsewhere if allowed else AdultModes.OFF
        assert (await policy.admit(other, OPENLY)).adult_modes is expected
