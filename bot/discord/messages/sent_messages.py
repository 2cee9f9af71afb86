"""Sent messages: those of a channel since the bot began to send something about a job."""

import datetime
from collections.abc import AsyncIterator

import discord

from bot.clock import surely_before
from db.records import Job

# How many messages are read from when the sending began, in search of what was sent.
_HISTORY = 1000
# Seconds before the sending began from which on messages are read.
_MARGIN = 60.0


def sent_since(
    channel: discord.abc.Messageable, job: Job, begun_at: float
) -> AsyncIterator[discord.Message]:
    """Return the messages since *begun_at* (Unix seconds), when something was sent of *job*, newest first."""
    begun = surely_before(
        begun_at,
        seen=job.created_at,
        stamped=discord.utils.snowflake_time(job.id).timestamp(),
    )
    after = datetime.datetime.fromtimestamp(begun - _MARGIN, datetime.UTC)
    return channel.history(limit=_HISTORY, after=after, oldest_first=False)
