"""Simulated users: what they do reaches the bot through the gateway."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from discord import Permissions
from simcord.backend import serializers
from simcord.backend.access import message_accessible, reaction_permissions
from simcord.backend.errors import SetupError
from simcord.backend.models import Interaction, Message
from simcord.enums import AppCommandType, InteractionType

from sandbox.discord import commands
from sandbox.discord.commands import OptionValue
from sandbox.discord.messages import SeenMessage
from sandbox.discord.server import SandboxDiscord

MessageLike = SeenMessage | int


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """The bot's answer to an interaction, as far as it has come."""

    interaction_id: int
    # message, deferred, deferred_update, update, modal, autocomplete; None: no answer yet
    kind: str | None
    message: SeenMessage | None = None
    choices: tuple[dict[str, Any], ...] = ()

    @property
    def is_acknowledged(self) -> bool:
        """Whether the bot has answered at all."""
        return self.kind is not None


class Invocation:
    """An interaction that was sent to the bot."""

    def __init__(self, discord: SandboxDiscord, record: Interaction) -> None:
        self._discord = discord
        self._record = record
        self.id = record.id
        self.token = record.token

    def look(self) -> Answer:
        """Return the answer as far as it has come."""
        record = self._record
        kind = str(record.response_kind.value) if record.response_kind is not None else None
        message = None
        if record.message_id is not None:
            message = self._discord.find(record.message_id)
        return Answer(record.id, kind, message, tuple(record.autocomplete_choices or ()))

    async def answer(self, timeout: float | None = None) -> Answer:
        """Wait for the bot's answer.

        Raises:
            TimeoutError: it did not answer; Discord would show "did not respond".
        """
        await self._discord.changes.until(
            lambda: self._record.responded,
            self._discord.timeout if timeout is None else timeout,
            "the bot's answer to an interaction",
        )
        return self.look()


