"""How long to wait before the next question. Pure: knows no clock and sends nothing."""

import random

from db.records import Job, JobState

_LONGEST_BACKOFF = 60.0
# What the API asks for is obeyed, within reason: a day would be a mistake of its own.
_LONGEST_RETRY_AFTER = 10 * 60.0
_DOUBT_INTERVAL = 10 * 60.0
_SEARCH_INTERVAL = 10.0

# (age of the task in seconds, seconds between polls); the first two are ModelHunter's advice
# (its page on asynchronous tasks), the others spare both sides for jobs that take long.
_BY_AGE = ((30.0, 2.0), (10 * 60.0, 5.0), (60 * 60.0, 15.0))
_SLOWEST = 60.0


def poll_delay(job: Job, now: float) -> float:
    """Return the seconds until *job* should be looked at again when all goes well."""
    if job.state is JobState.UNCERTAIN:
        return _DOUBT_INTERVAL
    if job.state is JobState.SUBMITTING:
        return _SEARCH_INTERVAL
    age = now - (job.created_at if job.submitted_at is None else job.submitted_at)
    return next((every for until, every in _BY_AGE if age < until), _SLOWEST)


def backoff(failures: int, randomness: random.Random, retry_after: float | None = None) -> float:
    """Return the seconds to wait after *failures* failures in a row, at least *retry_after*.

    Ten minutes at most: one answer with a wrong date must not stop the bot for years. Doubles from
    2 s up to a minute; the jitter takes up to half of it away, so that many jobs that failed
    together do not come back together.
    """
    longest = min(_LONGEST_BACKOFF, 2.0 * 2.0 ** min(failures, 10))
    jittered = longest * randomness.uniform(0.5, 1.0)
    return max(jittered, min(retry_after or 0.0, _LONGEST_RETRY_AFTER))
