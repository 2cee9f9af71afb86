"""Error texts in English."""

from collections.abc import Mapping

from bot.catalogue import (
    InvalidRequest,
    Model,
)
from bot.discord.interactions.error_texts import error_text
from bot.locales.translate import Text, translate

# Discord docs: Message resource, content.
MOST = 2000


def english(error: Exception) -> str:
    """Return the sentence that a reader of English gets."""
    return error_text(error, "en-US")


def filled(text: Text, **values: str | int) -> str:
    """Return *text* in English, filled in."""
    return translate(text, "en-US", **values)


def refusal_of(model: Model, chosen: Mapping[str, str]) -> InvalidRequest | None:
    """Return why the model does not take these options, None if it does."""
    try:
        model.build("a fox", chosen, allow_adult=False)
    except InvalidRequest as refusal:
        return refusal
    return None
