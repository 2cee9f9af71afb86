"""Help card: what the bot does, its limits, what is left, who runs it, and privacy. Pure."""

import dataclasses
from collections.abc import Sequence

import discord

from bot.discord.cards.card_status import Colour
from bot.discord.cards.money import amount_left, money
from bot.jobs.allowances import Allowance
from bot.locales.help_texts import (
    HELP_FORGET,
    HELP_LEFT,
    HELP_LEFT_FOR_ALL,
    HELP_LEFT_FOR_USER,
    HELP_LIMITS,
    HELP_LISTS,
    HELP_MAKE,
    HELP_NO_CONTACT,
    HELP_OPERATOR,
    HELP_PRICE,
    HELP_PRIVACY,
    HELP_RESET,
    HELP_RUNNING,
    HELP_SHARED,
    HELP_STORED,
    HELP_STORED_ONE,
    HELP_TITLE,
    HELP_UPLOAD,
)
from bot.locales.translate import Text, translate

# Discord's clients write 10 MiB as "10 MB".
_MEGABYTE = 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs the bot, and how long they have it keep what users type."""

    contact: str | None
    retention_days: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The channel in which /help was used."""

    upload_limit: int  # bytes
    refusal: str | None = None  # why nothing is made there, as a sentence


def help_card(allowance: Allowance, operator: Operator, here: Here, locale: str) -> discord.Embed:
    """Return the answer to /help."""
    embed = discord.Embed(
        title=translate(HELP_TITLE, locale),
        description=_lines(HELP_MAKE, HELP_LISTS, locale=locale),
        colour=int(Colour.BLURPLE),
    )
    limits = [here.refusal] if here.refusal is not None else _limits(allowance, here, locale)
    _add(embed, HELP_LIMITS, limits, locale)
    if here.refusal is None:
        _add(embed, HELP_LEFT, _left(allowance, locale), locale)
    contact = operator.contact or translate(HELP_NO_CONTACT, locale)
    embed.add_field(name=translate(HELP_OPERATOR, locale), value=contact, inline=False)
    _add(embed, HELP_PRIVACY, _privacy(operator, locale), locale)
    return embed


def _limits(allowance: Allowance, here: Here, locale: str) -> Sequence[str]:
    length = f"{here.upload_limit / _MEGABYTE:.3g}"
    return (
        translate(HELP_RUNNING, locale, limit=allowance.running),
        translate(HELP_PRICE, locale, price=money(allowance.ask_above, locale)),
        translate(HELP_UPLOAD, locale, length=length),
    )


def _left(allowance: Allowance, locale: str) -> Sequence[str]:
    theirs = allowance.left_for_user
    return (
        *(
            [translate(HELP_LEFT_FOR_USER, locale, left=amount_left(theirs, locale))]
            if theirs is not None
            else []
        ),
        translate(HELP_LEFT_FOR_ALL, locale, left=amount_left(allowance.left, locale)),
        translate(HELP_RESET, locale, reset=f"<t:{round(allowance.resets_at)}:R>"),
    )


def _privacy(operator: Operator, locale: str) -> Sequence[str]:
    days = operator.retention_days
    return (
        translate(HELP_STORED_ONE, locale)
        if days == 1
        else translate(HELP_STORED, locale, count=days),
        translate(HELP_SHARED, locale),
        translate(HELP_FORGET, locale),
    )


def _add(embed: discord.Embed, name: Text, lines: Sequence[str], locale: str) -> None:
    value = lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
    embed.add_field(name=translate(name, locale), value=value, inline=False)


def _lines(*texts: Text, locale: str) -> str:
    return "\n".join(translate(text, locale) for text in texts)
