"""Card address: the link that opens the message of a job in Discord. Pure."""

from db.records import CardKind, Job


def card_address(job: Job) -> str | None:
    """Return the address of the card; None where it would lead nowhere."""
    if job.message_id is None or job.card_kind is CardKind.TOKEN_ONLY:
        return None
    place = "@me" if job.guild_id is None else str(job.guild_id)
    return f"https://discord.com/channels/{place}/{job.channel_id}/{job.message_id}"
