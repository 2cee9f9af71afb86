"""Request pace: how many requests a second are sent to the API, and which of them go first.

One token bucket for all: a token comes every 1/rate seconds, and after a pause there are as many as a
look at all tasks may need at once (`_DEPTH` seconds of them). The API documents no limit of its own;
this one is the operator's (`MODELHUNTER_REQUESTS_PER_SECOND`).

- A create and a cancel never wait. They take a token all the same, even one that is yet to come, so
  that what waits makes up for it.
- Endings may take some seconds' worth of tokens that are yet to come: many tasks that end together
  are asked about at once, as they were created at once, and questions make up for it.
- What a user waits for at this moment, such as *Download*, goes first, and may take a second's worth
  more.
- Questions about tasks that go on come after endings, then searches. None of them is passed over more
  than a few times in a row, so that none waits for ever; within a kind the oldest goes first.
"""

import asyncio
import enum
import itertools
from collections import deque
from collections.abc import Callable

# Seconds whose tokens the bucket holds: a common tick.
_DEPTH = 5.0
# Seconds whose tokens creates and cancels may take before they have come. More are not made up for.
_DEEPEST_DEBT = 2.0
# How often in a row the others may go before one that waits, and users who press buttons.
_MOST_PASSED = 4
_MOST_PASSED_BY_USERS = 20


class Urgency(enum.IntEnum):
    """Who waits for the answer of a request; the lower goes first."""

    USER = 0  # a user who has just pressed a button
    ENDING = 1  # a requester whose task has ended
    QUESTION = 2  # how a task is
    SEARCH = 3  # whether there is a task


# Seconds whose tokens may be taken before they have come.
_CREDIT = {Urgency.USER: 6.0, Urgency.ENDING: 5.0, Urgency.QUESTION: 0.0, Urgency.SEARCH: 0.0}


class RequestPace:
    """Token bucket of the requests to the API, at *rate* a second by all processes together."""

    def __init__(self, rate: float, *, monotonic: Callable[[], float]) -> None:
        self.rate = self._shared_rate = rate
        self._monotonic = monotonic
        self._level = rate * _DEPTH
        self._at = monotonic()
        self._waiting: dict[Urgency, deque[asyncio.Future[None]]] = {
            urgency: deque() for urgency in Urgency
        }
        self._passed = dict.fromkeys(Urgency, 0)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return sum(map(len, self._waiting.values()))

    def share_between(self, processes: int) -> None:
        """Use one part in *processes*: so many, this one included, ask the API."""
        self._refill()
        self.rate = self._shared_rate / max(1, processes)

    def spend(self) -> None:
        """Take a token without waiting: for a create or a cancel."""
        self._refill()
        deepest = -self.rate * _DEEPEST_DEBT
        self._level = min(self._level, max(self._level - 1.0, deepest))

    async def wait(self, urgency: Urgency) -> None:
        """Return when a request of this urgency may be sent."""
        self._refill()
        if self._next() is None and self._has_token_for(urgency):
            self._level -= 1.0
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[urgency].append(turn)
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._level += 1.0  # its token is for another
                self._serve()
            raise

    def _refill(self) -> None:
        now = self._monotonic()
        self._level = min(self._level + (now - self._at) * self.rate, self.rate * _DEPTH)
        self._at = now

    def _has_token_for(self, urgency: Urgency) -> bool:
        return self._level >= self._least_level(urgency)

    def _least_level(self, urgency: Urgency) -> float:
        # One whose turn it is after it was passed over may have the credit of those who passed it:
        # they wait until it is gone.
        first = min((each for each in Urgency if self._waiting[each]), default=urgency)
        return 1.0 - self.rate * _CREDIT[min(first, urgency)]

    def _serve(self) -> None:
        """Let go who may, and come back when the next one may."""
        self._refill()
        while (urgency := self._next()) is not None and self._has_token_for(urgency):
            self._level -= 1.0
            self._waiting[urgency].popleft().set_result(None)
            self._passed[urgency] = 0
            for other in Urgency:
                if self._waiting[other] and other is not urgency:
                    self._passed[other] += 1
        self._wait_for_token(urgency)

    def _next(self) -> Urgency | None:
        """Return whose turn it is among those who wait."""
        for waiting in self._waiting.values():
            while waiting and waiting[0].done():  # cancelled
                waiting.popleft()
        kinds = [urgency for urgency in Urgency if self._waiting[urgency]]
        most = _MOST_PASSED_BY_USERS if Urgency.USER in kinds else _MOST_PASSED
        passed = (urgency for urgency in kinds if self._passed[urgency] >= most)
        return next(itertools.chain(passed, kinds), None)

    def _wait_for_token(self, urgency: Urgency | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if urgency is not None:
            missing = self._least_level(urgency) - self._level
            # A moment more than it takes, so that no rounding leaves the token a hair short.
            delay = missing / self.rate + 0.001
            self._timer = asyncio.get_running_loop().call_later(delay, self._serve)
