"""Looks: what a step waits for without changing anything, so that it may be given up.

A job has one step in flight, and a question that hangs would hold up what a user wants of the job
until the question times out. So each wait of a step that changes nothing is a look: a question to the
API, a download, a place in a lane. What comes first gives the look up, and the job's next step begins
at once, with the record as it is by then:

- A saved request, be it a cancel, a deleted card, or what another process has stored, gives up the
  look under way, and those that the same step would begin after it.
- A hint does so too, as the answer may be older than what the hint is about. But not twice in a row:
  hints that keep coming would let no answer arrive.
- A stop gives up all of them.

What changes something outside is no look and is never given up: a create, a cancel, an upload, a
message, a write to the database.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

from bot.jobs.errors import LookGivenUp

_Entered = TypeVar("_Entered")


class Looks:
    """The looks under way, by job; a job has one at a time."""

    def __init__(self) -> None:
        self._under_way: dict[int, asyncio.Timeout] = {}
        self._unwanted: set[int] = set()  # jobs whose step in flight is to look no more
        self._given_up_for_hint: set[int] = set()  # jobs whose last look was
        self._has_stopped = False

    @asynccontextmanager
    async def look(self, job_id: int) -> AsyncGenerator[None]:
        """Carry out the block, unless something comes first.

        Raises:
            LookGivenUp: The block was not begun, or was cancelled.
        """
        if self._has_stopped or job_id in self._unwanted:
            raise LookGivenUp(str(job_id))
        scope = asyncio.timeout(None)
        try:
            async with scope:
                self._under_way[job_id] = scope
                try:
                    yield
                finally:
                    del self._under_way[job_id]
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise LookGivenUp(str(job_id)) from error
        self._given_up_for_hint.discard(job_id)

    @asynccontextmanager
    async def entered(
        self, job_id: int, wait: AbstractAsyncContextManager[_Entered]
    ) -> AsyncGenerator[_Entered]:
        """Enter *wait*, such as a place in a lane, by a look, and hold it until the block is left.

        Raises:
            LookGivenUp: It was not entered.
        """
        async with AsyncExitStack() as stack:
            async with self.look(job_id):
                entered = await stack.enter_async_context(wait)
            yield entered

    def give_up(self, job_id: int) -> None:
        """Give up what the step of the job in flight looks at, now and later on."""
        self._unwanted.add(job_id)
        self._end(job_id, 0.0)

    def give_up_for_hint(self, job_id: int, delay: float) -> None:
        """Give up the look under way in *delay* seconds, unless the last one was given up so."""
        if job_id in self._under_way and job_id not in self._given_up_for_hint:
            self._given_up_for_hint.add(job_id)
            self._end(job_id, delay)

    def step_ended(self, job_id: int) -> None:
        """Let the next step of the job look again."""
        self._unwanted.discard(job_id)

    def forget(self, job_id: int) -> None:
        """Keep nothing of a job at which nothing is left to do."""
        self._given_up_for_hint.discard(job_id)

    def stop(self) -> None:
        """Give up all looks, and let none begin."""
        self._has_stopped = True
        for job_id in tuple(self._under_way):
            self._end(job_id, 0.0)

    def _end(self, job_id: int, delay: float) -> None:
        scope = self._under_way.get(job_id)
        if scope is None or scope.expired():
            return
        at, planned = asyncio.get_running_loop().time() + delay, scope.when()
        if planned is None or at < planned:
            scope.reschedule(at)
