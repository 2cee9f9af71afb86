"""Step lanes: how much is under way at once, by what it waits for.

A place is taken for one call, right before it, and given back with its answer: a create, a cancel, a
question about a task that goes on, a question about one that has ended, a search, an ending. Each has
a lane of its own, so that none holds up another: 300 questions that hang leave creates, cancels and
endings alone. Within a lane no requester, model or channel keeps out the others (`bot.lanes`). A
delivery waits for several things, one after the other, and takes a place for each of them by itself
(`result_rooms`, `bot.discord.messages.upload_lanes`); an ending has a place in every channel, however
many of the others are slow. A limit of the API's own is not documented; these keep a burst of commands
from becoming a burst of requests.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bot.lanes import Lane
from db.records import Job, JobState


def asks_api(job: Job) -> bool:
    """Return whether the next step of *job* asks the API; the others concern Discord alone. Pure."""
    if job.state is JobState.ACCEPTED:
        return job.message_id is not None and job.cancel_wanted_by is None
    return not job.state.is_final


class StepLanes:
    """One lane for each kind of call that a step waits for.

    Creates *give_way* to the answers that users wait for; *expect* has other work give way to them,
    until what it is handed says that they are done.
    """

    def __init__(
        self,
        *,
        give_way: Callable[[], Awaitable[None]],
        expect: Callable[[Callable[[], bool]], None] = lambda _: None,
    ) -> None:
        self._give_way = give_way
        self._expect = expect
        self._creates = Lane(32, reserve=8)
        self._cancels = Lane(8, reserve=4)
        self._questions = Lane(32, reserve=8)
        self._endings = Lane(16, reserve=16)
        self._searches = Lane(4, reserve=4)
        self._closings = Lane(32, reserve=224, few=1)

    @asynccontextmanager
    async def create(self, job: Job) -> AsyncGenerator[None]:
        """Hold a place for a POST, once answers have gone first."""
        done = asyncio.Event()
        self._expect(done.is_set)
        try:
            async with self._creates.place(job.model):
                await self._give_way()
                yield
        finally:
            done.set()

    def cancel(self, job: Job) -> AbstractAsyncContextManager[None]:
        """Hold a place for a DELETE."""
        return self._cancels.place(job.user_id)

    def question(self, job: Job, *, has_ended: bool) -> AbstractAsyncContextManager[None]:
        """Hold a place for a GET about a task that goes on, or about one that *has_ended*."""
        return (self._endings if has_ended else self._questions).place(job.user_id)

    def search(self, job: Job) -> AbstractAsyncContextManager[None]:
        """Hold a place for a search of the task list, or for a card."""
        return self._searches.place(job.user_id)

    def closing(self, job: Job) -> AbstractAsyncContextManager[None]:
        """Hold a place of its channel for an ending."""
        return self._closings.place(job.channel_id)
