"""Missed reactions: which cards are read for ❌ that no event has brought, and when.

Each card is read by itself, a few at once, and what fails now is tried again with growing pauses:
one card that Discord will not show at present holds up no other.
"""

import asyncio
import functools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from bot.background import in_background, repeat_forever
from bot.discord.messages.refusals import busy_delay
from bot.due_heap import DueHeap
from bot.jobs.errors import CardBusy

log = logging.getLogger(__name__)

_AT_ONCE = 8


class MissedReactions:
    """Loop that reads cards for ❌, and owner of the readings that are under way."""

    def __init__(
        self,
        read: Callable[[int], Awaitable[None]],
        own_jobs: Callable[[], Awaitable[Sequence[int]]],
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._read = read
        self._own_jobs = own_jobs
        self._monotonic = monotonic
        self._all = False  # whether every job of this process is to be read
        self._due = DueHeap[int]()  # jobs by the monotonic time of their reading
        self._failures: dict[int, int] = {}  # in a row, by job id
        self._readings: dict[int, asyncio.Task[None]] = {}
        self._wanted_again: set[int] = set()  # due while a reading of them was under way
        self._changed = asyncio.Event()

    def want(self, job_ids: Iterable[int]) -> None:
        """Have the cards of these jobs read soon."""
        now = self._monotonic()
        for job_id in job_ids:
            self._due.put(job_id, now)
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
            readings = list(self._readings.values())
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
        now = self._monotonic()
        while len(self._readings) < _AT_ONCE and (job_id := self._due.take_due(now)) is not None:
            if job_id in self._readings:
                self._wanted_again.add(job_id)
                continue
            reading = asyncio.create_task(self._attempt(job_id), name=f"reactions of job {job_id}")
            self._readings[job_id] = reading
            reading.add_done_callback(functools.partial(self._finished, job_id))

    def _next_delay(self) -> float | None:
        """Return the seconds until the next reading; None: not before one has ended."""
        due = None if len(self._readings) >= _AT_ONCE else self._due.first_due()
        return None if due is None else max(0.0, due - self._monotonic())

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

    def _finished(self, job_id: int, _reading: asyncio.Task[None]) -> None:
        del self._readings[job_id]
        if job_id in self._wanted_again:
            self._wanted_again.discard(job_id)
            self.want([job_id])
        self._changed.set()
