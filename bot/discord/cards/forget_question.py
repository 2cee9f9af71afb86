"""Forget question: what /forget would delete, before it does. Pure."""

import discord

from bot.discord.cards.card_status import Colour
from bot.locales.answer_texts import (
    FORGET_MANY,
    FORGET_ONE,
    FORGET_RUNNING,
    FORGET_STAYS,
    FORGET_TITLE,
)
from bot.locales.translate import translate


def forget_question(count: int, running: int, locale: str) -> discord.Embed:
    """Return the question whether *count* jobs are to be deleted, of which *running* run."""
    said = [
        translate(FORGET_ONE, locale)
        if count == 1
        else translate(FORGET_MANY, locale, count=count),
        *([translate(FORGET_RUNNING, locale, count=running)] if running else []),
        translate(FORGET_STAYS, locale),
    ]
    return discord.Embed(
        title=translate(FORGET_TITLE, locale), description="\n".join(said), colour=int(Colour.RED)
    )
