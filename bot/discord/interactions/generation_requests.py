"""Generation requests: from a command or button to a card: check, perhaps ask, write, answer."""

import logging

import discord

from bot.discord.cards.card import Card
from bot.discord.cards.views import to_view
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.price_questions import is_answered_by, send_question
from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW
from bot.discord.messages.error_codes import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.price_questions import PriceQuestion, PriceQuestions, agreed_quote
from bot.jobs.admission.requests import GenerationRequest, Quote, RequestContext
from bot.jobs.errors import CardError, CardNeverSent, CardNotOurs, UnknownJob
from bot.jobs.queries import JobQueries
from bot.monitoring.health import Health
from bot.monitoring.shared_token import report_shared_token
from db.errors import AlreadyAccepted
from db.records import Draft, Job

log = logging.getLogger(__name__)

# The interaction was answered before, or is not known any more: no answer of ours was taken.
ANSWER_REFUSED = frozenset({ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION})
_QUIET = discord.AllowedMentions.none()


class GenerationRequests:
    """Handler of requests: each is answered with a card, or with the question about its price."""

    def __init__(
        self,
        intake: JobIntake,
        queries: JobQueries,
        questions: PriceQuestions,
        cards: CardMessages,
        policy: AccessPolicy,
        health: Health,
    ) -> None:
        self._intake = intake
        self._queries = queries
        self._questions = questions
        self._cards = cards
        self._policy = policy
        self._health = health

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
            if self._questions.must_be_asked(quote):
                question = await self._questions.ask(quote, context, retry_of=retry_of)
                await self._ask_about_price(interaction, question)
            else:
                job = await self._intake.submit(quote, context, retry_of=retry_of)
                await self.answer(interaction, job)
        except AlreadyAccepted:
            log.info("interaction %d: another process answers it", interaction.id)

    async def submit_agreed(self, interaction: discord.Interaction, draft: Draft) -> Job:
        """Write the job of a draft that its requester agrees to.

        Raises:
            NotAgreed: It would be another one, or dearer, than was asked about.
            NotAccepted, RequestDenied, InteractionDenied: It can't be granted.
        """
        quote, context = await self.admit_again(interaction, draft)
        return await self._intake.submit_agreed(draft, quote, context)

    async def admit_again(
        self, interaction: discord.Interaction, draft: Draft
    ) -> tuple[Quote, RequestContext]:
        """Check what the draft asks for as if it were requested now."""
        agreed = agreed_quote(draft)
        return await self._admit(interaction, agreed.to_request(), agreed.retry_of)

    async def job_of(self, interaction_id: int) -> Job | None:
        """Return the job that this interaction has made, None if it has made none."""
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
            answered = await self._intake.answered(job, message_id, shown=drawn.digest)
            await self._cards.offer_cancel(answered)
            await self._cards.link_retry(answered)

    async def _send_card(
        self, interaction: discord.Interaction, job: Job, drawn: Card
    ) -> int | None:
        """Answer with the card as a new message, and return its id.

        Returns None if the job was taken back, because the interaction has another answer.
        """
        try:
            response = await interaction.response.send_message(
                embed=drawn.embed,
                view=to_view(drawn.buttons),
                ephemeral=job.private,
                allowed_mentions=_QUIET,
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

    async def _ask_about_price(
        self, interaction: discord.Interaction, question: PriceQuestion
    ) -> None:
        """Answer with the question; if there is another answer, it is as if it was never asked."""
        try:
            await send_question(interaction, question)
        except discord.HTTPException as error:
            if error.code not in ANSWER_REFUSED:
                raise
            if await is_answered_by(interaction, question.draft):
                return
            if error.code == ALREADY_ACKNOWLEDGED:
                report_shared_token(self._health)
            await self._questions.take_back(question.draft)


def never_had_card(job: Job) -> bool:
    """Whether *job* ended without a card having been shown."""
    return job.state.is_final and job.message_id is None
