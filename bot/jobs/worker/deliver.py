"""From a task that succeeded to a card that shows its result."""

import dataclasses
import logging
from collections.abc import Sequence

from bot.jobs.cards import CardBusy, CardDeleted, CardError, CardOutOfReach, FileTooBig
from bot.jobs.lifecycle import events
from bot.jobs.worker.cost_lookup import with_cost
from bot.jobs.worker.missing_tasks import MissingTasks
from bot.jobs.worker.result_files import DownloadedResult, ResultFiles, must_not_be_shown
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_events import task_seen
from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode, DownloadError, LinkExpired
from bot.modelhunter import Task, TaskNotFound
from db.records import CardKind, Job, JobState, Reason

log = logging.getLogger(__name__)

# What every server and every direct message takes (Discord docs: Reference, uploading files).
SMALLEST_LIMIT = 10 * 1024 * 1024
# A result that the API has but we can't download is offered as a link after this long.
DOWNLOAD_TIMEOUT = 10 * 60.0
# Time in which nobody tried, with the bot off or the API away, proves nothing about the file.
_FEWEST_TRIES = 5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Failing:
    """How often this process failed to download a result, and since when (Unix seconds)."""

    since: float
    tries: int

    def is_hopeless(self, now: float) -> bool:
        return now - self.since > DOWNLOAD_TIMEOUT and self.tries >= _FEWEST_TRIES


