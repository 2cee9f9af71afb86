"""Rules for messages, reactions and answers that simcord lets pass and Discord does not.

The pages are those of https://docs.discord.com/developers; codes are in topics/opcodes-and-status-codes.

- At most ten files a message: 30015. A file has at most the limit of the server, and the request that
  sends a message 25 MiB, or the size of one file where boosts allow more: 40005 (reference, Uploading
  Files; resources/message, Create Message).
- A direct message needs a server in common with the recipient, or that the recipient has the app
  installed for themselves: 50278; and that the recipient takes direct messages: 50007
  (topics/opcodes-and-status-codes, JSON Error Codes).
- Nothing is edited, and no reaction added or removed, in an archived thread: 50083; nothing is sent
  to a thread that is locked too: 160005 (resources/channel, Thread Metadata Object).
- A reply needs Read Message History: 160002, and a message that exists unless
  `fail_if_not_exists` is false: 50035 with `REPLIES_UNKNOWN_MESSAGE` (resources/message, Create
  Message, Message Reference Structure; reference, Error Messages).
- Twenty kinds of reactions: 30010. None to a message of a user who has blocked the bot: 90001
  (topics/opcodes-and-status-codes, JSON Error Codes, "Reaction was blocked").
- Get Reactions lists 1 to 100 users, of one type: normal ones (0), or burst ones (1), of which there
  are none in the sandbox (resources/message, Get Reactions).
- An autocomplete interaction is answered with choices alone, and no other one with choices; there are
  at most 25, with names of 1 to 100 characters and texts of up to 100
  (interactions/receiving-and-responding, Autocomplete; interactions/application-commands, Option
  Choice Structure).
- A form is not answered with a form, and a message is updated only by what was pressed on it, or by a
  form that was opened so: 50035 (interactions/receiving-and-responding, Interaction Callback Type,
  "Not available for MODAL_SUBMIT", "Only valid for component-based interactions").
- A text field is filled with at most 4,000 characters: 50035 (components/reference, Text Input).
- The webhook of an interaction begins with its answer: 10015 before (observed; not documented).
- An interaction for which the app is installed by the user alone has five follow-up messages: 40094
  (interactions/receiving-and-responding, Followup Messages).
"""

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from simcord.backend import errors
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel, Interaction
from simcord.components import walk_components
from simcord.enums import CallbackType, InteractionType

from sandbox.discord.calls import Call
from sandbox.discord.model import Model

MOST_FILES = 10
MOST_REACTIONS = 20
MOST_USERS = 100
MOST_CHOICES = 25
LONGEST_CHOICE = 100
LONGEST_TEXT = 4000
MOST_FOLLOWUPS = 5
_UPDATES = (CallbackType.DEFERRED_UPDATE_MESSAGE, CallbackType.UPDATE_MESSAGE)


def check_files(call: Call) -> None:
    """Refuse more files than a message can have, those that it keeps included."""
    kept = [it for it in _attachments(call.json) if not _is_index(it.get("id"), len(call.uploads))]
    if len(kept) + len(call.uploads) > MOST_FILES:
        raise BackendError(400, 30015, "Maximum number of attachments in a message reached (10)")


def check_thread(channel: Channel, call: Call, segments: Sequence[str]) -> None:
    """Refuse what can't be done in an archived or locked thread."""
    metadata = channel.thread_metadata
    if metadata is None or not metadata.archived:
        return
    if call.method == "POST" and list(segments[2:]) == ["messages"]:
        if metadata.locked:
            raise BackendError(403, 160005, "Thread is locked")
    elif call.method != "GET":
        raise BackendError(400, 50083, "Thread is archived")


