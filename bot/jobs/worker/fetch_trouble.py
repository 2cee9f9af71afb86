"""Fetch trouble: what keeps going wrong with the files of a result, and what follows from it.

"Not understood" is not "must not be shown". A result ends as unusable only when a file of it was
fetched whole twice, seconds apart, and was no medium, or when its address leads into the operator's
network. Everything else is tried for ten minutes, and from the first minute on the card says what
is wrong and until when.
"""

import dataclasses
from collections.abc import Callable

from bot.jobs.lifecycle.unclear import LOST_AFTER
from bot.media.errors import (
    AddressRefused,
    DownloadError,
    LinkExpired,
    NeverMedium,
    NoMedium,
    NotWhole,
    Undecodable,
)
from db.copies import changed
from db.records import FetchProblem, Job

# Seconds. A result that the API has but we can't download is offered as a link after this long.
DOWNLOAD_TIMEOUT = 10 * 60.0
# Time without a try, with the bot off or the API away, proves nothing about the file.
_FEWEST_TRIES = 5
# Seconds of failures that a card keeps to itself: most pass.
SAID_AFTER = 60.0
# Seconds between two looks at a file that is no medium: longer than the hiccup of a store.
LOOKS_APART = 2.0

_PROBLEMS = (
    (LinkExpired, FetchProblem.REFUSED),
    (NoMedium, FetchProblem.NO_MEDIUM),
    (AddressRefused, FetchProblem.CLOSED_ADDRESS),
    (NotWhole, FetchProblem.BREAKS_OFF),
    (Undecodable, FetchProblem.UNREADABLE),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Failures:
    """How often this process failed to fetch a result, and since when (Unix seconds)."""

    since: float
    count: int = 0


class FetchTrouble:
    """The failures in a row of each job whose result is being fetched."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: dict[int, _Failures] = {}  # by job id
        self._without_address: dict[int, _Failures] = {}  # the same while the API gives none
        self._first_looks: dict[tuple[int, int], float] = {}  # by job id and number of the file

    def count(self, job: Job, error: DownloadError) -> Job:
        """Count a failed download and return *job* with what its card should say of it."""
        if not isinstance(error, NoMedium):
            self._forget_looks(job)
        since = self._counted(self._failures, job).since
        return self._with_problem(job, problem_of(error), since, since + DOWNLOAD_TIMEOUT)

    def count_without_address(self, job: Job) -> Job:
        """Count an answer of the API without an address; it is asked again for a day."""
        self._forget_looks(job)
        since = self._counted(self._without_address, job).since
        until = (job.missing_since or since) + LOST_AFTER
        return self._with_problem(job, FetchProblem.NO_ADDRESS, since, until)

    def has_address(self, job: Job) -> None:
        """Record that the API gave an address."""
        self._without_address.pop(job.id, None)

    def is_hopeless(self, job: Job) -> bool:
        """Whether the downloads have failed for so long that a link is offered instead."""
        failures = self._failures.get(job.id)
        if failures is None:
            return False
        is_long = self._clock() - failures.since > DOWNLOAD_TIMEOUT
        return is_long and failures.count >= _FEWEST_TRIES

    def is_last_try(self, job: Job) -> bool:
        """Whether downloads are hopeless if this one fails too, so that a part is better than none."""
        before = self._failures.get(job.id)
        if before is None:
            return False
        is_long = self._clock() - before.since > DOWNLOAD_TIMEOUT
        return is_long and before.count + 1 >= _FEWEST_TRIES

    def is_second_look(self, job: Job, number: int) -> bool:
        """Record that file *number* is no medium, and return whether it was none seconds ago."""
        now = self._clock()
        return now - self._first_looks.setdefault((job.id, number), now) >= LOOKS_APART

    def clear(self, job: Job) -> None:
        """Forget what went wrong with *job*, which ended or could be fetched."""
        self._failures.pop(job.id, None)
        self._without_address.pop(job.id, None)
        self._forget_looks(job)

    def _forget_looks(self, job: Job) -> None:
        """Have the next look be a first one: looks count only if nothing else came in between."""
        self._first_looks = {
            look: first for look, first in self._first_looks.items() if look[0] != job.id
        }

    def _counted(self, failures: dict[int, _Failures], job: Job) -> _Failures:
        before = failures.get(job.id, _Failures(since=self._clock()))
        failures[job.id] = dataclasses.replace(before, count=before.count + 1)
        return before

    def _with_problem(self, job: Job, problem: FetchProblem, since: float, until: float) -> Job:
        if self._clock() - since < SAID_AFTER:
            return changed(job, fetch_problem=None, fetch_until=None)
        return changed(job, fetch_problem=problem, fetch_until=until)


def problem_of(error: DownloadError) -> FetchProblem:
    """Return the word for *error* that a card can say."""
    found = (problem for kind, problem in _PROBLEMS if isinstance(error, kind))
    return next(found, FetchProblem.UNREACHABLE)


def must_not_be_opened(error: Exception) -> bool:
    """Return whether *error* says that a file must not be opened, so that it is not linked either."""
    return isinstance(error, NeverMedium | AddressRefused)
