"""Rules of Discord that simcord lacks, checked before a call reaches the model.

Those that look at one call alone are in `message_rules`, with their sources; the others need what is
remembered here. What Discord sends differently is in `payloads`.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

from simcord.backend.errors import BackendError
from simcord.backend.models import Channel, Message
from simcord.enums import ChannelType

from sandbox.discord import message_rules
from sandbox.discord.calls import Call
from sandbox.discord.model import Model

MEBIBYTE = 1024 * 1024
NONCE_MEMORY = 5 * 60.0  # seconds; Discord says "the past few minutes" (Create Message)
LONGEST_NONCE = 25


@dataclasses.dataclass(slots=True)
class Limits:
    """Limits of this Discord; tests and the demo change them while it runs."""

    upload: int = 10 * MEBIBYTE  # bytes an attachment may have
    request: int = 25 * MEBIBYTE  # bytes of a whole request that sends a message
    advertised_upload: int | None = None  # what interactions announce, if it differs
    answer_within: float = 3.0  # seconds until an interaction must be answered
    token_lifetime: float = 15 * 60.0  # seconds an interaction token works


class Rules:
    """Refuses the calls that Discord refuses and simcord does not."""

    def __init__(self, model: Model, limits: Limits, clock: Callable[[], float]) -> None:
        self._model = model
        self._limits = limits
        self._clock = clock
        self._nonces: dict[tuple[int, str], tuple[float, int]] = {}
        self.closed_dms: set[int] = set()  # ids of users who accept no direct messages
        self.blocking: set[int] = set()  # ids of users who have blocked the bot

    def check(self, call: Call) -> None:
        """Check a call.

        Raises:
            BackendError: it is refused; has the status and the code that Discord answers.
        """
        segments = call.path.strip("/").split("/")
        message_rules.check_size(call, upload=self._limits.upload, request=self._limits.request)
        message_rules.check_files(call)
        if segments[0] == "webhooks" and len(segments) >= 3:
            self._check_webhook(call, segments)
        if segments[0] == "interactions" and len(segments) == 4:
            record = self._model.interactions.get(int(segments[1]))
            if record is not None and not record.responded:
                message_rules.check_answer(record, call.json or {})
        if segments[0] == "channels" and segments[2:3] == ["messages"]:
            self._check_messages(int(segments[1]), call, segments)

    def earlier_message(self, call: Call) -> Message | None:
        """Return the message that a repeated nonce created (Discord docs: Create Message)."""
        channel_id, nonce = self._nonce(call)
        if nonce is None:
            return None
        made, message_id = self._nonces.get((channel_id, nonce), (0.0, 0))
        if self._clock() - made > NONCE_MEMORY:
            return None
        return self._model.messages.get(channel_id, {}).get(message_id)

    def remember_nonce(self, call: Call, answer: Any) -> None:
        """Remember the nonce of a created message, and add it to the answer."""
        channel_id, nonce = self._nonce(call)
        if nonce is not None:
            self._nonces[(channel_id, nonce)] = (self._clock(), int(answer["id"]))
            answer["nonce"] = nonce

    def _check_webhook(self, call: Call, segments: list[str]) -> None:
        interaction_id = self._model.interaction_tokens.get(segments[2])
        if interaction_id is None:
            return
        record = self._model.interactions[interaction_id]
        expires_at = record.expires_at
        if expires_at is not None and self._model.now_iso() >= expires_at:
            raise BackendError(401, 50027, "Invalid Webhook Token")
        owners = self._model.integration_owners.get(interaction_id, {})
        message_rules.check_webhook(record, owners, call, segments)

    def _check_messages(self, channel_id: int, call: Call, segments: list[str]) -> None:
        channel = self._model.get_channel(channel_id)
        message_rules.check_thread(channel, call, segments)
        if segments[4:5] == ["reactions"] and len(segments) > 5:
            message_rules.check_reaction(self._model, self.blocking, call, segments)
        if call.method in ("POST", "PATCH"):
            self._check_writing(channel, call, segments)

    def _check_writing(self, channel: Channel, call: Call, segments: list[str]) -> None:
        if channel.type == ChannelType.DM:
            closed = self.closed_dms | self.blocking
            message_rules.check_recipients(self._model, closed, channel.recipient_ids)
        if call.uploads:
            self._model.require_permissions(
                channel.guild_id, self._model.bot_user.id, channel.id, "attach_files"
            )
        if call.method == "POST" and segments[2:] == ["messages"]:
            message_rules.check_reply(self._model, channel, call)
            nonce = (call.json or {}).get("nonce")
            if nonce is not None and len(str(nonce)) > LONGEST_NONCE:
                raise BackendError(400, 50035, "Invalid Form Body: nonce")

    def _nonce(self, call: Call) -> tuple[int, str | None]:
        segments = call.path.strip("/").split("/")
        if call.method != "POST" or segments[0] != "channels" or segments[2:] != ["messages"]:
            return 0, None
        body = call.json or {}
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return int(segments[1]), None
        return int(segments[1]), str(body["nonce"])
