"""Measured store: the store of the database, and how long its callers wait."""

import asyncio
from collections.abc import Callable

from db.errors import NotBegun, RowExists, StoreFailed
from db.statements import Answer, Steps
from db.store import Store

_OK = "ok"
# What ends a call otherwise, the first that fits. Any other error, such as a limit that leaves no room
# for a job, is an answer of a database that works.
_OUTCOMES: tuple[tuple[type[BaseException], str], ...] = (
    (NotBegun, "too_late"),
    (RowExists, _OK),
    (StoreFailed, "failed"),
    (OSError, "failed"),
    (asyncio.CancelledError, "given_up"),  # its caller did not wait any longer
)


class MeasuredStore:
    """Store on another store (`db.store` explains the calls), which reports each call when it ends.

    The time is what the caller waits: in the line, for the disk, and for other processes.
    """

    def __init__(
        self,
        store: Store,
        observe: Callable[[str, str, float], None],
        *,
        monotonic: Callable[[], float],
    ) -> None:
        """*observe* is called with the name of a call, its outcome and its seconds."""
        self._store = store
        self._observe = observe
        self._monotonic = monotonic
        self.waiting = 0  # callers at this moment

    @property
    def dialect_name(self) -> str:
        """Name of the dialect: sqlite or postgresql."""
        return self._store.dialect_name

    async def read(self, steps: Steps[Answer]) -> Answer:
        """Run *steps*, which only read."""
        with _Measured(self, "read"):
            return await self._store.read(steps)

    async def write(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:
        """Run *steps*, whose one statement is committed by itself."""
        with _Measured(self, "write"):
            return await self._store.write(steps, urgent=urgent)

    async def transact(
        self,
        steps: Steps[Answer],
        *,
        urgent: bool = False,
        is_late: Callable[[], bool] | None = None,
    ) -> Answer:
        """Run *steps* in a transaction."""
        with _Measured(self, "transaction"):
            return await self._store.transact(steps, urgent=urgent, is_late=is_late)

    def begin(self) -> float:
        """Take note of a caller, and return the time."""
        self.waiting += 1
        return self._monotonic()

    def end(self, call: str, outcome: str, begun: float) -> None:
        """Report the call of a caller that waits no more."""
        self.waiting -= 1
        self._observe(call, outcome, self._monotonic() - begun)


class _Measured:
    """One call, from its beginning to its end; a class, as a generator takes three times as long."""

    __slots__ = ("_begun", "_call", "_store")

    def __init__(self, store: MeasuredStore, call: str) -> None:
        self._store = store
        self._call = call

    def __enter__(self) -> None:
        self._begun = self._store.begin()

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        self._store.end(self._call, _OK if kind is None else _outcome_of(kind), self._begun)


def _outcome_of(kind: type[BaseException]) -> str:
    return next((outcome for error, outcome in _OUTCOMES if issubclass(kind, error)), _OK)
