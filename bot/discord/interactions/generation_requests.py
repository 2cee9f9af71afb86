"""Generation requests: from a command or button to a card: check, perhaps ask, write, answer."""

import logging

import discord

from bot.discord.cards.lists import price_confirmation
from bot.discord.cards.money import price_range
from bot.discord.cards.views import price_confirmation_view, to_view
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.discord_errors import CONNECTION_ERRORS
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.price_confirmations import PriceConfirmations
from bot.jobs.admission.requests import GenerationRequest, Quote, RequestContext
from bot.jobs.errors import UnknownJob
from bot.jobs.queries import JobQueries
from db.errors import AlreadyAccepted, DraftUsed
from db.records import Job

log = logging.getLogger(__name__)

_QUIET = discord.AllowedMentions.none()


class GenerationRequests:
    """Handler of requests: each is answered with a card, or with the question about its price."""

    def __init__(
        self,
        intake: JobIntake,
        queries: JobQueries,
        confirmations: PriceConfirmations,
        cards: CardMessages,
        policy: AccessPolicy,
    ) -> None:
        self._intake = intake
        self._queries = queries
        self._confirmations = confirmations
        self._cards = cards
        self._policy = policy

    async def ask(
        self,
        interaction: discord.Interaction,
        request: GenerationRequest,
        *,
        retry_of: int | None = None,
    ) -> None:
        """Answer *interaction* with the card of a new job, or with the question about its price."""
        quote, context = await self._admit(interaction, request, retry_of)
        try:
            if self._confirmations.needs_confirmation(quote):
                await self._confirmations.ask(quote, context, retry_of=retry_of)
                await _send_price_confirmation(interaction, quote)
            else:
                job = await self._intake.submit(quote, context, retry_of=retry_of)
                await self._answer(interaction, job)
        except AlreadyAccepted:
            log.info("interaction %d: another process answers it", interaction.id)

    async def confirm(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Turn the question about the price into the card of the job."""
        try:
            stored = await self._confirmations.confirmed(draft_id, interaction.user.id)
            quote, context = await self._admit(interaction, stored.to_request(), stored.retry_of)
            job = await self._intake.submit(
                quote, context, retry_of=stored.retry_of, draft_id=draft_id
            )
        except (AlreadyAccepted, DraftUsed) as error:
            made = await self.job_of(draft_id)
            if made is None or never_had_card(made):
                raise DraftUsed from error
            if made.interaction_token != interaction.token:
                # A second tap: its question has become a card, which is no reason to ask again.
                raise AlreadyAccepted from error
            log.info("interaction %d: another process answers it", interaction.id)
            return
        await self._answer(interaction, job)

    async def job_of(self, interaction_id: int) -> Job | None:
        """Return the job that this command, and perhaps a yes to its question, has made."""
        try:
            return await self._queries.find(interaction_id)
        except UnknownJob:
            return None

    async def _admit(
        self, interaction: discord.Interaction, request: GenerationRequest, retry_of: int | None
    ) -> tuple[Quote, RequestContext]:
        """Check everything that can be checked before anything is written or sent."""
        home = await self._home(interaction, retry_of)
        context = await self._policy.admit(interaction, request, home=home)
        return self._intake.quote(request, context.adult_modes), context

    async def _home(self, interaction: discord.Interaction, retry_of: int | None) -> int | None:
        """Return the server whose job is tried again, for a retry from a direct message."""
        if interaction.guild_id is not None or retry_of is None:
            return None
        tried = await self.job_of(retry_of)
        return None if tried is None else tried.guild_id

    async def _answer(self, interaction: discord.Interaction, job: Job) -> None:
        """Show the card as the answer, then send the job on its way, then offer ❌."""
        drawn = self._cards.draw(job)
        try:
            message_id = await _send_card(interaction, job, drawn.embed, to_view(drawn.buttons))
        except (discord.HTTPException, *CONNECTION_ERRORS) as error:
            # Whether Discord shows it is found out before anything is sent.
            log.warning("job %d: its card was not acknowledged: %s", job.id, type(error).__name__)
            self._intake.unanswered(job)
            return
        except BaseException:
            self._intake.unanswered(job)
            raise
        answered = await self._intake.answered(job, message_id, shown=drawn.digest)
        await self._cards.offer_cancel(answered)


def never_had_card(job: Job) -> bool:
    """Whether *job* ended without a card having been shown."""
    return job.state.is_final and job.message_id is None


async def _send_price_confirmation(interaction: discord.Interaction, quote: Quote) -> None:
    """Ask before an expensive job; the answer to this becomes the card."""
    locale = str(interaction.locale)
    price = price_range(quote.generation.price.low, quote.generation.price.high, locale)
    await interaction.response.send_message(
        embed=price_confirmation(
            quote.request.prompt, quote.model.label, price, quote.generation.options, locale
        ),
        view=price_confirmation_view(interaction.id, locale),
        ephemeral=quote.request.private,
        allowed_mentions=_QUIET,
    )


async def _send_card(
    interaction: discord.Interaction,
    job: Job,
    embed: discord.Embed,
    view: discord.ui.View,
) -> int:
    """Answer with a new message, or turn the price question into the card; return its id."""
    question = interaction.message
    if question is not None and job.id != interaction.id:
        await interaction.response.edit_message(
            content=None, embed=embed, view=view, allowed_mentions=_QUIET
        )
        return question.id
    response = await interaction.response.send_message(
        embed=embed, view=view, ephemeral=job.private, allowed_mentions=_QUIET
    )
    if response.message_id is None:
        raise OSError("Discord did not say which message it made")
    return response.message_id
