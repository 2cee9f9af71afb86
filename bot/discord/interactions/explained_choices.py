"""Explained choices: the one line that autocompletion shows where it has nothing to suggest. Pure.

Choosing the line does no harm: it fills in what was typed before, or what counts as not chosen.
"""

from collections.abc import Collection, Sequence

from discord import app_commands

from bot.catalogue import Capability
from bot.catalogue.options import Number, Whole
from bot.catalogue.options import Text as FreeText
from bot.discord.cards.card_fields import option_label
from bot.discord.cards.markdown import clip, plain
from bot.discord.interactions.typed_options import NOT_CHOSEN, join_options
from bot.locales.list_texts import (
    EXPLAIN_ANY_TEXT,
    EXPLAIN_EXAMPLE,
    EXPLAIN_NO_OPTION,
    EXPLAIN_NO_OPTION_LEFT,
    EXPLAIN_NO_OPTIONS,
    EXPLAIN_RANGE,
)
from bot.locales.translate import Text, translate

# discord.py lets choices be numbers too; ours are all texts.
Choice = app_commands.Choice[int | float | str]

# Discord docs: Application Commands, option choice structure.
CHOICE_LENGTH = 100


def explaining(text: Text, locale: str, *, keep: str = NOT_CHOSEN, **values: str | int) -> Choice:
    """Return a line that explains; choosing it fills in *keep*."""
    return Choice(name=clip(translate(text, locale, **values), CHOICE_LENGTH), value=keep)


def explain_option(
    way: Capability, name: str, locale: str, *, keep: str = NOT_CHOSEN
) -> Choice | None:
    """Return what a model takes as the option *name*; None where its values can be listed."""
    option, label = way.options.get(name), option_label(name, locale)
    if option is None:
        return explaining(EXPLAIN_NO_OPTION, locale, keep=keep, model=way.model_label, option=label)
    if isinstance(option, FreeText):
        limit = option.max_length
        if not option.examples:
            return explaining(EXPLAIN_ANY_TEXT, locale, keep=keep, limit=limit)
        named = {"model": way.model_label, "option": label, "example": option.examples[0]}
        return explaining(EXPLAIN_EXAMPLE, locale, keep=keep, **named)
    if isinstance(option, Whole | Number) and not option.picks(allow_adult=False):
        return explaining(EXPLAIN_RANGE, locale, keep=keep, low=option.min, high=option.max)
    return None


def explain_more(
    way: Capability, begun: str, locale: str, *, done: Sequence[str], left: Collection[str]
) -> list[Choice]:
    """Return why nothing can be added to the options *done* after the name *begun*.

    *left* are the names that could be. There is no line where what is done has no room in a choice.
    """
    keep = join_options(done) or NOT_CHOSEN
    if len(keep) > CHOICE_LENGTH:
        return []
    if not way.options:
        return [explaining(EXPLAIN_NO_OPTIONS, locale, keep=keep, model=way.model_label)]
    if begun and begun in way.options:
        explained = explain_option(way, begun, locale, keep=keep)
        return [explained] if explained else []
    if begun and left:
        name = plain(begun)
        named = {"model": way.model_label, "option": name}
        return [explaining(EXPLAIN_NO_OPTION, locale, keep=keep, **named)]
    return [explaining(EXPLAIN_NO_OPTION_LEFT, locale, keep=keep, model=way.model_label)]
