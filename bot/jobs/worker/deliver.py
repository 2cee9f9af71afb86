"""Deliver step: from a task that succeeded to a requester who has its result.

Which way the result takes is decided in `delivery_route`, which explains the ladder.
"""

import functools
import logging
from collections.abc import Sequence

from bot.jobs.errors import CardBusy, CardError, FileTooBig, JobsError
from bot.jobs.lifecycle import events
from bot.jobs.worker.cost_lookup import with_cost
from bot.jobs.worker.delivery_route import (
    SMALLEST_LIMIT,
    Route,
    begin,
    current_route,
    link_or_withhold,
    next_route,
    route_without_files,
)
from bot.jobs.worker.fetch_trouble import FetchTrouble
from bot.jobs.worker.poll_intervals import silence_delay
from bot.jobs.worker.result_files import DownloadedResult, ResultFiles
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.send_trouble import SendTrouble, is_made_smaller, pause_before_next
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_events import task_seen
from bot.jobs.worker.task_questions import TaskQuestions
from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode, DownloadError, LinkExpired, TooLarge
from bot.modelhunter import ModelHunterError, Task
from db.copies import changed
from db.records import FetchProblem, Job, JobState, Reason

log = logging.getLogger(__name__)

# By which it turns out that a result has no room in a message.
_TOO_BIG = (TooLarge, CannotTranscode, FileTooBig)


