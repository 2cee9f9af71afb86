"""Any order of answers, requests, deletions, kills and takeovers, on the real tables and rules."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.jobs.lifecycle import events
from db.records import Job, JobState
from tests.property.profile import machine_settings
from tests.property.simulated_processes import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    KnownJob,
    SimulatedProcess,
)
from tests.property.simulated_steps import TURNS, SimulatedSteps, Turn
from tests.property.store_model import StoreModel

PRICES = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.40"), Decimal("1.10")])
TIMES = st.sampled_from([1.0, 9.0, LEASE + 1, 2 * MINUTE, 14 * MINUTE, 3 * HOUR, DAY, 31 * DAY])
WHICH = st.integers(0, 50)


class StoreMachine(RuleBasedStateMachine):
    """Starts, stalls and kills processes, and checks the rows after each event."""

    failed = False
    on_postgresql = False

    def __init__(self) -> None:
        super().__init__()
        self.model = StoreModel(on_postgresql=self.on_postgresql)
        self.steps = SimulatedSteps(self.model)

    def teardown(self) -> None:
        """End every job, unless an invariant was broken already."""
        try:
            if not self.failed:
                self.model.finish_every_job()
        finally:
            self.model.close()

    @invariant()
    def rows_and_ledger_agree(self) -> None:
        """Check rows, ledger, requests, endings."""
        self.failed = True
        self.model.check()
        self.failed = False

    # Processes.

    @rule(which=WHICH, how=st.sampled_from(["start", "stop", "kill"]))
    def start_or_end_a_process(self, which: int, how: str) -> None:
        """Start a process, stop one in order, or kill one, whose rows stay as they are."""
        process = self._process(which)
        if how == "start":
            self.model.start_process()
            return
        if how == "stop":
            self.model.run(process.claims.release())
        process.is_running = False

    @rule(seconds=TIMES, keeping=st.booleans(), which=WHICH)
    def wait(self, seconds: float, keeping: bool, which: int) -> None:
        """Let time pass in which processes renew their leases or stall; then one claims jobs."""
        self.model.clock.now += seconds
        for process in self._running() if keeping else ():
            self.model.renew(process)
        process = self._process(which)
        self.steps.known_jobs += [KnownJob(process, job) for job in self.model.claim(process)]

    # Users.

    @initialize()
    def begin(self) -> None:
        """Begin with two jobs, so that no sequence is empty."""
        for number in (1, 2):
            self.ask(0, number, number, Decimal("0.40"))

    @rule(which=WHICH, number=st.integers(1, 8), user=st.integers(1, 2), price=PRICES)
    def ask(self, which: int, number: int, user: int, price: Decimal) -> None:
        """Use a command; the same interaction may reach several processes."""
        process = self._process(which)
        job = self.model.new_job(10 * number, user_id=user, price_high=price)
        self.steps.remember(process, self.model.accept(process, job))

    @rule(which=WHICH, job=WHICH, again=st.integers(1, 2))
    def try_again(self, which: int, job: int, again: int) -> None:
        """Press *Try again* on a job, perhaps twice."""
        old = self._row(job)
        if old is not None and old.state in {JobState.UNCERTAIN, JobState.FAILED}:
            process = self._process(which)
            retry = self.model.new_job(old.id + again, user_id=old.user_id, retry_of=old.id)
            self.steps.remember(process, self.model.accept(process, retry))

    @rule(which=WHICH, job=WHICH, by=st.integers(1, 3))
    def request_cancel(self, which: int, job: int, by: int) -> None:
        """React with ❌; any process may receive it."""
        row = self._row(job)
        if row is None:
            return
        requested = self.model.run(self._process(which).recorder.request_cancel(row.id, by))
        assert requested is not None
        assert requested.state is row.state
        if not row.state.is_final and row.cancel_wanted_by is None:
            self.model.cancel_requests[row.id] = (by, self.model.clock())

    @rule(which=WHICH, job=WHICH)
    def delete_the_card(self, which: int, job: int) -> None:
        """Delete the card; any process may be notified."""
        row = self._row(job)
        if row is None:
            return
        after = self.model.run(
            self._process(which).recorder.apply_to_latest(row.id, events.CardGone())
        )
        assert after is not None
        if after.cancel_wanted_by == 0:
            self.model.cancel_requests.setdefault(row.id, (0, self.model.clock()))

    @rule(user=st.integers(0, 2))
    def tidy_up(self, user: int) -> None:
        """Delete the jobs of a user, unless it is user 0, and what is old."""
        if user:
            self.model.run(self.model.retention.forget_user(user))
        now = self.model.clock()
        self.model.run(self.model.retention.clear_tokens(now - 15 * MINUTE))
        self.model.run(self.model.retention.delete_ended(now - 30 * DAY))

    # Steps of processes.

    @rule(turns=TURNS)
    def all_take_steps(self, turns: list[Turn]) -> None:
        """Let every process take steps with all of its jobs, each on the current row."""
        for turn in turns:
            for job_id in list(self.model.snapshot.jobs):
                self._take_step(job_id, turn)

    @rule(job=WHICH, turns=TURNS)
    def one_takes_steps(self, job: int, turns: list[Turn]) -> None:
        """Let the owner of a job take some steps with it."""
        row = self._row(job)
        if row is not None:
            for turn in turns:
                self._take_step(row.id, turn)

    def _take_step(self, job_id: int, turn: Turn) -> None:
        row = self.model.run(self.model.jobs.get(job_id))
        owner = None if row is None else self._named(row.owner)
        if row is not None and owner is not None and row.open:
            self.steps.act(KnownJob(owner, row), turn)

    @rule(
        job=WHICH,
        change=st.sampled_from(["a takeover", "a request"]),
        turns=TURNS,
        is_gone=st.booleans(),
    )
    def act_too_late(self, job: int, change: str, turns: list[Turn], is_gone: bool) -> None:
        """Let a process act on a row that another one has changed since it was read."""
        row = self._row(job)
        owner = None if row is None else self._named(row.owner)
        if row is None or owner is None or not row.open:
            return
        if change == "a takeover":
            self.model.clock.now += LEASE + 1
            successor = self.model.start_process()
            self.steps.known_jobs += [
                KnownJob(successor, taken) for taken in self.model.claim(successor)
            ]
        else:
            self.request_cancel(0, job, 3)
        if is_gone:
            self._apply_deletion(KnownJob(owner, row))
        else:
            self.steps.act(KnownJob(owner, row), turns[0])

    def _apply_deletion(self, known: KnownJob) -> None:
        self.steps.apply(known, events.CardGone())
        row = self.model.run(self.model.jobs.get(known.job.id))
        if row is not None and row.cancel_wanted_by == 0:
            self.model.cancel_requests.setdefault(row.id, (0, self.model.clock()))

    @rule(which=WHICH, turns=TURNS)
    def act_on_an_old_read(self, which: int, turns: list[Turn]) -> None:
        """Let a process act on what it read some time ago."""
        if self.steps.known_jobs:
            self.steps.act(self.steps.known_jobs[-1 - which % len(self.steps.known_jobs)], turns[0])

    @rule(which=WHICH, turns=TURNS, is_killed=st.booleans())
    def continue_late(self, which: int, turns: list[Turn], is_killed: bool) -> None:
        """Let a POST leave long after it was stored, or its answer be read long after it came.

        The reading process may be killed right after its first write.
        """
        if self.steps.sendings:
            self.steps.send(self.steps.sendings.pop(which % len(self.steps.sendings)), turns[0])
        if self.steps.answers:
            self.steps.read(
                self.steps.answers.pop(which % len(self.steps.answers)), is_killed=is_killed
            )

    def _running(self) -> list[SimulatedProcess]:
        return [process for process in self.model.processes if process.is_running] or [
            self.model.start_process()
        ]

    def _process(self, which: int) -> SimulatedProcess:
        running = self._running()
        return running[which % len(running)]

    def _named(self, name: str | None) -> SimulatedProcess | None:
        return next((process for process in self._running() if process.name == name), None)

    def _row(self, which: int) -> Job | None:
        rows = list(self.model.snapshot.jobs.values())
        return rows[which % len(rows)] if rows else None


TestStore = StoreMachine.TestCase
TestStore.settings = machine_settings(examples=30, steps=50)


class PostgresStoreMachine(StoreMachine):
    """The same on PostgreSQL."""

    on_postgresql = True


TestPostgresStore = PostgresStoreMachine.TestCase
TestPostgresStore.settings = machine_settings(examples=4, steps=50)
