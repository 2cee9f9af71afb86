"""The parts of messages that the wire sends."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import discord

from bot.jobs.cards import CardOutOfReach
from db.records import Job

# Discord docs: Message resource, Create Message. A job's id has 19 digits at present.
_NONCE_LENGTH = 25


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to be put onto a message, and what it is for those who can't see or hear it."""

    path: Path
    description: str


def message_id(job: Job) -> int:
    """Return the card's message; raises CardOutOfReach when it is not known."""
    if job.message_id is None:
        raise CardOutOfReach("the message is not known")
    return job.message_id


def reference_to(job: Job, *, must_exist: bool) -> discord.MessageReference:
    """Return what makes a message a reply to the card of *job*."""
    return discord.MessageReference(
        message_id=message_id(job),
        channel_id=job.channel_id,
        guild_id=job.guild_id,
        fail_if_not_exists=must_exist,
    )


def only(user_id: int) -> discord.AllowedMentions:
    """Return the permission to mention one person."""
    return discord.AllowedMentions(
        everyone=False, roles=False, replied_user=False, users=[discord.Object(user_id)]
    )


def nonce(job: Job, purpose: str) -> str:
    """Return what tells Discord that a message was sent before: at most 25 characters."""
    return f"{job.id}-{purpose}"[:_NONCE_LENGTH]


def files_of(uploads: Sequence[Upload] | None) -> list[discord.File]:
    """Return new files for one attempt: discord.py closes those that it was given."""
    if uploads is None:
        return discord.utils.MISSING  # type: ignore[no-any-return]
    return [
        discord.File(upload.path, filename=upload.path.name, description=upload.description)
        for upload in uploads
    ]
