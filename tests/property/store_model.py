"""Store model: the real store with simulated processes on it, and what must be true of its rows."""

import asyncio
import dataclasses
import functools
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
from db.records import CancelControl, Job, JobState, SpendingLimits
from db.repositories.jobs import JobRepository
from db.repositories.retention import Retention
from db.store import Store
from tests.expired_leases import claim_expired
from tests.manual_clock import ManualClock
from tests.postgresql import fresh_database
from tests.property.invariants import (
    Snapshot,
    check_ledger,
    check_sums,
    day_of,
    expected_amount,
    read_snapshot,
    skip_disk_sync,
)
from tests.property.simulated_processes import LEASE, PLAIN, START, KnownJob, SimulatedProcess
from tests.property.usage_sums import check_usage

_Answer = TypeVar("_Answer")

LIMITS = SpendingLimits(running_per_user=3, daily_budget=Decimal(2))
_COUNTED = {JobState.ACCEPTED, JobState.SUBMITTING, JobState.FOLLOWING, JobState.DELIVERING}


class StoreModel:
    """A database, processes on it, and what the API and users know, as dictionaries.

    It is a SQLite file, or on PostgreSQL.
    """

    def __init__(self, *, on_postgresql: bool = False) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.store = self.run(
            self._on_postgresql() if on_postgresql else self._in_a_file(_template())
        )
        self.clock = ManualClock(START)
        self.jobs = JobRepository(self.store)
        self.retention = Retention(self.store)
        self.processes: list[SimulatedProcess] = []
        self._renewed: dict[str, float] = {}  # when each process renewed its lease last
        self.tasks: dict[int, list[str]] = defaultdict(list)  # at the API, by job
        self.posts: Counter[int] = Counter()  # that may have had an effect, by job
        # The first request to cancel each job: by whom, and when.
        self.cancel_requests: dict[int, tuple[int, float]] = {}
        self.endings: dict[int, Job] = {}
        self.snapshot = self.run(read_snapshot(self.store))
        self.start_process()

    async def _in_a_file(self, template: Path) -> Store:
        folder = Path(self._stack.enter_context(_temporary_folder()))
        shutil.copy(template, folder)
        store = await self._stack.enter_async_context(open_database(f"sqlite:///{folder}/bot.db"))
        await skip_disk_sync(store)
        return store

    async def _on_postgresql(self) -> Store:
        address = await self._stack.enter_async_context(fresh_database())
        return await self._stack.enter_async_context(open_database(address))

    def run(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Run a coroutine to its end."""
        return self._runner.run(work)

    def close(self) -> None:
        """Close the database and delete its file."""
        self.run(self._stack.aclose())
        self._runner.close()

    def start_process(self) -> SimulatedProcess:
        """Start a process."""
        process = SimulatedProcess(f"process {len(self.processes)}", self.store, self.clock)
        self.processes.append(process)
        self.renew(process)
        return process

    def accept(self, process: SimulatedProcess, job: Job) -> Job | None:
        """Let a process write a job; assert that it fails exactly where a limit is passed."""
        expected = self._expected_error(job)
        writing = process.jobs.accept(job, LIMITS, owner=process.name)
        if expected is None:
            return self.run(writing)
        with pytest.raises(expected):
            self.run(writing)
        return None

    def apply(self, known: KnownJob, event: Event) -> Job | None:
        """Let a process apply an event; assert that nothing changes if what it knows is out of date."""
        before = self.run(read_snapshot(self.store))
        row = before.jobs.get(known.job.id)
        wanted = known.process.recorder.preview(known.job, event)
        is_without_card = wanted.state is JobState.REFUSED or not wanted.open
        is_fresh = (
            row is not None
            and row.owner == known.process.name
            and decisive(row) == decisive(known.job)
            # A card that became known since has yet to show the ending.
            and not (known.job.open and is_without_card and row.message_id != known.job.message_id)
        )
        try:
            after = self.run(known.process.recorder.apply(known.job, event))
        except StaleJob:
            assert not is_fresh
            after = None
        if not is_fresh:
            assert after is None or wanted == known.job
            assert self.run(read_snapshot(self.store)) == before
        elif after is not None and after.id in self.endings:
            # It may be deleted as it closes, where its requester asked for that.
            self.endings[after.id] = after
        return after

    def renew(self, process: SimulatedProcess) -> None:
        """Let a process renew its lease."""
        self.run(process.renew())
        self._renewed[process.name] = self.clock()

    def claim(self, process: SimulatedProcess) -> list[Job]:
        """Let a process claim jobs; assert that it gets the others' without a valid lease and no more."""
        keeping = {name for name, at in self._renewed.items() if at + LEASE >= self.clock()}
        free = {
            job.id
            for job in self.run(read_snapshot(self.store)).jobs.values()
            if job.open
            and job.owner != process.name
            and (job.owner is None or job.owner not in keeping)
        }
        taken = self.run(claim_expired(process.claims, running=keeping))
        assert {job.id for job in taken} == free
        return list(taken)

    def check(self) -> None:
        """Assert every invariant, and remember what ended."""
        snapshot = self.run(read_snapshot(self.store))
        self._check_endings(snapshot)
        self._check_money(snapshot)
        for job in snapshot.jobs.values():
            self._check_job(job)
        retried = [job.retry_of for job in snapshot.jobs.values() if job.retry_of is not None]
        assert len(retried) == len(set(retried))
        assert all(len(made) <= 1 for made in self.tasks.values())
        assert all(count <= 1 for count in self.posts.values())
        self.snapshot = snapshot

    def _expected_error(self, job: Job) -> type[NotAccepted] | None:
        snapshot = self.run(read_snapshot(self.store))
        if job.id in snapshot.amounts:
            return AlreadyAccepted
        rows = snapshot.jobs.values()
        if job.retry_of is not None and any(row.retry_of == job.retry_of for row in rows):
            return AlreadyRetried
        running = [row for row in rows if row.user_id == job.user_id and self._takes_a_place(row)]
        if len(running) >= LIMITS.running_per_user:
            return TooManyRunning
        spent = sum(
            (
                amount
                for job_id, amount in snapshot.amounts.items()
                if snapshot.days[job_id] == day_of(job.created_at)
            ),
            Decimal(0),
        )
        left = LIMITS.daily_budget - spent
        return BudgetSpent if left <= 0 or job.price_high > left else None

    def _takes_a_place(self, job: Job) -> bool:
        """Whether a job counts as running: ten minutes of silence or of a wanted cancel end that."""
        long_ago = self.clock() - 600.0
        since = (job.missing_since, job.cancel_wanted_at)
        return job.state in _COUNTED and all(at is None or at > long_ago for at in since)

    def _check_endings(self, snapshot: Snapshot) -> None:
        for job_id, ended in self.endings.items():
            job = snapshot.jobs.get(job_id)
            if job is not None:
                now = (job.state, job.ended_at, job.cost, job.reason, job.task_id)
                assert now == (
                    ended.state,
                    ended.ended_at,
                    ended.cost,
                    ended.reason,
                    job.task_id if ended.task_id is None else ended.task_id,
                )
                # A closed job stays closed, unless a card is found that does not show the ending yet.
                assert ended.open or not job.open or ended.message_id is None
            else:
                assert not ended.open, "deleted with something left to do"
        self.endings |= {job.id: job for job in snapshot.jobs.values() if job.state.is_final}

    def _check_money(self, snapshot: Snapshot) -> None:
        check_ledger(snapshot)
        self.run(check_sums(self.store, snapshot))
        self.run(check_usage(self.store))
        # The cost of a deleted job stays in the ledger.
        for job_id, ended in self.endings.items():
            assert snapshot.amounts[job_id] == expected_amount(ended)
        assert set(self.snapshot.amounts) <= set(snapshot.amounts)

    def _check_job(self, job: Job) -> None:
        request = self.cancel_requests.get(job.id)
        if request is not None:
            assert (job.cancel_wanted_by, job.cancel_wanted_at) == request
        # A process owns it; if that one is killed, the next may claim it within a lease.
        assert not job.open or job.owner is None or job.owner in self._renewed
        assert job.open or job.state.is_final
        assert job.task_id is None or [job.task_id] == self.tasks[job.id]
        if job.state in {JobState.FOLLOWING, JobState.DELIVERING}:
            assert job.task_id is not None

    def finish_every_job(self) -> None:
        """Let one process take all jobs over, and assert that it can end each of them."""
        for process in self.processes:
            process.is_running = False
        self.clock.now += LEASE + 1
        successor = self.start_process()
        self.claim(successor)
        for job in [job for job in self.run(read_snapshot(self.store)).jobs.values() if job.open]:
            self._finish(successor, job)
        self.check()
        assert not any(job.open for job in self.snapshot.jobs.values())

    def _finish(self, successor: SimulatedProcess, job: Job) -> None:
        for _ in range(12):
            if not job.open:
                return
            after = self.apply(KnownJob(successor, job), self._next_event(job))
            assert after is not None
            job = after
            self.clock.now += 5 * 3600.0
            self.renew(successor)
        raise AssertionError(f"no event ends {job}")

    def _next_event(self, job: Job) -> Event:
        """Return the event that a process would see next if nothing failed any more."""
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
        """Return a job that is requested now."""
        return dataclasses.replace(PLAIN, id=job_id, created_at=self.clock(), **changes)


def decisive(job: Job) -> Job:
    """Return the job without what may change beside a step, which is decided on the rest."""
    return dataclasses.replace(
        job,
        task_id=None,
        message_id=None,
        cancel_wanted_by=None,
        cancel_wanted_at=None,
        cancel_control=CancelControl.BUTTON,
        retried_as=None,
        shown=None,
        shown_at=None,
        interaction_token=None,
        forget=False,
        woken=False,
        version=0,
    )


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="store-")


@functools.cache
def _template_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder with a migrated database, which is deleted when the tests end."""
    folder = _temporary_folder()

    async def migrate() -> None:
        async with open_database(f"sqlite:///{folder.name}/bot.db"):
            pass

    with asyncio.Runner() as runner:
        runner.run(migrate())
    return folder


def _template() -> Path:
    """Return a migrated database, made in an event loop of its own before another one runs."""
    return Path(_template_folder().name) / "bot.db"
