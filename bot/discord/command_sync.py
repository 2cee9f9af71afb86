"""Command sync: send the commands to Discord when they have changed, not at every start.

Discord limits how many commands an application may create in a day (Discord docs: Application
Commands), and a bot may be restarted often.
"""

import contextlib
import hashlib
import json
import logging

import discord
from discord import app_commands

from bot.discord.messages.discord_errors import CONNECTION_ERRORS
from db.repositories.key_values import KeyValues

log = logging.getLogger(__name__)

# Names under which the database keeps what was sent last, and where to.
_DEFINITION = "synced commands"
_PLACE = "synced place"
_NO_SERVER = (
    "The bot is not in the server that DISCORD_GUILD_ID names, so it has no commands there: invite "
    "it, or correct the ID."
)
_EVERYWHERE = "everywhere"


class CommandSync:
    """Keep the commands on Discord equal to those of the tree, in one place only."""

    def __init__(
        self,
        tree: "app_commands.CommandTree[discord.Client]",
        key_values: KeyValues,
        *,
        guild_id: int | None,
    ) -> None:
        self._tree = tree
        self._key_values = key_values
        self._guild = discord.Object(guild_id) if guild_id else None

    async def when_changed(self, application_id: int | None) -> None:
        """Sync if the definition, a translation, the place or the application has changed.

        An error from Discord is logged: the next connection tries again.
        """
        place = str(self._guild.id) if self._guild else _EVERYWHERE
        definition = await self._digest(application_id, place)
        if await self._key_values.get_value(_DEFINITION) == definition:
            return
        try:
            await self._clear_former(place)
            await self._send()
        except (discord.HTTPException, *CONNECTION_ERRORS) as error:
            if self._guild is not None and isinstance(error, discord.Forbidden | discord.NotFound):
                log.error("%s", _NO_SERVER)
                return
            log.warning("the commands could not be told to Discord: %s", type(error).__name__)
            return
        await self._key_values.put_value(_PLACE, place)
        await self._key_values.put_value(_DEFINITION, definition)

    async def _digest(self, application_id: int | None, place: str) -> str:
        tree, translator = self._tree, self._tree.translator
        payload = [
            await command.get_translated_payload(tree, translator)
            if translator
            else command.to_dict(tree)
            for command in tree.get_commands()
        ]
        text = json.dumps([application_id, place, payload], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    async def _send(self) -> None:
        if self._guild is not None:
            self._tree.copy_global_to(guild=self._guild)
        synced = await self._tree.sync(guild=self._guild)
        log.info("told Discord of %d commands", len(synced))

    async def _clear_former(self, place: str) -> None:
        """Remove the commands from their former place, or users would see them twice."""
        former = await self._key_values.get_value(_PLACE)
        if former in {None, place}:
            return
        if former == _EVERYWHERE:
            await self._tree.client.http.bulk_upsert_global_commands(
                self._tree.client.application_id or 0, []
            )
        else:
            guild = discord.Object(int(str(former)))
            self._tree.clear_commands(guild=guild)
            # A server that the bot has left took its commands with it.
            with contextlib.suppress(discord.Forbidden, discord.NotFound):
                await self._tree.sync(guild=guild)
