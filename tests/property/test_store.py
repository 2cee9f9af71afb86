"""Every order of answers, requests, deletions, deaths and takeovers, on the real tables and rules."""

import dataclasses
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.jobs.lifecycle import events
from db.records import Job, JobState, Reason
from tests.property.profile import machine_settings
from tests.property.simulated_processes import DAY, HOUR, LEASE, MINUTE, ApiAnswer, Belief, Life
from tests.property.store_story import StoreStory

PRICES = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.40"), Decimal("1.10")])
COSTS = st.sampled_from([None, None, Decimal(0), Decimal("0.04"), Decimal("0.55")])
STATUSES = st.sampled_from(
    ["pending", "running", "succeeded", "succeeded", "succeeded", "failed", "cancelled", "expired"]
)
TIMES = st.sampled_from([1.0, 9.0, LEASE + 1, 2 * MINUTE, 14 * MINUTE, 3 * HOUR, DAY, 31 * DAY])
WHICH = st.integers(0, 50)
SENDINGS = st.sampled_from(["told", "told", "told", "untold", "lost", "not taken", "refused"])
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
    """What the world answers to the next question of a process, whatever it asks."""

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
    """Let processes live, stall and die, and see to it that the rows stay true."""

    failed = False

    def __init__(self) -> None:
        super().__init__()
        self.story = StoreStory()
        self.beliefs: list[Belief] = []  # of all processes, the oldest first
        self.sendings: list[Belief] = []  # POSTs that are written down and have not left
        self.answers: list[ApiAnswer] = []  # that have not been read

    def teardown(self) -> None:
        """Bring everything to its end, unless the story has failed already."""
        try:
            if not self.failed:
                self.story.bring_to_an_end()
        finally:
            self.story.close()

    @invariant()
    def all_is_true(self) -> None:
        """Check rows, ledger, requests, endings."""
        self.failed = True
        self.story.check()
        self.failed = False

    # Processes.

    @rule(which=WHICH, how=st.sampled_from(["start", "stop", "die"]))
    def change_of_staff(self, which: int, how: str) -> None:
        """Start a process, stop one in order, or kill one: its rows stay as they are."""
        life = self._life(which)
        if how == "start":
            self.story.born()
            return
        if how == "stop":
            self.story.run(life.claims.release())
        life.is_alive = False

    @rule(seconds=TIMES, keeping=st.booleans(), which=WHICH)
    def wait(self, seconds: float, keeping: bool, which: int) -> None:
        """Let time pass, in which processes keep their leases or stall; then one looks around."""
        self.story.clock.now += seconds
        for life in self._living() if keeping else ():
            until = self.story.clock() + LEASE
            self.story.run(life.claims.renew(now=self.story.clock(), lease_until=until))
        life = self._life(which)
        self.beliefs += [Belief(life, job) for job in self.story.claim(life)]

    # People.

    @initialize()
    def begin(self) -> None:
        """Begin with two jobs, so that every story has something to tell."""
        for number in (1, 2):
            self.ask(0, number, number, Decimal("0.40"))

    @rule(which=WHICH, number=st.integers(1, 8), user=st.integers(1, 2), price=PRICES)
    def ask(self, which: int, number: int, user: int, price: Decimal) -> None:
        """Use a command; the same interaction may reach several processes."""
        life = self._life(which)
        job = self.story.new_job(10 * number, user_id=user, price_high=price)
        self._believe(life, self.story.accept(life, job))

    @rule(which=WHICH, job=WHICH, again=st.integers(1, 2))
    def try_again(self, which: int, job: int, again: int) -> None:
        """Press *Try again* on a job, perhaps twice."""
        old = self._row(job)
        if old is not None and old.state in {JobState.UNCERTAIN, JobState.FAILED}:
            life = self._life(which)
            retry = self.story.new_job(old.id + again, user_id=old.user_id, retry_of=old.id)
            self._believe(life, self.story.accept(life, retry))

    @rule(which=WHICH, job=WHICH, by=st.integers(1, 3))
    def wish_the_end(self, which: int, job: int, by: int) -> None:
        """Tap ❌; any process may hear of it."""
        row = self._row(job)
        if row is None:
            return
        requested = self.story.run(self._life(which).recorder.request_cancel(row.id, by))
        assert requested is not None
        assert requested.state is row.state
        if not row.state.is_final and row.cancel_wanted_by is None:
            self.story.requests[row.id] = (by, self.story.clock())

    @rule(which=WHICH, job=WHICH)
    def delete_the_card(self, which: int, job: int) -> None:
        """Delete the card; any process may hear of it."""
        row = self._row(job)
        if row is None:
            return
        after = self.story.run(
            self._life(which).recorder.apply_to_latest(row.id, events.CardGone())
        )
        assert after is not None
        if after.cancel_wanted_by == 0:
            self.story.requests.setdefault(row.id, (0, self.story.clock()))

    @rule(user=st.integers(0, 2))
    def tidy_up(self, user: int) -> None:
        """Delete what is known of a person, if it is one, and what is old."""
        if user:
            self.story.run(self.story.retention.forget_user(user))
        now = self.story.clock()
        self.story.run(self.story.retention.clear_tokens(now - 15 * MINUTE))
        self.story.run(self.story.retention.delete_ended(now - 30 * DAY))

    # What processes do with what they believe.

    @rule(turns=TURNS)
    def all_go_on(self, turns: list[Turn]) -> None:
        """Let every process take steps with all of its jobs, each on what the row says."""
        for turn in turns:
            for job_id in list(self.story.books.jobs):
                self._go_on(job_id, turn)

    @rule(job=WHICH, turns=TURNS)
    def one_goes_on(self, job: int, turns: list[Turn]) -> None:
        """Let the process that has a job take some steps with it."""
        row = self._row(job)
        if row is not None:
            for turn in turns:
                self._go_on(row.id, turn)

    def _go_on(self, job_id: int, turn: Turn) -> None:
        row = self.story.run(self.story.jobs.get(job_id))
        owner = None if row is None else self._named(row.owner)
        if row is not None and owner is not None and row.open:
            self._act(Belief(owner, row), turn)

    @rule(
        job=WHICH,
        meanwhile=st.sampled_from(["a takeover", "a request"]),
        turns=TURNS,
        is_gone=st.booleans(),
    )
    def act_too_late(self, job: int, meanwhile: str, turns: list[Turn], is_gone: bool) -> None:
        """Let a process act on a row that somebody changed since it was read."""
        row = self._row(job)
        owner = None if row is None else self._named(row.owner)
        if row is None or owner is None or not row.open:
            return
        if meanwhile == "a takeover":
            self.story.clock.now += LEASE + 1
            heir = self.story.born()
            self.beliefs += [Belief(heir, taken) for taken in self.story.claim(heir)]
        else:
            self.wish_the_end(0, job, 3)
        if is_gone:
            self._hear_of_the_deletion(Belief(owner, row))
        else:
            self._act(Belief(owner, row), turns[0])

    def _hear_of_the_deletion(self, belief: Belief) -> None:
        self._note(belief, events.CardGone())
        row = self.story.run(self.story.jobs.get(belief.job.id))
        if row is not None and row.cancel_wanted_by == 0:
            self.story.requests.setdefault(row.id, (0, self.story.clock()))

    @rule(which=WHICH, turns=TURNS)
    def act_on_what_was(self, which: int, turns: list[Turn]) -> None:
        """Let a process act on what it read some time ago."""
        if self.beliefs:
            self._act(self.beliefs[-1 - which % len(self.beliefs)], turns[0])

    @rule(which=WHICH, turns=TURNS, dies=st.booleans())
    def wake_up(self, which: int, turns: list[Turn], dies: bool) -> None:
        """Let a POST leave long after it was written down, or its answer be read long after it came.

        Whoever reads may die right after the first write.
        """
        if self.sendings:
            self._send(self.sendings.pop(which % len(self.sendings)), turns[0])
        if self.answers:
            self._read(self.answers.pop(which % len(self.answers)), dies=dies)

    def _act(self, belief: Belief, turn: Turn) -> None:
        """Take the step that fits what the process believes."""
        if not belief.life.is_alive:
            return
        job = belief.job
        made = self.story.tasks[job.id]
        if job.state.is_final:
            self._note(belief, events.EndingShown())
        elif job.state is JobState.ACCEPTED:
            self._begin(belief, turn)
        elif job.state is JobState.DELIVERING:
            self._note(belief, turn.delivery)
        elif job.task_id is None and (not made or turn.is_missing):
            self._note(belief, events.SearchFoundNothing())
        elif turn.is_missing:
            self._note(belief, events.CancelRefused() if turn.results else events.TaskMissing())
        else:
            seen = events.TaskSeen(
                task_id=made[0],
                status=turn.status,
                cost=turn.cost,
                progress=50.0,
                result_count=turn.results,
            )
            self._note(belief, seen)

    def _begin(self, belief: Belief, turn: Turn) -> None:
        """Find the card, then write that the POST is about to leave."""
        job, life = belief.job, belief.life
        if job.message_id is None:
            there = events.Answered(job.id + 1)
            self._note(belief, there if turn.has_card else events.NeverAnswered())
            return
        before = self.story.run(life.jobs.get(job.id))
        begun = life.recorder.preview(job, events.SubmitStarted())
        saved = self.story.run(life.jobs.save(job, begun, unless_cancel_wanted=True))
        assert saved == (
            before is not None
            and before.state is JobState.ACCEPTED
            and before.fence == job.fence
            and before.cancel_wanted_by is None
        )
        if not saved:
            return
        self._believe(life, begun)
        if turn.is_slow:
            self.sendings.append(Belief(life, begun))
        else:
            self._send(Belief(life, begun), turn)

    def _send(self, belief: Belief, turn: Turn) -> None:
        """Let the POST leave, and hand its answer to whoever sent it."""
        if not belief.life.is_alive:
            return
        if turn.sending in {"not taken", "refused"}:
            answer = ApiAnswer(belief, None, turn.sending == "refused")
        else:
            self.story.posts[belief.job.id] += 1
            if turn.sending == "lost":
                return
            made = self.story.tasks[belief.job.id]
            made.append(f"task {belief.job.id} {len(made)}")
            if turn.sending == "untold":
                return
            answer = ApiAnswer(belief, made[-1], is_refusal=False)
        if turn.is_slow:
            self.answers.append(answer)
        else:
            self._read(answer, dies=False)

    def _read(self, answer: ApiAnswer, *, dies: bool) -> None:
        belief = answer.belief
        if not belief.life.is_alive:
            return
        if answer.task_id is None:
            refused = events.SubmitRefused(Reason.API)
            self._note(belief, refused if answer.is_refusal else events.SubmitNotProcessed())
            return
        row = self.story.run(belief.life.jobs.get(belief.job.id))
        learned = belief.life.jobs.learn_task_id(belief.job.id, answer.task_id)
        assert self.story.run(learned) == (row is not None and row.task_id is None)
        if dies:
            belief.life.is_alive = False
        else:
            self._note(belief, events.TaskSeen(task_id=answer.task_id, status="pending"))

    def _note(self, belief: Belief, event: events.Event) -> None:
        self._believe(belief.life, self.story.note(belief, event))

    def _believe(self, life: Life, job: Job | None) -> None:
        if job is not None:
            self.beliefs.append(Belief(life, job))

    def _living(self) -> list[Life]:
        return [life for life in self.story.lives if life.is_alive] or [self.story.born()]

    def _life(self, which: int) -> Life:
        living = self._living()
        return living[which % len(living)]

    def _named(self, name: str | None) -> Life | None:
        return next((life for life in self._living() if life.name == name), None)

    def _row(self, which: int) -> Job | None:
        rows = list(self.story.books.jobs.values())
        return rows[which % len(rows)] if rows else None


TestStore = StoreMachine.TestCase
TestStore.settings = machine_settings(examples=30, steps=50)
