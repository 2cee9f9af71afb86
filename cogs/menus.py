"""Message menus (Apps): what can be made of a message's pictures, videos and sounds."""

from collections.abc import Awaitable, Callable

from discord import Interaction, Message, app_commands

from bot.discord.command_translator import localized
from bot.discord.interactions.media_menus import MediaMenus
from bot.locales.menu_texts import (
    MENU_ANIMATE,
    MENU_EDIT_IMAGE,
    MENU_MAKE_AGAIN,
    MENU_REFERENCE,
)
from bot.locales.translate import Text

Chosen = Callable[[Interaction, Message], Awaitable[None]]


def message_menus(menus: MediaMenus) -> tuple[app_commands.ContextMenu, ...]:
    """Return the menus; discord.py takes none from a cog, so that they are added to the tree."""
    return (
        _menu(MENU_ANIMATE, menus.animate),
        _menu(MENU_EDIT_IMAGE, menus.edit_image),
        _menu(MENU_REFERENCE, menus.use_as_reference),
        _menu(MENU_MAKE_AGAIN, menus.make_again),
    )


def _menu(name: Text, chosen: Chosen) -> app_commands.ContextMenu:
    async def callback(interaction: Interaction, message: Message) -> None:
        await chosen(interaction, message)

    return app_commands.ContextMenu(name=localized(name), callback=callback)
