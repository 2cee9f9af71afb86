"""Fresh links: the addresses of a result, and until when they work. Pure."""

from collections.abc import Sequence

import discord

from bot.discord.cards.card_fields import timestamp
from bot.discord.cards.card_status import Colour
from bot.discord.cards.markdown import quote_address
from bot.locales.answer_texts import LINK_NAMED, LINKS_ANSWER, LINKS_TOO_LONG
from bot.locales.translate import translate

# What addresses may take of a description (Discord docs: Embed Limits); the rest is for the sentence
# about those that don't fit.
_LINKS_LENGTH = 4096 - 200


def fresh_links(addresses: Sequence[str], ends_at: float, locale: str) -> discord.Embed:
    """Return *addresses*, which work until *ends_at* (Unix seconds), as many as an embed holds.

    What does not fit is left out whole, because half a signed address opens nothing, and counted.
    """
    until, left = timestamp(ends_at, "t"), timestamp(ends_at)
    lines = [translate(LINKS_ANSWER, locale, until=str(until), left=str(left))]
    left_out = 0
    for number, address in enumerate(addresses, 1):
        name = translate(LINK_NAMED, locale, number=number)
        line = f"[{name}]({quote_address(address)})"
        if len("\n".join([*lines, line])) > _LINKS_LENGTH:
            left_out += 1
        else:
            lines.append(line)
    if left_out:
        lines.append(translate(LINKS_TOO_LONG, locale, count=left_out))
    return discord.Embed(description="\n".join(lines), colour=int(Colour.TEAL))