class DeliverStep:
    """Bring results to people: onto the card, beside it, by direct message, or as fresh links."""

    def __init__(
        self, context: StepContext, result_files: ResultFiles, missing: MissingTasks
    ) -> None:
        self._api = context.api
        self._recorder = context.recorder
        self._cards = context.cards
        self._clock = context.clock
        self._result_files = result_files
        self._missing = missing
        self._failing: dict[int, _Failing] = {}

    async def deliver(self, job: Job) -> Job:
        """Ask for fresh addresses, fetch the files and show them."""
        if job.reason is Reason.CARD_DELETED:
            return await self._recorder.apply(job, events.CardGone())
        job, task = await self._ask_again(job)
        if job.state is not JobState.DELIVERING:
            return job
        if task is None or not task.result:
            raise RetryLater
        try:
            return await self._or_link(job, task)
        except LinkExpired:
            job, task = await self._ask_again(job)
            if task is None or not task.result:
                raise RetryLater from None
        try:
            return await self._or_link(job, task)
        except LinkExpired as error:
            # Fresh and refused all the same: no address will ever open this file to us.
            return await self._end_or_wait(job, error)

    async def _ask_again(self, job: Job) -> tuple[Job, Task | None]:
        """Return the task with addresses that are seconds old, and the job that knows of it."""
        if job.task_id is None:
            raise RetryLater
        try:
            task = await self._api.get_task(job.task_id)
        except TaskNotFound:
            if self._missing.is_widespread(job):
                raise RetryLater from None
            return await self._recorder.apply(job, events.TaskMissing()), None
        self._missing.discard(job.id)
        if task.cost is None and job.cost is None:
            task = await with_cost(self._api, job, task)
        return await self._recorder.apply(job, task_seen(task)), task

    async def _fetch_and_show(self, job: Job, task: Task) -> Job:
        limit = self._cards.upload_limit(job)
        try:
            return await self._show_within(job, task, limit)
        except FileTooBig:
            if limit <= SMALLEST_LIMIT:
                raise
            # The limit that was announced is not the one that holds, here or further down the ladder.
            job = await self._recorder.read(job.id)
            return await self._show_within(job, task, SMALLEST_LIMIT)

    async def _show_within(self, job: Job, task: Task, limit: int) -> Job:
        async with self._result_files.downloaded(job, task, limit) as fetched:
            self._failing.pop(job.id, None)
            changed = _marked(job, fetched)
            if changed != job:
                job = await self._recorder.save(job, changed)
            return await self._show(job, fetched.files)

    async def _or_link(self, job: Job, task: Task) -> Job:
        try:
            return await self._fetch_and_show(job, task)
        except LinkExpired:
            raise
        except (DownloadError, CannotTranscode, FileTooBig) as error:
            return await self._end_or_wait(job, error)

    async def _end_or_wait(self, job: Job, error: Exception) -> Job:
        log.warning("job %d: its result can't be shown: %s", job.id, error)
        if isinstance(error, DownloadError) and error.retryable and not self._gives_up(job):
            raise RetryLater from error
        bad = must_not_be_shown(error)
        return await self._end_without(job, events.BadResult() if bad else events.Linked())

    def _gives_up(self, job: Job) -> bool:
        """Count a failure, and tell whether it was one too many."""
        before = self._failing.get(job.id, _Failing(since=self._clock(), tries=0))
        failing = self._failing[job.id] = dataclasses.replace(before, tries=before.tries + 1)
        return failing.is_hopeless(self._clock())

    async def _end_without(self, job: Job, event: events.Linked | events.BadResult) -> Job:
        """End without files; what was noted of them meanwhile is taken back."""
        self._failing.pop(job.id, None)
        now = await self._recorder.read(job.id)
        unmarked = _marked(now, None)
        if unmarked != now:
            now = await self._recorder.save(now, unmarked)
        return await self._recorder.apply(now, event)

    async def _show(self, job: Job, files: Sequence[DownloadedFile]) -> Job:
        """Go down the ladder: the card, a reply to it, a direct message, a link.

        A rung that refused is not tried again, also after a restart.
        """
        # The files may have taken longer than our lease: whoever has the job now shows it.
        await self._recorder.check_current(job)
        if job.sent_by_dm:
            return await self._show_privately(job, files)
        if job.reply_begun_at is not None:
            return await self._show_as_reply(job, files)
        delivered = self._recorder.preview(job, events.Delivered())
        try:
            digest = await self._cards.deliver(delivered, files)
        except CardDeleted:
            return await self._recorder.apply(job, events.CardGone())
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardOutOfReach as error:
            log.info("job %d: its card can't be edited (%s)", job.id, error)
            return await self._show_elsewhere(job, files)
        shown = dataclasses.replace(delivered, shown=digest, shown_at=self._clock())
        return await self._recorder.save(job, shown)

    async def _show_elsewhere(self, job: Job, files: Sequence[DownloadedFile]) -> Job:
        if not may_be_replied_to(job):
            return await self._show_privately(job, files)
        begun = dataclasses.replace(job, reply_begun_at=self._clock())
        return await self._show_as_reply(await self._recorder.save(job, begun), files)

    async def _show_as_reply(self, job: Job, files: Sequence[DownloadedFile]) -> Job:
        delivered = self._recorder.preview(job, events.Delivered())
        try:
            await self._cards.deliver_as_reply(delivered, files)
        except CardDeleted:
            return await self._recorder.apply(job, events.CardGone())
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardError as error:
            log.info("job %d: no reply to its card (%s); by direct message", job.id, error)
            return await self._show_privately(job, files)
        return await self._recorder.save(job, delivered)

    async def _show_privately(self, job: Job, files: Sequence[DownloadedFile]) -> Job:
        if job.dm_begun_at is None:
            begun = dataclasses.replace(job, dm_begun_at=self._clock())
            job = await self._recorder.save(job, begun)
        delivered = self._recorder.preview(job, events.Delivered())
        try:
            await self._cards.deliver_privately(delivered, files)
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except FileTooBig:
            raise
        except CardError as error:
            log.warning("job %d: no direct message (%s); it waits in /jobs", job.id, error)
            bad = job.reason is Reason.BAD_RESULT
            return await self._end_without(job, events.BadResult() if bad else events.Linked())
        return await self._recorder.save(job, delivered)


def _marked(job: Job, fetched: DownloadedResult | None) -> Job:
    """Return *job* with what its card says of its files; nothing if there are none."""
    reason = None if job.reason is Reason.BAD_RESULT else job.reason
    if fetched is None:
        return dataclasses.replace(job, fitted=False, left_out=0, reason=reason)
    return dataclasses.replace(
        job,
        fitted=fetched.fitted,
        left_out=fetched.left_out,
        reason=Reason.BAD_RESULT if fetched.bad else reason,
    )


def may_be_replied_to(job: Job) -> bool:
    """Whether the result may stand in a new message beside the card: never what is private."""
    return job.card_kind is CardKind.CHANNEL and not job.private and job.message_id is not None
