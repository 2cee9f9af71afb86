"""Expected endings of the demo's jobs, checked by their cards alone."""

from collections.abc import Callable

from bot.locales.card_texts import STATES
from db.records import JobState
from sandbox.demo.card_titles import card_title
from sandbox.discord import SeenMessage

UPLOAD_LIMIT = 10 * 1024 * 1024
# Returns what is wrong with a card, or None.
Ending = Callable[[SeenMessage], str | None]

FINAL = [state for state in JobState if state.is_final]


def title(card: SeenMessage) -> str:
    """Return a card's title, which may begin with an emoji."""
    return card_title(card.embeds)


def is_in(card: SeenMessage, state: JobState) -> bool:
    """Whether a card says that its job is in that state."""
    return title(card).endswith(STATES[state].title.english)


def has_ended(card: SeenMessage) -> bool:
    """Whether a card says that its job has ended, well or badly."""
    return any(is_in(card, state) for state in FINAL)


def shows_one(content_type: str) -> Ending:
    """Return a check that the card is done and shows a file of that type."""

    def check(card: SeenMessage) -> str | None:
        if not is_in(card, JobState.DELIVERED):
            return f"it says {title(card)!r}"
        types = [str(file["content_type"]) for file in card.attachments]
        if not any(found.startswith(content_type) for found in types):
            return f"it shows {types}, not {content_type}"
        return None

    return check


def is_link_or_small_file(card: SeenMessage) -> str | None:
    """Check that the result was made to fit or can be fetched by a button."""
    if card.attachments:
        sizes = [int(file["size"]) for file in card.attachments]
        return None if max(sizes) <= UPLOAD_LIMIT else f"its files have {sizes} bytes"
    if not is_in(card, JobState.LINKED):
        return f"it says {title(card)!r}"
    return None if card.buttons else "it offers no link"


def has_failed(card: SeenMessage) -> str | None:
    """Check that the card says that the job failed, and why."""
    if not is_in(card, JobState.FAILED):
        return f"it says {title(card)!r}"
    return None if "filter" in card.words else "it does not say why"


def is_cancelled(card: SeenMessage) -> str | None:
    """Check that the card says that it was cancelled."""
    if not is_in(card, JobState.CANCELLED):
        return f"it says {title(card)!r}"
    return None
