"""Attachments: the files that are handed in with a command, by its options."""

from collections import Counter
from collections.abc import Iterator, Mapping

import discord

from bot.catalogue import Slot, Slots, slot_named

_ATTACHMENT = discord.AppCommandOptionType.attachment.value
_MOST_REFERENCES = 4

# The options of commands that take a file; the catalogue knows the slot of each.
IMAGE_FILES = (
    "image",
    "last_image",
    "reference",
    *(f"reference_{number}" for number in range(2, _MOST_REFERENCES + 1)),
)
VIDEO_FILES = (*IMAGE_FILES, "reference_video", "reference_audio")


def given_slots(interaction: discord.Interaction) -> Slots:
    """Return how many files were handed in by each slot so far.

    While something is typed, Discord sends of each file its id alone, which is enough for this.
    """
    return Counter(_slots(interaction.data))


def _slots(data: object) -> Iterator[Slot]:
    options = data.get("options") if isinstance(data, Mapping) else None
    for option in options if isinstance(options, list) else ():
        if option.get("type") == _ATTACHMENT and option.get("name") in VIDEO_FILES:
            yield slot_named(str(option["name"]))
