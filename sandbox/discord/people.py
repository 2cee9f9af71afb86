"""Simulated users: what they do reaches the bot through the gateway."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from discord import Permissions
from simcord.backend import serializers
from simcord.backend.access import message_accessible, reaction_permissions
from simcord.backend.errors import SetupError
from simcord.backend.models import Message
from simcord.enums import AppCommandType, InteractionType

from sandbox.discord import commands
from sandbox.discord.commands import OptionValue
from sandbox.discord.forms import File, FormValue, form_data
from sandbox.discord.invocations import Answer, Invocation
from sandbox.discord.messages import SeenMessage
from sandbox.discord.payloads import sent_message
from sandbox.discord.server import SandboxDiscord

MessageLike = SeenMessage | int


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
        may_manage_server: bool = False,
        guild: int | None = None,
    ) -> Self:
        """Create a user and add them to a guild (the default one)."""
        guild_id = guild or discord.guild
        user = discord.model.make_user(name.lower(), global_name=name)
        roles = []
        given = Permissions(manage_messages=may_manage_messages, manage_guild=may_manage_server)
        if given.value:
            role = discord.model.create_role(guild_id, "Moderator", permissions=given.value)
            roles = [role.id]
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
        data = commands.slash_data(self._model, command, name, options or {})
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
        """Choose a command from a message's menu (Apps), and wait for the answer."""
        invocation = await self.begin_menu(message, name)
        return await invocation.answer()

    async def begin_menu(
        self, message: MessageLike, name: str, *, is_user_install: bool = False
    ) -> Invocation:
        """Choose a command from a message's menu without waiting for the answer."""
        stored = self._stored(message)
        command = await self._command(stored.channel_id, name, AppCommandType.MESSAGE)
        data = commands.menu_data(command, self._payload(stored))
        kind = InteractionType.APPLICATION_COMMAND
        return self._interact(kind, stored.channel_id, data, is_user_install=is_user_install)

    async def submit(self, form: Answer, values: Mapping[str, FormValue] | None = None) -> Answer:
        """Change fields of a form, named by label or custom id, send it, and wait for the answer.

        Raises:
            SetupError: Discord's client would not let this user send it.
            TimeoutError: the bot did not answer.
        """
        return await self.begin_submit(form, values).answer()

    def begin_submit(
        self, form: Answer, values: Mapping[str, FormValue] | None = None
    ) -> Invocation:
        """Send a form without waiting for the answer."""
        opened = self._model.interactions[form.interaction_id]
        if opened.modal is None or opened.user_id != self.id:
            raise SetupError(f"{self.name} has no form open")
        data = form_data(self._model, opened.modal, values or {})
        return self._interact(
            InteractionType.MODAL_SUBMIT,
            opened.channel_id,
            data,
            source=self._find(opened.source_message_id),
            is_user_install=commands.is_user_install(self._model.integration_owners[opened.id]),
        )

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

    async def say(self, channel: int, content: str, files: Sequence[File] = ()) -> SeenMessage:
        """Send an ordinary message, with files if there are any."""
        self._require(channel, "send_messages", *(["attach_files"] if files else ()))
        attachments = self._model.store_attachments(channel, files)
        message = self._model.create_message(channel, self.id, content, attachments=attachments)
        self._discord.changes.announce()
        return self._discord.message(message.id)

    def _use(self, stored: Message, data: dict[str, Any]) -> Invocation:
        metadata = stored.interaction_metadata or {}
        return self._interact(
            InteractionType.MESSAGE_COMPONENT,
            stored.channel_id,
            data,
            source=stored,
            is_user_install=commands.is_user_install(
                metadata.get("authorizing_integration_owners", {})
            ),
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
        source: Message | None = None,
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
        if source is not None:
            record.source_message_id = source.id
            payload["message"] = self._payload(source)
        self._model.emit("INTERACTION_CREATE", payload)
        return Invocation(self._discord, record)

    def _payload(self, stored: Message) -> dict[str, Any]:
        return sent_message(serializers.message_payload(self._model, stored))

    def _find(self, message_id: int | None) -> Message | None:
        return None if message_id is None else self._discord.stored(message_id)

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
