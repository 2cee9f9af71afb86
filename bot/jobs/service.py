"""What the commands and buttons call: submit, cancel, try again, fresh links."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from bot.catalogue import Catalogue, Kind, Model
from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.requests import (
    GenerationRequest,
    Quote,
    RequestContext,
    is_retryable,
    new_job,
)
from bot.jobs.errors import (
    AlreadyEnded,
    ApiAway,
    NoResult,
    NotCancellable,
    NothingOffered,
    NotRetryable,
    NotYours,
    OperatorNeeded,
    UnknownJob,
    UnknownModel,
)
from bot.jobs.lifecycle import events
from bot.jobs.recorder import JobRecorder
from bot.jobs.worker.scheduler import Scheduler
from bot.modelhunter import ModelHunterClient, ModelHunterError, TaskNotFound
from bot.monitoring.api_health import ACCOUNT, REACH
from bot.monitoring.health import Health
from db.records import LARGEST_ID, Job, JobKind, JobState
from db.repositories.jobs import JobRepository
from db.repositories.retention import Forgotten, Retention

# A signed result URL lives this long (ModelHunter docs: task status page).
LINK_LIFETIME = 15 * 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class FreshLinks:
    """Addresses of a result, seconds old; `end` is when they lapse, in Unix seconds."""

    urls: Sequence[str] = dataclasses.field(repr=False)
    end: float


class JobService:
    """Do what people ask for, or say why not."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        defaults: Mapping[JobKind, str | None],
        acceptance: Acceptance,
        jobs: JobRepository,
        retention: Retention,
        recorder: JobRecorder,
        scheduler: Scheduler,
        api: ModelHunterClient,
        health: Health,
        clock: Callable[[], float],
    ) -> None:
        self._catalogue = catalogue
        self._defaults = defaults
        self._acceptance = acceptance
        self._jobs = jobs
        self._retention = retention
        self._recorder = recorder
        self._scheduler = scheduler
        self._api = api
        self._health = health
        self._clock = clock

    def quote(self, request: GenerationRequest) -> Quote:
        """Check *request* against the catalogue, before anything is written or sent.

        Raises:
            OperatorNeeded: The API does not take the bot's key or balance.
            ApiAway: The API can't be reached.
            UnknownModel: No model of that name makes this.
            NothingOffered: No model does any more.
            CatalogueRefusal: The model does not take the prompt or an option.
        """
        if self._health.problem(ACCOUNT) is not None:
            raise OperatorNeeded
        if self._health.problem(REACH) is not None:
            raise ApiAway
        model = self._model(request)
        generation = model.build(request.prompt, request.options, allow_adult=request.allow_adult)
        return Quote(request=request, model=model, generation=generation)

    def _model(self, request: GenerationRequest) -> Model:
        kind = Kind(request.kind)
        if not self._catalogue.models(kind):
            raise NothingOffered
        if request.model is None:
            return self._catalogue.default(kind, self._defaults[request.kind])
        found = self._catalogue.find(kind, request.model)
        if found is None:
            raise UnknownModel(request.model)
        return found

    def labels(self) -> Mapping[str, str]:
        """Return what people call each model, by its name in the catalogue."""
        return self._catalogue.labels()

    async def submit(
        self,
        quote: Quote,
        context: RequestContext,
        *,
        retry_of: int | None = None,
        draft_id: int | None = None,
    ) -> Job:
        """Write the job and reserve its money; it is sent once its card is answered.

        Raises:
            NotAccepted: A limit, the budget, or a repetition.
            DatabaseBusy: It could not be written in time.
        """
        job = new_job(
            quote,
            context,
            job_id=context.interaction_id if draft_id is None else draft_id,
            now=context.asked_at,
            retry_of=retry_of,
        )
        return await self._acceptance.accept(job, draft_id=draft_id)

    async def answered(self, job: Job, message_id: int, *, shown: str) -> Job:
        """Note that Discord shows the card, and send the job on its way."""
        try:
            answered = await self._recorder.apply_to_latest(
                job.id, events.Answered(message_id, shown)
            )
        finally:
            # Also when it could not be written: the step looks for the card by itself.
            self._scheduler.wake(job.id)
        return answered or job

    def unanswered(self, job: Job) -> None:
        """Look whether the card of *job* exists; it is sent only if it does."""
        self._scheduler.wake(job.id)

    async def find(self, job_id: int) -> Job:
        """Return the job.

        Raises:
            UnknownJob: There is none, or not any more.
        """
        job = await self._jobs.get(job_id) if job_id <= LARGEST_ID else None
        if job is None:
            raise UnknownJob
        return job

    async def find_by_message(self, message_id: int) -> Job | None:
        """Return the job whose card that message is, if it is one."""
        return await self._jobs.by_message(message_id)

    async def open_of(self, user_id: int) -> Sequence[Job]:
        """Return the person's jobs that have not ended, newest first."""
        return await self._jobs.open_of_user(user_id)

    async def recent_of(self, user_id: int, limit: int, start: int = 0) -> Sequence[Job]:
        """Return the person's jobs from *start* on: those whose result waits, then the newest."""
        return await self._jobs.recent_of_user(user_id, limit, start)

    async def cancel(self, job_id: int, by: int) -> Job:
        """Save the cancel request of *by*, who may, and carry it out soon.

        Raises:
            UnknownJob: There is none, or not any more.
            AlreadyEnded: It has ended, or its result is on the way.
            NotCancellable: The API was asked before and will not.
        """
        job = await self.find(job_id)
        if job.state.is_final or job.state is JobState.DELIVERING:
            raise AlreadyEnded(job)
        if job.cancel_refused:
            raise NotCancellable
        requested = await self._recorder.request_cancel(job_id, by)
        self._scheduler.wake(job_id)
        return requested or job

    async def card_deleted(self, message_id: int) -> None:
        """Cancel the job whose card was deleted; a result it has waits in /jobs."""
        job = await self._jobs.by_message(message_id)
        if job is not None and job.open:
            await self._recorder.apply_to_latest(job.id, events.CardGone())
            self._scheduler.wake(job.id)

    async def request_to_retry(self, job_id: int, by: int) -> GenerationRequest:
        """Return what the job asked for, to be asked for again.

        Raises:
            UnknownJob: There is none, or not any more.
            NotYours: Somebody else asked.
            NotRetryable: It runs, made its result, or would end in the same way.
        """
        job = await self.find(job_id)
        if job.user_id != by:
            raise NotYours
        if not is_retryable(job):
            raise NotRetryable
        return GenerationRequest(
            kind=job.kind,
            prompt=job.prompt,
            model=job.model,
            options=job.options,
            private=job.private,
            allow_adult=False,
        )

    async def fresh_links(self, job_id: int) -> FreshLinks:
        """Ask the API again and return addresses that live 15 minutes from now.

        Raises:
            UnknownJob: There is none, or not any more.
            NoResult: There is nothing to link to.
        """
        job = await self.find(job_id)
        if job.task_id is None or not job.has_links:
            raise NoResult(for_good=True)
        try:
            task = await self._api.get_task(job.task_id)
        except TaskNotFound as error:
            raise NoResult(for_good=True) from error
        except ModelHunterError as error:
            raise NoResult(for_good=False) from error
        if not task.result:
            raise NoResult(for_good=False)
        return FreshLinks([item.url for item in task.result], self._clock() + LINK_LIFETIME)

    async def forget(self, user_id: int) -> Forgotten:
        """Delete the person's jobs and prompts; those that run are deleted at their end."""
        return await self._retention.forget_user(user_id)
