"""Card titles: what a card says first, as the demo and the tests read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.locales.card_texts import STATES
from db.records import JobState

# What begins the last line of a card with a result (Discord docs: Message Formatting, subtext).
_SMALL = "-# "


def card_title(embeds: Sequence[Mapping[str, Any]]) -> str:
    """Return a card's title, which may begin with an emoji.

    One that shows its result has none: it is read as "✅ Done". What is no card has an empty one.
    """
    if not embeds:
        return ""
    last = str(embeds[0].get("description") or "").rpartition("\n")[2]
    if not embeds[0].get("title") and last.startswith(_SMALL):
        return f"\N{WHITE HEAVY CHECK MARK} {STATES[JobState.DELIVERED].title.english}"
    return str(embeds[0].get("title") or "")
