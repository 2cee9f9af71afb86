"""Messages as a user sees them: Discord's JSON, with names for what tests ask for."""

import dataclasses
from typing import Any

from simcord.components import walk_components

EPHEMERAL = 1 << 6
LOADING = 1 << 7
LINK_BUTTON = 5
BUTTON = 2
TEXT_DISPLAY = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Button:
    """A button on a message."""

    label: str
    custom_id: str | None
    url: str | None
    is_disabled: bool


@dataclasses.dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message as it was at one moment."""

    payload: dict[str, Any] = dataclasses.field(repr=False)

    @property
    def id(self) -> int:
        """The message's snowflake."""
        return int(self.payload["id"])

    @property
    def channel_id(self) -> int:
        """The channel that it is in."""
        return int(self.payload["channel_id"])

    @property
    def author_id(self) -> int:
        """The user id of its author."""
        return int(self.payload["author"]["id"])

    @property
    def content(self) -> str:
        """The text above the embeds."""
        return str(self.payload["content"])

    @property
    def embeds(self) -> list[dict[str, Any]]:
        """The embeds' JSON."""
        return list(self.payload["embeds"])

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """The files' JSON: filename, size, url, content_type."""
        return list(self.payload["attachments"])

    @property
    def interaction_id(self) -> int | None:
        """The interaction that this message answers."""
        metadata = self.payload.get("interaction_metadata")
        return int(metadata["id"]) if metadata else None

    @property
    def replied_to(self) -> int | None:
        """The message it replies to."""
        reference = self.payload.get("message_reference")
        return int(reference["message_id"]) if reference else None

    @property
    def is_ephemeral(self) -> bool:
        """Whether only the user of the interaction sees it."""
        return bool(self.payload["flags"] & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Whether it shows that the bot is thinking, which is Discord's word for a deferred answer."""
        return bool(self.payload["flags"] & LOADING)

    @property
    def reactions(self) -> dict[str, int]:
        """The number of users for each emoji."""
        return {r["emoji"]["name"]: r["count"] for r in self.payload["reactions"]}

    @property
    def buttons(self) -> list[Button]:
        """The buttons, from left to right."""
        return [
            Button(
                component.get("label") or (component.get("emoji") or {}).get("name") or "",
                component.get("custom_id"),
                component.get("url"),
                bool(component.get("disabled")),
            )
            for component in walk_components(self.payload["components"])
            if component.get("type") == BUTTON
        ]

    @property
    def words(self) -> str:
        """All its text, to search in: content, embeds, text displays, buttons."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [embed.get("title") or "", embed.get("description") or ""]
            lines += [f"{field['name']}: {field['value']}" for field in embed.get("fields") or ()]
            lines += [(embed.get("footer") or {}).get("text") or ""]
            lines += [(embed.get("author") or {}).get("name") or ""]
        every = walk_components(self.payload["components"])
        lines += [str(it["content"]) for it in every if it.get("type") == TEXT_DISPLAY]
        lines += [button.label for button in self.buttons]
        return "\n".join(line for line in lines if line)
