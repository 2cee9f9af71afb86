"""Edit intervals: how often the card of a running job may be edited. Pure.

The limits behind the numbers are explained at the head of `bot.discord.messages`.
"""

from bot.discord.messages.rate_limit import BOT_CALLS_PER_SECOND
from db.records import Job

# Seconds between two edits of a card: a changed state is news, a changed percentage is not.
_NEWS_INTERVAL = 1.0
_PROGRESS_INTERVAL = 5.0
# Seconds after which a message is old, and between two edits of one (error 30046).
_OLD_AGE = 60 * 60.0
_OLD_INTERVAL = 60.0


def edit_interval(job: Job, last: Job | None, *, now: float, cards: int) -> float:
    """Return the seconds from the edit that showed *last* until *job* may be shown.

    *now* is in Unix seconds. All *cards* that are shown together share the calls that the bot may
    make.
    """
    least = _NEWS_INTERVAL if _is_news(job, last) else _PROGRESS_INTERVAL
    interval = max(least, cards / BOT_CALLS_PER_SECOND)
    if now - job.created_at > _OLD_AGE:
        interval = max(interval, _OLD_INTERVAL)
    return interval


def _is_news(job: Job, last: Job | None) -> bool:
    """Whether more than the percentage looks different."""
    return last is None or _news(job) != _news(last)


def _news(job: Job) -> tuple[object, ...]:
    return (
        job.state,
        job.status,
        job.late,
        job.is_cancelling,
        job.cancel_refused,
        job.cancel_control,
    )