def check_reply(model: Model, channel: Channel, call: Call) -> None:
    """Refuse a reply to a message that does not exist, or that the bot may not read."""
    reference = (call.json or {}).get("message_reference")
    if not reference or reference.get("type", 0) != 0:
        return
    may_read = channel.guild_id is None or model.has_permission(channel, "read_message_history")
    if not may_read:
        raise BackendError(403, 160002, "Cannot reply without permission to read message history")
    exists = int(reference["message_id"]) in model.messages.get(channel.id, {})
    if not exists and reference.get("fail_if_not_exists", True):
        unknown = {"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}
        raise errors.invalid_form_body(errors={"message_reference": {"_errors": [unknown]}})


def check_size(call: Call, *, upload: int, request: int) -> None:
    """Refuse a file of more than *upload* bytes, and a request of more than *request*."""
    files = sum(each.size for each in call.uploads)
    whole = files + (len(json.dumps(call.json)) if call.json else 0)
    is_too_large = any(each.size > upload for each in call.uploads)
    if is_too_large or (len(call.uploads) > 1 and whole > max(request, upload)):
        raise BackendError(413, 40005, "Request entity too large")


def check_recipients(model: Model, closed: Set[int], recipients: Iterable[int]) -> None:
    """Refuse a direct message to a user who shares no server with the bot, or takes none."""
    bot_id = model.bot_user.id
    for user_id in set(recipients) - {bot_id}:
        shared = any({bot_id, user_id} <= set(it.members) for it in model.guilds.values())
        installed = any(it.get("1") == str(user_id) for it in model.integration_owners.values())
        if not shared and not installed:
            raise BackendError(
                403, 50278, "Cannot send messages to this user due to having no mutual guilds"
            )
        if user_id in closed:
            raise BackendError(403, 50007, "Cannot send messages to this user")


def check_reaction(model: Model, blocking: Set[int], call: Call, segments: Sequence[str]) -> None:
    """Refuse a reaction that is blocked or a kind too many, and a list of users that is too long."""
    if call.method == "PUT":
        message = model.messages.get(int(segments[1]), {}).get(int(segments[3]))
        if message is not None and message.author_id in blocking:
            raise BackendError(403, 90001, "Reaction was blocked")
        known = message is None or message.reaction_for(segments[5]) is not None
        if message is not None and not known and len(message.reactions) >= MOST_REACTIONS:
            raise BackendError(400, 30010, "Maximum number of reactions reached (20)")
    if call.method == "GET" and not 1 <= int(call.query.get("limit", 25)) <= MOST_USERS:
        raise errors.invalid_form_body("limit: Must be between 1 and 100")


def check_answer(record: Interaction, body: Mapping[str, Any]) -> None:
    """Refuse an answer that does not fit its interaction."""
    is_completing = record.type == InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE
    gives_choices = body.get("type") == CallbackType.APPLICATION_COMMAND_AUTOCOMPLETE_RESULT
    if is_completing is not gives_choices:
        raise errors.invalid_form_body("type: not an answer to this interaction")
    _check_form(record, body)
    choices = (body.get("data") or {}).get("choices", [])
    if gives_choices and len(choices) > MOST_CHOICES:
        raise errors.invalid_form_body("choices: Must be 25 or fewer in length")
    for choice in choices if gives_choices else ():
        if not 1 <= len(str(choice["name"])) <= LONGEST_CHOICE:
            raise errors.invalid_form_body("choices.name: Must be between 1 and 100 in length")
        if isinstance(choice["value"], str) and len(choice["value"]) > LONGEST_CHOICE:
            raise errors.invalid_form_body("choices.value: Must be 100 or fewer in length")


def _check_form(record: Interaction, body: Mapping[str, Any]) -> None:
    """Refuse a form after a form, too long a text in one, and an update of no message."""
    kind = body.get("type")
    if kind == CallbackType.MODAL and record.type == InteractionType.MODAL_SUBMIT:
        raise errors.invalid_form_body("type: a form can't be answered with a form")
    if kind in _UPDATES and record.source_message_id is None:
        raise errors.invalid_form_body("type: there is no message to update")
    fields = walk_components((body.get("data") or {}).get("components") or [])
    if kind == CallbackType.MODAL and any(
        len(str(it.get("value") or "")) > LONGEST_TEXT for it in fields
    ):
        raise errors.invalid_form_body("value: Must be 4000 or fewer in length")


def check_webhook(
    record: Interaction, owners: Mapping[str, str], call: Call, segments: Sequence[str]
) -> None:
    """Refuse the webhook of an interaction before its answer, and too many follow-up messages."""
    if not record.responded:
        raise errors.unknown_webhook()
    is_followup = call.method == "POST" and len(segments) == 3
    if is_followup and set(owners) == {"1"} and len(record.followup_ids) >= MOST_FOLLOWUPS:
        raise BackendError(400, 40094, "This interaction has hit the maximum number of follow ups")


def _attachments(body: Any) -> list[dict[str, Any]]:
    content = body if isinstance(body, dict) else {}
    listed = (content.get("data") or content).get("attachments")
    return [it for it in listed or () if isinstance(it, dict)]


def _is_index(attachment_id: object, count: int) -> bool:
    """Whether the id names one of the *count* files that come with the call."""
    text = str(attachment_id)
    return text.isascii() and text.isdecimal() and int(text) < count
