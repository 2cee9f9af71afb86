"""Model: simcord's Discord with a running clock, files that can be fetched, and observers."""

import datetime
from collections.abc import Callable
from typing import Any

from simcord._clock import Clock
from simcord.backend import Backend
from simcord.backend.errors import BackendError
from simcord.backend.models import Channel, Message

from sandbox.discord.cdn import LoopbackCdn

MessageObserver = Callable[[Message, str], None]


class RunningClock(Clock):
    """simcord's clock, but with the caller's time; simcord's own moves only by hand."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime.datetime:
        """Return the caller's time in UTC."""
        return datetime.datetime.fromtimestamp(self._clock(), datetime.UTC)


class Model(Backend):
    """simcord's backend, which notifies observers of each message that is created or changes.

    simcord's own events leave out ephemeral messages, which their user sees too.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.observers: list[MessageObserver] = []
        # For whom the app is installed, by interaction (Discord docs: Authorizing Integration Owners).
        self.integration_owners: dict[int, dict[str, str]] = {}
        # Who owns the application; None: the bot's own user, as simcord has it.
        self.owner_id: int | None = None
        self.age_restricted: set[int] = set()  # channels; simcord knows of none
        super().__init__(clock=RunningClock(clock))
        # Fields of the application that its owner has chosen otherwise in the Developer Portal.
        self.portal: dict[str, Any] = {}
        # How many sessions may be started before Discord counts anew, in so many seconds.
        self.session_starts_left = 1000
        self.shards = 1  # that are recommended
        self.max_concurrency = 1  # of the shards that may begin a session in five seconds
        self.session_starts_reset_after = 24 * 60 * 60.0
        self.attachments = LoopbackCdn(clock)
        self.cdn = self.attachments

    def commit_message(self, message: Message, *, broadcast: bool = True) -> Message:
        """Publish a prepared message and notify observers."""
        self._name_source(message)
        committed = super().commit_message(message, broadcast=broadcast)
        self._notify(committed, "created")
        return committed

    def edit_message(self, channel_id: int, message_id: int, fields: dict[str, Any]) -> Message:
        """Change a message and notify observers."""
        message = super().edit_message(channel_id, message_id, fields)
        self._notify(message, "edited")
        return message

    def delete_message(self, channel_id: int, message_id: int) -> None:
        """Delete a message and notify observers."""
        message = self.get_message(channel_id, message_id)
        super().delete_message(channel_id, message_id)
        self._end_deferral(message)
        self._notify(message, "deleted")

    def set_reaction(
        self, channel_id: int, message_id: int, emoji: str, user_id: int, reacted: bool
    ) -> None:
        """Add or remove a user's reaction and notify observers."""
        super().set_reaction(channel_id, message_id, emoji, user_id, reacted)
        self._notify(self.get_message(channel_id, message_id), "reacted")

    def clear_reaction(self, channel_id: int, message_id: int, emoji: str) -> None:
        """Remove every reaction with an emoji and notify observers."""
        super().clear_reaction(channel_id, message_id, emoji)
        self._notify(self.get_message(channel_id, message_id), "reacted")

    def clear_reactions(self, channel_id: int, message_id: int) -> None:
        """Remove every reaction and notify observers."""
        super().clear_reactions(channel_id, message_id)
        self._notify(self.get_message(channel_id, message_id), "reacted")

    def has_permission(self, channel: Channel, name: str) -> bool:
        """Whether the bot has a permission in a server's channel."""
        try:
            self.require_permissions(channel.guild_id, self.bot_user.id, channel.id, name)
        except BackendError:
            return False
        return True

    def _end_deferral(self, message: Message) -> None:
        """Let a follow-up message be one of its own once the deferred answer is deleted.

        Until then it would be the answer's edit (observed; simcord answers Unknown Message for ever).
        """
        metadata = message.interaction_metadata
        record = self.interactions.get(int(metadata["id"])) if metadata else None
        if record is not None and record.message_id == message.id and record.loading:
            record.complete_deferred()

    def _name_source(self, message: Message) -> None:
        """Add for whom the app is installed, and the message whose button was pressed.

        Discord docs: Message Interaction Metadata.
        """
        metadata = message.interaction_metadata
        if metadata is not None:
            owners = self.integration_owners.get(int(metadata["id"]), {})
            metadata["authorizing_integration_owners"] = dict(owners)
        record = self.interactions.get(int(metadata["id"])) if metadata else None
        if metadata is not None and record is not None and record.source_message_id is not None:
            metadata["interacted_message_id"] = str(record.source_message_id)

    def _notify(self, message: Message, what: str) -> None:
        for observer in self.observers:
            observer(message, what)
