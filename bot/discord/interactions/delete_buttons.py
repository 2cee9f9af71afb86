"""Delete buttons: taking the card of an ended job away, which is asked about once.

In a channel the question is a private answer, and the bot deletes the card. A card that the bot's own
token can't delete, because it is ephemeral or the bot is no member there, and a message that only the
requester sees, have the question in place of their buttons: the press that confirms it carries the
token that deletes the message (Discord docs: Receiving and Responding, Delete Original Interaction
Response). Either way the job stays, and `/jobs` has its result.
"""

import discord

from bot.discord.cards.button_table import is_deletable
from bot.discord.cards.views import delete_view, to_view
from bot.discord.interactions.card_places import check_is_on_card, holds_only
from bot.discord.interactions.errors import (
    DiscordBusy,
    NotRemovable,
    NotYoursToDelete,
    StillRunning,
)
from bot.discord.interactions.permissions import may_cancel
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.card_removal import CardRemoval
from bot.jobs.errors import CardBusy, CardError, UnknownJob
from bot.jobs.queries import JobQueries
from bot.locales.answer_texts import (
    DELETE_DONE,
    DELETE_DONE_OF_ANOTHER,
    DELETE_KEPT,
    DELETE_QUESTION,
    DELETE_QUESTION_OF_ANOTHER,
)
from bot.locales.translate import Text, translate
from db.records import CardKind, Job


class DeleteButtons:
    """Handlers of *Delete* under a card, and of the yes and the no to its question."""

    def __init__(self, queries: JobQueries, cards: CardMessages, removal: CardRemoval) -> None:
        self._queries = queries
        self._cards = cards
        self._removal = removal

    async def ask(self, interaction: discord.Interaction, job_id: int) -> None:
        """Ask whether the card is to be deleted."""
        job = await self._find(interaction, job_id)
        question = delete_view(job.id, str(interaction.locale))
        if _is_asked_in_place(interaction, job):
            await interaction.response.edit_message(view=question)
            return
        check_is_on_card(interaction, job)
        sentence = _sentence(interaction, job, DELETE_QUESTION, DELETE_QUESTION_OF_ANOTHER)
        await interaction.response.send_message(sentence, view=question, ephemeral=True)

    async def delete(self, interaction: discord.Interaction, job_id: int) -> None:
        """Delete the card; the job stays."""
        job = await self._find(interaction, job_id)
        if _is_asked_in_place(interaction, job):
            await interaction.response.defer()
            await interaction.delete_original_response()
            return
        await self._check_question(interaction, job)
        # The deletion waits for its turn, perhaps for longer than Discord waits for an answer.
        await interaction.response.defer()
        try:
            await self._removal.remove(job)
        except CardBusy as error:
            raise DiscordBusy from error
        except CardError as error:
            raise NotRemovable from error
        sentence = _sentence(interaction, job, DELETE_DONE, DELETE_DONE_OF_ANOTHER)
        await interaction.edit_original_response(content=sentence, view=None)

    async def keep(self, interaction: discord.Interaction, job_id: int) -> None:
        """Delete nothing."""
        job = await self._find(interaction, job_id)
        if _is_asked_in_place(interaction, job):
            buttons = self._cards.draw(job).buttons
            await interaction.response.edit_message(view=to_view(buttons))
            return
        await self._check_question(interaction, job)
        kept = translate(DELETE_KEPT, str(interaction.locale))
        await interaction.response.edit_message(content=kept, view=None)

    async def _find(self, interaction: discord.Interaction, job_id: int) -> Job:
        """Return the job whose card this user may delete.

        Raises:
            UnknownJob: There is none, or not any more.
            NotYoursToDelete: The user has neither asked for it nor Manage Messages in its channel.
            StillRunning: It has not ended, and deleting its card would cancel it.
        """
        job = await self._queries.find(job_id)
        is_there = interaction.channel_id == job.channel_id
        if job.user_id != interaction.user.id and not is_there:
            raise UnknownJob
        if not may_cancel(job, interaction.user.id, interaction.permissions):
            raise NotYoursToDelete
        if not is_deletable(job):
            raise StillRunning
        return job

    async def _check_question(self, interaction: discord.Interaction, job: Job) -> None:
        """Check that a question was answered that the presser was asked in the card's channel.

        Raises:
            UnknownJob, NotYours: It was not.
        """
        if interaction.channel_id != job.channel_id:
            raise UnknownJob
        await check_is_private_answer(interaction, self._queries)


def _is_asked_in_place(interaction: discord.Interaction, job: Job) -> bool:
    """Whether the pressed message shows *job*, and its buttons may become the question."""
    message = interaction.message
    if message is None or not holds_only(message, job.id):
        return False
    is_token_only = job.card_kind is CardKind.TOKEN_ONLY and message.id == job.message_id
    is_own = interaction.guild_id is None and interaction.context.dm_channel
    return is_token_only or (is_own and job.user_id == interaction.user.id)


def _sentence(interaction: discord.Interaction, job: Job, own: Text, of_another: Text) -> str:
    text = own if job.user_id == interaction.user.id else of_another
    return translate(text, str(interaction.locale), person=f"<@{job.user_id}>")
