"""Hints about jobs of other processes cost a few statements a second, and none when alone."""

import asyncio

from bot.jobs.hints_elsewhere import HintsElsewhere


class Stage:
    """Hints that are passed on, and the statements that they lead to."""

    def __init__(self) -> None:
        self.asked: list[tuple[int | None, str | None]] = []
        self.slept = 0.0
        self.hints = HintsElsewhere(self._wake, sleep=self._sleep)

    async def _wake(self, *, job_id: int | None, task_id: str | None) -> bool:
        self.asked.append((job_id, task_id))
        return False

    async def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    async def settle(self) -> None:
        """Let what waits be done."""
        async with self.hints.running():
            for _ in range(2_000):
                await asyncio.sleep(0)


async def test_a_process_that_is_alone_asks_nothing() -> None:
    """A flood about unknown tasks costs no statement while no other process owns jobs."""
    stage = Stage()
    stage.hints.processes_counted(1)
    for number in range(10_000):
        stage.hints.hinted(job_id=None, task_id=f"task_{number}")
    await stage.settle()
    assert stage.asked == []
    assert len(stage.hints._waiting) == 0


async def test_a_flood_beside_other_processes_is_bounded() -> None:
    """At most a hundred wait, each is asked about once, and ten a second."""
    stage = Stage()
    stage.hints.processes_counted(2)
    for number in range(10_000):
        stage.hints.hinted(job_id=None, task_id=f"task_{number // 2}")
    assert len(stage.hints._waiting) == 100
    await stage.settle()
    assert stage.asked == [(None, f"task_{number}") for number in range(100)]
    assert 9.9 <= stage.slept <= 10.1


async def test_a_hint_that_comes_later_is_asked_about() -> None:
    """The queue goes on after it was empty."""
    stage = Stage()
    stage.hints.processes_counted(2)
    async with stage.hints.running():
        for number in range(3):
            stage.hints.hinted(job_id=number, task_id=None)
            for _ in range(20):
                await asyncio.sleep(0)
    assert stage.asked == [(0, None), (1, None), (2, None)]
