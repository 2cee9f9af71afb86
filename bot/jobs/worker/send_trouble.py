"""Send trouble: what keeps the files of a result from being sent although they are there.

Discord may be busy, an upload may take longer than it may, a step may meet a fault of our own: a later
try may go well, so the same route is tried again, less and less often. But each way ends:

- Failures count while Discord answers other calls, or if the fault is our own. After five of them and
  half an hour the files are made as small as every server takes them, once; after ten and an hour
  the result is linked. Both numbers are stored, so that a restart does not begin anew.
- While Discord answers nothing at all, nothing counts: an outage is no fault of a result.
- After a week the result is linked, whatever it was.

A refusal without a reason (`CardRefused`) has its own end, in `bot.discord.messages.refusals`.
"""

from collections.abc import Callable

from bot.jobs.cards import Cards
from bot.jobs.errors import CardBusy, CardRefused
from bot.jobs.lifecycle.unclear import GONE_AFTER
from bot.jobs.worker.fetch_trouble import SAID_AFTER
from db.copies import changed
from db.records import FetchProblem, Job

# Counted failures, and seconds of delivering, after which the files are made smaller.
SMALLER_AFTER_FAILURES = 5
SMALLER_AFTER = 30 * 60.0
# The same for the result being linked.
LINKED_AFTER_FAILURES = 10
LINKED_AFTER = 60 * 60.0
# Time without a try, with the bot off, proves nothing: the fewest tries of this process in the week.
_FEWEST_TRIES = 5
# Seconds between two tries at most, and the part of its age by which a delivery slows down.
_LONGEST_PAUSE = 10 * 60.0
_SLOWS_BY = 0.1


class SendTrouble:
    """The failures of sending of each job whose result is there."""

    def __init__(self, cards: Cards, clock: Callable[[], float]) -> None:
        self._cards = cards
        self._clock = clock
        self._tries: dict[int, int] = {}  # by job id, of this process

    async def count(self, job: Job, error: Exception) -> Job:
        """Return *job* with a failed try counted, if it counts, and what its card should say."""
        self._tries[job.id] = self._tries.get(job.id, 0) + 1
        if await self._is_counted(error):
            job = changed(job, delivery_failures=job.delivery_failures + 1)
        if age_of(job, self._clock()) < SAID_AFTER:
            return job
        until = since(job) + LINKED_AFTER if job.delivery_failures else None
        return changed(job, fetch_problem=FetchProblem.NOT_SENT, fetch_until=until)

    async def _is_counted(self, error: Exception) -> bool:
        if isinstance(error, CardRefused):
            return False
        return not isinstance(error, CardBusy) or await self._cards.is_discord_answering()

    def has_failed_enough(self, job: Job, *, is_small: bool) -> bool:
        """Whether the same way is not tried again; *is_small* says that its files can't be smaller."""
        now = self._clock()
        if age_of(job, now) >= GONE_AFTER and self._tries.get(job.id, 0) >= _FEWEST_TRIES:
            return True
        return is_hopeless(job, now) if is_small else is_made_smaller(job, now)

    def clear(self, job: Job) -> None:
        """Forget what went wrong with *job*, which ended."""
        self._tries.pop(job.id, None)


def is_made_smaller(job: Job, now: float) -> bool:
    """Whether the files of *job* are to be as small as every server takes them."""
    has_failed = job.delivery_failures >= SMALLER_AFTER_FAILURES
    return has_failed and age_of(job, now) >= SMALLER_AFTER


def is_hopeless(job: Job, now: float) -> bool:
    """Whether the files of *job* could not be sent for so long that they are linked instead."""
    has_failed = job.delivery_failures >= LINKED_AFTER_FAILURES
    return has_failed and age_of(job, now) >= LINKED_AFTER


def pause_before_next(job: Job, now: float, retry_after: float | None = None) -> float:
    """Return the seconds until another try; the scheduler's own backoff comes on top of few."""
    slowed = min(age_of(job, now) * _SLOWS_BY, _LONGEST_PAUSE)
    return max(retry_after or 0.0, slowed if slowed >= 1.0 else 0.0)


def since(job: Job) -> float:
    """Return when *job* began to be delivered; a job of the version before does not know it."""
    return job.created_at if job.delivering_since is None else job.delivering_since


def age_of(job: Job, now: float) -> float:
    """Return for how many seconds *job* has been delivered."""
    return now - since(job)