class Person:
    """A user: sends commands, presses buttons, reacts, writes and reads."""

    def __init__(self, discord: SandboxDiscord, user_id: int, name: str) -> None:
        self._discord = discord
        self._model = discord.model
        self.id = user_id
        self.name = name

    @classmethod
    def join(
        cls,
        discord: SandboxDiscord,
        name: str,
        *,
        may_manage_messages: bool = False,
        guild: int | None = None,
    ) -> Self:
        """Create a user and add them to a guild (the default one)."""
        guild_id = guild or discord.guild
        user = discord.model.make_user(name.lower(), global_name=name)
        roles = []
        if may_manage_messages:
            permission = Permissions(manage_messages=True).value
            roles = [discord.model.create_role(guild_id, "Moderator", permissions=permission).id]
        discord.model.add_member(guild_id, user.id, roles=roles, announce=True)
        return cls(discord, user.id, name)

    @property
    def dm_channel(self) -> int:
        """The channel of direct messages between this user and the bot."""
        return int(self._model.get_dm_channel(self.id).id)

    @property
    def manages_messages(self) -> bool:
        """Whether this user may delete others' messages in the default guild."""
        computed = self._model.compute_permissions(self._discord.guild, self.id)
        return Permissions(computed).manage_messages

    def close_dms(self) -> None:
        """Accept no direct messages any more (the bot gets 50007)."""
        self._discord.rules.closed_dms.add(self.id)

    def block_bot(self) -> None:
        """Block the bot: no reaction to this user's messages (90001), no direct message (50007)."""
        self._discord.rules.blocking.add(self.id)

    def sees(self, channel: int | None = None) -> list[SeenMessage]:
        """Return the messages that this user sees in a channel (the default one), oldest first."""
        return self._discord.messages(channel, viewer=self.id)

    async def slash(self, channel: int, name: str, /, **options: OptionValue) -> Answer:
        """Use a slash command and wait for the bot's answer.

        Raises:
            SetupError: Discord's client would not let this user send it.
            TimeoutError: the bot did not answer.
        """
        invocation = await self.begin(channel, name, options)
        return await invocation.answer()

    async def begin(
        self,
        channel: int,
        name: str,
        options: Mapping[str, OptionValue] | None = None,
        *,
        is_user_install: bool = False,
    ) -> Invocation:
        """Use a slash command without waiting for the answer."""
        command = await self._command(channel, name, AppCommandType.CHAT_INPUT)
        data = commands.slash_data(self._model, command, name, options or {}, channel)
        return self._interact(
            InteractionType.APPLICATION_COMMAND, channel, data, is_user_install=is_user_install
        )

    async def autocomplete(
        self, channel: int, name: str, option: str, typed: str, /, **others: OptionValue
    ) -> list[dict[str, Any]]:
        """Type into an option and return the choices offered, each with name and value."""
        begun = await self.begin_autocomplete(channel, name, option, typed, **others)
        return list((await begun.answer()).choices)

    async def begin_autocomplete(
        self, channel: int, name: str, option: str, typed: str, /, **others: OptionValue
    ) -> Invocation:
        """Type into an option without waiting for choices."""
        command = await self._command(channel, name, AppCommandType.CHAT_INPUT)
        data = commands.autocomplete_data(command, name, option, typed, others)
        kind = InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE
        return self._interact(kind, channel, data)

    async def menu(self, message: MessageLike, name: str) -> Answer:
        """Choose a command from a message's menu."""
        stored = self._stored(message)
        command = await self._command(stored.channel_id, name, AppCommandType.MESSAGE)
        target = dict(serializers.message_payload(self._model, stored))
        data = commands.menu_data(command, target)
        invocation = self._interact(InteractionType.APPLICATION_COMMAND, stored.channel_id, data)
        return await invocation.answer()

    async def click(self, message: MessageLike, button: str) -> Answer:
        """Press the button with that label, emoji or custom id, and wait for the answer."""
        return await self.begin_click(message, button).answer()

    def begin_click(self, message: MessageLike, button: str) -> Invocation:
        """Press a button without waiting for the answer."""
        stored = self._stored(message)
        return self._use(stored, commands.button_data(stored, button))

    async def select(
        self, message: MessageLike, *values: str, custom_id: str | None = None
    ) -> Answer:
        """Choose values in a message's select menu."""
        stored = self._stored(message)
        return await self._use(
            stored, commands.select_data(stored, list(values), custom_id)
        ).answer()

    async def react(self, message: MessageLike, emoji: str) -> None:
        """Add a reaction."""
        stored = self._stored(message)
        self._require(stored.channel_id, *reaction_permissions(stored, emoji))
        self._model.set_reaction(stored.channel_id, stored.id, emoji, self.id, True)
        self._discord.changes.announce()

    async def unreact(self, message: MessageLike, emoji: str) -> None:
        """Remove this user's own reaction."""
        stored = self._stored(message)
        self._model.set_reaction(stored.channel_id, stored.id, emoji, self.id, False)
        self._discord.changes.announce()

    async def delete(self, message: MessageLike) -> None:
        """Delete a message; another author's needs Manage Messages."""
        stored = self._stored(message)
        if stored.author_id != self.id and not stored.is_ephemeral:
            self._require(stored.channel_id, "manage_messages")
        self._model.delete_message(stored.channel_id, stored.id)
        self._discord.changes.announce()

    async def say(self, channel: int, content: str) -> SeenMessage:
        """Send an ordinary message."""
        self._require(channel, "send_messages")
        message = self._model.create_message(channel, self.id, content)
        self._discord.changes.announce()
        return self._discord.message(message.id)

    def _use(self, stored: Message, data: dict[str, Any]) -> Invocation:
        payload = dict(serializers.message_payload(self._model, stored))
        return self._interact(
            InteractionType.MESSAGE_COMPONENT,
            stored.channel_id,
            data,
            source=stored.id,
            extra={"message": payload},
        )

    async def _command(self, channel: int, name: str, kind: int) -> dict[str, Any]:
        """Find a command; wait while a starting bot has yet to register it."""
        self._require(channel, "view_channel")
        return await self._discord.changes.until(
            lambda: commands.find_command(
                self._model, name, user_id=self.id, channel_id=channel, kind=kind
            ),
            self._discord.timeout,
            f"the command /{name}",
        )

    def _interact(
        self,
        kind: int,
        channel: int,
        data: dict[str, Any],
        *,
        source: int | None = None,
        extra: dict[str, Any] | None = None,
        is_user_install: bool = False,
    ) -> Invocation:
        record, payload = commands.interaction_payload(
            self._model,
            self._discord.limits,
            kind=kind,
            channel_id=channel,
            user_id=self.id,
            data=data,
            is_user_install=is_user_install,
        )
        record.source_message_id = source
        self._model.emit("INTERACTION_CREATE", {**payload, **(extra or {})})
        return Invocation(self._discord, record)

    def _require(self, channel: int, *permissions: str) -> None:
        guild = self._model.get_channel(channel).guild_id
        self._model.require_permissions(guild, self.id, channel, *permissions)

    def _stored(self, message: MessageLike) -> Message:
        stored = self._discord.stored(message if isinstance(message, int) else message.id)
        if stored is None or not message_accessible(
            self._model, stored.channel_id, stored, self.id
        ):
            raise SetupError(f"{self.name} does not see that message")
        return stored
