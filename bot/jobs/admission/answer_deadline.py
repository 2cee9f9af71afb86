"""How long the database may keep people waiting, and the process when it ends."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)

# Seconds. Discord wants its answer within 3 s (Discord docs: Receiving and Responding); what takes
# longer than this leaves too little of them.
ANSWER_DEADLINE = 1.5
# Seconds that what is late may hold up the end of the process.
SHUTDOWN_TIMEOUT = 1.0


class AnswerDeadline:
    """Wait for the database as long as Discord waits, and own what comes too late.

    That is not cut off: it may hold the only connection, and whether a commit in flight took place
    could not be told.
    """

    def __init__(
        self, seconds: float = ANSWER_DEADLINE, *, shutdown_timeout: float = SHUTDOWN_TIMEOUT
    ) -> None:
        self._seconds = seconds
        self._shutdown_timeout = shutdown_timeout
        self._late: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Own what is late until the block is left, then cut off what takes too long even now."""
        try:
            yield
        finally:
            await self._shut_down()

    async def is_met_by(self, work: asyncio.Task[Any]) -> bool:
        """Return whether *work* ends while Discord still waits."""
        done, _ = await asyncio.wait({work}, timeout=self._seconds)
        return bool(done)

    def adopt(self, late: asyncio.Task[Any]) -> None:
        """Own *late* until it ends."""
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
