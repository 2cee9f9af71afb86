"""What the buttons do."""

import discord

from bot.discord.cards.lists import fresh_links
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.buttons import job_list_view
from bot.discord.interactions.error_texts import NotYoursToCancel
from bot.discord.interactions.generation_requests import GenerationRequests, never_had_card
from bot.discord.interactions.job_list_pages import job_page
from bot.discord.interactions.permissions import may_cancel
from bot.jobs.admission.price_confirmations import PriceConfirmations
from bot.jobs.errors import NotYours, UnknownJob
from bot.jobs.service import JobService
from bot.locales.answers import CANCEL_TAKEN, CONFIRM_DECLINED
from db.errors import AlreadyAccepted, DraftUsed
from db.records import Job


class ButtonActions:
    """Answer the person who pressed a button."""

    def __init__(
        self,
        service: JobService,
        confirmations: PriceConfirmations,
        requests: GenerationRequests,
        policy: AccessPolicy,
    ) -> None:
        self._service = service
        self._confirmations = confirmations
        self._requests = requests
        self._policy = policy

    async def cancel(self, interaction: discord.Interaction, job_id: int) -> None:
        """Save the request to cancel; the card shows what becomes of it."""
        job = await self._service.find(job_id)
        _check_place(interaction, job)
        if not may_cancel(job, interaction.user.id, interaction.permissions):
            raise NotYoursToCancel
        await self._service.cancel(job_id, interaction.user.id)
        await interaction.response.send_message(CANCEL_TAKEN, ephemeral=True)

    async def try_again(self, interaction: discord.Interaction, job_id: int) -> None:
        """Ask for the same again, as a new job with a card of its own."""
        request = await self._service.request_to_retry(job_id, interaction.user.id)
        await self._requests.ask(interaction, request, retry_of=job_id)

    async def fresh_link(self, interaction: discord.Interaction, job_id: int) -> None:
        """Answer the one who pressed with addresses that are seconds old."""
        job = await self._service.find(job_id)
        if job.user_id != interaction.user.id:
            self._policy.check_guild(interaction)
            _check_place(interaction, job)
            if job.private:
                raise NotYours
        # The API may take longer than Discord waits.
        await interaction.response.defer(ephemeral=True, thinking=True)
        links = await self._service.fresh_links(job_id)
        await interaction.edit_original_response(embed=fresh_links(links.urls, links.end))

    async def jobs(self, interaction: discord.Interaction, start: int) -> None:
        """Turn the page of the list: whoever presses sees their own jobs, whatever was forged."""
        message = interaction.message
        if (
            message is None
            or not message.flags.ephemeral
            or await self._service.find_by_message(message.id) is not None
        ):
            # A card would be written over.
            raise UnknownJob
        drawn = await job_page(self._service, interaction.user.id, start)
        await interaction.response.edit_message(embed=drawn.embed, view=job_list_view(drawn))

    async def confirm(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Generate what the price was asked about."""
        await self._check_price_confirmation(interaction, draft_id)
        await self._requests.confirm(interaction, draft_id)

    async def decline(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Take the question back; nothing was sent."""
        await self._check_price_confirmation(interaction, draft_id)
        try:
            await self._confirmations.decline(draft_id, interaction.user.id)
        except DraftUsed as error:
            made = await self._requests.job_of(draft_id)
            if made is None or never_had_card(made):
                raise
            raise AlreadyAccepted from error
        await interaction.response.edit_message(content=CONFIRM_DECLINED, embed=None, view=None)

    async def _check_price_confirmation(
        self, interaction: discord.Interaction, draft_id: int
    ) -> None:
        """Raise where the button stands on a card, which would be written over.

        Raises:
            AlreadyAccepted: The question has become this card.
            DraftUsed: The card is another one's.
        """
        message = interaction.message
        card = None if message is None else await self._service.find_by_message(message.id)
        if card is not None and card.id == draft_id:
            raise AlreadyAccepted
        if message is None or card is not None:
            raise DraftUsed


def _check_place(interaction: discord.Interaction, job: Job) -> None:
    """Raise UnknownJob unless the button stands on the card: a custom_id can be forged.

    A result that the card could not take is in a reply to it, which has the card's buttons.
    """
    message = interaction.message
    reference = message.reference if message else None
    cards = {message.id if message else None, reference.message_id if reference else None}
    if interaction.channel_id != job.channel_id or job.message_id not in cards - {None}:
        raise UnknownJob
