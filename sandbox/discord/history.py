"""History: every version of every message, so that tests can check the sequence of edits."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

from simcord.backend import serializers
from simcord.backend.models import Message

from sandbox.discord.model import Model


class Version(NamedTuple):
    """A message as it was from *time* (Unix seconds) on; None after its deletion."""

    time: float
    message: dict[str, Any] | None


class History:
    """Records every version of every message; reactions make no version."""

    def __init__(self, model: Model, clock: Callable[[], float]) -> None:
        self._model = model
        self._clock = clock
        self._versions: dict[int, list[Version]] = {}
        model.observers.append(self._record)

    def of(self, message_id: int) -> list[Version]:
        """Return a message's versions, oldest first; empty for an unknown message."""
        return list(self._versions.get(message_id, ()))

    def _record(self, message: Message, what: str) -> None:
        if what == "reacted":
            return
        payload = None
        if what != "deleted":
            payload = copy.deepcopy(dict(serializers.message_payload(self._model, message)))
        self._versions.setdefault(message.id, []).append(Version(self._clock(), payload))
