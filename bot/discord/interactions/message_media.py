"""Message media: the pictures, videos and sounds that a message shows, whoever sent it. Pure."""

import dataclasses
import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import discord

from bot.catalogue import Medium, Slot
from bot.jobs.admission.input_checks import OfferedFile, medium_of

# What can be shown in one private answer, and in one menu (Discord docs: Create Message, embeds).
MOST_MEDIA = 10
_SAYS_NOTHING = "application/octet-stream"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FoundMedium:
    """A file that a message shows; what is known of it comes from Discord, or from its name."""

    medium: Medium
    name: str
    source: str = dataclasses.field(repr=False)
    size: int = 0  # bytes; 0: not known
    media_type: str | None = None
    width: int | None = None
    height: int | None = None

    def offered_as(self, slot: Slot) -> OfferedFile:
        """Return the file as one that is handed in there."""
        return OfferedFile(
            slot=slot,
            source=self.source,
            name=self.name,
            size=self.size,
            media_type=self.media_type,
            width=self.width,
            height=self.height,
        )


def media_of(message: discord.Message, wanted: Mapping[Medium, Slot]) -> list[FoundMedium]:
    """Return the files of *wanted* kinds in *message* and in what it forwards, each once."""
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    found = {
        _place(each.source): each
        for part in reversed(parts)
        for each in (*_of_embeds(part.embeds), *_attached(part.attachments))
        if each.medium in wanted
    }
    return list(found.values())[:MOST_MEDIA]


def medium_named(name: str) -> Medium | None:
    """Return what kind of file has such a name, None if the name does not say."""
    return medium_of(mimetypes.guess_type(name)[0] or "")


def _attached(attachments: Iterable[discord.Attachment]) -> Iterator[FoundMedium]:
    for it in attachments:
        said = it.content_type or _SAYS_NOTHING
        medium = medium_of(said) or medium_named(it.filename)
        if medium is not None:
            yield FoundMedium(
                medium=medium,
                name=it.filename,
                source=it.url,
                size=it.size,
                media_type=it.content_type,
                width=it.width,
                height=it.height,
            )


def _of_embeds(embeds: Iterable[discord.Embed]) -> Iterator[FoundMedium]:
    """Yield what is shown by links and embeds, as Discord's own servers keep it where they do."""
    for embed in embeds:
        shown = embed.video if embed.video.proxy_url else embed.image
        if not (shown.proxy_url or shown.url):
            shown = embed.thumbnail
        address = shown.proxy_url or shown.url
        if not address or not address.startswith(("https://", "http://")):
            continue
        name = _name(shown.url or address)
        yield FoundMedium(
            medium=medium_named(name) or Medium.IMAGE,
            name=name,
            source=address,
            width=shown.width,
            height=shown.height,
        )


def _name(address: str) -> str:
    return PurePosixPath(unquote(urlsplit(address).path)).name or str(Medium.IMAGE)


def _place(address: str) -> str:
    """Return the address without its signature, which differs from one reading to the next."""
    return address.partition("?")[0]
