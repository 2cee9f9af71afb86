"""Command mentions: commands in sentences, which Discord's clients make clickable.

A mention is `</cancel:ID>` (Discord docs: Message Formatting), with the id that Discord gave the
command when the commands were synced. Before that, and for a command that it does not know, the name
is plain text. Footers, titles and labels show no mentions: texts for those name commands plainly.
"""

from collections.abc import Mapping

_SLASH = "/"


class CommandMentions:
    """The ids of this program's commands, learned when they are synced with Discord."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def learn(self, ids: Mapping[str, int]) -> None:
        """Take these ids, by the names of the commands, in place of those known before."""
        self._ids = dict(ids)

    def mention(self, name: str) -> str:
        """Return the mention of the command *name*, or "/name" while its id is not known."""
        found = self._ids.get(name)
        return f"/{name}" if found is None else f"</{name}:{found}>"


known_commands = CommandMentions()


class Filling(dict[str, str | int]):
    """What is filled into a text: its values, and a mention for each `{/command}`."""

    def __missing__(self, key: str) -> str:
        if not key.startswith(_SLASH):
            raise KeyError(key)
        return known_commands.mention(key.removeprefix(_SLASH))
