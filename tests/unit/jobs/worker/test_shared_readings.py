"""One reading answers all who ask, whatever becomes of the one who reads."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.jobs.worker.shared_readings import SharedReadings
from tests.virtual_time import in_virtual_time


class Readings:
    """Readings of ten seconds, which answer each question with itself, and how many were begun."""

    def __init__(self) -> None:
        self.begun: list[list[int]] = []
        self.shared = SharedReadings[int, int](self._read)

    async def _read(self, questions: Sequence[int]) -> Mapping[int, int]:
        self.begun.append(sorted(questions))
        await asyncio.sleep(10.0)
        return {question: question for question in questions}


@in_virtual_time
async def test_who_waits_is_answered_when_the_reader_is_given_up() -> None:
    """A reader that is cancelled takes none with it: the others share the next reading."""
    readings = Readings()
    first = asyncio.create_task(readings.shared.ask(1), name="reads")
    await asyncio.sleep(1.0)
    others = [asyncio.create_task(readings.shared.ask(n), name="waits") for n in (2, 3, 4)]
    await asyncio.sleep(10.0)  # the second of them reads now, for all three
    others[0].cancel()
    assert await first == 1
    assert await asyncio.gather(*others[1:]) == [3, 4]
    with pytest.raises(asyncio.CancelledError):
        await others[0]
    assert readings.begun == [[1], [2, 3, 4], [3, 4]]


@in_virtual_time
async def test_a_reading_after_all_were_given_up() -> None:
    """When all who asked are cancelled, the next who asks reads."""
    readings = Readings()
    asking = [asyncio.create_task(readings.shared.ask(n), name="asks") for n in (1, 2)]
    await asyncio.sleep(1.0)
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    assert await readings.shared.ask(3) == 3
