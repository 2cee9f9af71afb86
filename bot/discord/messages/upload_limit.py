"""How large a file may be that is uploaded onto a card. Pure.

Discord docs: API Reference, Uploading Files; `attachment_size_limit` of an interaction.
"""

import discord

from db.records import CardKind, Job


def upload_limit(job: Job, guild: discord.Guild | None, *, now: float) -> int:
    """Return how many bytes one file on the card of *job* may have at *now*, in Unix seconds.

    While the interaction token is valid the interaction's own limit applies, afterwards that of
    the server, if the bot is in it.
    """
    if job.token_is_alive(now):
        return job.upload_limit
    if guild is None or job.card_kind is CardKind.TOKEN_ONLY:
        return discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES
    return guild.filesize_limit
