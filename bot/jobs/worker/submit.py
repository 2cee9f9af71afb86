"""Submit step: from an accepted job to a task at the API, by one POST.

One job is never two tasks, since each task is paid for. The API documents no idempotency key, so
this holds by what is written and when:

1. `submitting` is saved before the POST is sent. A process that is killed after that leaves a row
   from which no process ever sends again.
2. A POST is repeated only when it provably had no effect (`NotProcessed`: no connection, or a 429 or
   503 of the API itself); the job then goes back to `accepted`.
3. What could not be sent within seconds of 1 is not sent, but recorded as without effect. The
   process, or its machine, may have been suspended in between, and another process may have said
   since that the outcome is unknown, so that the requester has tried again.
4. Every other failure leaves the outcome unknown, and `lost_post` searches for the task.
5. What this process has sent it does not send again, even where the row says that it was not: the
   database may have lost what it had committed (`sent_posts`).
"""

import logging
from collections.abc import Callable, Mapping

from bot.clock import Stopwatch
from bot.jobs.errors import StaleJob
from bot.jobs.input_places import with_addresses
from bot.jobs.lifecycle import events
from bot.jobs.worker.input_uploads import InputUploads
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.sent_posts import SentPosts
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_adoption import TaskAdoption
from bot.jobs.worker.task_events import submit_refused
from bot.jobs.worker.unanswered_jobs import UnansweredJobs
from bot.jobs.worker.webhook_urls import WebhookUrls
from bot.media.errors import MediaError, UploadFailed
from bot.modelhunter import (
    JOB_MARK,
    ModelHunterError,
    NotProcessed,
    OperatorMustAct,
    OutcomeUnknown,
    Rejected,
)
from bot.monitoring.api_refusals import Route
from db.records import Job, JobState, Reason
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

# Seconds that an unsent job waits for the API before it ends unpaid; a result a day later would
# come as a surprise.
SUBMIT_TIMEOUT = 2 * 60 * 60.0
# Seconds from the saving of `submitting` until which the POST is sent; no other process takes the job
# for lost, and no requester is offered another try, before that.
SENT_WITHIN = 10.0
# Codes of a 403 that are about the whole key (ModelHunter docs: Errors).
_KEY_CODES = frozenset({"KEY_EXPIRED", "KEY_REVOKED"})
# Statuses of a call that is about a file: it is not where it was put, so that it is put anew.
_NOT_THERE = frozenset({404, 410})
_MODEL_GONE_CODES = frozenset({"MODEL_NOT_FOUND", "PROVIDER_NOT_FOUND"})


