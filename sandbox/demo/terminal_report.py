"""Terminal report: one line for each change of each card, with the seconds since the start."""

import re
from collections.abc import Callable

from simcord.backend.models import Message

from sandbox.demo.card_titles import card_title
from sandbox.discord import SandboxDiscord, SeenMessage

PERCENT = re.compile(r"\d+(?:\.\d+)? ?%")


def card_summary(message: SeenMessage) -> str:
    """Return a card's title, progress and files as one line."""
    title = card_title(message.embeds) or message.content
    percent = PERCENT.search(message.words)
    files = [f"{file['filename']} ({file['size']} bytes)" for file in message.attachments]
    return "  ".join([title, *([percent.group()] if percent else []), *files])


class TerminalReport:
    """Follows cards by their message ids and prints what changes on them."""

    def __init__(self, discord: SandboxDiscord, clock: Callable[[], float]) -> None:
        self._discord = discord
        self._clock = clock
        self._start = clock()
        self._names: dict[int, str] = {}
        self._printed: dict[int, str] = {}
        discord.model.observers.append(self._observe)

    def follow(self, message_id: int, name: str) -> None:
        """Report on a card from now on, and print what it has shown already."""
        self._names[message_id] = name
        for version in self._discord.history(message_id):
            if version.message is not None:
                self._report(SeenMessage(version.message))

    def write(self, name: str, words: str) -> None:
        """Print one line."""
        elapsed = self._clock() - self._start
        print(f"{elapsed:6.1f} s  {name:<10}{words}", flush=True)  # noqa: T201

    def _observe(self, message: Message, what: str) -> None:
        if message.id in self._names and what != "deleted":
            self._report(self._discord.message(message.id))

    def _report(self, message: SeenMessage) -> None:
        summary = card_summary(message)
        if self._printed.get(message.id) != summary:
            self._printed[message.id] = summary
            self.write(self._names[message.id], summary)
