"""Start counts: the logins and the session starts of all processes on one database.

A start is counted once, before it is made, in one row: its number, by which `session_watch` finds the
starts of others, and the times of the latest, by which `session_starts` spaces them out.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, FiniteFloat, TypeAdapter, ValidationError

from db.errors import StoreFailed
from db.repositories.key_values import KeyValues

log = logging.getLogger(__name__)


class StartCount(BaseModel):
    """Starts of one kind: how many there were, and when the latest were, in Unix seconds."""

    model_config = ConfigDict(frozen=True)

    number: int = 0
    latest: tuple[FiniteFloat, ...] = ()

    def plus(self, times: Sequence[float], kept: int) -> "StartCount":
        """Return the count with starts at *times* added, and the times of the latest *kept*."""
        latest = (*self.latest, *times)[-kept:]
        return StartCount(number=self.number + len(times), latest=latest)


_TIMES = TypeAdapter(tuple[FiniteFloat, ...])


def read_start_count(stored: str | None) -> StartCount:
    """Return the count that is stored, 0 if that makes no sense; version 1 stored the times alone."""
    if stored is None:
        return StartCount()
    try:
        return StartCount.model_validate_json(stored)
    except ValidationError:
        pass
    try:
        times = _TIMES.validate_json(stored)
    except ValidationError:
        log.warning("a count of starts can't be read and begins anew")
        return StartCount()
    return StartCount(number=len(times), latest=times)


class StartCounter:
    """Counter of the starts of one kind, which are stored under *key*."""

    def __init__(
        self, key_values: KeyValues, key: str, *, kept: int, clock: Callable[[], float]
    ) -> None:
        self._key_values = key_values
        self._key = key
        self._kept = kept
        self._clock = clock
        # Those that a disk which failed for a moment did not take; written with the next.
        self._unwritten: list[float] = []
        # Between the write and the end of `_unwritten`, a start would be counted twice.
        self._one_at_a_time = asyncio.Lock()

    async def add(self) -> None:
        """Count a start that is about to be made; a disk that fails for a moment prevents none."""
        async with self._one_at_a_time:
            self._unwritten.append(self._clock())
            try:
                await self._key_values.change_value(self._key, self._with_unwritten)
            except (StoreFailed, OSError) as error:
                log.warning("one of the %s is not written: %s", self._key, type(error).__name__)
            else:
                self._unwritten.clear()

    async def count(self) -> StartCount:
        """Return the starts of all processes.

        Raises:
            StoreFailed, OSError: They can't be read.
        """
        async with self._one_at_a_time:
            stored = await self._key_values.get_value(self._key)
            return read_start_count(stored).plus(self._unwritten, self._kept)

    def _with_unwritten(self, stored: str | None) -> str:
        return read_start_count(stored).plus(self._unwritten, self._kept).model_dump_json()
