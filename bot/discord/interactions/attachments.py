"""Attachments: the files that are handed in with a command, by its options."""

from collections import Counter
from collections.abc import Iterator, Mapping

import discord

from bot.catalogue import Slot, Slots, slot_named
from bot.jobs.admission.input_checks import OfferedFile

_ATTACHMENT = discord.AppCommandOptionType.attachment.value
_MOST_REFERENCES = 4

# The options of commands that take a file; the catalogue knows the slot of each.
IMAGE_FILES = (
    "image",
    "reference",
    *(f"reference_{number}" for number in range(2, _MOST_REFERENCES + 1)),
)
VIDEO_FILES = (*IMAGE_FILES, "last_image", "reference_video", "reference_audio")


def given_slots(interaction: discord.Interaction) -> Slots:
    """Return how many files were handed in by each slot so far.

    While something is typed, Discord sends of each file its id alone, which is enough for this.
    """
    return Counter(_slots(interaction.data))


def offered_files(**handed_in: discord.Attachment | None) -> tuple[OfferedFile, ...]:
    """Return the files by the names of the options that they were handed in with."""
    return tuple(
        offered_file(slot_named(name), attachment)
        for name, attachment in handed_in.items()
        if attachment is not None
    )


def offered_file(slot: Slot, attachment: discord.Attachment) -> OfferedFile:
    """Return a file as Discord describes it."""
    return OfferedFile(
        slot=slot,
        source=attachment.url,
        name=attachment.filename,
        size=attachment.size,
        media_type=attachment.content_type,
        width=attachment.width,
        height=attachment.height,
    )


def _slots(data: object) -> Iterator[Slot]:
    options = data.get("options") if isinstance(data, Mapping) else None
    for option in options if isinstance(options, list) else ():
        if option.get("type") == _ATTACHMENT and option.get("name") in VIDEO_FILES:
            yield slot_named(str(option["name"]))
