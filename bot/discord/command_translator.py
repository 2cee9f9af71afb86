"""Command translator: names and descriptions of the commands in the languages of the catalogues.

Discord shows them in the language of each user's client, so all of them are sent with the commands.
It refuses all commands when one name or description is not as it must be (Discord docs:
Application Commands), so a translation that it would refuse is left out.
"""

import logging

import discord
from discord import app_commands
from discord.app_commands.commands import validate_name

from bot.locales.translate import Catalogues, Text

log = logging.getLogger(__name__)

_DESCRIPTION_LENGTH = 100
_MENU_NAME_LENGTH = 32  # of the menu of a message, which may have spaces and capitals
_NAMES = frozenset(
    {
        app_commands.TranslationContextLocation.command_name,
        app_commands.TranslationContextLocation.parameter_name,
    }
)


def localized(text: Text) -> app_commands.locale_str:
    """Return *text* as discord.py takes it: English, to be translated when commands are synced."""
    return app_commands.locale_str(text.english)


class CommandTranslator(app_commands.Translator):
    """discord.py's translator on the catalogues; where they have nothing, Discord shows English."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the translation of *string*, None where there is none that Discord takes."""
        found = self._catalogues.find(Text(string.message), str(locale))
        of_menu = isinstance(context.data, app_commands.ContextMenu)
        is_name = context.location in _NAMES
        if found is None or _is_valid(found, is_name=is_name, of_menu=of_menu):
            return found
        log.error("the translation into %s does not fit a command: %s", locale, string.message)
        return None


def command_translator(catalogues: Catalogues) -> CommandTranslator | None:
    """Return the translator for *catalogues*, None without any: commands are then sent as they are."""
    return CommandTranslator(catalogues) if catalogues.languages else None


def _is_valid(translation: str, *, is_name: bool, of_menu: bool) -> bool:
    if is_name and of_menu:
        return 0 < len(translation) <= _MENU_NAME_LENGTH
    if not is_name:
        return len(translation) <= _DESCRIPTION_LENGTH
    try:
        validate_name(translation)
    except ValueError:
        return False
    return True
