"""Price question: what exactly costs how much, before an expensive job is accepted. Pure."""

from collections.abc import Mapping

import discord

from bot.discord.cards.card import OPTIONS_LENGTH, PROMPT_LENGTH
from bot.discord.cards.card_fields import options_line
from bot.discord.cards.card_status import Colour
from bot.discord.cards.markdown import clip, quote_code, quote_prompt
from bot.locales.answer_texts import PRICE_QUESTION_TEXT, PRICE_QUESTION_TITLE
from bot.locales.card_texts import FIELD_MODEL
from bot.locales.translate import translate
from db.records import OptionValue


def price_question(
    prompt: str, model_label: str, price: str, options: Mapping[str, OptionValue], locale: str
) -> discord.Embed:
    """Return the question that is asked before an expensive job: what exactly costs how much."""
    chosen = quote_code(options_line(options, locale), OPTIONS_LENGTH)
    request = "\n".join(filter(None, (f"> {quote_prompt(prompt, PROMPT_LENGTH)}", chosen)))
    embed = discord.Embed(
        title=translate(PRICE_QUESTION_TITLE, locale, price=clip(price, 100)),
        description=f"{request}\n\n{translate(PRICE_QUESTION_TEXT, locale)}",
        colour=int(Colour.AMBER),
    )
    label = quote_prompt(model_label, 100) or "…"
    return embed.add_field(name=translate(FIELD_MODEL, locale), value=label)
