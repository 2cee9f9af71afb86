"""Invocations: an interaction that a user began, and the bot's answer to it."""

import dataclasses
from typing import Any

from simcord.backend.models import Interaction

from sandbox.discord.messages import SeenMessage
from sandbox.discord.server import SandboxDiscord


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """The bot's answer to an interaction, as far as it has come."""

    interaction_id: int
    # message, deferred, deferred_update, update, modal, autocomplete; None: no answer yet
    kind: str | None
    message: SeenMessage | None = None
    choices: tuple[dict[str, Any], ...] = ()
    form: dict[str, Any] | None = None  # the modal that it opened

    @property
    def is_acknowledged(self) -> bool:
        """Whether the bot has answered at all."""
        return self.kind is not None


class Invocation:
    """An interaction that was sent to the bot."""

    def __init__(self, discord: SandboxDiscord, record: Interaction) -> None:
        self._discord = discord
        self._record = record
        self.id = record.id
        self.token = record.token

    def look(self) -> Answer:
        """Return the answer as far as it has come."""
        record = self._record
        kind = str(record.response_kind.value) if record.response_kind is not None else None
        message = None
        if record.message_id is not None:
            message = self._discord.find(record.message_id)
        return Answer(
            record.id, kind, message, tuple(record.autocomplete_choices or ()), record.modal
        )

    async def answer(self, timeout: float | None = None) -> Answer:
        """Wait for the bot's answer.

        Raises:
            TimeoutError: it did not answer; Discord would show "did not respond".
        """
        await self._discord.changes.until(
            lambda: self._record.responded,
            self._discord.timeout if timeout is None else timeout,
            "the bot's answer to an interaction",
        )
        return self.look()
