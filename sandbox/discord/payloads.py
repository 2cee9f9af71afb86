"""Payloads as Discord sends them, where simcord's differ.

The pages are those of https://docs.discord.com/developers.

- A file that an embed or a component shows is not among the `attachments` of its message, which are
  "any attached files that are not referenced in embeds or components" (resources/message, Message
  Structure). So a Components V2 message, in which every file is shown by a component, has none.
- A message that answers an interaction says for whom the app is installed, in
  `interaction_metadata.authorizing_integration_owners` (resources/message, Message Interaction
  Metadata): the user's id under "1", the server's under "0", or "0" there in a direct message
  (interactions/receiving-and-responding, Authorizing Integration Owners Object).
- Ids are strings in every answer and event; in a request they may be numbers (reference, Snowflakes,
  "ID Serialization"). simcord does both.
- A reaction that was added says whose message it is to, in `message_author_id`
  (events/gateway-events, Message Reaction Add).
- A channel says whether it is age-restricted, in `nsfw` (resources/channel, Channel Structure).
- Keys with a question mark in the documentation may be absent. `OPTIONAL_KEYS` has those of events
  that the sandbox leaves out when it is asked to be sparse (events/gateway-events).
"""

import json
from collections.abc import Mapping, Set
from typing import Any

COMPONENTS_V2 = 1 << 15

OPTIONAL_KEYS: Mapping[str, frozenset[str]] = {
    "MESSAGE_REACTION_ADD": frozenset({"member", "message_author_id", "burst_colors"}),
    "MESSAGE_REACTION_REMOVE": frozenset({"guild_id"}),
    "MESSAGE_CREATE": frozenset({"guild_id", "member", "nonce", "components", "sticker_items"}),
    "MESSAGE_DELETE": frozenset({"guild_id"}),
    "MESSAGE_DELETE_BULK": frozenset({"guild_id"}),
    "INTERACTION_CREATE": frozenset({"guild_locale"}),
}


def sent_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message as Discord sends it: its shown files are not among the attachments."""
    sent = dict(message)
    if message.get("attachments"):
        sent["attachments"] = [it for it in message["attachments"] if not _is_shown(it, message)]
    return sent


def sent_reaction(payload: Mapping[str, Any], author_id: int | None) -> dict[str, Any]:
    """Return the event of an added reaction to a message of *author_id*, None if that is not known."""
    author = {} if author_id is None else {"message_author_id": str(author_id)}
    return {**payload, **author}


def with_restrictions(
    event: str, payload: Mapping[str, Any], age_restricted: Set[int]
) -> dict[str, Any]:
    """Return an event whose channels say whether they are age-restricted."""
    if event in ("CHANNEL_CREATE", "CHANNEL_UPDATE"):
        return {**payload, "nsfw": int(payload["id"]) in age_restricted}
    if event != "GUILD_CREATE" or "channels" not in payload:
        return dict(payload)
    channels = [{**it, "nsfw": int(it["id"]) in age_restricted} for it in payload["channels"]]
    return {**payload, "channels": channels}


def sparse(event: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event without the keys that need not be in it."""
    left_out = OPTIONAL_KEYS.get(event, frozenset())
    return {key: value for key, value in payload.items() if key not in left_out}


def _is_shown(attachment: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
    if message.get("flags", 0) & COMPONENTS_V2:
        return True
    shown = json.dumps([message.get("embeds"), message.get("components")])
    return f"attachment://{attachment['filename']}" in shown or str(attachment["url"]) in shown
