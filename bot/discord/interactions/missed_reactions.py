"""Missed reactions: which cards are read for ❌ that no event has brought, and when.

Where many are to be read, those of a channel are looked through together (`reaction_pages`). Each card
that may have a ❌ is then read by itself, a few at once, and what fails now is tried again with growing
pauses: one card that Discord will not show at present holds up no other.
"""

import asyncio
import functools
import logging
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from bot.background import in_background, repeat_forever
from bot.discord.messages.refusals import busy_delay
from bot.due_heap import DueHeap
from bot.jobs.errors import CardBusy

log = logging.getLogger(__name__)

_AT_ONCE = 8
# From this many on, those of a channel are looked through together.
_MANY = 2 * _AT_ONCE
# Seconds that several cards wait for others, as those of many jobs come in parts.
_TOGETHER = 0.5


class Pages(Protocol):
    """What looks through the cards of a channel."""

    def channel_of(self, job_id: int) -> int | None:
        """Return the channel whose pages may show the card of a job, None if that is not known."""

    async def without_reactions(self, job_ids: Collection[int]) -> Collection[int]:
        """Return those of the jobs, all of one channel, whose cards need not be read."""


class _NoPages:
    """No channel has pages, so that each card is read by itself."""

    def channel_of(self, _job_id: int) -> int | None:
        return None

    async def without_reactions(self, _job_ids: Collection[int]) -> Collection[int]:
        return ()


class MissedReactions:
    """Loop that reads cards for ❌, and owner of the readings that are under way."""

    def __init__(
        self,
        read: Callable[[int], Awaitable[None]],
        own_jobs: Callable[[], Awaitable[Sequence[int]]],
        *,
        monotonic: Callable[[], float],
        pages: Pages = _NoPages(),  # noqa: B008 - it has no state
    ) -> None:
        self._read = read
        self._pages = pages
        self._own_jobs = own_jobs
        self._monotonic = monotonic
        self._all = False  # whether every job of this process is to be read
        self._due = DueHeap[int]()  # jobs by the monotonic time of their reading
        self._failures: dict[int, int] = {}  # in a row, by job id
        self._lined_up: deque[Sequence[int]] = deque()  # readings of one job, or of a channel's
        self._is_begun: dict[int, bool] = {}  # of each job that is lined up or being read
        self._readings: set[asyncio.Task[None]] = set()
        self._wanted_again: set[int] = set()  # due while a reading of them was under way
        self._changed = asyncio.Event()

    def want(self, job_ids: Iterable[int]) -> None:
        """Have the cards of these jobs read soon."""
        jobs, now = list(job_ids), self._monotonic()
        for job_id in jobs:
            self._due.put(job_id, now if len(jobs) == 1 else now + _TOGETHER)
        self._changed.set()

    def want_later(self, job_id: int) -> None:
        """Have the card of a job read after the pause that follows a first failure."""
        self._again(job_id, CardBusy("later"))
        self._changed.set()

    def want_all(self) -> None:
        """Have the cards of all jobs of this process read soon."""
        self._all = True
        self._changed.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Read cards until the block is left."""
        try:
            async with in_background(repeat_forever(self._turn), name="missed reactions"):
                yield
        finally:
            readings = list(self._readings)
            for reading in readings:
                reading.cancel()
            await asyncio.gather(*readings, return_exceptions=True)

    async def _turn(self) -> float:
        self._changed.clear()
        if self._all:
            await self._want_own()
        self._begin_due()
        try:
            async with asyncio.timeout(self._next_delay()):
                await self._changed.wait()
        except TimeoutError:
            pass
        return 0.0

    async def _want_own(self) -> None:
        self._all = False  # first: they may all be wanted once more while the jobs are read
        try:
            self.want(await self._own_jobs())
        except BaseException:
            self._all = True
            raise

    def _begin_due(self) -> None:
        self._line_up(self._take_due())
        while self._lined_up and len(self._readings) < _AT_ONCE:
            jobs = self._lined_up.popleft()
            self._is_begun |= dict.fromkeys(jobs, True)
            name = f"reactions of job {jobs[0]}"
            work = self._attempt(jobs[0]) if len(jobs) == 1 else self._look_through(jobs)
            reading = asyncio.create_task(work, name=name)
            self._readings.add(reading)
            reading.add_done_callback(functools.partial(self._finished, jobs))

    def _take_due(self) -> list[int]:
        """Return the jobs that are due and not lined up; those being read are read once more."""
        now, taken = self._monotonic(), list[int]()
        while (job_id := self._due.take_due(now)) is not None:
            if self._is_begun.get(job_id, False):
                self._wanted_again.add(job_id)
            elif job_id not in self._is_begun:
                taken.append(job_id)
        return taken

    def _line_up(self, jobs: Sequence[int]) -> None:
        """Line up the readings of *jobs*, together where there are many of one channel."""
        self._is_begun |= dict.fromkeys(jobs, False)
        channels: defaultdict[int | None, list[int]] = defaultdict(list)
        for job_id in jobs:
            channels[self._pages.channel_of(job_id) if len(jobs) >= _MANY else None].append(job_id)
        alone = channels.pop(None, [])
        self._lined_up.extend(channels.values())
        self._lined_up.extend([job_id] for job_id in alone)

    def _next_delay(self) -> float | None:
        """Return the seconds until the next job is due; None while none waits."""
        due = self._due.first_due()
        return None if due is None else max(0.0, due - self._monotonic())

    async def _look_through(self, job_ids: Sequence[int]) -> None:
        """Look through the cards of a channel, and line up those that are to be read by themselves."""
        try:
            done = await self._pages.without_reactions(job_ids)
        except CardBusy as error:
            log.info("the cards of a channel can't be looked through: %s", error)
            done = ()
        except Exception:
            log.exception("the cards of a channel could not be looked through")
            done = ()
        left = set(job_ids).difference(done)
        self._is_begun |= dict.fromkeys(left, False)
        self._lined_up.extend([job_id] for job_id in job_ids if job_id in left)

    async def _attempt(self, job_id: int) -> None:
        try:
            await self._read(job_id)
        except CardBusy as error:
            log.warning("job %d: its reactions can't be read now: %s", job_id, error)
            self._again(job_id, error)
        except Exception as error:
            log.exception("job %d: its reactions could not be read", job_id)
            self._again(job_id, CardBusy(type(error).__name__))
        else:
            self._failures.pop(job_id, None)

    def _again(self, job_id: int, error: CardBusy) -> None:
        failures = self._failures[job_id] = self._failures.get(job_id, 0) + 1
        if job_id not in self._due:
            self._due.put(job_id, self._monotonic() + busy_delay(error, failures))

    def _finished(self, job_ids: Sequence[int], reading: asyncio.Task[None]) -> None:
        self._readings.discard(reading)
        for job_id in job_ids:
            if self._is_begun.get(job_id, False):
                del self._is_begun[job_id]
        if again := [job_id for job_id in job_ids if job_id in self._wanted_again]:
            self._wanted_again.difference_update(again)
            self.want(again)
        self._changed.set()
