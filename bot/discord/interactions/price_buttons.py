"""Price buttons: the yes and the no to the question about a price."""

import discord

from bot.discord.interactions.generation_requests import GenerationRequests, never_had_card
from bot.jobs.admission.price_confirmations import PriceConfirmations
from bot.jobs.queries import JobQueries
from bot.locales.answer_texts import CONFIRM_DECLINED
from bot.locales.translate import translate
from db.errors import AlreadyAccepted, DraftUsed


class PriceButtons:
    """Handlers of *Generate* and *No thanks*."""

    def __init__(
        self,
        queries: JobQueries,
        confirmations: PriceConfirmations,
        requests: GenerationRequests,
    ) -> None:
        self._queries = queries
        self._confirmations = confirmations
        self._requests = requests

    async def confirm(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Generate what the price was asked about."""
        await self._check_is_question(interaction, draft_id)
        await self._requests.confirm(interaction, draft_id)

    async def decline(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Take the question back; nothing was sent."""
        await self._check_is_question(interaction, draft_id)
        try:
            await self._confirmations.decline(draft_id, interaction.user.id)
        except DraftUsed as error:
            made = await self._requests.job_of(draft_id)
            if made is None or never_had_card(made):
                raise
            raise AlreadyAccepted from error
        answer = translate(CONFIRM_DECLINED, str(interaction.locale))
        await interaction.response.edit_message(content=answer, embed=None, view=None)

    async def _check_is_question(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Raise where the button is on a card, which would be written over.

        Raises:
            AlreadyAccepted: The question has become this card.
            DraftUsed: The card is that of another job.
        """
        message = interaction.message
        card = None if message is None else await self._queries.find_by_message(message.id)
        if card is not None and card.id == draft_id:
            raise AlreadyAccepted
        if message is None or card is not None:
            raise DraftUsed
