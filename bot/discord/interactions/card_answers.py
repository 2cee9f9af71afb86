"""Card answers: the card of a new job as the answer to the interaction that asked for it."""

import asyncio
import logging

import discord

from bot.discord.cards.card import Card
from bot.discord.cards.views import to_view
from bot.discord.interactions.deferred_answers import is_deferred, note_given
from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW
from bot.discord.messages.error_codes import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION
from bot.jobs.admission.intake import JobIntake
from bot.jobs.errors import CardError, CardNeverSent, CardNotOurs
from bot.monitoring.health import Health
from bot.monitoring.shared_token import report_shared_token
from db.errors import StoreFailed
from db.records import Job

log = logging.getLogger(__name__)

# The interaction was answered before, or is not known any more: no answer of ours was taken.
ANSWER_REFUSED = frozenset({ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION})
# Seconds, less than after which the worker looks for the card: Discord takes a later edit too, which
# would draw the job as it began over what is shown by then.
_EDIT_TIMEOUT = 10.0
_QUIET = discord.AllowedMentions.none()


class CardAnswers:
    """Answers with cards: a job is sent once Discord is known to show its card."""

    def __init__(self, intake: JobIntake, cards: CardMessages, health: Health) -> None:
        self._intake = intake
        self._cards = cards
        self._health = health

    async def answer(self, interaction: discord.Interaction, job: Job) -> None:
        """Show the card as the answer, then send the job on its way, then offer ❌."""
        drawn = self._cards.draw(job)
        try:
            message_id = await self._send_card(interaction, job, drawn)
        except DISCORD_CANT_NOW as error:
            # Whether Discord shows it is found out before anything is sent.
            log.warning("job %d: its card was not acknowledged: %s", job.id, type(error).__name__)
            self._intake.unanswered(job)
            return
        except BaseException:
            self._intake.unanswered(job)
            raise
        if message_id is not None:
            await self._take_note(job, message_id, drawn)

    async def _take_note(self, job: Job, message_id: int, drawn: Card) -> None:
        """Store which message is the card, and offer to cancel there."""
        try:
            answered = await self._intake.answered(job, message_id, shown=drawn.digest)
            await self._cards.offer_cancel(answered)
            await self._cards.link_retry(answered)
        except (StoreFailed, OSError) as error:
            # The requester sees the card; the worker looks for it, and goes on.
            log.error("job %d: what its card is could not be stored: %s", job.id, error)

    async def _send_card(
        self, interaction: discord.Interaction, job: Job, drawn: Card
    ) -> int | None:
        """Answer with the card as a new message, or in place of a deferred one; return its id.

        Returns None if the job was taken back, because the interaction has another answer.
        """
        view = to_view(drawn.buttons)
        if is_deferred(interaction):
            # A deferred answer that is gone is looked for once more, and not found.
            async with asyncio.timeout(_EDIT_TIMEOUT):
                shown = await interaction.edit_original_response(
                    embed=drawn.embed, view=view, allowed_mentions=_QUIET
                )
            note_given(interaction)
            return shown.id
        try:
            response = await interaction.response.send_message(
                embed=drawn.embed, view=view, ephemeral=job.private, allowed_mentions=_QUIET
            )
        except discord.HTTPException as error:
            if error.code not in ANSWER_REFUSED:
                raise
            return await self._find_or_take_back(job)
        if response.message_id is None:
            raise OSError("Discord did not say which message it made")
        return response.message_id

    async def _find_or_take_back(self, job: Job) -> int | None:
        """Return the card's id if the answer that Discord has is this card.

        It is where discord.py repeated a call whose first response was lost. Otherwise nothing was
        shown and nothing was sent, so that the job is undone.
        """
        try:
            return await self._cards.find(job)
        except CardNeverSent as error:
            if isinstance(error, CardNotOurs):
                report_shared_token(self._health)
            await self._intake.take_back(job)
        except CardError as error:
            log.warning("job %d: its card can't be looked for: %s", job.id, error)
            self._intake.unanswered(job)
        return None
