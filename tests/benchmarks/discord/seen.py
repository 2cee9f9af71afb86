"""What the lean Discord has seen: commands, cards and edits, with the time of each."""

import dataclasses
from collections.abc import Sequence

from tests.benchmarks.discord.payloads import Json


@dataclasses.dataclass(slots=True)
class Command:
    """A use of `/video`; times are monotonic seconds, None while it has not come."""

    id: int
    token: str
    channel: str
    user: int
    sent_at: float
    answered_at: float | None = None
    message_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Edit:
    """An edit of a card, when its request had arrived."""

    at: float
    message_id: int
    channel: str
    text: str  # the JSON of what was sent
    files: Sequence[tuple[str, int]] = ()

    @property
    def has_file(self) -> bool:
        """Whether it brought a file onto the card."""
        return bool(self.files)


@dataclasses.dataclass(slots=True)
class Card:
    """A message of the bot, as it is now."""

    payload: Json
    has_file: bool = False
