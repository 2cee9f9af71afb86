"""Form labels: a field of a form with what is said about it, within Discord's limits. Pure."""

import discord

from bot.discord.cards.markdown import clip
from bot.locales.translate import Text, translate

# Discord docs: Component Reference, Text Input and Label.
LONGEST_TEXT = 4000
LABEL_LENGTH = 45
HINT_LENGTH = 100


def label_of(
    text: Text,
    locale: str,
    component: discord.ui.Item[discord.ui.Modal],
    hint: Text | None = None,
) -> discord.ui.Label[discord.ui.Modal]:
    """Return *component* under *text*, with *hint* in small letters."""
    return discord.ui.Label(
        text=clip(translate(text, locale), LABEL_LENGTH),
        description=None if hint is None else clip(translate(hint, locale), HINT_LENGTH),
        component=component,
    )
