"""Jobs: written once when accepted, then by differences, and read.

A change names the version of the record that it was decided on (`db.repositories.saving` has the
theory). Six facts are exempt, and are stored by the process that learns them, owner or not: the
task's id, the card's message id, a request to cancel, how the card offers that, where the job is
tried again, and the API's address of each input. All but one are written once, into a place that is
empty. A lost task id would be a lost
task that was paid for, and a request must not depend on which process gets it. Each raises the
version too, and marks the row woken if another process owns it, which reads it then.

Every record that is read or written is handed to `note`, so that an owner always has the newest one,
and that a record is not the row's any more, because a write by it found none, to `forget`.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, bindparam, exists, select, update

from db.columns import OneOf
from db.copies import changed
from db.job_filters import ANY_JOB, JobFilter
from db.job_inputs import sources_of, without_sources
from db.records import CancelControl, Job, SpendingLimits
from db.repositories import acceptance, job_lists, saving
from db.rows import changed_columns, read_job, read_jobs
from db.statements import Call, Statement, Steps
from db.store import Store
from db.tables import is_final, jobs

_this = jobs.c.id == bindparam("job")
_other = jobs.alias()

_BY_ID = Statement(select(jobs).where(_this))
_BY_ID_ALONE = Statement(select(jobs).where(_this).with_for_update())
_BY_IDS = Statement(select(jobs).where(OneOf(jobs.c.id, "wanted")).order_by(jobs.c.id))
_BY_MESSAGE = Statement(select(jobs).where(jobs.c.message_id == bindparam("message")).limit(1))


def _fact(*conditions: ColumnElement[bool], **values: object) -> Statement:
    """Return the statement that stores a fact; *by* is the process that does."""
    return Statement(
        update(jobs)
        .where(_this, *conditions)
        .values(version=jobs.c.version + 1, woken=saving.WOKEN_IF_ANOTHERS, **values)
        .returning(*jobs.c)
    )


_REQUEST_CANCEL = _fact(
    jobs.c.cancel_wanted_by.is_(None),
    ~is_final,
    cancel_wanted_by=bindparam("cancelled_by"),
    cancel_wanted_at=bindparam("now"),
)
_LEARN_TASK = _fact(
    jobs.c.task_id.is_(None),
    ~exists().where(_other.c.task_id == bindparam("task")),
    task_id=bindparam("task"),
)
_SET_MESSAGE = _fact(jobs.c.message_id.is_(None), message_id=bindparam("message"))
_SET_RETRIED_AS = _fact(jobs.c.retried_as.is_(None), retried_as=bindparam("address"))
_SET_CONTROL = _fact(cancel_control=bindparam("control"))


class JobRepository:
    """Reads and changes of single jobs by one process, the *owner*; each call is one transaction."""

    def __init__(
        self,
        store: Store,
        *,
        owner: str = "",
        note: Callable[[Job], None] = lambda _: None,
        forget: Callable[[int, int], None] = lambda _, __: None,
    ) -> None:
        self._store = store
        self._owner = owner
        self._note = note
        self._forget = forget

    async def accept(
        self,
        job: Job,
        limits: SpendingLimits,
        *,
        owner: str,
        draft_id: int | None = None,
        is_late: Callable[[], bool] | None = None,
    ) -> Job:
        """Write the job as *owner*'s, reserve `price_high` and use up the draft, or do nothing.

        What has not begun while it was not yet too late (*is_late*, asked in any thread) never does.

        Raises:
            AlreadyAccepted: The id is known.
            AlreadyRetried: `retry_of` has its retry.
            DraftUsed: The draft is answered, or does not exist.
            TooManyRunning: The requester's limit is reached; `uncertain` jobs don't count.
            UserBudgetSpent: The requester's part of the UTC day has too little left.
            BudgetSpent: The UTC day of `created_at` has too little left.
            NotBegun: It was too late.
        """
        owned = changed(job, owner=owner, version=1)
        writing = acceptance.accept(owned, limits, draft_id)
        accepted = await self._store.transact(writing, urgent=True, is_late=is_late)
        self._note(accepted)
        return accepted

    async def check(self, job: Job, limits: SpendingLimits) -> Job:
        """Return *job* as it would be accepted now; raises what `accept` raises of limits."""
        return await self._store.read(acceptance.check(job, limits))

    async def withdraw(self, job: Job) -> bool:
        """Undo the acceptance of *job*, its draft's answer too; return whether it could be undone.

        Nothing is undone once the job was answered, sent or ended, or has another owner.
        """
        is_undone = await self._store.transact(acceptance.withdraw(job))
        if is_undone:
            self._forget(job.id, job.version)
        return is_undone

    async def get(self, job_id: int) -> Job | None:
        """Return the job with this id, or None."""
        return await self._read(_BY_ID(job=job_id))

    async def get_all(self, job_ids: Sequence[int]) -> tuple[Job, ...]:
        """Return those of the jobs that exist, by one statement."""
        return await self._read_all(_BY_IDS(wanted=job_ids))

    async def by_message(self, message_id: int) -> Job | None:
        """Return the job whose card this message is."""
        return await self._read(_BY_MESSAGE(message=message_id))

    async def open_of_user(self, user_id: int) -> tuple[Job, ...]:
        """Return the requester's jobs that have not ended, newest first."""
        return await self._read_all(job_lists.OPEN_OF_USER(user=user_id))

    async def open_in_channel(self, channel_id: int) -> tuple[Job, ...]:
        """Return the jobs of a channel that have not ended, newest first."""
        return await self._read_all(job_lists.OPEN_IN_CHANNEL(channel=channel_id))

    async def cards_in_channel(self, channel_id: int) -> Sequence[int]:
        """Return the messages that are the cards of open jobs in a channel, oldest first."""
        return await self._store.read(_column(job_lists.CARDS_IN_CHANNEL(channel=channel_id)))

    async def recent_of_user(
        self, user_id: int, limit: int, start: int = 0, wanted: JobFilter = ANY_JOB
    ) -> tuple[Job, ...]:
        """Return the requester's jobs from *start* on: what runs, then what waits, then the newest.

        An ended job that is to be forgotten is not among them.
        """
        return await self._read_all(job_lists.recent_of_user(user_id, limit, start, wanted))

    async def count_of_user(self, user_id: int, wanted: JobFilter = ANY_JOB) -> int:
        """Count the jobs that `recent_of_user` has on all its pages."""
        return await self._store.read(_counted(job_lists.count_of_user(user_id, wanted)))

    async def save(
        self,
        before: Job,
        after: Job,
        *,
        charge: Decimal | None = None,
        unless_cancel_wanted: bool = False,
    ) -> Job | None:
        """Write what differs, and settle the reservation at *charge* US dollars (0 releases it).

        While the job has not ended, *charge* is what is reserved from now on.
        A job that is to be forgotten is deleted by the change that closes it. Ownership is never
        written. Returns the job as it is then, or None, with nothing written: when the job was
        changed since by a step or has another owner; when it would be closed although its card
        became known since; and, with *unless_cancel_wanted*, when a cancel was requested.
        """
        changes = changed_columns(before, after)
        if charge is None and not unless_cancel_wanted and not changes:
            return before
        if unless_cancel_wanted and before.cancel_wanted_by is not None:
            return None
        # Who asked waits for the answer, and ❌ works from when the message is known.
        urgent = before.message_id != after.message_id
        by = self._owner
        first = saving.write(before, after, changes, by)
        again = saving.write_again(before, after, by=by, unless_cancel_wanted=unless_cancel_wanted)
        if charge is None and after.open:
            saved = await self._store.write(first, urgent=urgent)
            saved = saved or await self._store.transact(again, urgent=urgent)
        else:
            steps = saving.save(before, after, first, again, charge=charge)
            saved = await self._store.transact(steps, urgent=urgent)
        if saved is None:
            self._forget(before.id, before.version)
        else:
            self._note(saved)
        return saved

    async def request_cancel(self, job_id: int, by: int, now: float) -> Job | None:
        """Store that user *by* wants the job cancelled, and wake its owner; return the job.

        Nothing is stored for a job that has ended, or whose cancel was requested before.
        """
        request = _REQUEST_CANCEL(job=job_id, cancelled_by=by, now=now, by=self._owner)
        return await self._learn(request, job_id, urgent=True)

    async def learn_task_id(self, job_id: int, task_id: str) -> Job | None:
        """Store the task's id, unless it is another job's or this job has one; return the job."""
        return await self._learn(_LEARN_TASK(job=job_id, task=task_id, by=self._owner), job_id)

    async def learn_input_address(
        self, job_id: int, index: int, address: str, now: float
    ) -> Job | None:
        """Store where the input with this index is at the API, unless that is known; return the job.

        The address that it was fetched from is removed by the same write.
        """
        learning = _learn_input(job_id, index, address, now, self._owner)
        job = await self._store.transact(learning)
        if job is not None:
            self._note(job)
        return job

    async def set_message(self, job_id: int, message_id: int) -> Job | None:
        """Store which message is the card, unless one is known; return the job."""
        learned = _SET_MESSAGE(job=job_id, message=message_id, by=self._owner)
        return await self._learn(learned, job_id, urgent=True)

    async def set_retried_as(self, job_id: int, address: str) -> Job | None:
        """Store where the job is tried again, and return it; None if it is gone.

        Only one job tries another again, so nothing is overwritten.
        """
        retried = _SET_RETRIED_AS(job=job_id, address=address, by=self._owner)
        return await self._learn(retried, job_id)

    async def set_cancel_control(self, job_id: int, control: CancelControl) -> Job | None:
        """Store how the card offers to cancel; return the job, None if it is gone."""
        return await self._learn(_SET_CONTROL(job=job_id, control=control, by=self._owner), job_id)

    async def _learn(self, call: Call, job_id: int, *, urgent: bool = False) -> Job | None:
        """Store a fact, and return the job as it is now, also where that changed nothing."""
        job = await self._store.write(_learned(call, job_id), urgent=urgent)
        if job is not None:
            self._note(job)
        return job

    async def _read(self, call: Call) -> Job | None:
        job = await self._store.read(read_job(call))
        if job is not None:
            self._note(job)
        return job

    async def _read_all(self, call: Call) -> tuple[Job, ...]:
        found = await self._store.read(read_jobs(call))
        for job in found:
            self._note(job)
        return found


def _column(call: Call) -> Steps[Sequence[int]]:
    return (yield call).column()


def _learned(call: Call, job_id: int) -> Steps[Job | None]:
    changed = yield from read_job(call)
    return changed or (yield from read_job(_BY_ID(job=job_id)))


def _learn_input(job_id: int, index: int, address: str, now: float, by: str) -> Steps[Job | None]:
    job = yield from read_job(_BY_ID_ALONE(job=job_id))
    if job is None or job.inputs[index].address is not None:
        return job
    uploaded = job.inputs[index].uploaded(address, now)
    inputs = (*job.handed_in[:index], uploaded, *job.handed_in[index + 1 :])
    after = changed(job, inputs=without_sources(inputs), input_sources=sources_of(inputs))
    return (yield from saving.write(job, after, changed_columns(job, after), by))


def _counted(call: Call) -> Steps[int]:
    rows = yield call
    return int(rows.value() or 0)
