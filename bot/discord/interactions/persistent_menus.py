"""Persistent menus: select menus, whose handlers also get what was chosen."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import discord

from bot.discord.cards.views import Menu, MenuAction
from bot.discord.interactions.persistent_components import PersistentComponent, template_of

MenuHandler = Callable[[discord.Interaction[Any], int, Sequence[str]], Awaitable[None]]

_TEMPLATE = template_of(MenuAction)


class PersistentMenu(PersistentComponent[Menu, MenuAction], template=_TEMPLATE):
    """Any menu of ours; a subclass is bound to what its actions do."""

    component_type = discord.ui.Select
    actions = MenuAction
    handlers: ClassVar[Mapping[MenuAction, MenuHandler]] = {}

    async def carry_out(self, interaction: discord.Interaction[Any]) -> None:
        """Do what was chosen."""
        await self.handlers[self._action](interaction, self._about, self.item.values)


def bound_menu(handlers: Mapping[MenuAction, MenuHandler]) -> type[PersistentMenu]:
    """Return the class of menus whose actions are *handlers*, to be registered with discord.py."""

    class BoundMenu(PersistentMenu, template=_TEMPLATE):
        """Menus of one program."""

    BoundMenu.handlers = handlers
    return BoundMenu
