"""Poll intervals: how long until the next step of a job. Pure.

While all goes well, the interval depends on the task's age: most tasks end soon, and a task that
has run for an hour is not missed for a minute. The first two intervals are ModelHunter's advice
(its page on asynchronous tasks); the longer ones spare both sides.

A job whose answers don't say how its task is (`bot.jobs.lifecycle.unclear`) is asked about less and
less often, up to every ten minutes.

After a failure the interval grows exponentially, with jitter, so that many jobs that failed together
do not come back together; a `Retry-After` is honoured. There are no other retries: the client sends
each request once, and the scheduler takes each step once.
"""

import math
import random
from collections.abc import Sequence

from db.records import UNCLEAR_AFTER, Job, JobState

# Seconds, as everywhere in this module.
_SHORTEST_BACKOFF = 2.0
_LONGEST_BACKOFF = 60.0
# The most that is believed of a `Retry-After`: one answer with a wrong date must not stop the bot
# for years.
_LONGEST_RETRY_AFTER = 10 * 60.0
_UNCERTAIN_INTERVAL = 10 * 60.0
_SEARCH_INTERVAL = 10.0

# Pairs of the time for which no answer has said how the task is, and the interval until then.
_BY_SILENCE = ((60.0, 0.0), (UNCLEAR_AFTER, 15.0), (60 * 60.0, 60.0))
_LONGEST_SILENCE_INTERVAL = 10 * 60.0

# Seconds up to which a task is young: most end soon.
YOUNG = 30.0
# Pairs of a task's age and the interval until it has that age.
_BY_AGE = ((YOUNG, 2.0), (10 * 60.0, 5.0), (60 * 60.0, 15.0))
_LONGEST_INTERVAL = 60.0


def poll_delay(job: Job, now: float, floor: float = 0.0) -> float:
    """Return the seconds until the next step of *job* when all goes well.

    *floor* is the least of them while webhooks arrive (`bot.jobs.webhook_liveness`). It holds for
    tasks that are no longer young, and not while a cancel is wanted, of which no webhook is sent.
    """
    if job.state is JobState.UNCERTAIN:
        return _UNCERTAIN_INTERVAL
    if job.state is JobState.SUBMITTING:
        return _SEARCH_INTERVAL
    age = now - (job.created_at if job.submitted_at is None else job.submitted_at)
    by_age = interval_by_age(age)
    if age >= YOUNG and job.state is JobState.FOLLOWING and job.cancel_wanted_by is None:
        by_age = max(by_age, floor)
    return max(by_age, silence_delay(job, now))


def interval_by_age(age: float) -> float:
    """Return the seconds between two looks at a task that is *age* seconds old and goes on."""
    return next((every for until, every in _BY_AGE if age < until), _LONGEST_INTERVAL)


def intervals(floor: float = 0.0) -> Sequence[tuple[float, float]]:
    """Return pairs of a task's age and the interval until then, at least *floor* once it is not young."""
    by_age = [*_BY_AGE, (math.inf, _LONGEST_INTERVAL)]
    return [(until, every if until <= YOUNG else max(every, floor)) for until, every in by_age]


def silence_delay(job: Job, now: float) -> float:
    """Return the seconds to wait after an answer that does not say how the task of *job* is.

    They grow with the silence. A cancel that is wanted is a reason to ask again soon. 0 while the
    last answer was understood, and for a minute after it.
    """
    if job.missing_since is None:
        return 0.0
    silence = now - max(job.missing_since, job.cancel_wanted_at or 0.0)
    intervals = (every for until, every in _BY_SILENCE if silence < until)
    return next(intervals, _LONGEST_SILENCE_INTERVAL)


def backoff(failures: int, randomness: random.Random, retry_after: float | None = None) -> float:
    """Return the seconds to wait after *failures* failures in a row, at least *retry_after*.

    The delay doubles from 2 s up to a minute, and the jitter takes up to half of it away. Of
    *retry_after* at most ten minutes count.
    """
    longest = min(_LONGEST_BACKOFF, _SHORTEST_BACKOFF * 2.0 ** min(failures, 10))
    jittered = longest * randomness.uniform(0.5, 1.0)
    return max(jittered, min(retry_after or 0.0, _LONGEST_RETRY_AFTER))
