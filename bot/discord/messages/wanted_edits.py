"""Wanted edits: what each running job's card should show, and when it may be edited.

The state of the progress edits, apart from their loop: what changes a job says what its card
should show, the newest state replacing the one before it, and the loop in `progress_edits` takes
the edits that are due. An ending goes past all of this: from the moment it begins, no progress of
its job is shown any more.
"""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.discord.messages.edit_intervals import edit_interval
from db.records import Job

# Few edits wait for the rate limit at any time, so that an ending is never queued behind many.
_EDITS_AT_ONCE = 8
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


class WantedEdits:
    """Edits of running jobs' cards that are wanted, at most one in flight per card and channel."""

    def __init__(self, *, clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._wanted: dict[int, _Wanted] = {}
        self._last: dict[int, Shown] = {}
        self._not_before: dict[int, float] = {}
        self._ended: dict[int, float] = {}
        self._in_flight: dict[int, int] = {}  # job id to its channel
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changed = asyncio.Event()

    def __repr__(self) -> str:
        return f"<WantedEdits {len(self._wanted)} wanted, {len(self._in_flight)} in flight>"

    def show(self, job: Job) -> None:
        """Want *job* shown soon, unless its ending has been or is being shown."""
        if job.message_id is None or job.state.is_final or job.id in self._ended:
            return
        last = self._last.get(job.id)
        interval = edit_interval(
            job, last.job if last else None, now=self._clock(), cards=len(self._last)
        )
        earliest = interval + (last.at if last else self._stored_time_of_edit(job))
        self._wanted[job.id] = _Wanted(job, max(earliest, self._not_before.get(job.id, 0.0)))
        self._changed.set()

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
        self._wanted[job.id] = _Wanted(newest.job, max(newest.earliest, earliest))

    @asynccontextmanager
    async def ending(self, job: Job) -> AsyncGenerator[str | None]:
        """Reserve the card for its ending; yield the digest of what it shows.

        No progress of the job is shown from now on, also none that was waiting for the card.
        """
        async with self.card_lock(job.id):
            now = self._monotonic()
            self._ended[job.id] = now
            for job_id, ended in list(self._ended.items()):
                if now - ended > _ENDINGS_REMEMBERED:
                    del self._ended[job_id]
            last = self.forget(job.id)
            yield last.digest if last else job.shown

    def card_lock(self, job_id: int) -> asyncio.Lock:
        """Return the lock of a card: one edit of it at a time."""
        return self._locks.setdefault(job_id, asyncio.Lock())

    def forget(self, job_id: int) -> Shown | None:
        """Drop what is known of a card, and return what it last showed."""
        self._wanted.pop(job_id, None)
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

    def take_due(self) -> list[Job]:
        """Return what may be shown now, longest due first: one a channel, few in all.

        They are in flight until they are released.
        """
        now = self._monotonic()
        busy = set(self._in_flight.values())
        taken: list[Job] = []
        for wanted in sorted(self._wanted.values(), key=lambda wanted: wanted.earliest):
            if len(self._in_flight) + len(taken) >= _EDITS_AT_ONCE or wanted.earliest > now:
                break
            if wanted.job.channel_id not in busy:
                busy.add(wanted.job.channel_id)
                taken.append(wanted.job)
        for job in taken:
            del self._wanted[job.id]
            self._in_flight[job.id] = job.channel_id
        return taken

    def release(self, job_id: int) -> None:
        """End the flight of a card's edit, so that its channel may have another."""
        self._in_flight.pop(job_id, None)
        self._changed.set()

    async def wait(self) -> None:
        """Return when an edit is due, or earlier when what is wanted has changed."""
        self._changed.clear()
        try:
            async with asyncio.timeout(self._next_delay()):
                await self._changed.wait()
        except TimeoutError:
            return

    def _next_delay(self) -> float | None:
        """Return the seconds until something may be shown; None: not before an edit has ended."""
        if len(self._in_flight) >= _EDITS_AT_ONCE:
            return None
        busy = set(self._in_flight.values())
        waiting = [
            wanted.earliest for wanted in self._wanted.values() if wanted.job.channel_id not in busy
        ]
        return max(0.0, min(waiting) - self._monotonic()) if waiting else None
