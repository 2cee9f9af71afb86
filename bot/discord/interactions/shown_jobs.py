"""Shown jobs: which job a message shows, be it its card or a message beside it."""

import discord

from bot.discord.messages.message_parts import custom_ids
from bot.jobs.errors import UnknownJob
from bot.jobs.queries import JobQueries
from db.records import Job


async def job_shown_by(message: discord.Message, bot_id: int, queries: JobQueries) -> Job | None:
    """Return the job that *message* shows, None if it shows none that is known.

    A result that the card could not take is in a reply to it or in a direct message, which have the
    card's buttons. What a member replies to a card shows no result.
    """
    job = await queries.find_by_message(message.id)
    if job is not None or message.author.id != bot_id:
        return job
    reference = message.reference
    if reference is not None and reference.message_id is not None:
        job = await queries.find_by_message(reference.message_id)
    named = _named(message)
    if job is not None or named is None:
        return job
    try:
        return await queries.find(named)
    except UnknownJob:
        return None


def _named(message: discord.Message) -> int | None:
    """Return the one job that all buttons of *message* are about, if there is one."""
    numbers = {each.rpartition(":")[2] for each in custom_ids(message)}
    (number,) = numbers if len(numbers) == 1 else ("",)
    return int(number) if number.isdecimal() else None
