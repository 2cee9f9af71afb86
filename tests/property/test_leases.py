"""Leases under any order of seconds, suspensions, kills and clocks that are set.

No two processes act successfully on one job, and every job has a running owner within a lease and a
second of the kill of the one before.
"""

import asyncio
import dataclasses
import random
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.jobs.due_times import DueTimes
from bot.jobs.leases import LEASE, LeaseKeeper
from bot.monitoring.health import Health
from db.engines.engine import open_database
from db.records import Job, SpendingLimits
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.databases import open_memory_database
from tests.postgresql import fresh_database
from tests.property.profile import machine_settings
from tests.property.simulated_processes import PLAIN, START
from tests.property.store_model import decisive

_Answer = TypeVar("_Answer")

LIMITS = SpendingLimits(running_per_user=10_000, daily_budget=Decimal(100_000))
WHICH = st.integers(0, 20)
SECONDS = st.sampled_from([1, 11, 29, 32, 40])


class Machine:
    """A process with its own clocks, and the jobs that it takes for its own."""

    def __init__(self, world: "LeaseMachine", name: str, ahead: float) -> None:
        self.name = name
        self.wall = ahead  # seconds by which its clock is ahead, which may be set at any moment
        self.known: dict[int, Job] = {}
        self.runs_since: float | None = world.now
        self.killed_at: float | None = None
        self.keeper = LeaseKeeper(
            Claims(world.store, name),
            DueTimes(monotonic=lambda: world.now + ahead, randomness=random.Random(1)),
            Health(),
            self,
            clock=lambda: START + world.now + self.wall,
            monotonic=lambda: world.now + ahead,
        )

    def jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Take the jobs for its own."""
        self.known |= {job.id: job for job in jobs}

    def jobs_woken(self, jobs: Sequence[Job]) -> None:
        """Know the jobs as they are."""
        self.jobs_claimed(jobs)

    def look_soon(self) -> None:
        """Note nothing."""

    def compare_cards(self, job_ids: Sequence[int]) -> None:
        """Note nothing."""

    def jobs_lost(self) -> None:
        """Go on believing that they are its own, as a step that is under way does."""

    def processes_counted(self, count: int) -> None:
        """Note nothing."""


class LeaseMachine(RuleBasedStateMachine):
    """Processes that share a database, second by second."""

    on_postgresql = False

    def __init__(self) -> None:
        super().__init__()
        self._runner, self._stack = asyncio.Runner(), AsyncExitStack()
        self.store = self._run(self._open())
        self.jobs = JobRepository(self.store)
        self.now = 0.0
        self.machines: list[Machine] = []
        self.job_ids: list[int] = []

    async def _open(self) -> Store:
        if not self.on_postgresql:
            return await self._stack.enter_async_context(open_memory_database())
        address = await self._stack.enter_async_context(fresh_database())
        return await self._stack.enter_async_context(open_database(address))

    def teardown(self) -> None:
        """Close the database."""
        self._run(self._stack.aclose())
        self._runner.close()

    def _run(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        return self._runner.run(work)

    def _machine(self, which: int) -> Machine:
        return self.machines[which % len(self.machines)]

    @initialize(ahead=st.floats(-1e5, 1e5))
    def begin(self, ahead: float) -> None:
        """Begin with two processes, one of which has a job."""
        self.start(0.0)
        self.start(ahead)
        self.accept(0)

    @rule(ahead=st.floats(-1e5, 1e5))
    def start(self, ahead: float) -> None:
        """Start a process."""
        if len(self.machines) < 5:
            self.machines.append(Machine(self, f"process {len(self.machines)}", ahead))

    @rule(which=WHICH)
    def accept(self, which: int) -> None:
        """Let a process accept a job."""
        machine = self._machine(which)
        if machine.runs_since is None:
            return
        number = len(self.job_ids) + 1
        job = dataclasses.replace(
            PLAIN, id=number, created_at=START + self.now, price_high=Decimal(0)
        )
        self.job_ids.append(number)
        machine.known[job.id] = self._run(self.jobs.accept(job, LIMITS, owner=machine.name))

    @rule(which=WHICH, seconds=SECONDS)
    def kill(self, which: int, seconds: int) -> None:
        """Kill a process, unless it is the last that runs, and let time pass."""
        machine = self._machine(which)
        if machine.killed_at is None and self._others_run(machine):
            machine.killed_at, machine.runs_since = self.now, None
            self.wait(seconds)

    @rule(which=WHICH, seconds=SECONDS, job=WHICH)
    def suspend(self, which: int, seconds: int, job: int) -> None:
        """Suspend the machine of a process for so long; then it acts before it finds out."""
        machine = self._machine(which)
        if machine.killed_at is None and self._others_run(machine):
            machine.runs_since = None
            self.wait(seconds)
            machine.runs_since = self.now
            self.act(which, job)

    def _others_run(self, machine: Machine) -> bool:
        return any(each.runs_since is not None for each in self.machines if each is not machine)

    @rule(which=WHICH, to=st.floats(-1e6, 1e6))
    def set_clock(self, which: int, to: float) -> None:
        """Set the clock of a machine."""
        self._machine(which).wall = to

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Let seconds pass, in each of which every process that runs takes a turn."""
        for _ in range(seconds):
            self.now += 1.0
            for machine in self.machines:
                if machine.runs_since is not None:
                    self._run(machine.keeper._turn())
            self._check_owners()

    @rule(which=WHICH, job=WHICH)
    def act(self, which: int, job: int) -> None:
        """Let a process write what it decided on what it knows; it succeeds for the owner alone."""
        machine = self._machine(which)
        if not machine.known or machine.runs_since is None:
            return
        known = list(machine.known.values())[job % len(machine.known)]
        row = self._run(self.jobs.get(known.id))
        assert row is not None
        after = dataclasses.replace(known, estimated_seconds=self.now)
        saved = self._run(self.jobs.save(known, after))
        # A process that has lost its job and got it back unchanged knows the row as it is.
        assert (saved is not None) == (
            row.owner == machine.name and decisive(row) == decisive(known)
        )
        if saved is not None:
            machine.known[known.id] = saved

    def _check_owners(self) -> None:
        owners = {row.id: row.owner for row in self._run(self.jobs.get_all(self.job_ids))}
        for killed in (each for each in self.machines if each.killed_at is not None):
            since = killed.killed_at or 0.0
            watched = any(m.runs_since is not None and m.runs_since <= since for m in self.machines)
            if watched and self.now >= since + LEASE + 1.0:
                assert killed.name not in owners.values()


LeaseMachine.TestCase.settings = machine_settings(examples=15, steps=12)
test_leases = LeaseMachine.TestCase


class PostgresLeaseMachine(LeaseMachine):
    """The same on PostgreSQL."""

    on_postgresql = True


PostgresLeaseMachine.TestCase.settings = machine_settings(examples=8, steps=12)
test_leases_on_postgresql = PostgresLeaseMachine.TestCase
