"""What users may do in a channel, and what the bot lacks in it."""

import discord
import pytest

from bot.discord.interactions.context import context_of
from bot.discord.interactions.permissions import (
    cancel_control,
    card_kind,
    is_age_restricted,
    may_cancel,
    missing_permissions,
    permission_name,
)
from bot.jobs.admission.requests import AdultModes
from db.records import CancelControl, CardKind
from tests.unit.discord.interactions.fake_interactions import (
    CHANNEL,
    FOR_A_CARD,
    GUILD,
    ID,
    PARENT,
    PERSON,
    a_client,
    in_direct_messages,
    in_guild,
    text_channel,
    thread,
)
from tests.unit.jobs.builders import REQUESTER, a_job

NONE = discord.Permissions.none()


def test_no_permission_is_missing() -> None:
    """What a card needs is enough, in a channel as in a thread."""
    assert missing_permissions(FOR_A_CARD, in_thread=False) == []
    assert missing_permissions(FOR_A_CARD, in_thread=True) == []


def test_every_permission_is_missing() -> None:
    """Each permission that a card needs is named, in a thread the thread's own."""
    assert missing_permissions(NONE, in_thread=False) == [
        "view_channel",
        "send_messages",
        "embed_links",
        "attach_files",
        "read_message_history",
    ]
    assert missing_permissions(NONE, in_thread=True)[1] == "send_messages_in_threads"


@pytest.mark.parametrize(
    "flag", ["view_channel", "send_messages", "embed_links", "attach_files", "read_message_history"]
)
def test_one_permission_is_missing(flag: str) -> None:
    """The one permission that is lacking is the one that is named."""
    without = discord.Permissions(FOR_A_CARD.value)
    without.update(**{flag: False})
    assert missing_permissions(without, in_thread=False) == [flag]


@pytest.mark.parametrize(
    ("flag", "name"),
    [
        ("attach_files", "Attach Files"),
        ("read_message_history", "Read Message History"),
        ("send_messages_in_threads", "Send Messages in Threads"),
    ],
)
def test_permission_names(flag: str, name: str) -> None:
    """Permissions are called what Discord's own pages call them."""
    assert permission_name(flag, "en-US") == name


def test_card_kind_of_a_context() -> None:
    """A card lasts where the bot is a member and everyone sees it; else it can be edited for 15 minutes."""
    user_installed = {"1": str(PERSON)}
    lasting = [
        in_guild(),
        in_guild(installed={"0": str(GUILD), "1": str(PERSON)}),
        in_direct_messages(),
    ]
    brief = [
        in_guild(installed=user_installed),
        in_guild(has_bot=False),
        in_direct_messages(group=True),
    ]
    assert {card_kind(each, private=False) for each in lasting} == {CardKind.CHANNEL}
    assert {card_kind(each, private=False) for each in brief} == {CardKind.TOKEN_ONLY}
    assert {card_kind(each, private=True) for each in [*lasting, *brief]} == {CardKind.TOKEN_ONLY}


def test_cancel_control_of_a_context() -> None:
    """❌ where the bot may react and the card lasts, else a button."""
    here, there = in_guild(permissions=FOR_A_CARD), in_guild(permissions=NONE)
    assert cancel_control(here, CardKind.CHANNEL) is CancelControl.REACTION
    assert cancel_control(here, CardKind.TOKEN_ONLY) is CancelControl.BUTTON
    assert cancel_control(there, CardKind.CHANNEL) is CancelControl.BUTTON


@pytest.mark.parametrize("flag", ["add_reactions", "read_message_history"])
def test_a_cancel_reaction_needs_both_permissions(flag: str) -> None:
    """Without either permission Discord refuses the reaction, so that a button is needed."""
    without = discord.Permissions(FOR_A_CARD.value)
    without.update(**{flag: False})
    here = in_guild(permissions=without)
    assert cancel_control(here, CardKind.CHANNEL) is CancelControl.BUTTON


def test_who_may_cancel_a_job() -> None:
    """The requester may cancel, and a member who manages messages in this channel; no other permission counts."""
    job = a_job()
    assert may_cancel(job, REQUESTER, NONE)
    assert may_cancel(job, 99, discord.Permissions(manage_messages=True))
    assert not may_cancel(job, 99, NONE)
    others = discord.Permissions.all()
    others.update(manage_messages=False)
    assert not may_cancel(job, 99, others)


@pytest.mark.parametrize("kind", [0, 2, 5, 13, 15])
@pytest.mark.parametrize("nsfw", [True, False])
def test_age_restricted_channels(kind: int, nsfw: bool) -> None:
    """A channel of a server is for adults when it says so."""
    channel = in_guild(channel=text_channel(nsfw=nsfw, kind=kind)).channel
    assert channel is not None
    assert is_age_restricted(channel) is nsfw


@pytest.mark.parametrize("nsfw", [True, False])
def test_age_restricted_threads(nsfw: bool) -> None:
    """A thread is for adults when its parent is."""
    client = a_client()
    payload = {
        "id": str(GUILD),
        "features": [],
        "channels": [text_channel(nsfw=nsfw, channel_id=PARENT)],
    }
    guild = discord.Guild(data=payload, state=client._connection)  # type: ignore[arg-type]
    client._connection._add_guild(guild)
    channel = in_guild(channel=thread(), client=client).channel
    assert isinstance(channel, discord.Thread)
    assert is_age_restricted(channel) is nsfw


def test_other_channels_are_not_age_restricted() -> None:
    """Direct messages, unknown channels and threads of unknown parents are not for adults."""
    assert not is_age_restricted(in_direct_messages().channel)
    assert not is_age_restricted(in_guild(channel=thread()).channel)
    assert not is_age_restricted(None)


def test_a_context_is_read_from_the_interaction() -> None:
    """Where and by whom something was asked for comes from Discord alone."""
    place = context_of(in_guild(permissions=FOR_A_CARD), private=False, adult_modes=AdultModes.OFF)
    assert (place.interaction_id, place.interaction_token, place.application_id) == (ID, "token", 5)
    assert (place.user_id, place.guild_id, place.channel_id) == (PERSON, GUILD, CHANNEL)
    assert (place.locale, place.upload_limit) == ("de", 10_485_760)
    assert (place.card_kind, place.cancel_control) == (CardKind.CHANNEL, CancelControl.REACTION)


def test_the_context_of_a_private_answer() -> None:
    """A private answer is token-only, also in one's own direct messages, and has a button."""
    place = context_of(in_direct_messages(), private=True, adult_modes=AdultModes.OFF)
    assert (place.guild_id, place.card_kind) == (None, CardKind.TOKEN_ONLY)
    assert place.cancel_control is CancelControl.BUTTON
