"""Price buttons: the yes and the no to the question about a price.

A yes that is refused turns the question into the reason, because its buttons could only be refused
again. Where the same yes may be granted in a moment, the question stays and the reason is beside it.
"""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import discord

from bot.discord.interactions.error_replies import leave_to_another_process
from bot.discord.interactions.error_texts import error_text, is_foreseen
from bot.discord.interactions.errors import DiscordBusy
from bot.discord.interactions.generation_requests import GenerationRequests, never_had_card
from bot.discord.interactions.price_questions import (
    is_question,
    show_question_again,
    take_away,
    turn_into,
)
from bot.jobs.admission.price_questions import PriceQuestions, agreed_quote
from bot.jobs.errors import ApiAway, DatabaseBusy, ModelAway, NotAgreed, NotYours, UnknownDraft
from bot.locales.answer_texts import PRICE_QUESTION_DECLINED
from bot.locales.translate import translate
from db.errors import AlreadyAccepted, DraftUsed
from db.records import Draft

log = logging.getLogger(__name__)

# The same press may succeed in a moment.
_PASSING = (DatabaseBusy, ApiAway, ModelAway, DiscordBusy)


class PriceButtons:
    """Handlers of *Generate* and *No thanks*."""

    def __init__(self, questions: PriceQuestions, requests: GenerationRequests) -> None:
        self._questions = questions
        self._requests = requests

    async def agree(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Generate what the price was asked about; ask again if that is not what it would be now."""
        async with self._answering(interaction, draft_id):
            draft = await self._questions.find(draft_id, interaction.user.id)
            try:
                job = await self._requests.submit_agreed(interaction, draft)
            except NotAgreed:
                await self._ask_again(interaction, draft)
                return
            await self._requests.answer(interaction, job)
            await take_away(interaction.client, draft)

    async def decline(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Take the question back; nothing was sent."""
        async with self._answering(interaction, draft_id):
            draft = await self._questions.find(draft_id, interaction.user.id)
            await self._questions.decline(draft, interaction.id)
            declined = translate(PRICE_QUESTION_DECLINED, str(interaction.locale))
            await turn_into(interaction, declined, prompt_of(draft))

    @asynccontextmanager
    async def _answering(
        self, interaction: discord.Interaction, draft_id: int
    ) -> AsyncGenerator[None]:
        """Carry out an answer to a question; why it can't be is said in the question's place.

        Raises:
            Exception: What is to be said beside the question.
        """
        if not is_question(interaction.message, draft_id):
            # A custom_id can be forged, and what it is on would be written over.
            raise UnknownDraft
        try:
            try:
                yield
            except DraftUsed:
                await self._explain_used(interaction, draft_id)
        except AlreadyAccepted:
            log.info("interaction %d: another process answers it", interaction.id)
        except (*_PASSING, NotYours):
            raise
        except Exception as error:
            if not is_foreseen(error):
                raise
            await self._refuse(interaction, draft_id, error)

    async def _refuse(
        self, interaction: discord.Interaction, draft_id: int, error: Exception
    ) -> None:
        """Turn the question into the sentence of *error*, and let no later press answer it."""
        await leave_to_another_process(error)
        prompt = None
        if not isinstance(error, UnknownDraft):
            draft = await self._questions.look_up(draft_id)
            if draft.answered_by is None:
                await self._questions.decline(draft, interaction.id)
            prompt = prompt_of(draft)
        await turn_into(interaction, error_text(error, str(interaction.locale)), prompt)

    async def _explain_used(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Answer a press on a question that was answered before, or is too old.

        Where other questions took its place, what counts is what became of the newest of them.
        """
        pressed = await self._questions.look_up(draft_id)
        newest = await self._questions.replacement(pressed) or pressed
        if interaction.id in {pressed.answered_by, newest.interaction_id, newest.answered_by}:
            log.info("interaction %d: another process answers it", interaction.id)
            return
        if newest is not pressed and self._questions.is_open(newest):
            await self._ask_again(interaction, newest)
            return
        made = None
        if newest.answered_by is not None:
            made = await self._requests.job_of(newest.answered_by)
        is_made = made is not None and not never_had_card(made)
        error = AlreadyAccepted() if is_made else DraftUsed()
        prompt = None if is_made else prompt_of(newest)
        await turn_into(interaction, error_text(error, str(interaction.locale)), prompt)

    async def _ask_again(self, interaction: discord.Interaction, old: Draft) -> None:
        """Ask about what was agreed to as it would be now, in place of the question *old*."""
        quote, context = await self._requests.admit_again(interaction, old)
        question = await self._questions.ask_again(old, quote, context)
        await show_question_again(interaction, question)


def prompt_of(draft: Draft) -> str | None:
    """Return what the draft asks for; None once that is no longer stored."""
    try:
        return agreed_quote(draft).prompt
    except DraftUsed:
        return None
