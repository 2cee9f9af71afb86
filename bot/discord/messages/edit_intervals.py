"""How often a card may be edited. Pure."""

from db.records import Job

# A changed state is news, a changed percentage is not; one edit a second and channel is what
# Discord bears in the long run.
_NEWS_GAP = 1.0
_PROGRESS_GAP = 5.0
# With many cards the bot's 45 calls a second are shared out between them.
_EDITS_PER_SECOND = 45.0
# Edits of messages older than an hour are limited harder (Discord error 30046).
_OLD = 60 * 60.0
_OLD_GAP = 60.0


def next_edit(job: Job, last: Job | None, last_at: float, *, now: float, cards: int) -> float:
    """Return when *job* may be shown, in Unix seconds; *last* was shown at *last_at*."""
    gap = max(_NEWS_GAP if _is_news(job, last) else _PROGRESS_GAP, cards / _EDITS_PER_SECOND)
    if now - job.created_at > _OLD:
        gap = max(gap, _OLD_GAP)
    return last_at + gap


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
