"""How often a card may be edited. Pure."""

import dataclasses

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
    """Whether more than the percentage differs."""
    if last is None:
        return True
    return _face(job) != _face(last)


def _face(job: Job) -> Job:
    """Return *job* without what changes quietly: its percentage, its owner and our own notes."""
    return dataclasses.replace(
        job,
        progress=None,
        asked_at=None,
        shown=None,
        shown_at=None,
        owner=None,
        lease_until=0.0,
        fence=0,
        woken=False,
    )
