"""The only code that sends or edits job messages: the newest state wins, limits are kept."""

import asyncio
import dataclasses
import functools
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

import discord

from bot import words
from bot.chat.buttons import to_view
from bot.chat.card import Card, CardLook, alt_text, card
from bot.chat.pacing import next_edit
from bot.chat.wire import Upload, Wire
from bot.jobs.cards import CardBusy, CardDeleted, CardError, CardOutOfReach, NeverAnswered
from bot.jobs.download import DownloadedFile
from db.jobs import JobRepository
from db.records import CancelControl, CardKind, Job

log = logging.getLogger(__name__)

_BUSY_DELAY = 5.0
# Few progress edits wait for the limiter at any time, so that an ending never stands behind many.
_EDITS_AT_ONCE = 8


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """What this process last showed of a job, and when (Unix seconds)."""

    job: Job
    digest: str
    at: float


@dataclasses.dataclass(frozen=True, slots=True)
class _Wanted:
    """What a card should look like, and not before when (Unix seconds)."""

    job: Job
    earliest: float


class Editor:
    """Show jobs on their messages; implements `bot.jobs.cards.Cards`."""

    def __init__(
        self,
        client: discord.Client,
        wire: Wire,
        jobs: JobRepository,
        *,
        look: Callable[[Job], CardLook],
        clock: Callable[[], float],
    ) -> None:
        self._client = client
        self._wire = wire
        self._jobs = jobs
        self._look = look
        self._clock = clock
        self._wanted: dict[int, _Wanted] = {}
        self._last: dict[int, Shown] = {}
        self._edits: dict[int, asyncio.Task[None]] = {}
        self._cards: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._changed = asyncio.Event()
        self._when_deleted: Callable[[int], Awaitable[None]] | None = None
        self._when_found: Callable[[Sequence[Job]], None] | None = None

    def __repr__(self) -> str:
        return f"<Editor {len(self._wanted)} wanted, {len(self._edits)} in flight>"

    def when_deleted(self, tell: Callable[[int], Awaitable[None]]) -> None:
        """Have *tell* called with the message id of a card that turns out to be deleted."""
        self._when_deleted = tell

    def when_found(self, tell: Callable[[Sequence[Job]], None]) -> None:
        """Have *tell* called with a job whose card was found again: nobody has read its ❌ yet."""
        self._when_found = tell

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep showing progress until the block is left; edits in flight then come to their end."""
        pump = asyncio.create_task(self._pump(), name="editor")
        try:
            yield
        finally:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)
            await _finish_or_cancel(list(self._edits.values()))

    def draw(self, job: Job) -> Card:
        """Return the card of *job* as it should look."""
        return card(job, self._look(job))

    def show(self, job: Job) -> None:
        """Show *job* soon; the newest state wins and an unchanged card is not touched."""
        if job.message_id is None or job.state.is_final:
            return
        last = self._last.get(job.id)
        earliest = next_edit(
            job,
            last.job if last else None,
            last.at if last else job.shown_at or job.created_at,
            now=self._clock(),
            cards=len(self._last),
        )
        self._wanted[job.id] = _Wanted(job, earliest)
        self._changed.set()

    async def finish(self, job: Job) -> str:
        """Show the ending of *job* now and return the digest of what is shown."""
        drawn = self.draw(job)
        if drawn.digest != self._forget(job):
            async with self._card_lock(job.id):
                await self._wire.edit(job, embed=drawn.embed, view=to_view(drawn.buttons))
        return drawn.digest

    async def deliver(self, job: Job, files: Sequence[DownloadedFile]) -> str:
        """Put *files* onto the card, in place of whatever was there, and return the digest."""
        self._forget(job)
        drawn = self.draw(job)
        async with self._card_lock(job.id):
            await self._wire.edit(
                job,
                embed=drawn.embed,
                view=to_view(drawn.buttons),
                uploads=self._to_upload(job, files),
            )
        return drawn.digest

    async def deliver_privately(self, job: Job, files: Sequence[DownloadedFile]) -> None:
        """Send *files* to the requester as a direct message."""
        drawn = self.draw(job)
        await self._wire.send_privately(
            job, words.DM_RESULT, drawn.embed, self._to_upload(job, files)
        )

    def upload_limit(self, job: Job) -> int:
        """Return how many bytes one file on the card of *job* may have.

        While the interaction lives its own limit counts, afterwards the guild's.
        """
        if job.token_is_alive(self._clock()):
            return job.upload_limit
        guild = self._client.get_guild(job.guild_id) if job.guild_id else None
        if guild is None or job.card_kind is CardKind.BRIEF:
            return discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES
        return guild.filesize_limit

    async def find(self, job: Job) -> int:
        """Return the message id of the card of *job*, when the database does not have it."""
        found = await self._find(job)
        if self._when_found is not None:
            self._when_found([dataclasses.replace(job, message_id=found)])
        return found

    async def _find(self, job: Job) -> int:
        if job.token_is_alive(self._clock(), margin=0.0):
            message = await self._wire.original(job)
            # An answer without an embed is a refusal, not a card.
            if not message.embeds:
                raise NeverAnswered("the answer is no card")
            return message.id
        if job.card_kind is CardKind.BRIEF:
            raise NeverAnswered("the interaction token has ended")
        found = await self._wire.search(job)
        if found is None:
            raise NeverAnswered("the channel's history has no card")
        return found

    async def offer_cancel(self, job: Job) -> Job:
        """Put ❌ under a new card, or give it a button where that can't be done."""
        if job.cancel_control is not CancelControl.REACTION:
            return job
        try:
            await self._wire.react(job)
            await self._tidy_if_ended(job)
        except CardBusy as error:
            log.info("job %d: no reaction now (%s)", job.id, error)
        except CardError as error:
            log.info("job %d: no reaction here (%s), a button instead", job.id, error)
            with_button = dataclasses.replace(job, cancel_control=CancelControl.BUTTON)
            if await self._jobs.save(job, with_button):
                self.show(with_button)
            return with_button
        return job

    async def ping(self, job: Job) -> None:
        """Tell the requester by a short reply that *job* ended; twice does no harm."""
        sentence = words.PING[job.state].format(person=f"<@{job.user_id}>")
        await self._wire.reply(job, sentence, purpose="done")

    async def tidy(self, job: Job) -> None:
        """Take the bot's own ❌ off an ended card, if that can be done."""
        if job.cancel_control is not CancelControl.REACTION:
            return
        try:
            await self._wire.unreact(job)
        except CardError as error:
            log.debug("job %d: its ❌ stays: %s", job.id, error)

    async def _tidy_if_ended(self, job: Job) -> None:
        """Take a ❌ off again that came after the job had ended and been tidied."""
        now = await self._jobs.get(job.id)
        if now is None or now.state.is_final:
            await self.tidy(job)

    def _to_upload(self, job: Job, files: Sequence[DownloadedFile]) -> list[Upload]:
        description = alt_text(job, self._look(job))
        return [Upload(path=file.path, description=description) for file in files]

    def _card_lock(self, job_id: int) -> asyncio.Lock:
        return self._cards.setdefault(job_id, asyncio.Lock())

    def _forget(self, job: Job) -> str | None:
        """Show no more progress of *job*, and return the digest of what its card shows."""
        self._wanted.pop(job.id, None)
        last = self._last.pop(job.id, None)
        return last.digest if last else job.shown

    def _is_shown(self, job: Job, digest: str) -> bool:
        last = self._last.get(job.id)
        return digest == (last.digest if last else job.shown)

    async def _pump(self) -> None:
        while True:
            self._changed.clear()
            for wanted in self._take_due():
                job = wanted.job
                edit = asyncio.create_task(self._edit(job), name=f"card of job {job.id}")
                self._edits[job.id] = edit
                edit.add_done_callback(functools.partial(self._edited, job.id))
            try:
                async with asyncio.timeout(self._next_delay()):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _take_due(self) -> list[_Wanted]:
        """Return what may be shown now, longest due first, as much as may be in flight."""
        now = self._clock()
        due = [
            wanted
            for job_id, wanted in self._wanted.items()
            if wanted.earliest <= now and job_id not in self._edits
        ]
        due.sort(key=lambda wanted: wanted.earliest)
        taken = due[: max(0, _EDITS_AT_ONCE - len(self._edits))]
        for wanted in taken:
            del self._wanted[wanted.job.id]
        return taken

    def _next_delay(self) -> float | None:
        """Return the seconds until something may be shown; None: not before an edit has ended."""
        if len(self._edits) >= _EDITS_AT_ONCE:
            return None
        waiting = [
            wanted.earliest for job_id, wanted in self._wanted.items() if job_id not in self._edits
        ]
        return max(0.0, min(waiting) - self._clock()) if waiting else None

    def _edited(self, job_id: int, _edit: asyncio.Task[None]) -> None:
        del self._edits[job_id]
        self._changed.set()

    async def _edit(self, job: Job) -> None:
        """Show progress once; what fails now is shown by the next change, or tried again."""
        drawn = self.draw(job)
        if self._is_shown(job, drawn.digest):
            return
        try:
            async with self._card_lock(job.id):
                await self._wire.edit(job, embed=drawn.embed, view=to_view(drawn.buttons))
        except CardBusy as error:
            delay = max(error.retry_after or 0.0, _BUSY_DELAY)
            self._wanted.setdefault(job.id, _Wanted(job, self._clock() + delay))
        except CardDeleted:
            log.info("job %d: its card is gone", job.id)
            if self._when_deleted is not None and job.message_id is not None:
                await self._when_deleted(job.message_id)
        except CardOutOfReach as error:
            log.info("job %d: its card is out of reach: %s", job.id, error)
        except CardError as error:
            log.warning("job %d: its card can't be shown: %s", job.id, error)
        else:
            await self._record(job, drawn)

    async def _record(self, job: Job, drawn: Card) -> None:
        now = self._clock()
        self._last[job.id] = Shown(job, drawn.digest, now)
        await self._jobs.save(job, dataclasses.replace(job, shown=drawn.digest, shown_at=now))


async def _finish_or_cancel(edits: Sequence[asyncio.Task[None]]) -> None:
    if edits:
        _, slow = await asyncio.wait(edits, timeout=2.0)
        for edit in slow:
            edit.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
