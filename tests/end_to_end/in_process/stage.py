"""A server with a channel and two users, and how tests wait for the bot there."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.backend.models import Message, Overwrite
from simcord.components import walk_components
from simcord.enums import OverwriteType
from simcord.env import Env
from simcord.results import InteractionResult, ResponseMessage

from bot.app.build import App
from bot.locales.card_texts import STATES
from db.records import JobState
from sandbox.demo.card_titles import card_title
from sandbox.modelhunter import SandboxApi

PROMPT = "a fox with seventeen lanterns"
ENGLISH = "en-US"
TIMEOUT = 20.0  # real seconds
# Discord docs: Component Reference, Component Types.
_BUTTON, _TEXT_DISPLAY = 2, 10


class Scene:
    """What a test needs to play a scene."""

    def __init__(self, env: Env, app: App, api: SandboxApi) -> None:
        self.env = env
        self.app = app
        self.api = api
        env.backend.subscribers.insert(0, _say_who_installed)
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("generations")
        self.robin = self.guild.add_member(env.create_user("robin"))
        self.sam = self.guild.add_member(env.create_user("sam"))

    async def ask(
        self, command: str = "video", by: MemberActor | None = None, **options: Any
    ) -> ResponseMessage:
        """Use a command and return the message that answers it."""
        given = {"text" if command == "speech" else "prompt": PROMPT, **options}
        return await self.use(command, by, **given)

    async def use(
        self, command: str, by: MemberActor | None = None, **options: Any
    ) -> ResponseMessage:
        """Use a command that takes no prompt, and return the message that answers it."""
        await self.breathe()
        return answer_of(await (by or self.robin).slash(self.channel, command, **options))

    async def click(
        self, message: ResponseMessage, button: str, by: MemberActor
    ) -> ResponseMessage:
        """Press the button with that label and return the message that answers it."""
        await self.breathe()
        return answer_of(await by.click(message, label=button))

    async def breathe(self) -> None:
        """Let a moment pass: the bot spaces its calls out, and simcord's time only moves by hand."""
        await self.env.advance_time(1.0)

    async def pass_time(self, seconds: float, job: ResponseMessage) -> None:
        """Move the clock on, and have the bot look at the job of that card."""
        await self.env.advance_time(seconds)
        self.app.due_times.wake(self.job_of(job))

    def job_of(self, card: ResponseMessage) -> int:
        """Return the number of the job whose card that is: its interaction's."""
        found = [i.id for i in self.env.backend.interactions.values() if i.message_id == card.id]
        return int(found[0])

    def stored(self, message: ResponseMessage) -> Message:
        """Return simcord's own record of a message."""
        return self.env.backend.get_message(message.channel_id, message.id)

    def seen(self, message: Message) -> ResponseMessage:
        """Return a message as users see it, who may press its buttons."""
        return ResponseMessage(self.env, message)

    def title(self, message: ResponseMessage) -> str:
        """Return the title of a card as it is now."""
        return card_title(self.stored(message).embeds)

    async def until_state(self, card: ResponseMessage, state: JobState) -> None:
        """Wait until the card says that its job is in this state."""
        wanted = STATES[state].title.english
        await self.until(lambda: self.title(card).endswith(wanted), f"{wanted} on the card")

    async def until_taken(self, count: int = 1) -> None:
        """Wait until the API has taken so many tasks and the bot rests."""

        def is_so() -> bool:
            return len(self.api.tasks) == count and "0 in flight" in repr(self.app.due_times)

        await self.until(is_so, f"{count} tasks")

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait in real time, which sockets need, until something is so.

        Raises:
            TimeoutError: It never was.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + TIMEOUT
        while not is_so():
            if loop.time() > end:
                raise TimeoutError(f"waited for {what}")
            await self.env.settle()
            await asyncio.sleep(0.02)

    def forbid_bot(self, **permissions: bool) -> None:
        """Take permissions from the bot in the channel."""
        self.env.backend.get_channel(self.channel.id).overwrites.append(
            Overwrite(
                target_id=self.env.backend.bot_user.id,
                type=OverwriteType.MEMBER,
                deny=discord.Permissions(**permissions).value,
            )
        )

    def make_moderator(self, member: MemberActor) -> None:
        """Give a user Manage Messages in the channel."""
        self.env.backend.get_channel(self.channel.id).overwrites.append(
            Overwrite(
                target_id=member.id,
                type=OverwriteType.MEMBER,
                allow=discord.Permissions(manage_messages=True).value,
            )
        )

    def in_channel(self) -> list[Message]:
        """Return what every user sees in the channel."""
        stored = self.env.backend.messages[self.channel.id].values()
        return [message for message in stored if message.visible_to(None)]

    def edits_by_bot(self, card: ResponseMessage) -> int:
        """Return how often the card was edited with the bot's own token."""
        path = f"/channels/{card.channel_id}/messages/{card.id}"
        return len([e for e in self.env.http_requests if e.method == "PATCH" and e.path == path])


def answer_of(result: InteractionResult) -> ResponseMessage:
    """Return the message that answers an interaction."""
    if result.response is None:
        raise LookupError(f"no message answers {result!r}")
    return result.response


def button_labels(message: Message) -> list[str]:
    """Return the labels of a message's buttons."""
    every = walk_components(message.components)
    return [str(it.get("label")) for it in every if it.get("type") == _BUTTON]


def texts_of(message: Message | ResponseMessage) -> str:
    """Return all that a list says, in its text displays."""
    every = walk_components(message.components)
    return "\n".join(str(it["content"]) for it in every if it.get("type") == _TEXT_DISPLAY)


def _say_who_installed(event: str, payload: Mapping[str, Any]) -> None:
    """Add what simcord leaves out of interactions and Discord does not."""
    if event == "INTERACTION_CREATE" and isinstance(payload, dict) and payload.get("guild_id"):
        payload["authorizing_integration_owners"] = {"0": str(payload["guild_id"])}
