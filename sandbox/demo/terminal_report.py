"""Tell on the terminal what happens to each card, one line for each change."""

import re
from collections.abc import Callable

from simcord.backend.models import Message

from sandbox.discord import SandboxDiscord, SeenMessage

PERCENT = re.compile(r"\d+(?:\.\d+)? ?%")


def state_words(message: SeenMessage) -> str:
    """Return what a card says of its state: title, progress, files."""
    title = str(message.embeds[0].get("title", "")) if message.embeds else message.content
    percent = PERCENT.search(message.words)
    files = [f"{file['filename']} ({file['size']} bytes)" for file in message.attachments]
    return "  ".join([title, *([percent.group()] if percent else []), *files])


class Storyteller:
    """Follow cards by their message ids."""

    def __init__(self, discord: SandboxDiscord, clock: Callable[[], float]) -> None:
        self._discord = discord
        self._clock = clock
        self._start = clock()
        self._names: dict[int, str] = {}
        self._said: dict[int, str] = {}
        discord.model.observers.append(self._observe)

    def follow(self, message_id: int, name: str) -> None:
        """Tell of a card from now on."""
        self._names[message_id] = name
        for version in self._discord.history(message_id):
            if version.message is not None:
                self._tell(SeenMessage(version.message))

    def say(self, name: str, words: str) -> None:
        """Write one line."""
        elapsed = self._clock() - self._start
        print(f"{elapsed:6.1f} s  {name:<10}{words}", flush=True)  # noqa: T201

    def _observe(self, message: Message, what: str) -> None:
        if message.id in self._names and what != "deleted":
            self._tell(self._discord.message(message.id))

    def _tell(self, message: SeenMessage) -> None:
        words = state_words(message)
        if self._said.get(message.id) != words:
            self._said[message.id] = words
            self.say(self._names[message.id], words)
