"""Wanted edits: what each running job's card should show, and when it may be edited.

The state of the progress edits, apart from their loop: what changes a job says what its card
should show, the newest state replacing the one before it, and the loop in `progress_edits` takes
the edits that are due. What an interaction token can edit waits in a line of its own, as it needs no turn
of the bot's rate limit. An ending goes past all of this: from the moment it begins, no progress of
its job is shown any more.
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.discord.messages.due_edits import DueEdits
from bot.discord.messages.edit_intervals import edit_interval
from bot.discord.messages.rate_limit import Turn
from bot.recent_keys import RecentKeys
from db.records import Job, JobState

# Edits that Discord has not answered, each in a channel of its own: so many that slow channels hold up
# none of the others, and few enough for the files that the process may open.
_MOST_IN_FLIGHT = 256
# Seconds from the end of a task until its card says that the result is fetched. Most results are on
# the card by then, and the edit would be one that no user has time to read.
_DELIVERY_SHOWN_AFTER = 2.0
# An edit that was under way when its job ended has come back within so many seconds.
_ENDINGS_REMEMBERED = 10 * 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """What this process last showed of a job, and when (seconds of a monotonic clock)."""

    job: Job
    digest: str
    at: float


@dataclasses.dataclass(frozen=True, slots=True)
class _Wanted:
    """What a card should look like, and not before when (seconds of a monotonic clock)."""

    job: Job
    earliest: float
    is_doubtful: bool = False  # it may look so already


class WantedEdits:
    """Edits of running jobs' cards that are wanted, at most one in flight per card and channel."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        are_made: bool = True,
    ) -> None:
        """Where they are not made, as by a process that owns no jobs, none is wanted."""
        self._are_made = are_made
        self._clock = clock
        self._monotonic = monotonic
        self._wanted: dict[int, _Wanted] = {}
        # Those wanted, and those in flight, by the turn that they need.
        self._due = {Turn.EXEMPT: DueEdits(), Turn.SPARE: DueEdits()}
        self._last: dict[int, Shown] = {}
        self._not_before: dict[int, float] = {}
        self._ended = RecentKeys[int](_ENDINGS_REMEMBERED, monotonic=monotonic)
        # Cards that may show their result already, though that is not known.
        self._may_have_result = RecentKeys[int](_ENDINGS_REMEMBERED, monotonic=monotonic)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changed = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many cards are to be edited."""
        return len(self._wanted)

    def __repr__(self) -> str:
        return f"<WantedEdits {len(self._wanted)} wanted, {self._in_flight} in flight>"

    def show(self, job: Job, *, is_doubtful: bool = False) -> None:
        """Want *job* shown soon, unless its ending has been or is being shown.

        *is_doubtful* says that nothing has changed as far as is known, as after a take-over.
        """
        if not self._are_made or job.message_id is None:
            return
        if job.state.is_final or job.id in self._ended:
            return
        if self._is_result_hidden_by(job):
            return
        last = self._last.get(job.id)
        interval = edit_interval(
            job, last.job if last else None, now=self._clock(), cards=len(self._last)
        )
        earliest = interval + (last.at if last else self._stored_time_of_edit(job))
        if self._begins_delivery(job, last):
            self._not_before[job.id] = max(
                self._not_before.get(job.id, 0.0), self._monotonic() + _DELIVERY_SHOWN_AFTER
            )
        earliest = max(earliest, self._not_before.get(job.id, 0.0))
        self._want(job, earliest, is_doubtful=is_doubtful)

    def _is_result_hidden_by(self, job: Job) -> bool:
        """Whether the card may show the result, and *job* says no more than that it is on its way."""
        is_plain = job.fetch_problem is None and not job.late
        return job.state is JobState.DELIVERING and is_plain and job.id in self._may_have_result

    def _begins_delivery(self, job: Job, last: Shown | None) -> bool:
        """Whether *job* is the first that is to be shown with its task's end."""
        wanted = self._wanted.get(job.id)
        before = [known.job.state for known in (last, wanted) if known is not None]
        return job.state is JobState.DELIVERING and JobState.DELIVERING not in before

    def _want(self, job: Job, earliest: float, *, is_doubtful: bool = False) -> None:
        self._wanted[job.id] = _Wanted(job, earliest, is_doubtful)
        turn = Turn.EXEMPT if job.token_is_alive(self._clock()) else Turn.SPARE
        for other, due in self._due.items():
            if other is not turn:
                due.remove(job.id)
        self._due[turn].put(job.id, job.channel_id, earliest)
        self._changed.set()

    @property
    def _in_flight(self) -> int:
        return sum(due.in_flight for due in self._due.values())

    def _stored_time_of_edit(self, job: Job) -> float:
        """Return when another process showed *job*; a time that is yet to come counts as now."""
        shown = job.created_at if job.shown_at is None else job.shown_at
        return self._monotonic() - max(0.0, self._clock() - shown)

    def show_later(self, job: Job, delay: float) -> None:
        """Want *job*, or what is newer by then, shown after *delay* seconds."""
        if job.id in self._ended:
            return
        earliest = self._monotonic() + delay
        self._not_before[job.id] = earliest
        newest = self._wanted.get(job.id, _Wanted(job, earliest))
        self._want(newest.job, max(newest.earliest, earliest))

    @asynccontextmanager
    async def ending(self, job: Job) -> AsyncGenerator[str | None]:
        """Reserve the card for its ending; yield the digest of what it shows.

        No progress of the job is shown from now on, also none that was waiting for the card.
        """
        async with self.card_lock(job.id):
            self._ended.note(job.id)
            last = self.forget(job.id)
            yield last.digest if last else job.shown

    def reopen(self, job_id: int) -> None:
        """Let progress of the job be shown again: its ending could not be shown, as far as is known."""
        self._ended.discard(job_id)
        self.expect_result(job_id)

    def expect_result(self, job_id: int) -> None:
        """Draw a delivery under way no more, as the card may show the result already."""
        self._may_have_result.note(job_id)

    def card_lock(self, job_id: int) -> asyncio.Lock:
        """Return the lock of a card: one edit of it at a time."""
        return self._locks.setdefault(job_id, asyncio.Lock())

    def forget(self, job_id: int) -> Shown | None:
        """Drop what is known of a card, and return what it last showed."""
        self.want_no_more(job_id)
        self._not_before.pop(job_id, None)
        return self._last.pop(job_id, None)

    def is_ended(self, job_id: int) -> bool:
        """Whether the ending of the job has been or is being shown."""
        return job_id in self._ended

    def shown_digest(self, job: Job) -> str | None:
        """Return the digest of what the card of *job* shows, None if nothing was shown yet."""
        last = self._last.get(job.id)
        return last.digest if last else job.shown

    def record_shown(self, job: Job, digest: str) -> float:
        """Remember that the card of *job* shows *digest* now; return that time (Unix seconds)."""
        self._not_before.pop(job.id, None)
        self._last[job.id] = Shown(job, digest, self._monotonic())
        # What was wanted during the edit had its time counted from the edit before.
        if (wanted := self._wanted.get(job.id)) is not None:
            self.show(wanted.job)
        return self._clock()

    def next_doubtful(self, turn: Turn) -> Job | None:
        """Return what `take_due` would if it is doubtful, and leave it where it waits."""
        if self._in_flight >= _MOST_IN_FLIGHT:
            return None
        job_id = self._due[turn].next_due(self._monotonic())
        wanted = None if job_id is None else self._wanted[job_id]
        return wanted.job if wanted is not None and wanted.is_doubtful else None

    def want_no_more(self, job_id: int) -> None:
        """Drop what is wanted of a card that shows it already."""
        self._wanted.pop(job_id, None)
        for due in self._due.values():
            due.remove(job_id)

    def take_due(self, turn: Turn | None = None) -> Job | None:
        """Return what has been due the longest in a channel without an edit; None if nothing is.

        *turn* is `EXEMPT` for what the interaction token can edit, `SPARE` for the rest, None for both.
        It is in flight until it is released.
        """
        if self._in_flight >= _MOST_IN_FLIGHT:
            return None
        lines = self._due.values() if turn is None else (self._due[turn],)
        taken = (due.take_due(self._monotonic()) for due in lines)
        job_id = next((each for each in taken if each is not None), None)
        return None if job_id is None else self._wanted.pop(job_id).job

    def release(self, job_id: int) -> None:
        """End the flight of a card's edit, so that its channel may have another."""
        for due in self._due.values():
            due.release(job_id)
        self._changed.set()

    async def wait_until_due(self, turn: Turn) -> None:
        """Return when an edit that needs this *turn* is due."""
        while (delay := self._next_delay(turn)) is None or delay > 0:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._changed.wait()

    def _next_delay(self, turn: Turn) -> float | None:
        """Return the seconds until something may be shown; None: not before an edit has ended."""
        is_full = self._in_flight >= _MOST_IN_FLIGHT
        due = None if is_full else self._due[turn].first_due()
        return None if due is None else max(0.0, due - self._monotonic())
