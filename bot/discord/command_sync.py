"""Command sync: have Discord know the bot's commands, sending them only when they differ.

Discord limits how many commands an application may create in a day (Discord docs: Application
Commands), and a bot may be restarted often. What was sent once need not be there any more: a server
that removes the bot removes its commands too, another program with this token may have overwritten
them. So what Discord has is fetched and compared at each start, with each new session, and when the
bot joins the server that DISCORD_GUILD_ID names.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence

import discord
from discord import app_commands

from bot.discord.command_comparison import Payload, entry_points, fingerprint, is_same
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, is_worth_another_try, wait_of
from bot.locales.command_mentions import known_commands
from bot.monitoring.health import Health
from bot.monitoring.masking import mask
from db.repositories.key_values import KeyValues

log = logging.getLogger(__name__)

# The name under which a problem is reported.
COMMANDS = "discord commands"

# Names under which the database keeps what was sent last, what Discord made of it, and where to.
_DEFINITION = "synced commands"
_ANSWER = "synced answer"
_PLACE = "synced place"
_EVERYWHERE = "everywhere"

_NO_SERVER = (
    "The bot is not in the server that DISCORD_GUILD_ID names, so it has no commands there: invite "
    "it, or correct the ID."
)
# Discord docs: JSON Error Codes. Missing access, unknown guild.
_NOT_A_MEMBER = frozenset({50001, 10004})
# Seconds between two looks at whether an attempt has failed; until the next attempt, doubled up to
# the longest.
_LOOK = 15.0
_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 60 * 60.0
_LONGEST_EXPLANATION = 300  # characters
_ERRORS = (discord.DiscordException, *DISCORD_CANT_NOW)


class CommandSync:
    """Keep the commands on Discord equal to those of the tree, in one place only."""

    def __init__(
        self,
        tree: "app_commands.CommandTree[discord.Client]",
        key_values: KeyValues,
        health: Health,
        *,
        guild_id: int | None,
    ) -> None:
        self._tree = tree
        self._key_values = key_values
        self._health = health
        self._guild_id = guild_id
        self._one_at_a_time = asyncio.Lock()
        self._is_in_step = False  # whether the last comparison succeeded, and nothing undid it
        self._is_fresh = False  # whether it was made by the start of the program
        self._was_left = False  # whether the bot has left the server since the comparison began
        self._failures = 0  # attempts in a row
        self._pause: float | None = None  # seconds until another attempt, not waited for yet

    async def when_changed(self, application_id: int | None) -> bool:
        """Send the commands if Discord has others, and return whether it has them now.

        An error from Discord is logged and reported: `again` and the next connection try again.
        """
        async with self._one_at_a_time:
            self._was_left = False
            try:
                await self._bring_up_to_date(application_id or 0)
            except _ERRORS as error:
                self._is_in_step = self._is_fresh = False
                self._failures += 1
                self._pause = pause_after(self._failures, wait_of(error))
                self._report(error)
                return False
            self._failures, self._pause = 0, None
            self._is_in_step = self._is_fresh = not self._was_left
            if self._is_in_step:
                self._health.clear(COMMANDS)
            return self._is_in_step

    async def learn(self, application_id: int | None) -> None:
        """Learn what mentions of the commands are, for a process that has none of its own."""
        try:
            known_commands.learn(_ids(await self._fetch(application_id or 0, self._guild_id)))
        except _ERRORS as error:
            log.info("the commands are named plainly: %s", type(error).__name__)

    async def again(self, application_id: int | None) -> float:
        """Compare again if the last attempt failed; return the seconds until the next look."""
        if not self._failures:
            return _LOOK
        if self._pause is None and await self.when_changed(application_id):
            return _LOOK
        pause, self._pause = self._pause, None
        return _LOOK if pause is None else pause

    async def at_new_session(self, application_id: int | None) -> None:
        """Compare, unless the start of the program has just done so."""
        if not self._is_fresh:
            await self.when_changed(application_id)
        self._is_fresh = False

    async def when_joined(self, guild_id: int, application_id: int | None) -> None:
        """Compare if the bot has come to the server that gets the commands, or come back to it."""
        if guild_id == self._guild_id and not self._is_in_step:
            await self.when_changed(application_id)

    def when_left(self, guild_id: int) -> None:
        """Remember that a server which the bot has left took its commands with it."""
        if guild_id == self._guild_id:
            self._is_in_step, self._was_left = False, True
            self._health.report(COMMANDS, _NO_SERVER)

    async def _bring_up_to_date(self, application_id: int) -> None:
        wanted = await payload_of(self._tree)
        found = await self._fetch(application_id, self._guild_id)
        definition = self._digest(application_id, wanted)
        await self._clear_former(application_id)
        known = found
        if not await self._is_up_to_date(wanted, found, definition):
            sent = await self._send(application_id, self._guild_id, [*wanted, *entry_points(found)])
            known = sent
            log.info("told Discord of %d commands", len(wanted))
            await self._key_values.put_value(_ANSWER, fingerprint(sent))
        known_commands.learn(_ids(known))
        await self._key_values.put_value(_PLACE, self._place)
        await self._key_values.put_value(_DEFINITION, definition)

    async def _is_up_to_date(
        self, wanted: Sequence[Payload], found: Sequence[Payload], definition: str
    ) -> bool:
        """Whether Discord has what is wanted, or what it has made of just that."""
        sent_before = await self._key_values.get_value(_DEFINITION)
        if is_same(wanted, found, is_global=self._guild_id is None):
            return sent_before in {None, definition}
        made_of_it = await self._key_values.get_value(_ANSWER)
        return bool(found) and sent_before == definition and made_of_it == fingerprint(found)

    @property
    def _place(self) -> str:
        return str(self._guild_id) if self._guild_id else _EVERYWHERE

    def _digest(self, application_id: int, wanted: Sequence[Payload]) -> str:
        text = json.dumps([application_id, self._place, wanted], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    async def _fetch(self, application_id: int, guild_id: int | None) -> list[Payload]:
        http = self._tree.client.http
        if guild_id is None:
            return _commands(await http.get_global_commands(application_id))
        return _commands(await http.get_guild_commands(application_id, guild_id))

    async def _send(
        self, application_id: int, guild_id: int | None, commands: Sequence[Payload]
    ) -> list[Payload]:
        http, payload = self._tree.client.http, [dict(command) for command in commands]
        if guild_id is None:
            return _commands(await http.bulk_upsert_global_commands(application_id, payload))
        return _commands(await http.bulk_upsert_guild_commands(application_id, guild_id, payload))

    async def _clear_former(self, application_id: int) -> None:
        """Remove the commands from their former place, or users would see them twice."""
        former = await self._key_values.get_value(_PLACE)
        if former in {None, self._place}:
            return
        if former == _EVERYWHERE:
            await self._remove_all(application_id, None)
            return
        # A server that the bot has left took its commands with it.
        with contextlib.suppress(discord.Forbidden, discord.NotFound):
            await self._remove_all(application_id, int(str(former)))

    async def _remove_all(self, application_id: int, guild_id: int | None) -> None:
        kept = entry_points(await self._fetch(application_id, guild_id))
        await self._send(application_id, guild_id, kept)

    def _report(self, error: Exception) -> None:
        sentence = explain(error, is_one_server=self._guild_id is not None)
        log.error("%s", sentence)
        self._health.report(COMMANDS, sentence)


async def payload_of(tree: "app_commands.CommandTree[discord.Client]") -> list[Payload]:
    """Return the commands of a tree as they are sent to Discord, with their translations."""
    translator = tree.translator
    return [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in tree.get_commands()
    ]


def _ids(commands: Sequence[Payload]) -> dict[str, int]:
    """Return the ids of slash commands by name, for mentions; one that is odd is left out."""
    slash = discord.AppCommandType.chat_input.value
    return {
        str(command["name"]): int(str(command["id"]))
        for command in commands
        if command.get("type", slash) == slash
        and "name" in command
        and str(command.get("id")).isdecimal()
    }


def pause_after(failures: int, wait: float | None) -> float:
    """Return the seconds until another attempt after *failures*, at least what Discord asks. Pure."""
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures - 1, 10))
    return max(pause, wait or 0.0)


def _commands(answer: object) -> list[Payload]:
    """Return the commands of an answer; raises TypeError at one that is no list of objects."""
    if not isinstance(answer, list) or not all(isinstance(each, Mapping) for each in answer):
        raise TypeError("the answer is no list of commands")
    return answer


def explain(error: Exception, *, is_one_server: bool) -> str:
    """Return the sentence for the operator about commands that Discord did not take. Pure."""
    if not isinstance(error, discord.HTTPException):
        return f"The commands could not be told to Discord ({type(error).__name__}): tried again."
    if is_one_server and error.code in _NOT_A_MEMBER:
        return _NO_SERVER
    words = mask(" ".join(error.text.split()))[:_LONGEST_EXPLANATION].rstrip(".")
    code = f"HTTP {error.status}, code {error.code}" + (f": {words}" if words else "")
    if is_worth_another_try(error):
        return f"The commands could not be told to Discord ({code}): tried again."
    return f"Discord refuses the commands ({code}). Members have none, or the former ones."
