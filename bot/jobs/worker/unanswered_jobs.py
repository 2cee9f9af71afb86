"""Unanswered jobs: accepted ones of which it is not known whether Discord ever showed their card."""

import logging

from bot.jobs.errors import CardBusy, CardError, CardNeverSent, CardNotOurs, NotOwned
from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_list import SEARCH_MARGIN, half_a_day_before
from bot.monitoring.shared_token import report_shared_token
from db.records import TOKEN_LIFETIME, Job, Reason
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)


class UnansweredJobs:
    """Looks for the card of a job before it is sent, and takes back what another bot answered."""

    def __init__(self, context: StepContext, jobs: JobRepository) -> None:
        self._searches = context.searches
        self._recorder = context.recorder
        self._cards = context.cards
        self._health = context.health
        self._clock = context.clock
        self._looks = context.looks
        self._jobs = jobs

    async def find_card(self, job: Job) -> Job:
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
        since = half_a_day_before(job.created_at - SEARCH_MARGIN)
        async with self._looks.look(job.id):
            found = await self._searches.find(str(job.id), since=since)
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
