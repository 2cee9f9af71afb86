"""Submit step: from an accepted job to a task at the API.

One job is never two tasks, since each task is paid for. The API documents no idempotency key, so
this holds by what is written and when:

1. `submitting` is saved before the POST is sent. A process that is killed after that leaves a row
   from which no process ever sends again.
2. A POST is repeated only when it provably had no effect (`NotProcessed`: no connection, or a 429 or
   503 of the API itself); the job then goes back to `accepted`.
3. Every other failure leaves the outcome unknown. The task is searched for in the API's list: all
   tasks since half a day before the POST, because the API's clock and ours may differ by that, to
   the list's end or not at all, and only a task whose `metadata.job_id` is the job's own is adopted.
4. What is not found for two minutes is `uncertain`: its card says that it may have been charged, its
   reservation is kept, and the search goes on every ten minutes for a day. Then the job is lost.

Finding nothing proves something only if the list shows metadata at all, which `/readyz` reports.
"""

import logging
from collections.abc import Callable, Mapping

from bot.jobs.errors import CardBusy, CardError, CardNeverSent, CardNotOurs, NotOwned
from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_events import submit_refused, task_seen
from bot.jobs.worker.task_search import SearchResult, find_task, half_a_day_before
from bot.modelhunter import (
    JOB_MARK,
    ModelHunterError,
    NotProcessed,
    OperatorMustAct,
    OutcomeUnknown,
    Rejected,
    Task,
)
from bot.monitoring.api_gate import METADATA
from bot.monitoring.api_refusals import Route
from bot.monitoring.shared_token import report_shared_token
from db.records import LARGEST_ID, TOKEN_LIFETIME, Job, JobState, Reason
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

# Seconds that an unsent job waits for the API before it ends unpaid; a result a day later would
# come as a surprise.
SUBMIT_TIMEOUT = 2 * 60 * 60.0
# Seconds before the POST at which the search begins, beside what two clocks may differ by.
_SEARCH_MARGIN = 10 * 60.0
# Codes of a 403 that are about the whole key (ModelHunter docs: Errors).
_KEY_CODES = frozenset({"KEY_EXPIRED", "KEY_REVOKED"})
_MODEL_GONE_CODES = frozenset({"MODEL_NOT_FOUND", "PROVIDER_NOT_FOUND"})


