"""Price question: what exactly costs how much, before an expensive job is accepted. Pure."""

from collections.abc import Mapping
from decimal import Decimal

import discord

from bot.catalogue.prices import PriceRange
from bot.discord.cards.card import OPTIONS_LENGTH, PROMPT_LENGTH
from bot.discord.cards.card_fields import options_line
from bot.discord.cards.card_status import Colour
from bot.discord.cards.markdown import quote_code, quote_prompt
from bot.discord.cards.money import at_most, money, price_range, says_more
from bot.locales.answer_texts import (
    PRICE_QUESTION_TEXT,
    PRICE_QUESTION_TITLE,
    PRICE_QUESTION_USUAL,
)
from bot.locales.card_texts import FIELD_MODEL
from bot.locales.translate import translate
from db.records import OptionValue


def price_question(
    prompt: str,
    model_label: str,
    price: PriceRange,
    usual: Decimal | None,
    options: Mapping[str, OptionValue],
    locale: str,
) -> discord.Embed:
    """Return the question about this request, which has *usual*-ly cost so many US dollars."""
    chosen = quote_code(options_line(options, locale), OPTIONS_LENGTH)
    request = "\n".join(filter(None, (f"> {quote_prompt(prompt, PROMPT_LENGTH)}", chosen)))
    embed = discord.Embed(
        title=_title(price, usual, locale),
        description=f"{request}\n\n{translate(PRICE_QUESTION_TEXT, locale)}",
        colour=int(Colour.AMBER),
    )
    label = quote_prompt(model_label, 100) or "…"
    return embed.add_field(name=translate(FIELD_MODEL, locale), value=label)


def _title(price: PriceRange, usual: Decimal | None, locale: str) -> str:
    if usual is None or not says_more(usual, price.low, price.high):
        shown = price_range(price.low, price.high, locale)
        return translate(PRICE_QUESTION_TITLE, locale, price=shown)
    return translate(
        PRICE_QUESTION_USUAL,
        locale,
        usual=money(usual, locale),
        most=at_most(price.high, locale),
    )
