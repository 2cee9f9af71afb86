"""Progress edits: the loop that edits the cards of running jobs, newest state first.

It never edits over an ending, and it reads a job's row before each edit: another process may have
taken the job over. An edit begins when it is its turn of the bot's rate limit, in which everything
else goes first. So few edits wait anywhere but in the heap of `wanted_edits`, and no ending waits
behind one that waits for its turn. An edit by an interaction token needs no turn, and waits for none.

A card that would look as it does is passed over before all of that: after a start these are nearly all.
"""

import asyncio
import functools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from bot.background import in_background, repeat_forever
from bot.discord.cards.button_table import is_cancellable
from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.rate_limit import BOT_CALLS_PER_SECOND, BotRateLimit, Turn
from bot.discord.messages.refusals import OUT_OF_REACH_DELAY, busy_delay
from bot.discord.messages.wanted_edits import WantedEdits
from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardOutOfReach
from bot.monitoring.log_context import about_job
from db.copies import changed
from db.records import Job
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

# Seconds after a card that was passed over. Drawing one takes a fifth of that.
_PAUSE = 0.002
# Seconds after an edit that needs no turn, so that a burst of them leaves the processor to answers.
_PAUSE_AFTER_EXEMPT = 1 / BOT_CALLS_PER_SECOND
# Seconds that edits in flight have to finish when the process stops.
_SHUTDOWN_TIMEOUT = 1.0


class ProgressEdits:
    """Loop over wanted edits that owns those in flight."""

    def __init__(
        self,
        wanted: WantedEdits,
        cards: CardMessages,
        jobs: JobRepository,
        rate_limit: BotRateLimit,
        *,
        owner: str,
        give_way: Callable[[], Awaitable[None]],
        on_deleted: Callable[[int], Awaitable[None]],
    ) -> None:
        self._wanted = wanted
        self._cards = cards
        self._jobs = jobs
        self._rate_limit = rate_limit
        self._owner = owner
        self._give_way = give_way
        self._on_deleted = on_deleted
        self._edits: dict[int, asyncio.Task[None]] = {}
        self._failures: dict[int, int] = {}  # edits in a row that Discord could not make, by job id

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Show progress until the block is left; edits in flight then have a moment to finish."""
        try:
            async with (
                in_background(repeat_forever(self._next_by_bot), name="progress edits"),
                in_background(
                    repeat_forever(self._next_by_interaction),
                    name="exempt edits",
                ),
            ):
                yield
        finally:
            await _finish_or_cancel(list(self._edits.values()))

    async def _next_by_bot(self) -> float:
        if await self._is_passed_over(Turn.SPARE):
            return _PAUSE
        await self._give_way()
        await self._rate_limit.wait_for(Turn.SPARE)
        self._begin(self._wanted.take_due(Turn.SPARE), Turn.TAKEN)
        return 0.0

    async def _next_by_interaction(self) -> float:
        if await self._is_passed_over(Turn.EXEMPT):
            return _PAUSE
        await self._give_way()
        # If the token has expired by then, the bot's own is used, for which a turn is waited for.
        self._begin(self._wanted.take_due(Turn.EXEMPT), Turn.SPARE)
        return _PAUSE_AFTER_EXEMPT

    async def _is_passed_over(self, turn: Turn) -> bool:
        """Wait until an edit is due, and return whether its card looks so already."""
        await self._wanted.wait_until_due(turn)
        job = self._wanted.next_doubtful(turn)
        if job is None or not self._looks_as_shown(job):
            return False
        self._wanted.want_no_more(job.id)
        return True

    def _begin(self, job: Job | None, turn: Turn) -> None:
        """Begin an edit, for which *turn* is that of the bot's token."""
        if job is not None:
            edit = asyncio.create_task(self._show(job, turn), name=f"card of job {job.id}")
            self._edits[job.id] = edit
            edit.add_done_callback(functools.partial(self._finished, job.id))

    def _looks_as_shown(self, job: Job) -> bool:
        try:
            return self._cards.draw(job).digest == self._wanted.shown_digest(job)
        except Exception:  # it is drawn again for its own edit, which reports this
            return False

    def _finished(self, job_id: int, edit: asyncio.Task[None]) -> None:
        del self._edits[job_id]
        if not edit.cancelled() and (error := edit.exception()) is not None:
            log.error("job %d: its progress can't be shown", job_id, exc_info=error)
        self._wanted.release(job_id)

    async def _show(self, job: Job, turn: Turn) -> None:
        """Show progress once; what fails now is shown by the next change, or tried again."""
        about_job(job.id)
        try:
            async with self._wanted.card_lock(job.id):
                shown = await self._show_newest(job.id, turn)
            self._failures.pop(job.id, None)
            # Without the lock: its turn is the last of all, and an ending would wait for it.
            if shown is not None and not is_cancellable(shown):
                await self._cards.remove_own_reaction(shown)
        except CardBusy as error:
            failures = self._failures[job.id] = self._failures.get(job.id, 0) + 1
            self._wanted.show_later(job, busy_delay(error, failures))
        except CardDeleted:
            log.info("job %d: its card is gone", job.id)
            if job.message_id is not None:
                await self._on_deleted(job.message_id)
        except CardOutOfReach as error:
            log.info("job %d: its card is out of reach: %s", job.id, error)
            self._wanted.show_later(job, OUT_OF_REACH_DELAY)
        except CardError as error:
            log.warning("job %d: its card can't be shown: %s", job.id, error)

    async def _show_newest(self, job_id: int, turn: Turn) -> Job | None:
        """Draw the row as it is now: another process or an ending may have changed it.

        Returns the job as it is shown since; None if its card is as it was.
        """
        job = await self._jobs.get(job_id)
        if job is None or job.owner != self._owner or job.state.is_final:
            self._wanted.forget(job_id)
            self._failures.pop(job_id, None)
            return None
        drawn = self._cards.draw(job)
        if self._wanted.is_ended(job_id) or drawn.digest == self._wanted.shown_digest(job):
            return None
        await self._cards.edit(job, drawn, turn=turn)
        now = self._wanted.record_shown(job, drawn.digest)
        await self._jobs.save(job, changed(job, shown=drawn.digest, shown_at=now))
        return job


async def _finish_or_cancel(edits: Sequence[asyncio.Task[None]]) -> None:
    if edits:
        _, slow = await asyncio.wait(edits, timeout=_SHUTDOWN_TIMEOUT)
        for edit in slow:
            edit.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
