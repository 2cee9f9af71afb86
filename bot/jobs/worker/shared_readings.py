"""Shared readings: one reading answers all who ask while the one before it is under way.

An answer to a question must not be older than the question: what was not in a list that was read
before proves nothing. So who asks during a reading waits for the next one, together with all others
who do, and the first of them carries it out.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from bot.modelhunter import ModelHunterError, Unavailable

_Question = TypeVar("_Question")
_Answer = TypeVar("_Answer")


class SharedReadings(Generic[_Question, _Answer]):
    """Questions that *read* answers together; one reading at a time."""

    def __init__(
        self, read: Callable[[Sequence[_Question]], Awaitable[Mapping[_Question, _Answer]]]
    ) -> None:
        self._read = read
        self._is_reading = False
        # What resolves a turn is an answer, or None for the one who is to read next.
        self._waiting: list[tuple[_Question, asyncio.Future[tuple[_Answer] | None]]] = []

    async def ask(self, question: _Question) -> _Answer:
        """Return the answer to *question*, from a reading that begins after it was asked.

        Raises:
            ModelHunterError: The reading failed.
        """
        if self._is_reading:
            answered = await self._wait(question)
            if answered is not None:
                return answered[0]
        return await self._read_for_all(question)

    async def _read_for_all(self, question: _Question) -> _Answer:
        """Read once for *question* and all that wait, then have the next of them read."""
        self._is_reading = True
        together, self._waiting = self._waiting, []
        try:
            answers = await self._read([question, *(each for each, _ in together)])
        except asyncio.CancelledError:
            # Who waits is not cancelled with the one who reads, and one of them reads next.
            self._waiting = [*_still_waiting(together), *self._waiting]
            raise
        except BaseException as error:
            reason = error if isinstance(error, ModelHunterError) else Unavailable()
            for _, turn in _still_waiting(together):
                turn.set_exception(reason)
            raise
        else:
            for each, turn in _still_waiting(together):
                turn.set_result((answers[each],))
        finally:
            self._hand_over()
        return answers[question]

    async def _wait(self, question: _Question) -> tuple[_Answer] | None:
        """Return the answer, or None to the one who is to read next."""
        turn: asyncio.Future[tuple[_Answer] | None]
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((question, turn))
        try:
            return await turn
        except asyncio.CancelledError:
            if _was_to_read(turn):
                self._hand_over()
            raise

    def _hand_over(self) -> None:
        """Have the first of those who wait read next."""
        self._is_reading = False
        while self._waiting:
            _, turn = self._waiting.pop(0)
            if not turn.done():
                self._is_reading = True
                turn.set_result(None)
                return


def _still_waiting(
    turns: Sequence[tuple[_Question, asyncio.Future[tuple[_Answer] | None]]],
) -> list[tuple[_Question, asyncio.Future[tuple[_Answer] | None]]]:
    return [(question, turn) for question, turn in turns if not turn.done()]


def _was_to_read(turn: asyncio.Future[tuple[_Answer] | None]) -> bool:
    """Whether the one who waited for *turn* was about to read when it was cancelled."""
    is_resolved = turn.done() and not turn.cancelled() and turn.exception() is None
    return is_resolved and turn.result() is None
