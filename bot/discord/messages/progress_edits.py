"""Show how running jobs get on: the newest state wins, and nothing is drawn over an ending."""

import asyncio
import dataclasses
import functools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.background import in_background, repeat_forever
from bot.discord.cards.card import Card
from bot.discord.messages.edit_intervals import next_edit
from bot.jobs.cards import CardBusy, CardDeleted, CardError, CardOutOfReach
from db.records import Job
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

_BUSY_DELAY = 5.0
# A refusal counts against the bot's address (Discord docs: Rate Limits, invalid request limit), so
# a card that can't be edited is left alone for so long, its ending aside.
_OUT_OF_REACH_DELAY = 10 * 60.0
# Few edits wait for the limiter at any time, so that an ending never stands behind many.
_EDITS_AT_ONCE = 8
# An edit that was under way when its job ended has come back by then.
_ENDINGS_REMEMBERED = 10 * 60.0
_SHUTDOWN_TIMEOUT = 1.0

Edit = Callable[[Job, Card], Awaitable[None]]


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """What this process last showed of a job, and when (Unix seconds)."""

    job: Job
    digest: str
    at: float


@dataclasses.dataclass(frozen=True, slots=True)
class _Wanted:
    """What a card should look like, and not before when (Unix seconds)."""

    job: Job
    earliest: float


class Progress:
    """Own the edits of running jobs' cards, one at a time for each card and channel."""

    def __init__(
        self,
        jobs: JobRepository,
        *,
        owner: str,
        draw: Callable[[Job], Card],
        edit: Edit,
        when_deleted: Callable[[int], Awaitable[None]],
        clock: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._owner = owner
        self._draw = draw
        self._edit = edit
        self._when_deleted = when_deleted
        self._clock = clock
        self._wanted: dict[int, _Wanted] = {}
        self._last: dict[int, Shown] = {}
        self._not_before: dict[int, float] = {}
        self._ended: dict[int, float] = {}
        self._in_flight: dict[int, tuple[int, asyncio.Task[None]]] = {}
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changed = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Progress {len(self._wanted)} wanted, {len(self._in_flight)} in flight>"

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep showing progress until the block is left; edits in flight then come to their end."""
        try:
            async with in_background(repeat_forever(self._turn), name="progress"):
                yield
        finally:
            await _finish_or_cancel([task for _, task in self._in_flight.values()])

    def show(self, job: Job) -> None:
        """Show *job* soon, unless its ending has been or is being shown."""
        if job.message_id is None or job.state.is_final or job.id in self._ended:
            return
        last = self._last.get(job.id)
        earliest = next_edit(
            job,
            last.job if last else None,
            last.at if last else job.shown_at or job.created_at,
            now=self._clock(),
            cards=len(self._last),
        )
        self._wanted[job.id] = _Wanted(job, max(earliest, self._not_before.get(job.id, 0.0)))
        self._changed.set()

    @asynccontextmanager
    async def ending(self, job: Job) -> AsyncGenerator[str | None]:
        """Have the card alone, for its ending; yield the digest of what it shows.

        No progress of the job is shown from now on, also none that was waiting for the card.
        """
        async with self._lock(job.id):
            now = self._clock()
            self._ended[job.id] = now
            for job_id, ended in list(self._ended.items()):
                if now - ended > _ENDINGS_REMEMBERED:
                    del self._ended[job_id]
            last = self._forget(job.id)
            yield last.digest if last else job.shown

    def _lock(self, job_id: int) -> asyncio.Lock:
        return self._locks.setdefault(job_id, asyncio.Lock())

    def _forget(self, job_id: int) -> Shown | None:
        self._wanted.pop(job_id, None)
        self._not_before.pop(job_id, None)
        return self._last.pop(job_id, None)

    async def _turn(self) -> float:
        self._changed.clear()
        for job in self._take_due():
            task = asyncio.create_task(self._show(job), name=f"card of job {job.id}")
            self._in_flight[job.id] = (job.channel_id, task)
            task.add_done_callback(functools.partial(self._shown, job.id))
        try:
            async with asyncio.timeout(self._next_delay()):
                await self._changed.wait()
        except TimeoutError:
            pass
        return 0.0

    def _take_due(self) -> list[Job]:
        """Return what may be shown now, longest due first: one a channel, few in all."""
        now = self._clock()
        busy = {channel for channel, _ in self._in_flight.values()}
        taken: list[Job] = []
        for wanted in sorted(self._wanted.values(), key=lambda wanted: wanted.earliest):
            if len(self._in_flight) + len(taken) >= _EDITS_AT_ONCE or wanted.earliest > now:
                break
            if wanted.job.channel_id not in busy:
                busy.add(wanted.job.channel_id)
                taken.append(wanted.job)
        for job in taken:
            del self._wanted[job.id]
        return taken

    def _next_delay(self) -> float | None:
        """Return the seconds until something may be shown; None: not before an edit has ended."""
        busy = {channel for channel, _ in self._in_flight.values()}
        if len(self._in_flight) >= _EDITS_AT_ONCE:
            return None
        waiting = [
            wanted.earliest for wanted in self._wanted.values() if wanted.job.channel_id not in busy
        ]
        return max(0.0, min(waiting) - self._clock()) if waiting else None

    def _shown(self, job_id: int, task: asyncio.Task[None]) -> None:
        del self._in_flight[job_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("job %d: its progress can't be shown", job_id, exc_info=error)
        self._changed.set()

    async def _show(self, job: Job) -> None:
        """Show progress once; what fails now is shown by the next change, or tried again."""
        try:
            async with self._lock(job.id):
                await self._show_newest(job.id)
        except CardBusy as error:
            self._show_later(job, max(error.retry_after or 0.0, _BUSY_DELAY))
        except CardDeleted:
            log.info("job %d: its card is gone", job.id)
            if job.message_id is not None:
                await self._when_deleted(job.message_id)
        except CardOutOfReach as error:
            log.info("job %d: its card is out of reach: %s", job.id, error)
            self._show_later(job, _OUT_OF_REACH_DELAY)
        except CardError as error:
            log.warning("job %d: its card can't be shown: %s", job.id, error)

    async def _show_newest(self, job_id: int) -> None:
        """Draw the row as it is now: another process, or an ending, may have come meanwhile."""
        job = await self._jobs.get(job_id)
        if job is None or job.owner != self._owner or job.state.is_final:
            self._forget(job_id)
            return
        if job_id in self._ended:
            return
        drawn = self._draw(job)
        last = self._last.get(job_id)
        if drawn.digest != (last.digest if last else job.shown):
            await self._edit(job, drawn)
            now = self._clock()
            self._not_before.pop(job_id, None)
            self._last[job_id] = Shown(job, drawn.digest, now)
            # What came meanwhile was put after the edit before this one.
            if (wanted := self._wanted.get(job_id)) is not None:
                self.show(wanted.job)
            await self._jobs.save(job, dataclasses.replace(job, shown=drawn.digest, shown_at=now))

    def _show_later(self, job: Job, delay: float) -> None:
        """Show *job*, or what is newer by then, after *delay* seconds."""
        if job.id in self._ended:
            return
        earliest = self._clock() + delay
        self._not_before[job.id] = earliest
        newest = self._wanted.get(job.id, _Wanted(job, earliest))
        self._wanted[job.id] = _Wanted(newest.job, max(newest.earliest, earliest))


async def _finish_or_cancel(edits: Sequence[asyncio.Task[None]]) -> None:
    if edits:
        _, slow = await asyncio.wait(edits, timeout=_SHUTDOWN_TIMEOUT)
        for edit in slow:
            edit.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
