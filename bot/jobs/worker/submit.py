"""From an accepted job to a task at the API: POST once, and search when the answer was lost."""

import logging
from collections.abc import Callable, Mapping

from bot.jobs.errors import CardBusy, CardError, CardNeverSent
from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_events import submit_refused, task_seen
from bot.jobs.worker.task_search import Search, find_task
from bot.modelhunter import (
    ModelHunterError,
    NotProcessed,
    OperatorMustAct,
    OutcomeUnknown,
    Rejected,
    Task,
)
from bot.monitoring.api_health import METADATA, report_refusal, report_unreachable
from db.records import TOKEN_LIFETIME, Job, JobState, Reason
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

# An unsent job waits this long for the API before it ends, unpaid: nobody wants it a day later.
SUBMIT_TIMEOUT = 2 * 60 * 60.0
# The API's clock and ours may differ; the search begins this much before the POST.
_SEARCH_MARGIN = 10 * 60.0


class SubmitStep:
    """Send accepted jobs and find those whose answer was lost."""

    def __init__(
        self, context: StepContext, jobs: JobRepository, *, on_model_gone: Callable[[str], None]
    ) -> None:
        self._api = context.api
        self._recorder = context.recorder
        self._cards = context.cards
        self._health = context.health
        self._clock = context.clock
        self._jobs = jobs
        self._on_model_gone = on_model_gone

    async def send(self, job: Job) -> Job:
        """Take an accepted *job* to the API, once."""
        if job.cancel_wanted_by is not None:
            return await self._recorder.apply(job, events.CancelRequested(job.cancel_wanted_by))
        if job.message_id is None:
            return await self._find_card(job)
        if self._clock() - job.created_at > SUBMIT_TIMEOUT:
            return await self._recorder.apply(job, events.SubmitRefused(Reason.UNREACHABLE))
        begun = await self._begin(job)
        return begun if begun.state is not JobState.SUBMITTING else await self._post(begun)

    async def search(self, job: Job) -> Job:
        """Look for the task of a *job* whose POST has no known outcome; never send it again."""
        own = str(job.id)
        since = (job.submitted_at or job.created_at) - _SEARCH_MARGIN
        try:
            found = await find_task(
                self._api, since, lambda task: task.metadata.get("job_id") == own
            )
        except ModelHunterError:
            await self._recorder.apply(job, events.SearchFailed())
            raise
        self._judge_list(found)
        if found.task is not None:
            return await self._learn(job, found.task)
        return await self._recorder.apply(job, events.SearchFoundNothing())

    def _judge_list(self, found: Search) -> None:
        """Tell the operator when the list shows nobody's metadata, and when it does again."""
        if found.marked:
            self._health.clear(METADATA)
        elif found.proves_nothing:
            self._health.report(
                METADATA,
                "No listed task carries metadata, so a task whose answer was lost can't be found.",
            )

    async def _find_card(self, job: Job) -> Job:
        """Learn whether a job without a message id was ever answered."""
        age = self._clock() - job.created_at
        if age > TOKEN_LIFETIME:
            return await self._recorder.apply(job, events.NeverAnswered())
        try:
            message_id = await self._cards.find(job)
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardError as error:
            if age < ANSWER_WINDOW:
                # The answer may still be on its way: its absence proves nothing yet.
                raise RetryLater from error
            if not isinstance(error, CardNeverSent):
                log.warning("job %d: its card can't be looked for: %s", job.id, error)
            return await self._recorder.apply(job, events.NeverAnswered())
        return await self._recorder.apply(job, events.Answered(message_id))

    async def _begin(self, job: Job) -> Job:
        """Write `submitting` before the POST leaves, unless a cancel was faster.

        It is not shown: the answer comes so soon that the card would only flicker.
        """
        begun = self._recorder.preview(job, events.SubmitStarted())
        if await self._jobs.save(job, begun, unless_cancel_wanted=True):
            return begun
        return await self._recorder.read(job.id)

    async def _post(self, job: Job) -> Job:
        try:
            task = await self._api.create_task(job.endpoint, request_body(job))
        except NotProcessed as error:
            if error.status is None:
                report_unreachable(self._health)
            await self._note_outcome(job, events.SubmitNotProcessed())
            raise RetryLater(error.retry_after, slows_all=error.status == 429) from error
        except Rejected as error:
            log.info("job %d: refused by the API: %s", job.id, error)
            return await self._note_outcome(job, self._refusal(job, error))
        except OperatorMustAct as error:
            report_refusal(self._health, error)
            log.info("job %d: refused by the API: %s", job.id, error)
            return await self._note_outcome(job, submit_refused(Reason.OPERATOR, error))
        except OutcomeUnknown as error:
            log.warning("job %d: the answer to its POST is unknown (%s)", job.id, error)
            self._cards.show(job)
            return job
        return await self._learn(job, task)

    async def _note_outcome(
        self, job: Job, outcome: events.SubmitNotProcessed | events.SubmitRefused
    ) -> Job:
        """Note what became of the POST, also when the job has changed hands meanwhile.

        Nobody else can ever learn it, and while the job is `submitting` no other POST is meant.
        """
        return await self._recorder.apply_to_latest(job.id, outcome) or job

    async def _learn(self, job: Job, task: Task) -> Job:
        # A task id is a fact: it is kept even if the job has changed hands meanwhile.
        await self._jobs.learn_task_id(job.id, task.id)
        log.info("job %d: is task %s", job.id, task.id)
        return await self._recorder.apply(job, task_seen(task))

    def _refusal(self, job: Job, error: Rejected) -> events.SubmitRefused:
        if error.code not in {"MODEL_NOT_FOUND", "PROVIDER_NOT_FOUND"}:
            return submit_refused(Reason.API, error)
        log.error("ModelHunter does not offer %s any more: not offered until restart", job.model)
        self._on_model_gone(job.model)
        return submit_refused(Reason.MODEL_GONE, error)


def request_body(job: Job) -> Mapping[str, object]:
    """Return what is POSTed for *job*: its stored body, marked so that it can be found again."""
    return {**job.body, "metadata": {"job_id": str(job.id)}}