class DeliverStep:
    """Step of a job whose task succeeded: downloads the result and sends it by one route or another."""

    def __init__(
        self, context: StepContext, result_files: ResultFiles, questions: TaskQuestions
    ) -> None:
        self._searches = context.searches
        self._recorder = context.recorder
        self._cards = context.cards
        self._clock = context.clock
        self._result_files = result_files
        self._questions = questions
        self._looks = context.looks
        self._trouble = FetchTrouble(context.clock)
        self._send_trouble = SendTrouble(context.cards, context.clock)

    async def deliver(self, job: Job) -> Job:
        """Ask for fresh addresses, download the files and send them."""
        if job.reason is Reason.CARD_DELETED:
            return await self._recorder.apply(job, events.CardGone())
        has_expired = False
        while True:
            try:
                job, task = await self._ask_again(job)
            except RetryLater:
                job = await self._recorder.read(job.id)
                await self._recorder.save(job, self._trouble.count_without_address(job))
                raise
            if job.state is not JobState.DELIVERING:
                self._trouble.clear(job)
                return job
            if task is None or not task.result:
                await self._recorder.save(job, self._trouble.count_without_address(job))
                raise RetryLater(silence_delay(job, self._clock()) or None)
            self._trouble.has_address(job)
            try:
                return await self._download_and_send(job, task)
            except (DownloadError, CannotTranscode) as error:
                # An answer may take longer to arrive than its addresses are valid. A fresh address
                # that is refused too is a failed download like any other.
                if not isinstance(error, LinkExpired) or has_expired:
                    return await self._after_failure(job, error)
                has_expired = True

    async def _download_and_send(self, job: Job, task: Task) -> Job:
        try:
            return await self._download_and_try_routes(job, task)
        except (DownloadError, CannotTranscode, JobsError, ModelHunterError):
            raise
        except Exception as error:  # a fault of our own must not hold the result for ever
            return await self._after_fault(job, error)

    async def _after_fault(self, job: Job, error: Exception) -> Job:
        """Try again later after a fault of our own, and link the result if it recurs for long."""
        log.error("job %d: its result can't be delivered", job.id, exc_info=error)
        job = await self._recorder.read(job.id)
        job = await self._recorder.save(job, await self._send_trouble.count(job, error))
        is_given_up = self._send_trouble.has_failed_enough(job, is_small=True)
        route = link_or_withhold(job) if is_given_up else Route.LATER
        return await self._send_no_files(job, route, error)

    async def _after_failure(self, job: Job, error: DownloadError | CannotTranscode) -> Job:
        """Say on the card what is wrong if it lasts, and try later or end without files."""
        # Marks may have been saved before the failure.
        job = await self._recorder.read(job.id)
        if isinstance(error, DownloadError):
            job = await self._recorder.save(job, self._trouble.count(job, error))
        route = route_without_files(error, is_hopeless=self._trouble.is_hopeless(job))
        return await self._send_no_files(job, route, error)

    async def _ask_again(self, job: Job) -> tuple[Job, Task | None]:
        """Return the task with addresses that are seconds old, and the job that knows of it."""
        job, task = await self._questions.ask(job)
        if task is None:
            return job, None
        if task.result and job.cost is None:
            task = await with_cost(self._searches, job, task, None)
        return await self._recorder.apply(job, task_seen(task)), task

    async def _download_and_try_routes(self, job: Job, task: Task) -> Job:
        """Bring the files to disk, as small as Discord turns out to need them, and send them."""
        limit = await self._cards.upload_limit(job)
        if is_made_smaller(job, self._clock()):
            limit = min(limit, SMALLEST_LIMIT)
        while True:
            is_second_look = functools.partial(self._trouble.is_second_look, job)
            fetching = self._result_files.downloaded(
                job, task, limit, is_second_look, self._trouble.is_last_try(job)
            )
            async with self._looks.entered(job.id, fetching) as fetched:
                if fetched.error is not None:
                    found = changed(job, bad_files=fetched.bad_files)
                    await self._recorder.save(job, found)
                    raise fetched.error
                self._trouble.clear(job)
                job = await self._recorder.save(job, _with_marks(job, fetched))
                sent = await self._send(job, fetched.files, limit)
            if sent is not None:
                return sent
            job = await self._recorder.read(job.id)
            limit = SMALLEST_LIMIT

    async def _send(self, job: Job, files: Sequence[DownloadedFile], limit: int) -> Job | None:
        """Try one route after the other; return None if the files must be smaller."""
        # The download may have outlasted our lease: the process that has the job by now sends it, or
        # has begun to before it gave the job back.
        job = await self._recorder.read_current(job)
        route = current_route(job)
        while True:
            job = await self._recorder.save(job, begin(job, route, self._clock()))
            try:
                return await self._send_files(job, route, files)
            except CardError as error:
                job, before = await self._counted(job, error, limit), route
                has_failed_enough = self._send_trouble.has_failed_enough(
                    job, is_small=limit <= SMALLEST_LIMIT
                )
                route = next_route(job, error, limit=limit, has_failed_enough=has_failed_enough)
                if route is Route.SMALLER_FILES:
                    return None
                if not route.sends_files:
                    return await self._send_no_files(job, route, error)
                log.info("job %d: not %s (%s), but %s", job.id, before.value, error, route.value)

    async def _counted(self, job: Job, error: CardError, limit: int) -> Job:
        """Return *job* with *error* counted, if the same would be tried again."""
        if next_route(job, error, limit=limit) is not Route.LATER:
            return job
        return await self._recorder.save(job, await self._send_trouble.count(job, error))

    async def _send_files(self, job: Job, route: Route, files: Sequence[DownloadedFile]) -> Job:
        delivered = self._recorder.preview(job, events.Delivered())
        if route is Route.CARD:
            digest = await self._cards.deliver(delivered, files)
            delivered = changed(delivered, shown=digest, shown_at=self._clock())
        elif route is Route.REPLY:
            await self._cards.deliver_as_reply(delivered, files)
        else:
            await self._cards.deliver_privately(delivered, files)
        self._send_trouble.clear(job)
        return await self._recorder.save(job, delivered)

    async def _send_no_files(self, job: Job, route: Route, error: Exception) -> Job:
        """Carry out a *route* that sends no files; what was noted of them is taken back."""
        if route is Route.LATER:
            if isinstance(error, DownloadError):
                log.warning("job %d: its result can't be fetched now: %s", job.id, error)
                raise RetryLater from error
            retry_after = error.retry_after if isinstance(error, CardBusy) else None
            log.info("job %d: its result can't be sent now: %s", job.id, error)
            pause = pause_before_next(job, self._clock(), retry_after)
            raise RetryLater(pause or None) from error
        if route is Route.KEPT:
            return await self._recorder.apply(job, events.CardGone())
        log.warning("job %d: ends without its files, %s (%s)", job.id, route.value, error)
        self._trouble.clear(job)
        self._send_trouble.clear(job)
        job = await self._recorder.read(job.id)
        job = await self._recorder.save(job, _with_marks(job, None))
        if route is Route.WITHHELD:
            return await self._recorder.apply(job, events.BadResult())
        linked = events.Linked(too_big=isinstance(error, _TOO_BIG))
        return await self._recorder.apply(job, linked)


def _with_marks(job: Job, fetched: DownloadedResult | None) -> Job:
    """Return *job* with what its card says of its files; nothing if none are sent."""
    reason = None if job.reason is Reason.BAD_RESULT else job.reason
    if fetched is None or job.fetch_problem is not FetchProblem.NOT_SENT:
        job = changed(job, fetch_problem=None, fetch_until=None)
    if fetched is None:
        return changed(job, fitted=False, left_out=0, reason=reason)
    return changed(
        job,
        fitted=fetched.fitted,
        left_out=fetched.left_out,
        bad_files=fetched.bad_files,
        reason=Reason.BAD_RESULT if fetched.bad_files else reason,
    )
