"""Retention: deletes what is no longer needed.

That is ended jobs after `RETENTION_DAYS`, drafts that can't be confirmed any more, interaction tokens
and addresses of attachments that have expired, and scratch folders of processes that were killed.
Prompts are personal; a token opens its message to anyone who reads it, and an address its file.
"""

import asyncio
import datetime
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from bot.background import PAUSE_AFTER_ERROR, in_background, repeat_forever
from bot.jobs.admission.price_questions import DRAFT_LIFETIME
from bot.media.scratch_folder import remove_stale_folders
from db.records import SOURCE_LIFETIME, TOKEN_LIFETIME
from db.repositories.drafts import Drafts
from db.repositories.retention import Retention

log = logging.getLogger(__name__)

_INTERVAL = 60.0  # seconds
# Seconds after midnight (UTC) in which a job of the day before may still be accepted.
_MIDNIGHT_MARGIN = 60 * 60.0
_DAY = 24 * 60 * 60.0


class RetentionSweep:
    """Background work that deletes once a minute what is due."""

    def __init__(
        self,
        retention: Retention,
        drafts: Drafts,
        *,
        retention_days: int,
        clock: Callable[[], float],
        pause_after_error: float = PAUSE_AFTER_ERROR,
    ) -> None:
        self._retention = retention
        self._drafts = drafts
        self._retention_days = retention_days
        self._clock = clock
        self._pause_after_error = pause_after_error

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Sweep once a minute until the block is left."""
        work = repeat_forever(self._turn, pause_after_error=self._pause_after_error)
        async with in_background(work, name="retention_sweep"):
            yield

    async def sweep(self) -> None:
        """Delete what is due now."""
        now = self._clock()
        await self._retention.clear_tokens(now - TOKEN_LIFETIME)
        await self._retention.clear_sources(now - SOURCE_LIFETIME)
        today = datetime.datetime.fromtimestamp(now - _MIDNIGHT_MARGIN, datetime.UTC).date()
        await self._retention.anonymize_ledger(today)
        await self._drafts.delete_drafts(now - DRAFT_LIFETIME)
        deleted = await self._retention.delete_ended(now - self._retention_days * _DAY)
        if deleted:
            log.info("forgot %d ended jobs", deleted)
        await asyncio.to_thread(remove_stale_folders)

    async def _turn(self) -> float:
        await self.sweep()
        return _INTERVAL
