"""Media choice: a private answer that shows several files, and a menu to choose one. Pure.

The message holds all that is needed of each file, so that a choice works after a restart: it is
private and the bot's own, which no one else can write.
"""

import dataclasses
from collections.abc import Sequence

import discord

from bot.catalogue import Medium
from bot.discord.cards.markdown import clip, plain
from bot.discord.cards.views import Menu, MenuAction, custom_id, stateless
from bot.locales.menu_texts import CHOOSE_MEDIUM
from bot.locales.translate import translate

# Discord docs: Component Reference, select option; and Embed Limits.
_LABEL_LENGTH = 100
_TITLE_LENGTH = 256
_BETWEEN = ":"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShownMedium:
    """A file as it is offered."""

    medium: Medium
    name: str
    source: str = dataclasses.field(repr=False)


def media_choice(
    media: Sequence[ShownMedium], about: int, locale: str
) -> tuple[list[discord.Embed], discord.ui.View]:
    """Return the files as embeds, and the menu to choose from; *about* says for what."""
    menu: Menu = discord.ui.Select(
        custom_id=custom_id(MenuAction.MEDIUM, about),
        placeholder=translate(CHOOSE_MEDIUM, locale),
        options=[
            discord.SelectOption(
                label=_label(number, medium)[:_LABEL_LENGTH],
                value=f"{number}{_BETWEEN}{medium.medium}",
            )
            for number, medium in enumerate(media, 1)
        ],
    )
    return [_embed(number, medium) for number, medium in enumerate(media, 1)], stateless([menu])


def chosen_medium(message: discord.Message, chosen: Sequence[str]) -> ShownMedium | None:
    """Return the file that was chosen; None if the message does not show it."""
    number, _, medium = next(iter(chosen), "").partition(_BETWEEN)
    try:
        embed = message.embeds[int(number) - 1] if int(number) > 0 else None
        kind = Medium(medium)
    except (ValueError, IndexError):
        return None
    if embed is None or not embed.url:
        return None
    name = (embed.title or "").partition(". ")[2]
    return ShownMedium(medium=kind, name=name or str(kind), source=embed.url)


def _embed(number: int, medium: ShownMedium) -> discord.Embed:
    embed = discord.Embed(title=_label(number, medium)[:_TITLE_LENGTH], url=medium.source)
    if medium.medium is Medium.IMAGE:
        embed.set_thumbnail(url=medium.source)
    return embed


def _label(number: int, medium: ShownMedium) -> str:
    return f"{number}. {clip(plain(medium.name), _LABEL_LENGTH - len('10. ')) or medium.medium}"
