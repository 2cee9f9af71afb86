"""Audience: who sees the card of a job. Pure."""

from db.records import CardKind, Job


def has_audience(job: Job) -> bool:
    """Whether users other than the requester see the card of *job*.

    A message in a group of users, where the app is installed for one of them, has no server and is
    token-only; in the bot's own direct messages it is neither private nor token-only.
    """
    return not job.private and (job.guild_id is not None or job.card_kind is CardKind.TOKEN_ONLY)
