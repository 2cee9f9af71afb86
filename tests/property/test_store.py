"""Any order of answers, requests, deletions, kills and takeovers, on the real tables and rules."""

import dataclasses
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.jobs.lifecycle import events
from db.records import Job, JobState, Reason
from tests.property.profile import machine_settings
from tests.property.simulated_processes import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    ApiAnswer,
    KnownJob,
    SimulatedProcess,
)
from tests.property.store_model import StoreModel

PRICES = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.40"), Decimal("1.10")])
COSTS = st.sampled_from([None, None, Decimal(0), Decimal("0.04"), Decimal("0.55")])
STATUSES = st.sampled_from(
    ["pending", "running", "succeeded", "succeeded", "succeeded", "failed", "cancelled", "expired"]
)
TIMES = st.sampled_from([1.0, 9.0, LEASE + 1, 2 * MINUTE, 14 * MINUTE, 3 * HOUR, DAY, 31 * DAY])
WHICH = st.integers(0, 50)
SENDINGS = st.sampled_from(
    ["answered", "answered", "answered", "unanswered", "lost", "not taken", "refused"]
)
DELIVERIES: st.SearchStrategy[events.Event] = st.sampled_from(
    [
        events.Delivered(),
        events.Linked(),  # too big
        events.BadResult(),
        events.TaskMissing(),  # gone
    ]
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How the API and Discord answer the next step of a process, whichever step it is."""

    has_card: bool
    sending: str
    is_slow: bool  # the process stalls before the POST leaves, or before its answer is read
    status: str
    cost: Decimal | None
    results: int
    is_missing: bool
    delivery: events.Event


TURNS = st.lists(
    st.builds(
        Turn,
        has_card=st.sampled_from([True, True, True, False]),
        sending=SENDINGS,
        is_slow=st.sampled_from([False, False, True]),
        status=STATUSES,
        cost=COSTS,
        results=st.integers(0, 2),
        is_missing=st.sampled_from([False, False, True]),
        delivery=DELIVERIES,
    ),
    min_size=1,
    max_size=6,
)


class StoreMachine(RuleBasedStateMachine):
    """Starts, stalls and kills processes, and checks the rows after each event."""

    failed = False

    def __init__(self) -> None:
        super().__init__()
        self.model = StoreModel()
        self.known_jobs: list[KnownJob] = []  # of all processes, the oldest first
        self.sendings: list[KnownJob] = []  # whose POST is stored and has not left
        self.answers: list[ApiAnswer] = []  # that have not been read

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
            until = self.model.clock() + LEASE
            self.model.run(process.claims.renew(now=self.model.clock(), lease_until=until))
        process = self._process(which)
        self.known_jobs += [KnownJob(process, job) for job in self.model.claim(process)]

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
        self._remember(process, self.model.accept(process, job))

    @rule(which=WHICH, job=WHICH, again=st.integers(1, 2))
    def try_again(self, which: int, job: int, again: int) -> None:
        """Press *Try again* on a job, perhaps twice."""
        old = self._row(job)
        if old is not None and old.state in {JobState.UNCERTAIN, JobState.FAILED}:
            process = self._process(which)
            retry = self.model.new_job(old.id + again, user_id=old.user_id, retry_of=old.id)
            self._remember(process, self.model.accept(process, retry))

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
            self._act(KnownJob(owner, row), turn)

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
            self.known_jobs += [KnownJob(successor, taken) for taken in self.model.claim(successor)]
        else:
            self.request_cancel(0, job, 3)
        if is_gone:
            self._apply_deletion(KnownJob(owner, row))
        else:
            self._act(KnownJob(owner, row), turns[0])

    def _apply_deletion(self, known: KnownJob) -> None:
        self._apply(known, events.CardGone())
        row = self.model.run(self.model.jobs.get(known.job.id))
        if row is not None and row.cancel_wanted_by == 0:
            self.model.cancel_requests.setdefault(row.id, (0, self.model.clock()))

    @rule(which=WHICH, turns=TURNS)
    def act_on_an_old_read(self, which: int, turns: list[Turn]) -> None:
        """Let a process act on what it read some time ago."""
        if self.known_jobs:
            self._act(self.known_jobs[-1 - which % len(self.known_jobs)], turns[0])

    @rule(which=WHICH, turns=TURNS, is_killed=st.booleans())
    def continue_late(self, which: int, turns: list[Turn], is_killed: bool) -> None:
        """Let a POST leave long after it was stored, or its answer be read long after it came.

        The reading process may be killed right after its first write.
        """
        if self.sendings:
            self._send(self.sendings.pop(which % len(self.sendings)), turns[0])
        if self.answers:
            self._read(self.answers.pop(which % len(self.answers)), is_killed=is_killed)

    def _act(self, known: KnownJob, turn: Turn) -> None:
        """Take the step that fits what the process knows."""
        if not known.process.is_running:
            return
        job = known.job
        made = self.model.tasks[job.id]
        if job.state.is_final:
            self._apply(known, events.EndingShown())
        elif job.state is JobState.ACCEPTED:
            self._begin(known, turn)
        elif job.state is JobState.DELIVERING:
            self._apply(known, turn.delivery)
        elif job.task_id is None and (not made or turn.is_missing):
            self._apply(known, events.SearchFoundNothing())
        elif turn.is_missing:
            self._apply(known, events.CancelRefused() if turn.results else events.TaskMissing())
        else:
            seen = events.TaskSeen(
                task_id=made[0],
                status=turn.status,
                cost=turn.cost,
                progress=50.0,
                result_count=turn.results,
            )
            self._apply(known, seen)

    def _begin(self, known: KnownJob, turn: Turn) -> None:
        """Find the card, then store that the POST is about to leave."""
        job, process = known.job, known.process
        if job.message_id is None:
            there = events.Answered(job.id + 1)
            self._apply(known, there if turn.has_card else events.NeverAnswered())
            return
        before = self.model.run(process.jobs.get(job.id))
        begun = process.recorder.preview(job, events.SubmitStarted())
        saved = self.model.run(process.jobs.save(job, begun, unless_cancel_wanted=True))
        assert saved == (
            before is not None
            and before.state is JobState.ACCEPTED
            and before.fence == job.fence
            and before.cancel_wanted_by is None
        )
        if not saved:
            return
        self._remember(process, begun)
        if turn.is_slow:
            self.sendings.append(KnownJob(process, begun))
        else:
            self._send(KnownJob(process, begun), turn)

    def _send(self, known: KnownJob, turn: Turn) -> None:
        """Let the POST leave, and hand its answer to the process that sent it."""
        if not known.process.is_running:
            return
        if turn.sending in {"not taken", "refused"}:
            answer = ApiAnswer(known, None, turn.sending == "refused")
        else:
            self.model.posts[known.job.id] += 1
            if turn.sending == "lost":
                return
            made = self.model.tasks[known.job.id]
            made.append(f"task {known.job.id} {len(made)}")
            if turn.sending == "unanswered":
                return
            answer = ApiAnswer(known, made[-1], is_refusal=False)
        if turn.is_slow:
            self.answers.append(answer)
        else:
            self._read(answer, is_killed=False)

    def _read(self, answer: ApiAnswer, *, is_killed: bool) -> None:
        known = answer.known
        if not known.process.is_running:
            return
        if answer.task_id is None:
            refused = events.SubmitRefused(Reason.API)
            self._apply(known, refused if answer.is_refusal else events.SubmitNotProcessed())
            return
        row = self.model.run(known.process.jobs.get(known.job.id))
        learned = known.process.jobs.learn_task_id(known.job.id, answer.task_id)
        assert self.model.run(learned) == (row is not None and row.task_id is None)
        if is_killed:
            known.process.is_running = False
        else:
            self._apply(known, events.TaskSeen(task_id=answer.task_id, status="pending"))

    def _apply(self, known: KnownJob, event: events.Event) -> None:
        self._remember(known.process, self.model.apply(known, event))

    def _remember(self, process: SimulatedProcess, job: Job | None) -> None:
        if job is not None:
            self.known_jobs.append(KnownJob(process, job))

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
