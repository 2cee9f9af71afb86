"""The parts of which messages are made: references, mentions, nonces, files."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import discord

from bot.discord.cards.card_mark import is_own_card
from bot.jobs.errors import CardOutOfReach
from db.records import Job

# Characters (Discord docs: Message resource, Create Message). A job's id has 19 digits at present.
_NONCE_LENGTH = 25


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to be put onto a message; *description* is its alternative text.

    Discord covers a *spoiler* by its name, which then begins with SPOILER_ (Discord docs: Message
    resource): who looks for a file by its name looks for a part of it.
    """

    path: Path
    size: int  # bytes
    description: str
    spoiler: bool = False


def message_id(job: Job) -> int:
    """Return the id of the card's message; raises CardOutOfReach when it is not known."""
    if job.message_id is None:
        raise CardOutOfReach("the message is not known")
    return job.message_id


def is_card_of(job: Job, message: discord.Message) -> bool:
    """Whether *message* is the card of *job* as this process has sent it."""
    colour = message.embeds[0].colour if message.embeds else None
    return is_own_card(
        None if colour is None else colour.value,
        custom_ids(message),
        job_id=job.id,
        mark=job.card_mark,
    )


def custom_ids(message: discord.Message) -> list[str]:
    """Return the custom_ids of the buttons and menus of *message*, wherever they are nested."""
    return list(_custom_ids(message.components))


def _custom_ids(components: Iterable[object]) -> Iterator[str]:
    for component in components:
        if found := getattr(component, "custom_id", None):
            yield str(found)
        yield from _custom_ids(getattr(component, "children", ()))
        if (accessory := getattr(component, "accessory", None)) is not None:
            yield from _custom_ids([accessory])


def channel_of(job: Job, client: discord.Client) -> discord.PartialMessageable:
    """Return the card's channel, without asking Discord for it."""
    return client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)


def reference_to(job: Job, *, must_exist: bool) -> discord.MessageReference:
    """Return the reference that makes a message a reply to the card of *job*.

    With *must_exist* Discord refuses the reply when the card was deleted.
    """
    return discord.MessageReference(
        message_id=message_id(job),
        channel_id=job.channel_id,
        guild_id=job.guild_id,
        fail_if_not_exists=must_exist,
    )


def mentioning_only(user_id: int) -> discord.AllowedMentions:
    """Return the allowed mentions of a message that may notify one user."""
    return discord.AllowedMentions(
        everyone=False, roles=False, replied_user=False, users=[discord.Object(user_id)]
    )


def nonce(job: Job, purpose: str) -> str:
    """Return the nonce by which Discord knows a message that was sent before."""
    return f"{job.id}-{purpose}"[:_NONCE_LENGTH]


def size_of(uploads: Sequence[Upload] | None) -> int | None:
    """Return how many bytes are uploaded, None if the message keeps its files."""
    return None if uploads is None else sum(upload.size for upload in uploads)


def files_of(uploads: Sequence[Upload] | None) -> list[discord.File]:
    """Return the files of one call, which closes them, or MISSING: the message keeps its own."""
    if uploads is None:
        return discord.utils.MISSING  # type: ignore[no-any-return]
    return [
        discord.File(
            upload.path,
            filename=upload.path.name,
            description=upload.description,
            spoiler=upload.spoiler,
        )
        for upload in uploads
    ]
