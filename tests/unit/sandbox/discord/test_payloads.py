"""The simulated Discord sends messages and events as Discord does."""

import pytest

from sandbox.discord import Person
from sandbox.discord.commands import interaction_payload
from sandbox.discord.payloads import sent_message, sent_reaction, sparse
from sandbox.discord.server import SandboxDiscord

FILE = {"id": "1", "filename": "fox.png", "url": "http://127.0.0.1/fox.png"}


@pytest.mark.parametrize(
    ("fields", "listed"),
    [
        ({}, [FILE]),
        ({"embeds": [{"title": "fox.png"}]}, [FILE]),
        ({"embeds": [{"image": {"url": "attachment://fox.png"}}]}, []),
        ({"embeds": [{"image": {"url": "http://127.0.0.1/fox.png"}}]}, []),
        ({"flags": 1 << 15, "components": [{"type": 13}]}, []),
        ({"flags": 1 << 6}, [FILE]),
    ],
)
def test_attachments_of_a_message(fields: dict[str, object], listed: list[object]) -> None:
    """Files that an embed or a component shows are not among the attachments."""
    message = {"id": "1", "flags": 0, "attachments": [FILE], **fields}
    assert sent_message(message)["attachments"] == listed
    assert message["attachments"] == [FILE]


def test_a_reaction_says_whose_message_it_is_to() -> None:
    """The event of an added reaction has the author of the message, where that is known."""
    event = {"user_id": "1", "message_id": "2"}
    assert sent_reaction(event, 7) == {**event, "message_author_id": "7"}
    assert sent_reaction(event, None) == event


def test_sparse_events() -> None:
    """What need not be in an event may be absent; what must be is never left out."""
    event = {"user_id": "1", "message_id": "2", "type": 0, "burst": False, "member": {}}
    left = sparse("MESSAGE_REACTION_ADD", event)
    assert left == {"user_id": "1", "message_id": "2", "type": 0, "burst": False}
    assert sparse("GUILD_CREATE", event) == event


@pytest.mark.parametrize("is_user_install", [True, False])
def test_owners_of_an_interaction_are_in_its_message(*, is_user_install: bool) -> None:
    """A message says for whom the app is installed that answers with it."""
    discord = SandboxDiscord()
    robin = Person.join(discord, "Robin")
    record, payload = interaction_payload(
        discord.model,
        discord.limits,
        kind=2,
        channel_id=discord.channel,
        user_id=robin.id,
        data={"name": "video", "type": 1},
        is_user_install=is_user_install,
    )
    message = discord.model.create_message(
        discord.channel, discord.bot_id, "x", interaction_metadata={"id": str(record.id)}
    )
    owners = {"1": str(robin.id)} if is_user_install else {"0": str(discord.guild)}
    assert payload["authorizing_integration_owners"] == owners
    assert message.interaction_metadata is not None
    assert message.interaction_metadata["authorizing_integration_owners"] == owners