class SubmitStep:
    """Step of an accepted job: sends it to the API, once."""

    def __init__(
        self,
        context: StepContext,
        jobs: JobRepository,
        adoption: TaskAdoption,
        uploads: InputUploads,
        *,
        on_model_gone: Callable[[str, str], None],
        webhook_urls: WebhookUrls | None = None,
    ) -> None:
        self._api = context.api
        self._recorder = context.recorder
        self._cards = context.cards
        self._gate = context.gate
        self._clock = context.clock
        self._adoption = adoption
        self._uploads = uploads
        self._unanswered = UnansweredJobs(context, jobs)
        self._sent = SentPosts()
        self._on_model_gone = on_model_gone
        self._webhook_urls = webhook_urls or WebhookUrls(
            None, context.health, monotonic=context.clock
        )

    async def hand_over(self, job: Job) -> Job:
        """Return an accepted *job* whose card is known with its inputs at the API, or ended.

        What the API refuses is refused with the job, as nothing of it can be sent.
        """
        if not job.inputs or job.id in self._sent:
            return job
        if self._is_too_old(job) and not all(it.address for it in job.inputs):
            return await self._give_up_files(job)
        waiting = await self._unless_hopeless(job)
        if waiting.state.is_final:
            return waiting
        try:
            return await self._uploads.hand_over(waiting)
        except OperatorMustAct as error:
            refusal = self._refusal(waiting, error)
        except Rejected as error:
            if error.status in _NOT_THERE:
                raise RetryLater from error
            refusal = submit_refused(Reason.API, error)
        log.info("job %d: an input is refused by the API", job.id)
        return await self._recorder.apply_to_latest(job.id, refusal) or waiting

    async def send(self, job: Job) -> Job:
        """Send an accepted *job* to the API, once."""
        if job.id in self._sent:
            return await self._note_as_sent(job)
        return await self._send(job)

    async def _send(self, job: Job) -> Job:
        if job.cancel_wanted_by is not None:
            return await self._recorder.apply(job, events.CancelRequested(job.cancel_wanted_by))
        if job.message_id is None:
            return await self._unanswered.find_card(job)
        job = await self._unless_hopeless(job)
        if job.state.is_final:
            return job
        self._gate.sending(_route_of(job))
        since_decision = Stopwatch(self._clock)
        begun = await self._begin(job)
        if begun.state is not JobState.SUBMITTING:
            return begun
        if since_decision() > SENT_WITHIN:
            log.warning("job %d: too late to be sent now: was the machine suspended?", job.id)
            return await self._take_back(begun, RetryLater())
        return await self._post(begun)

    async def _note_as_sent(self, job: Job) -> Job:
        """Save again what the row has lost, so that its task is searched for."""
        log.error("job %d: its row is older than its POST: did the database lose commits?", job.id)
        card = self._sent.card_of(job.id)
        if job.message_id is None and card is not None:
            job = await self._recorder.apply(job, events.Answered(card))
        return await self._recorder.apply(job, events.SubmitStarted())

    async def _give_up_files(self, job: Job) -> Job:
        """End *job*, whose files were not handed over in time, for what a last try shows."""
        reason = Reason.UNREACHABLE
        try:
            job = await self._uploads.hand_over(job)
            reason = Reason.NEVER_SENT
        except RetryLater as later:
            if _is_about_source(later.__cause__):
                reason = Reason.INPUT_UNREACHABLE
        except ModelHunterError as error:
            log.info("job %d: its files were not handed over: %s", job.id, error)
        if job.state.is_final:
            return job
        return await self._recorder.apply_to_latest(job.id, events.SubmitRefused(reason)) or job

    def _is_too_old(self, job: Job) -> bool:
        return self._clock() - job.created_at > SUBMIT_TIMEOUT

    async def _unless_hopeless(self, job: Job) -> Job:
        """Return *job*, ended if it has waited for too long; raises RetryLater while it must wait."""
        if self._is_too_old(job):
            return await self._recorder.apply(job, events.SubmitRefused(Reason.UNREACHABLE))
        if self._gate.sending_barrier(_route_of(job)) is not None:
            await self._recorder.apply(job, events.SubmitPostponed())
            raise RetryLater
        return job

    async def _begin(self, job: Job) -> Job:
        """Save `submitting` before the POST is sent, unless a cancel was faster.

        It is not shown: the answer comes so soon that the card would only flicker.

        Raises:
            StaleJob: `submitting` was saved, but not by this call: whoever has saved it may have sent
                the POST too.
        """
        begun = self._recorder.preview(job, events.SubmitStarted())
        saved = await self._recorder.save_unless_cancelled(job, begun)
        if saved is not None:
            return saved
        current = await self._recorder.read(job.id)
        if current.state is JobState.SUBMITTING:
            raise StaleJob(str(job.id))
        return current

    async def _post(self, job: Job) -> Job:
        route, webhook_url = _route_of(job), self._webhook_urls.url_of(job)
        self._sent.note(job.id, job.message_id)
        try:
            task = await self._api.create_task(job.endpoint, request_body(job, webhook_url))
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
            slows_all = error.status == 429
            return await self._take_back(job, RetryLater(error.retry_after, slows_all=slows_all))
        except (Rejected, OperatorMustAct) as error:
            self._gate.outcome_known(route)
            if webhook_url is not None and self._webhook_urls.is_refused_by(error, job):
                return await self._take_back(job, RetryLater())
            log.info("job %d: refused by the API: %s", job.id, error)
            return await self._record_outcome(job, self._refusal(job, error))
        self._gate.outcome_known(route)
        self._gate.taken(route, job.price_high)
        if webhook_url is not None:
            self._webhook_urls.was_taken()
        return await self._adoption.adopt(job, task)

    async def _take_back(self, job: Job, later: RetryLater) -> Job:
        """Record that the POST had no effect; raise *later* unless that ended the job."""
        self._sent.had_no_effect(job.id)
        after = await self._record_outcome(job, events.SubmitNotProcessed())
        if after.state.is_final:
            return after
        raise later

    async def _record_outcome(
        self, job: Job, outcome: events.SubmitNotProcessed | events.SubmitRefused
    ) -> Job:
        """Record the outcome of the POST, also when another process has taken the job over.

        No other process can learn it, and while the job is `submitting` or `uncertain` it can mean
        no other POST.
        """
        return await self._recorder.apply_to_latest(job.id, outcome) or job

    def _refusal(self, job: Job, error: Rejected | OperatorMustAct) -> events.SubmitRefused:
        if isinstance(error, OperatorMustAct):
            self._gate.refused(_route_of(job), job.price_high, error)
            return submit_refused(_operator_reason(error), error)
        if error.code not in _MODEL_GONE_CODES:
            return submit_refused(Reason.API, error)
        log.error("ModelHunter does not offer %s any more: not offered for an hour", job.model)
        self._on_model_gone(job.model, job.endpoint)
        return submit_refused(Reason.MODEL_GONE, error)


def _is_about_source(cause: BaseException | None) -> bool:
    """Whether a file could not be had, which is no fault of the API that it was to be put at."""
    return isinstance(cause, MediaError) and not isinstance(cause, UploadFailed)


def _operator_reason(error: OperatorMustAct) -> Reason:
    """Return what is in the way: the key, the balance, or a permission for this model."""
    if error.status == 402:
        return Reason.BALANCE
    is_key = error.status == 401 or error.code in _KEY_CODES
    return Reason.OPERATOR if is_key else Reason.NOT_ALLOWED


def _route_of(job: Job) -> Route:
    return Route(job.endpoint, job.model)


def request_body(job: Job, webhook_url: str | None = None) -> Mapping[str, object]:
    """Return what is POSTed for *job*: its stored body, marked so that its task can be found.

    The end of the task is reported to *webhook_url*, which is stored nowhere.
    """
    body = {**with_addresses(job.body, job.inputs), "metadata": {JOB_MARK: str(job.id)}}
    return body if webhook_url is None else {**body, "webhookUrl": webhook_url}
