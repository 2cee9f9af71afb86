"""How a job of the demo should end, judged by its card alone."""

from collections.abc import Callable

from bot.words import STATES
from db.records import JobState
from sandbox.discord import SeenMessage

UPLOAD_LIMIT = 10 * 1024 * 1024
Ending = Callable[[SeenMessage], str | None]


def _title(card: SeenMessage) -> str:
    return str(card.embeds[0].get("title", "")) if card.embeds else ""


def shows_one(content_type: str) -> Ending:
    """Say what is wrong unless the card is done and shows a file of that type."""

    def judge(card: SeenMessage) -> str | None:
        if _title(card) != STATES[JobState.DELIVERED].title:
            return f"it says {_title(card)!r}"
        types = [str(file["content_type"]) for file in card.attachments]
        if not any(found.startswith(content_type) for found in types):
            return f"it shows {types}, not {content_type}"
        return None

    return judge


def is_link_or_small_file(card: SeenMessage) -> str | None:
    """Say what is wrong unless the result was made to fit or can be fetched by a button."""
    if card.attachments:
        sizes = [int(file["size"]) for file in card.attachments]
        return None if max(sizes) <= UPLOAD_LIMIT else f"its files have {sizes} bytes"
    if _title(card) != STATES[JobState.LINKED].title:
        return f"it says {_title(card)!r}"
    return None if card.buttons else "it offers no link"


def is_cancelled(card: SeenMessage) -> str | None:
    """Say what is wrong unless the card says that it was cancelled."""
    if _title(card) != STATES[JobState.CANCELLED].title:
        return f"it says {_title(card)!r}"
    return None
