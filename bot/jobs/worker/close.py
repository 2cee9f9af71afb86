"""Close step: what is left to do after the end of a job.

The ending is shown on the card, a requester who waited long is notified, because an edit notifies no
one, and the bot's own ❌ is taken off. A card that can't be edited in a channel may be editable
again: a permission comes back, a thread leaves the archive. So it is tried for a day. A card that
only the interaction token could edit is lost for good, and its ending goes by direct message.
"""

import logging
from collections.abc import Awaitable

from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardNeverSent
from bot.jobs.lifecycle import events
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from db.copies import changed
from db.records import CardKind, Job, JobState, Reason

log = logging.getLogger(__name__)

# Seconds from request to end after which the requester is notified by a short reply.
PING_AFTER = 60.0
# Seconds after the end until which that is done. Later it would be no news, and might be a second
# reply, since Discord forgets nonces.
PING_UNTIL = 5 * 60.0
# Seconds for which a card that can't be edited is tried, and between two tries.
SHOW_TIMEOUT = 24 * 60 * 60.0
_SHOW_PAUSE = 10 * 60.0
# Seconds for which an ending is tried at which Discord is busy, and the fewest tries: time without a
# try, with the bot off, proves nothing.
_SHOWN_WITHIN = 7 * 24 * 60 * 60.0
_FEWEST_TRIES = 5

_WORTH_A_PING = frozenset({JobState.DELIVERED, JobState.LINKED, JobState.FAILED, JobState.LOST})


class CloseStep:
    """Step of a job that has ended: shows the ending, then closes the job."""

    def __init__(self, context: StepContext) -> None:
        self._recorder = context.recorder
        self._cards = context.cards
        self._lanes = context.lanes
        self._looks = context.looks
        self._clock = context.clock
        self._tries: dict[int, int] = {}  # by job id, of endings that could not be shown

    async def close(self, job: Job) -> Job:
        """Show the ending of *job* and close it.

        Raises:
            RetryLater: The ending can't be shown now.
        """
        try:
            closed = await self._close(job)
        except RetryLater as later:
            closed = await self.try_later(job, later)
        self._tries.pop(job.id, None)
        return closed

    async def try_later(self, job: Job, later: RetryLater) -> Job:
        """Close a job whose ending can't be shown for a week, or raise *later*, ever more rarely."""
        tries = self._tries[job.id] = self._tries.get(job.id, 0) + 1
        age = self._clock() - (job.ended_at or 0.0)
        if age > _SHOWN_WITHIN and tries >= _FEWEST_TRIES:
            log.warning("job %d: its ending can't be shown and is given up", job.id)
            latest = await self._recorder.apply_to_latest(job.id, events.EndingShown())
            return latest or job
        if age < _SHOW_PAUSE:
            raise later
        raise RetryLater(max(later.retry_after or 0.0, min(age / 10, _SHOW_PAUSE)))

    async def _close(self, job: Job) -> Job:
        if job.reason is Reason.CARD_DELETED:
            return await self._recorder.apply(job, events.CardGone())
        try:
            job = await self._show_in_turn(job)
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardDeleted:
            return await self._recorder.apply(job, events.CardGone())
        except CardNeverSent:
            log.info("job %d: has no card to show its ending on", job.id)
        except CardError as error:
            await self._out_of_reach(job, error)
        else:
            job = await self._do_extras(job)
        return await self._recorder.apply(job, events.EndingShown())

    async def _show_in_turn(self, job: Job) -> Job:
        """Show the ending when its channel has a place; what comes after it takes none."""
        async with self._looks.entered(job.id, self._lanes.closing(job)):
            current = await self._recorder.read(job.id)  # as it is after the wait
            return await self._show(await self._with_message(current))

    async def _out_of_reach(self, job: Job, error: CardError) -> None:
        """Try a card in a channel again for a day; send other endings by direct message."""
        log.warning("job %d: its ending can't be shown: %s", job.id, error)
        if job.card_kind is CardKind.CHANNEL:
            if self._clock() - (job.ended_at or 0.0) < SHOW_TIMEOUT:
                raise RetryLater(_SHOW_PAUSE) from error
        elif not job.sent_by_dm:
            job = await self._recorder.read_current(job)
            await self._attempt(job, self._cards.finish_privately(job))

    async def _do_extras(self, job: Job) -> Job:
        """Ping the requester, if that is due, take the bot's own ❌ off, and return the job."""
        if deserves_ping(job, self._clock()):
            job = await self._recorder.read_current(job)
        if deserves_ping(job, self._clock()):  # still: another process may have done it
            await self._attempt(job, self._cards.notify_requester(job))
            notified = changed(job, pinged_at=self._clock())
            job = await self._recorder.save(job, notified)
        await self._attempt(job, self._cards.remove_own_reaction(job))
        return job

    async def _attempt(self, job: Job, extra: Awaitable[None]) -> None:
        """Await what is not worth a second try if Discord refuses it."""
        try:
            await extra
        except CardBusy as error:
            raise RetryLater(error.retry_after) from error
        except CardError as error:
            log.info("job %d: an extra was refused: %s", job.id, error)

    async def _with_message(self, job: Job) -> Job:
        """Find a card that was sent just before its process was killed, so that it shows the ending."""
        if job.message_id is not None:
            return job
        found = changed(job, message_id=await self._cards.find(job))
        return await self._recorder.save(job, found)

    async def _show(self, job: Job) -> Job:
        digest = await self._cards.finish(job)
        shown = changed(job, shown=digest, shown_at=self._clock())
        return job if digest == job.shown else await self._recorder.save(job, shown)


def deserves_ping(job: Job, now: float) -> bool:
    """Return whether the requester is notified: they waited long, and it is news."""
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
