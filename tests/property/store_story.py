"""The database in a file, the processes on it, and what the API and Discord know, as dictionaries."""

import asyncio
import dataclasses
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.jobs.errors import StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from db.engines.engine import open_database
from db.errors import AlreadyAccepted, AlreadyRetried, BudgetSpent, NotAccepted, TooManyRunning
from db.records import Job, JobState, SpendingLimits
from db.repositories.jobs import JobRepository
from db.repositories.retention import Retention
from tests.property.invariants import (
    Books,
    check_ledger,
    check_sums,
    day_of,
    hurry,
    owed,
    read_books,
)
from tests.property.simulated_processes import LEASE, PLAIN, Belief, Clock, Life

_Answer = TypeVar("_Answer")

LIMITS = SpendingLimits(running_per_user=3, daily_budget=Decimal(2))
_COUNTED = {JobState.ACCEPTED, JobState.SUBMITTING, JobState.FOLLOWING, JobState.DELIVERING}


class StoreStory:
    """Everything that one story needs, and what must be true after each of its events."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        folder = Path(self._stack.enter_context(_temporary_folder()))
        shutil.copy(_template(), folder / "bot.db")
        self.engine = self.run(
            self._stack.enter_async_context(open_database(f"sqlite:///{folder}/bot.db"))
        )
        self.run(hurry(self.engine))
        self.clock = Clock()
        self.jobs = JobRepository(self.engine)
        self.retention = Retention(self.engine)
        self.lives: list[Life] = []
        self.tasks: dict[int, list[str]] = defaultdict(list)  # at the API, by job
        self.posts: Counter[int] = Counter()  # that may have had an effect, by job
        self.requests: dict[int, tuple[int, float]] = {}  # who first requested the end of a job
        self.endings: dict[int, Job] = {}
        self.books = self.run(read_books(self.engine))
        self.born()

    def run(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Do something that waits."""
        return self._runner.run(work)

    def close(self) -> None:
        """Close the file and forget it."""
        self.run(self._stack.aclose())
        self._runner.close()

    def born(self) -> Life:
        """Start a process."""
        life = Life(f"life {len(self.lives)}", self.engine, self.clock)
        self.lives.append(life)
        return life

    def accept(self, life: Life, job: Job) -> Job | None:
        """Have a process write a job, which must be refused exactly when a limit says so."""
        expected = self._refusal(job)
        writing = life.jobs.accept(job, LIMITS, owner=life.name, lease_until=self.clock() + LEASE)
        if expected is None:
            return self.run(writing)
        with pytest.raises(expected):
            self.run(writing)
        return None

    def note(self, belief: Belief, event: Event) -> Job | None:
        """Have a process write what it learned; who is not up to date must change nothing."""
        before = self.run(read_books(self.engine))
        row = before.jobs.get(belief.job.id)
        is_fresh = (
            row is not None
            and row.owner == belief.life.name
            and (row.fence, row.state) == (belief.job.fence, belief.job.state)
        )
        wanted = belief.life.recorder.preview(belief.job, event)
        try:
            after = self.run(belief.life.recorder.apply(belief.job, event))
        except StaleJob:
            assert not is_fresh
            after = None
        if not is_fresh:
            assert after is None or wanted == belief.job
            assert self.run(read_books(self.engine)) == before
        return after

    def claim(self, life: Life) -> list[Job]:
        """Have a process take what nobody keeps, and nothing else."""
        free = {
            job.id
            for job in self.run(read_books(self.engine)).jobs.values()
            if job.open and (job.owner is None or job.lease_until < self.clock())
        }
        taken = self.run(
            life.claims.claim(now=self.clock(), lease_until=self.clock() + LEASE, limit=1000)
        )
        assert {job.id for job in taken} == free
        return list(taken)

    def check(self) -> None:
        """Assert what must be true at any instant."""
        books = self.run(read_books(self.engine))
        self._check_endings(books)
        self._check_money(books)
        for job in books.jobs.values():
            self._check_job(job)
        retried = [job.retry_of for job in books.jobs.values() if job.retry_of is not None]
        assert len(retried) == len(set(retried))
        assert all(len(made) <= 1 for made in self.tasks.values())
        assert all(count <= 1 for count in self.posts.values())
        self.books = books

    def _refusal(self, job: Job) -> type[NotAccepted] | None:
        books = self.run(read_books(self.engine))
        if job.id in books.amounts:
            return AlreadyAccepted
        rows = books.jobs.values()
        if job.retry_of is not None and any(row.retry_of == job.retry_of for row in rows):
            return AlreadyRetried
        running = [row for row in rows if row.user_id == job.user_id and row.state in _COUNTED]
        if len(running) >= LIMITS.running_per_user:
            return TooManyRunning
        spent = sum(
            (
                amount
                for job_id, amount in books.amounts.items()
                if books.days[job_id] == day_of(job.created_at)
            ),
            Decimal(0),
        )
        left = LIMITS.daily_budget - spent
        return BudgetSpent if left <= 0 or job.price_high > left else None

    def _check_endings(self, books: Books) -> None:
        for job_id, ended in self.endings.items():
            job = books.jobs.get(job_id)
            if job is not None:
                now = (job.state, job.ended_at, job.cost, job.reason, job.task_id)
                assert now == (
                    ended.state,
                    ended.ended_at,
                    ended.cost,
                    ended.reason,
                    job.task_id if ended.task_id is None else ended.task_id,
                )
                # Closed is closed, unless a card turns up that has not been told.
                assert ended.open or not job.open or ended.message_id is None
            else:
                assert not ended.open, "deleted with something left to do"
        self.endings |= {job.id: job for job in books.jobs.values() if job.state.is_final}

    def _check_money(self, books: Books) -> None:
        check_ledger(books)
        self.run(check_sums(self.engine, books))
        # What a deleted job cost stays where it was.
        for job_id, ended in self.endings.items():
            assert books.amounts[job_id] == owed(ended)
        assert set(self.books.amounts) <= set(books.amounts)

    def _check_job(self, job: Job) -> None:
        request = self.requests.get(job.id)
        if request is not None:
            assert (job.cancel_wanted_by, job.cancel_wanted_at) == request
        # Somebody has it, and if that one dies, the next may take it within a lease.
        assert not job.open or job.owner is None or job.lease_until <= self.clock() + LEASE
        assert job.open or job.state.is_final
        assert job.task_id is None or [job.task_id] == self.tasks[job.id]
        if job.state in {JobState.FOLLOWING, JobState.DELIVERING}:
            assert job.task_id is not None

    def bring_to_an_end(self) -> None:
        """Let one process take everything over, and assert that it can end every job."""
        for life in self.lives:
            life.is_alive = False
        self.clock.now += LEASE + 1
        heir = self.born()
        self.claim(heir)
        for job in [job for job in self.run(read_books(self.engine)).jobs.values() if job.open]:
            self._end(heir, job)
        self.check()
        assert not any(job.open for job in self.books.jobs.values())

    def _end(self, heir: Life, job: Job) -> None:
        for _ in range(12):
            if not job.open:
                return
            after = self.note(Belief(heir, job), self._way_forward(job))
            assert after is not None
            job = after
            self.clock.now += 5 * 3600.0
            self.run(heir.claims.renew(now=self.clock(), lease_until=self.clock() + LEASE))
        raise AssertionError(f"no way forward for {job}")

    def _way_forward(self, job: Job) -> Event:
        """Return what an honest process would learn next, with nothing more than the API's truth."""
        if job.state.is_final:
            return events.EndingShown()
        if job.state is JobState.ACCEPTED:
            return events.NeverAnswered()
        if job.state is JobState.DELIVERING:
            return events.Delivered()
        if not self.tasks[job.id]:
            return events.SearchFoundNothing()
        return events.TaskSeen(task_id=self.tasks[job.id][0], status="succeeded", result_count=1)

    def new_job(self, job_id: int, **changes: Any) -> Job:
        """Return a job that is asked for now."""
        return dataclasses.replace(PLAIN, id=job_id, created_at=self.clock(), **changes)


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="story-")


_MADE: list[Path] = []


def _template() -> Path:
    """Return a database with today's tables, migrated once."""
    if not _MADE:
        path = Path(tempfile.mkdtemp(prefix="story-template-")) / "bot.db"

        async def migrate() -> None:
            async with open_database(f"sqlite:///{path}"):
                pass

        with asyncio.Runner() as runner:
            runner.run(migrate())
        _MADE.append(path)
    return _MADE[0]
