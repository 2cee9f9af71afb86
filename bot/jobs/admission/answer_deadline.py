"""Answer deadline: how long the database may delay an answer to Discord, or the end of the process."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.clock import monotonic
from bot.jobs.errors import DatabaseBusy
from db.errors import StoreFailed

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Seconds. Discord expects an answer within 3 s (Discord docs: Receiving and Responding); what takes
# longer than this leaves too little of them.
ANSWER_DEADLINE = 2.0
# Seconds by which late work may delay the end of the process.
SHUTDOWN_TIMEOUT = 1.0


class AnswerDeadline:
    """Deadline for work of the database, and the owner of work that misses it.

    Late work that has begun is not cancelled: it may hold the only connection, and it could not be
    known whether a commit in flight took place.
    """

    def __init__(
        self,
        seconds: float = ANSWER_DEADLINE,
        *,
        shutdown_timeout: float = SHUTDOWN_TIMEOUT,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._shutdown_timeout = shutdown_timeout
        self._late: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Own late work until the block is left, then cancel what still takes too long."""
        try:
            yield
        finally:
            await self._shut_down()

    def from_now(self) -> Callable[[], bool]:
        """Return what says, in any thread, whether the deadline that begins now is missed.

        Work that waits for the database is not begun then: it would delay what is still in time.
        """
        end = self._monotonic() + self._seconds
        return lambda: self._monotonic() >= end

    async def is_met_by(self, work: asyncio.Task[Any]) -> bool:
        """Return whether *work* ends before the deadline; it goes on in any case."""
        done, _ = await asyncio.wait({work}, timeout=self._seconds)
        return bool(done)

    async def result_of(self, work: Coroutine[Any, Any, Answer], name: str) -> Answer:
        """Return what the database answers while Discord still waits; *name* is for the logs.

        Raises:
            DatabaseBusy: It does not, or it fails. Late work goes on.
        """
        asking = asyncio.create_task(work, name=name)
        if not await self.is_met_by(asking):
            self.adopt(asking)
            asking.add_done_callback(_note_failure)
            raise DatabaseBusy
        try:
            return asking.result()
        except (StoreFailed, OSError) as error:
            log.error("%s: the database fails: %s", name, error)
            raise DatabaseBusy from error

    def adopt(self, late: asyncio.Task[Any]) -> None:
        """Own *late* work until it ends, so that it is neither lost nor collected as garbage."""
        self._late.add(late)
        late.add_done_callback(self._late.discard)

    async def _shut_down(self) -> None:
        if not self._late:
            return
        waited_for = set(self._late)
        _, stuck = await asyncio.wait(waited_for, timeout=self._shutdown_timeout)
        for task in stuck:
            log.warning("%s took too long and is left to the next start", task.get_name())
            task.cancel()
        await asyncio.gather(*waited_for, return_exceptions=True)


def _note_failure(late: asyncio.Task[Any]) -> None:
    if not late.cancelled() and late.exception() is not None:
        log.error("%s: the database fails: %s", late.get_name(), late.exception())
