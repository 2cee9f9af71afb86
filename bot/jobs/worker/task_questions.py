"""Task questions: ask the API about the task of one job, and record what does not say how it is.

Any failure counts as such an answer, be it a 404, a 5xx for this one task, silence or an answer about
another task. What that makes of the job is decided in `bot.jobs.lifecycle.unclear`; the failure is
raised only while the job goes on, with the pause that the job's silence asks for.

What a question brought may be kept for a moment, for the step that would ask the same again: the task
that has succeeded is delivered with the addresses that its ending came with, and a delivery waits for
its place only when it knows where its files are.
"""

import dataclasses
import logging
from collections.abc import Callable

from bot.jobs.lifecycle import events
from bot.jobs.recorder import JobRecorder
from bot.jobs.worker.missing_tasks import MissingTasks
from bot.jobs.worker.poll_intervals import silence_delay
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.modelhunter import (
    Malformed,
    ModelHunterError,
    OperatorMustAct,
    Task,
    TaskNotFound,
    Unavailable,
    Urgency,
    is_from_api,
)
from db.records import Job, JobState

log = logging.getLogger(__name__)


# Seconds for which what a question brought is kept, in memory alone. Its addresses are valid for
# fifteen minutes.
KEPT_FOR = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Kept:
    """What a question brought, and when (Unix seconds)."""

    outcome: Task | ModelHunterError
    at: float


class TaskQuestions:
    """Questions about single tasks, whose failures are recorded alike for every step."""

    def __init__(self, context: StepContext, missing: MissingTasks) -> None:
        self._api = context.api
        self._recorder: JobRecorder = context.recorder
        self._gate = context.gate
        self._clock: Callable[[], float] = context.clock
        self._missing = missing
        self._lanes = context.lanes
        self._is_announced = context.is_announced
        self._looks = context.looks
        self._kept: dict[int, _Kept] = {}  # by job id

    async def ask(self, job: Job, *, has_ended: bool = False) -> tuple[Job, Task | None]:
        """Return the task of *job*; None, and the job as it is then, if the failure ended it.

        Raises:
            RetryLater: The answer does not say how the task is.
        """
        try:
            task = await self._outcome(job, has_ended=has_ended)
        except TaskNotFound:
            self._missing.add(job)
            ends = not self._missing.may_be_a_fault(job)
            job = await self._recorder.apply(job, events.TaskMissing()) if ends else job
            return self._unless_open(
                job, RetryLater(silence_delay(job, self._clock()) or None)
            ), None
        except ModelHunterError as error:
            return await self._record_failure(job, error), None
        self._missing.discard(job.id)
        return job, task

    async def prepare(self, job: Job) -> None:
        """Ask about the task of *job* now, for the `ask` that follows."""
        if self._is_fresh(self._kept.get(job.id)):
            return
        try:
            task = await self._question(job, has_ended=True)
        except ModelHunterError as error:
            self._kept[job.id] = _Kept(error, self._clock())
        else:
            self.keep(job.id, task)

    def keep(self, job_id: int, task: Task) -> None:
        """Keep *task*, which was just asked for, for the `ask` that follows."""
        self._kept[job_id] = _Kept(task, self._clock())

    def discard(self, job_id: int) -> None:
        """Keep nothing for the job any more."""
        self._kept.pop(job_id, None)

    async def _outcome(self, job: Job, *, has_ended: bool) -> Task:
        kept = self._kept.pop(job.id, None)
        if kept is None or not self._is_fresh(kept):
            return await self._question(job, has_ended=has_ended)
        if isinstance(kept.outcome, ModelHunterError):
            raise kept.outcome
        return kept.outcome

    async def _question(self, job: Job, *, has_ended: bool) -> Task:
        has_ended = has_ended or self._is_announced(job.id)
        is_ending = has_ended or job.state is JobState.DELIVERING
        urgency = Urgency.ENDING if is_ending else Urgency.QUESTION
        place = self._lanes.question(job, has_ended=is_ending)
        async with self._looks.look(job.id), place:
            task = await self._api.get_task(str(job.task_id), urgency=urgency)
        if not task.may_be_for(str(job.id)):
            raise Malformed("the task was made for another job")
        return task

    def _is_fresh(self, kept: _Kept | None) -> bool:
        return kept is not None and self._clock() - kept.at < KEPT_FOR

    async def _record_failure(self, job: Job, error: ModelHunterError) -> Job:
        log.info("job %d: its task can't be asked about: %s", job.id, error)
        if may_concern_all(error):
            self._gate.suspect()
        failed = await self.record_failure(job)
        retry_after, slows_all = 0.0, False
        if isinstance(error, Unavailable):
            retry_after, slows_all = error.retry_after or 0.0, error.status == 429
        pause = max(retry_after, silence_delay(failed, self._clock()))
        return self._unless_open(failed, RetryLater(pause or None, slows_all=slows_all))

    async def record_failure(self, job: Job) -> Job:
        """Record that no answer says how the task of *job* is, and return the job as it is then."""
        self._missing.add(job, is_known=True)
        may_end = not self._missing.may_be_a_fault(job)
        return await self._recorder.apply(job, events.PollFailed(may_end=may_end))

    @staticmethod
    def _unless_open(job: Job, later: RetryLater) -> Job:
        """Return a job that has ended, or raise *later*."""
        if job.state.is_final:
            return job
        raise later


def may_concern_all(error: ModelHunterError) -> bool:
    """Return whether the question about the balance is to find out if *error* is everybody's."""
    if isinstance(error, Unavailable):
        return not is_from_api(error)
    return isinstance(error, OperatorMustAct)
