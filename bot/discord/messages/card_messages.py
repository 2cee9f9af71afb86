"""Card messages: the messages that show jobs, implementing `bot.jobs.cards.Cards`.

Every message about a job is sent or edited by this class, so that the newest state wins.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.discord.cards.card import Card, alt_text, card
from bot.discord.cards.card_address import card_address
from bot.discord.cards.views import to_view
from bot.discord.messages.message_client import MessageClient
from bot.discord.messages.message_parts import Upload
from bot.discord.messages.rate_limit import Turn
from bot.discord.messages.refusals import Refusals
from bot.discord.messages.replies import Replies
from bot.discord.messages.wanted_edits import WantedEdits
from bot.jobs.errors import CardAwaited, CardBusy, CardError
from bot.locales.answer_texts import DM_ENDED, DM_RESULT, DM_RESULT_FROM_CHANNEL, PING, REPLY_RESULT
from bot.locales.translate import translate
from bot.media.download import DownloadedFile
from db.copies import changed
from db.records import CancelControl, Job
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

# Seconds before each further try to put ❌ under a card. After the last one it gets a button.
_REACTION_PAUSES = (1.0, 3.0, 10.0)


class CardMessages:
    """Messages that show jobs: the card, and what is sent beside it."""

    def __init__(
        self,
        messages: MessageClient,
        replies: Replies,
        jobs: JobRepository,
        wanted: WantedEdits,
        refusals: Refusals,
        *,
        labels: Mapping[str, str],
        give_way: Callable[[], Awaitable[None]],
        known: Callable[[int], Job | None] = lambda _: None,  # the record of an own job
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._messages = messages
        self._replies = replies
        self._jobs = jobs
        self._wanted = wanted
        self._refusals = refusals
        self._labels = labels
        self._give_way = give_way
        self._known = known
        self._sleep = sleep

    def draw(self, job: Job) -> Card:
        """Return the card of *job* as it should look."""
        return card(job, self._label(job))

    def show(self, job: Job) -> None:
        """Show *job* soon; the newest state wins and an unchanged card is not touched."""
        self._wanted.show(job)

    async def finish(self, job: Job) -> str:
        """Show the ending of *job* now and return the digest of what is shown."""
        drawn = self.draw(job)
        async with self._wanted.ending(job) as shown:
            if drawn.digest != shown:
                async with self._refusals.counted(job.id, "ending"):
                    await self.edit(job, drawn)
        return drawn.digest

    async def deliver(self, job: Job, files: Sequence[DownloadedFile]) -> str:
        """Put *files* onto the card, in place of what was there, and return the digest."""
        drawn = self.draw(job)
        try:
            async with self._wanted.ending(job), self._refusals.counted(job.id, "upload"):
                await self.edit(job, drawn, self._to_upload(job, files))
        except CardError:
            # The card is to say so, if it goes on.
            self._wanted.reopen(job.id)
            raise
        return drawn.digest

    async def edit(
        self,
        job: Job,
        drawn: Card,
        uploads: Sequence[Upload] | None = None,
        *,
        turn: Turn = Turn.URGENT,
    ) -> None:
        """Make the card of *job* look like *drawn*; *uploads* replace its files, None keeps them.

        Raises:
            CardError: It does not; the kind of error says what to do.
        """
        await self._messages.edit(
            job, embed=drawn.embed, view=to_view(drawn.buttons), uploads=uploads, turn=turn
        )

    async def deliver_as_reply(self, job: Job, files: Sequence[DownloadedFile]) -> None:
        """Put *files* into a new message, a reply to the card that can't be edited."""
        sentence = translate(REPLY_RESULT, job.locale, person=f"<@{job.user_id}>")
        beside = self._beside(job)
        async with self._refusals.counted(job.id, "reply"):
            await self._replies.reply_with_result(
                job,
                sentence,
                beside.embed,
                self._to_upload(job, files),
                view=to_view(beside.buttons),
            )

    async def deliver_privately(self, job: Job, files: Sequence[DownloadedFile]) -> None:
        """Send *files* to the requester as a direct message."""
        text = DM_RESULT if job.private else DM_RESULT_FROM_CHANNEL
        beside = self._beside(job)
        async with self._refusals.counted(job.id, "dm"):
            await self._replies.send_privately(
                job,
                translate(text, job.locale),
                beside.embed,
                self._to_upload(job, files),
                view=to_view(beside.buttons),
                purpose="dm",
            )

    async def finish_privately(self, job: Job) -> None:
        """Show the ending of *job* in a direct message, its card being out of reach."""
        beside = self._beside(job)
        async with self._refusals.counted(job.id, "end"):
            await self._replies.send_privately(
                job,
                translate(DM_ENDED, job.locale),
                beside.embed,
                view=to_view(beside.buttons),
                purpose="end",
            )

    def _beside(self, job: Job) -> Card:
        """Return the card of *job* for a message beside it, without the note where the result is."""
        return self.draw(changed(job, dm_begun_at=None, reply_begun_at=None))

    async def upload_limit(self, job: Job) -> int:
        """Return how many bytes one file on the card of *job* may have."""
        return await self._messages.upload_limit(job)

    async def is_discord_answering(self) -> bool:
        """Whether Discord answers another call now, so that it is not away altogether."""
        return await self._messages.is_answering()

    async def find(self, job: Job) -> int:
        """Return the message id of the card of *job*, when the database does not have it.

        An answer that was deferred, and waits for the card, becomes the card.
        """
        async with self._refusals.counted(job.id, "find"):
            try:
                found = await self._messages.find(job)
            except CardAwaited as error:
                found = error.message_id
                await self.edit(changed(job, message_id=found), self.draw(job))
        await self._jobs.set_message(job.id, found)
        # Users may have reacted to it with ❌ when the bot did not know it.
        found_again = changed(job, message_id=found)
        self._messages.announce_found(found_again)
        await self.link_retry(found_again)
        return found

    async def offer_cancel(self, job: Job) -> None:
        """Put ❌ under a new card, or a button on it where the bot can't react."""
        if job.cancel_control is not CancelControl.REACTION:
            return
        await self._give_way()
        try:
            await self._add_reaction(job)
        except CardError as error:
            log.info("job %d: no reaction here (%s), a button instead", job.id, error)
            # The job may have changed by now, so its row is written in any state.
            await self._jobs.set_cancel_control(job.id, CancelControl.BUTTON)
            self.show(job)
        else:
            await self._remove_reaction_if_ended(job)

    async def _add_reaction(self, job: Job) -> None:
        """Put ❌ under the card; a refusal that may be an accident is met with another try.

        Raises:
            CardError: It is not there.
        """
        for pause in _REACTION_PAUSES:
            try:
                return await self._messages.add_reaction(job)
            except CardBusy as error:
                log.info("job %d: its ❌ is tried again: %s", job.id, error)
                await self._sleep(pause)
        return await self._messages.add_reaction(job)

    async def link_retry(self, retry: Job) -> None:
        """Have the card of the job that *retry* tries again lead to the card of *retry*.

        A card that can't be edited keeps its button, and a press on it is answered with the address.
        """
        if retry.retry_of is None:
            return
        tried = await self._jobs.set_retried_as(retry.retry_of, card_address(retry) or "")
        if tried is None or tried.message_id is None:
            return
        if not tried.state.is_final:
            self.show(tried)
            return
        try:
            await self.finish(tried)
        except CardError as error:
            log.info("job %d: its button stays: %s", tried.id, error)

    async def notify_requester(self, job: Job) -> None:
        """Mention the requester in a short reply to an ended card; twice is one message."""
        sentence = translate(PING[job.state], job.locale, person=f"<@{job.user_id}>")
        async with self._refusals.counted(job.id, "ping"):
            await self._replies.reply(job, sentence, purpose="done")

    async def remove_own_reaction(self, job: Job) -> None:
        """Take the bot's own ❌ off an ended card.

        Raises:
            CardError: It stays; with `CardBusy` another try may help.
        """
        if job.cancel_control is not CancelControl.REACTION:
            return
        async with self._refusals.counted(job.id, "reaction"):
            await self._messages.remove_reaction(job)

    async def _remove_reaction_if_ended(self, job: Job) -> None:
        """Remove a ❌ that was added only after that of an ended card had been removed."""
        now = self._known(job.id) or await self._jobs.get(job.id)
        if now is None or now.state.is_final:
            try:
                await self.remove_own_reaction(job)
            except CardError as error:
                log.info("job %d: its ❌ stays: %s", job.id, error)

    def _label(self, job: Job) -> str:
        """Return the label of the model of *job*, or its name once it has left the catalogue."""
        return self._labels.get(job.model, job.model)

    def _to_upload(self, job: Job, files: Sequence[DownloadedFile]) -> list[Upload]:
        description = alt_text(job, self._label(job))
        return [
            Upload(path=file.path, size=file.size, description=description, spoiler=job.spoiler)
            for file in files
        ]
