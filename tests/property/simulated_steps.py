"""Steps of simulated processes, with answers of the API and Discord that are drawn beforehand."""

import dataclasses
from decimal import Decimal

from hypothesis import strategies as st

from bot.jobs.lifecycle import events
from db.records import Job, JobState, Reason
from tests.property.simulated_processes import ApiAnswer, KnownJob, SimulatedProcess
from tests.property.store_model import StoreModel, decisive

COSTS = st.sampled_from([None, None, Decimal(0), Decimal("0.04"), Decimal("0.55")])
STATUSES = st.sampled_from(
    ["pending", "running", "succeeded", "succeeded", "succeeded", "failed", "cancelled", "expired"]
)
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


class SimulatedSteps:
    """Takes the step that fits what a process knows of a job, and keeps POSTs that are under way."""

    def __init__(self, model: StoreModel) -> None:
        self._model = model
        self.known_jobs: list[KnownJob] = []  # of all processes, the oldest first
        self.sendings: list[KnownJob] = []  # whose POST is stored and has not left
        self.answers: list[ApiAnswer] = []  # that have not been read

    def act(self, known: KnownJob, turn: Turn) -> None:
        """Take the step that fits what the process knows."""
        if not known.process.is_running:
            return
        job = known.job
        made = self._model.tasks[job.id]
        if job.state.is_final:
            self.apply(known, events.EndingShown())
        elif job.state is JobState.ACCEPTED:
            self._begin(known, turn)
        elif job.state is JobState.DELIVERING:
            self.apply(known, turn.delivery)
        elif job.task_id is None and (not made or turn.is_missing):
            self.apply(known, events.SearchFoundNothing())
        elif turn.is_missing:
            self.apply(known, events.CancelRefused() if turn.results else events.TaskMissing())
        else:
            seen = events.TaskSeen(
                task_id=made[0],
                status=turn.status,
                cost=turn.cost,
                progress=50.0,
                result_count=turn.results,
            )
            self.apply(known, seen)

    def send(self, known: KnownJob, turn: Turn) -> None:
        """Let the POST leave, and hand its answer to the process that sent it."""
        if not known.process.is_running:
            return
        if turn.sending in {"not taken", "refused"}:
            answer = ApiAnswer(known, None, turn.sending == "refused")
        else:
            self._model.posts[known.job.id] += 1
            if turn.sending == "lost":
                return
            made = self._model.tasks[known.job.id]
            made.append(f"task {known.job.id} {len(made)}")
            if turn.sending == "unanswered":
                return
            answer = ApiAnswer(known, made[-1], is_refusal=False)
        if turn.is_slow:
            self.answers.append(answer)
        else:
            self.read(answer, is_killed=False)

    def read(self, answer: ApiAnswer, *, is_killed: bool) -> None:
        """Store what the API answered; the process may be killed after its first write."""
        known = answer.known
        if not known.process.is_running:
            return
        if answer.task_id is None:
            refused = events.SubmitRefused(Reason.API)
            self.apply(known, refused if answer.is_refusal else events.SubmitNotProcessed())
            return
        row = self._model.run(known.process.jobs.get(known.job.id))
        learned = known.process.jobs.learn_task_id(known.job.id, answer.task_id)
        after = self._model.run(learned)
        assert (after is None) == (row is None)
        if row is not None and after is not None:
            assert after.task_id == (row.task_id or answer.task_id)
            assert after.version == row.version + (row.task_id is None)
        if is_killed:
            known.process.is_running = False
        else:
            self.apply(known, events.TaskSeen(task_id=answer.task_id, status="pending"))

    def apply(self, known: KnownJob, event: events.Event) -> None:
        """Let a process apply an event, and remember what it knows then."""
        self.remember(known.process, self._model.apply(known, event))

    def remember(self, process: SimulatedProcess, job: Job | None) -> None:
        """Remember that a process knows a job, unless there is none."""
        if job is not None:
            self.known_jobs.append(KnownJob(process, job))

    def _begin(self, known: KnownJob, turn: Turn) -> None:
        """Find the card, then store that the POST is about to leave."""
        job, process = known.job, known.process
        if job.message_id is None:
            there = events.Answered(job.id + 1)
            self.apply(known, there if turn.has_card else events.NeverAnswered())
            return
        before = self._model.run(process.jobs.get(job.id))
        begun = process.recorder.preview(job, events.SubmitStarted())
        saved = self._model.run(process.jobs.save(job, begun, unless_cancel_wanted=True))
        assert (saved is not None) == (
            before is not None
            and decisive(before) == decisive(job)
            and before.cancel_wanted_by is None
        )
        if saved is None:
            return
        self.remember(process, saved)
        if turn.is_slow:
            self.sendings.append(KnownJob(process, saved))
        else:
            self.send(KnownJob(process, saved), turn)
