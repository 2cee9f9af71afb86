"""Persistent menus: select menus found by their custom_id alone, so that they work after a restart.

The theory is at the head of `persistent_buttons`. What was chosen comes from outside too, and may be
forged as well.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, Self

import discord

from bot.discord.cards.views import Menu, MenuAction
from bot.discord.interactions.error_replies import reply_with_error

MenuHandler = Callable[[discord.Interaction[Any], int, Sequence[str]], Awaitable[None]]

_TEMPLATE = rf"(?P<action>{'|'.join(MenuAction)}):(?P<about>[0-9]{{1,20}})"


class PersistentMenu(discord.ui.DynamicItem[Menu], template=_TEMPLATE):
    """Any menu of ours; a subclass is bound to what its actions do."""

    handlers: ClassVar[Mapping[MenuAction, MenuHandler]] = {}

    def __init__(self, menu: Menu, action: MenuAction, about: int) -> None:
        super().__init__(menu)
        self._action = action
        self._about = about

    @classmethod
    async def from_custom_id(
        cls,
        _interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Return the menu in which something was chosen."""
        if not isinstance(item, discord.ui.Select):
            raise TypeError("only menus carry these custom_ids")
        return cls(item, MenuAction(match["action"]), int(match["about"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what was chosen, or reply why not."""
        try:
            await self.handlers[self._action](interaction, self._about, self.item.values)
        except Exception as error:  # the border to discord.py, which would only log it
            await reply_with_error(interaction, error)


def bound_menu(handlers: Mapping[MenuAction, MenuHandler]) -> type[PersistentMenu]:
    """Return the class of menus whose actions are *handlers*, to be registered with discord.py."""

    class BoundMenu(PersistentMenu, template=_TEMPLATE):
        """Menus of one program."""

    BoundMenu.handlers = handlers
    return BoundMenu