class SubmitStep:
    """Step of a job without a task: sends it once, or searches for the task of a lost answer."""

    def __init__(
        self, context: StepContext, jobs: JobRepository, *, on_model_gone: Callable[[str], None]
    ) -> None:
        self._api = context.api
        self._recorder = context.recorder
        self._cards = context.cards
        self._health = context.health
        self._gate = context.gate
        self._clock = context.clock
        self._jobs = jobs
        self._on_model_gone = on_model_gone

    async def send(self, job: Job) -> Job:
        """Send an accepted *job* to the API, once."""
        if job.cancel_wanted_by is not None:
            return await self._recorder.apply(job, events.CancelRequested(job.cancel_wanted_by))
        if job.message_id is None:
            return await self._find_card(job)
        if self._clock() - job.created_at > SUBMIT_TIMEOUT:
            return await self._recorder.apply(job, events.SubmitRefused(Reason.UNREACHABLE))
        if self._gate.sending_barrier(_route_of(job)) is not None:
            await self._recorder.apply(job, events.SubmitPostponed())
            raise RetryLater
        self._gate.sending(_route_of(job))
        begun = await self._begin(job)
        return begun if begun.state is not JobState.SUBMITTING else await self._post(begun)

    async def search(self, job: Job) -> Job:
        """Search for the task of a *job* whose POST has no known outcome."""
        own = str(job.id)
        since = half_a_day_before((job.submitted_at or job.created_at) - _SEARCH_MARGIN)
        try:
            found = await find_task(self._api, since, lambda task: task.is_made_for(own))
        except ModelHunterError:
            failed = await self._recorder.apply(job, events.SearchFailed())
            if failed.state.is_final:
                return failed
            raise
        self._report_metadata(found)
        if found.task is not None:
            return await self._adopt(job, found.task)
        shows_later_jobs = await self._shows_later_jobs(job, found)
        return await self._recorder.apply(job, events.SearchFoundNothing(shows_later_jobs))

    async def _shows_later_jobs(self, job: Job, found: SearchResult) -> bool:
        """Whether the list holds tasks of jobs that were sent after *job*, by our own times."""
        job_ids = [int(mark) for mark in found.marks if _is_job_id(mark)]
        since = job.submitted_at or job.created_at
        others = await self._recorder.read_all(job_ids)
        return any(
            other.submitted_at is not None and other.submitted_at > since for other in others
        )

    def _report_metadata(self, found: SearchResult) -> None:
        """Report to the operator when the list shows no metadata, and clear that when it does."""
        if found.with_metadata:
            self._health.clear(METADATA)
        elif found.is_inconclusive:
            self._health.report(
                METADATA,
                "No listed task carries metadata, so a task whose answer was lost can't be found.",
            )

    async def _find_card(self, job: Job) -> Job:
        """Learn whether a job without a message id was ever answered."""
        age = self._clock() - job.created_at
        if age > TOKEN_LIFETIME:
            return await self._recorder.apply(job, events.NeverAnswered())
        is_sent = await self._is_sent_by_another(job)
        try:
            message_id = await self._cards.find(job)
        except CardNotOurs as error:
            return await self._take_back(job, error)
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardError as error:
            # A job from the future was made by another clock, and how old it is can't be said.
            if abs(age) < ANSWER_WINDOW:
                # The answer may still be on its way: its absence proves nothing yet.
                raise RetryLater from error
            if not isinstance(error, CardNeverSent):
                log.warning("job %d: its card can't be looked for: %s", job.id, error)
            return await self._recorder.apply(job, events.NeverAnswered())
        answered = await self._recorder.apply(job, events.Answered(message_id))
        if not is_sent:
            return answered
        return await self._recorder.apply(answered, events.SubmitRefused(Reason.SENT_ELSEWHERE))

    async def _is_sent_by_another(self, job: Job) -> bool:
        """Whether the task list has a task for *job*, which this bot has not sent.

        Asked where Discord's answer to the card is in doubt: another process with the bot's token
        may have answered the same interaction.
        """
        own = str(job.id)
        since = half_a_day_before(job.created_at - _SEARCH_MARGIN)
        found = await find_task(self._api, since, lambda task: task.is_made_for(own))
        if found.task is None:
            return False
        log.error("job %d: another process has sent it as task %s", job.id, found.task.id)
        report_shared_token(self._health)
        return True

    async def _take_back(self, job: Job, error: CardNotOurs) -> Job:
        """Undo a job whose interaction has another answer, as if it had not been accepted.

        Raises:
            NotOwned: It is undone.
        """
        log.info("job %d: taken back: %s", job.id, error)
        report_shared_token(self._health)
        if await self._jobs.withdraw(job):
            raise NotOwned(str(job.id)) from error
        return await self._recorder.apply(job, events.NeverAnswered())

    async def _begin(self, job: Job) -> Job:
        """Save `submitting` before the POST is sent, unless a cancel was faster.

        It is not shown: the answer comes so soon that the card would only flicker.
        """
        begun = self._recorder.preview(job, events.SubmitStarted())
        if await self._jobs.save(job, begun, unless_cancel_wanted=True):
            return begun
        return await self._recorder.read(job.id)

    async def _post(self, job: Job) -> Job:
        route = _route_of(job)
        try:
            task = await self._api.create_task(job.endpoint, request_body(job))
        except OutcomeUnknown as error:
            self._gate.outcome_unknown(route)
            log.warning("job %d: the answer to its POST is unknown (%s)", job.id, error)
            self._cards.show(job)
            return job
        except NotProcessed as error:
            if error.status is None:
                self._gate.unreachable()
            else:
                self._gate.outcome_known(route)
            await self._record_outcome(job, events.SubmitNotProcessed())
            raise RetryLater(error.retry_after, slows_all=error.status == 429) from error
        except (Rejected, OperatorMustAct) as error:
            self._gate.outcome_known(route)
            log.info("job %d: refused by the API: %s", job.id, error)
            return await self._record_outcome(job, self._refusal(job, error))
        self._gate.outcome_known(route)
        self._gate.taken(route, job.price_high)
        return await self._adopt(job, task)

    async def _record_outcome(
        self, job: Job, outcome: events.SubmitNotProcessed | events.SubmitRefused
    ) -> Job:
        """Record the outcome of the POST, also when another process has taken the job over.

        No other process can learn it, and while the job is `submitting` it can mean no other POST.
        """
        return await self._recorder.apply_to_latest(job.id, outcome) or job

    async def _adopt(self, job: Job, task: Task) -> Job:
        if not await self._learn(job, task):
            log.warning("job %d: is not task %s, which is another job's", job.id, task.id)
            return await self._recorder.apply(job, events.SearchFoundNothing())
        log.info("job %d: is task %s", job.id, task.id)
        return await self._recorder.apply(job, task_seen(task))

    async def _learn(self, job: Job, task: Task) -> bool:
        """Store the task's id; return whether the task is this job's.

        A task id is a fact: it is stored even if another process has taken the job over.
        """
        if not task.may_be_for(str(job.id)):
            return False
        if await self._jobs.learn_task_id(job.id, task.id):
            return True
        known = await self._jobs.get(job.id)
        return known is not None and known.task_id == task.id

    def _refusal(self, job: Job, error: Rejected | OperatorMustAct) -> events.SubmitRefused:
        if isinstance(error, OperatorMustAct):
            self._gate.refused(_route_of(job), job.price_high, error)
            return submit_refused(_operator_reason(error), error)
        if error.code not in _MODEL_GONE_CODES:
            return submit_refused(Reason.API, error)
        log.error("ModelHunter does not offer %s any more: not offered for an hour", job.model)
        self._on_model_gone(job.model)
        return submit_refused(Reason.MODEL_GONE, error)


def _operator_reason(error: OperatorMustAct) -> Reason:
    """Return what is in the way: the key, the balance, or a permission for this model."""
    if error.status == 402:
        return Reason.BALANCE
    is_key = error.status == 401 or error.code in _KEY_CODES
    return Reason.OPERATOR if is_key else Reason.NOT_ALLOWED


def _is_job_id(mark: str) -> bool:
    """Whether *mark* may be an id of ours; metadata is text that other programs write too."""
    return mark.isascii() and mark.isdecimal() and len(mark) < 20 and int(mark) <= LARGEST_ID


def _route_of(job: Job) -> Route:
    return Route(job.endpoint, job.model)


def request_body(job: Job) -> Mapping[str, object]:
    """Return what is POSTed for *job*: its stored body, marked so that its task can be found."""
    return {**job.body, "metadata": {JOB_MARK: str(job.id)}}
