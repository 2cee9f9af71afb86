"""After the end: show the ending, tell the requester, tidy up."""

import dataclasses
import logging
from collections.abc import Awaitable

from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardNeverSent
from bot.jobs.lifecycle import events
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from db.records import CardKind, Job, JobState, Reason

log = logging.getLogger(__name__)

# An edit notifies nobody: who waited longer than this gets a short reply.
PING_AFTER = 60.0
# Later than this after the end, a reply would say nothing new, or might be a second one.
PING_UNTIL = 5 * 60.0

# Permissions and archived threads come back; a card is tried for so long, at this distance.
SHOW_TIMEOUT = 24 * 60 * 60.0
_SHOW_PAUSE = 10 * 60.0

_WORTH_A_PING = frozenset({JobState.DELIVERED, JobState.LINKED, JobState.FAILED, JobState.LOST})


class CloseStep:
    """Do what is left to do when a job has ended."""

    def __init__(self, context: StepContext) -> None:
        self._recorder = context.recorder
        self._cards = context.cards
        self._clock = context.clock

    async def close(self, job: Job) -> Job:
        """Show the ending of *job* and finish with it."""
        if job.reason is Reason.CARD_DELETED:
            return await self._recorder.apply(job, events.CardGone())
        try:
            job = await self._show(await self._with_message(job))
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardDeleted:
            return await self._recorder.apply(job, events.CardGone())
        except CardNeverSent:
            log.info("job %d: has no card to show its ending on", job.id)
        except CardError as error:
            await self._out_of_reach(job, error)
        else:
            await self._tell(job)
        return await self._recorder.apply(job, events.EndingShown())

    async def _out_of_reach(self, job: Job, error: CardError) -> None:
        """Tell about a card that can't be edited; one in a channel may be again, until a day later."""
        log.warning("job %d: its ending can't be shown: %s", job.id, error)
        if job.card_kind is CardKind.CHANNEL:
            if self._clock() - (job.ended_at or 0.0) < SHOW_TIMEOUT:
                raise RetryLater(_SHOW_PAUSE) from error
        elif not job.sent_by_dm:
            await self._attempt(job, self._cards.finish_privately(job))

    async def _tell(self, job: Job) -> None:
        if deserves_ping(job, self._clock()):
            await self._attempt(job, self._cards.notify_requester(job))
            told = dataclasses.replace(job, pinged_at=self._clock())
            job = await self._recorder.save(job, told)
        await self._attempt(job, self._cards.remove_own_reaction(job))

    async def _attempt(self, job: Job, courtesy: Awaitable[None]) -> None:
        """Await what would be nice to have, and is not worth a second try if it is refused."""
        try:
            await courtesy
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardError as error:
            log.info("job %d: a courtesy was refused: %s", job.id, error)

    async def _with_message(self, job: Job) -> Job:
        """Find a card that was sent just before the process died, so that it tells the truth."""
        if job.message_id is not None:
            return job
        found = dataclasses.replace(job, message_id=await self._cards.find(job))
        return await self._recorder.save(job, found)

    async def _show(self, job: Job) -> Job:
        digest = await self._cards.finish(job)
        shown = dataclasses.replace(job, shown=digest, shown_at=self._clock())
        return job if digest == job.shown else await self._recorder.save(job, shown)


def deserves_ping(job: Job, now: float) -> bool:
    """Whether the requester should get a reply: they waited long, and it is news."""
    return (
        job.state in _WORTH_A_PING
        and job.card_kind is CardKind.CHANNEL
        and not job.sent_by_dm
        and job.reply_begun_at is None
        and job.pinged_at is None
        and job.ended_at is not None
        and job.ended_at - job.created_at > PING_AFTER
        and now - job.ended_at < PING_UNTIL
    )
