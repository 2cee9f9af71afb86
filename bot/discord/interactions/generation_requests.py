"""Generation requests: from a command or button to a card: check, perhaps ask, write, answer.

With files that were not looked at yet, everything else is checked first, so that what is refused is
refused at once. Then the answer is deferred, and the files are fetched and measured.
"""

import logging

import discord

from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.card_answers import ANSWER_REFUSED, CardAnswers
from bot.discord.interactions.deferred_answers import defer
from bot.discord.interactions.price_questions import is_answered_by, send_question
from bot.discord.messages.error_codes import ALREADY_ACKNOWLEDGED
from bot.jobs.admission.input_checks import check_claims
from bot.jobs.admission.input_files import InputFiles
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.price_questions import PriceQuestion, PriceQuestions, agreed_quote
from bot.jobs.admission.requests import GenerationRequest, Quote, RequestContext
from bot.jobs.errors import UnknownJob
from bot.jobs.queries import JobQueries
from bot.monitoring.health import Health
from bot.monitoring.shared_token import report_shared_token
from db.errors import AlreadyAccepted
from db.records import Draft, Job

log = logging.getLogger(__name__)


class GenerationRequests:
    """Handler of requests: each is answered with a card, or with the question about its price."""

    def __init__(
        self,
        intake: JobIntake,
        queries: JobQueries,
        questions: PriceQuestions,
        answers: CardAnswers,
        policy: AccessPolicy,
        files: InputFiles,
        health: Health,
    ) -> None:
        self._intake = intake
        self._queries = queries
        self._questions = questions
        self._answers = answers
        self._files = files
        self._policy = policy
        self._health = health

    async def ask(
        self,
        interaction: discord.Interaction,
        request: GenerationRequest,
        *,
        retry_of: int | None = None,
        again_of: int | None = None,
    ) -> None:
        """Answer *interaction* with the card of a new job, or with the question about its price.

        *again_of* is the job with a result whose request it is; one that it tries again is *retry_of*.
        """
        made_from = again_of if retry_of is None else retry_of
        try:
            quote, context = await self._admit(interaction, request.as_said(), made_from)
            is_asked = self._questions.must_be_asked(quote)
            if request.files:
                await self._check_before_looking(request, quote, context)
                await defer(interaction, private=request.private or is_asked)
                quote = await self._quote_of_files(request, quote, context)
            # What was deferred privately, to be asked about, can't be a public card any more.
            if is_asked or self._questions.must_be_asked(quote):
                question = await self._questions.ask(
                    quote, context, retry_of=retry_of, again_of=again_of
                )
                await self._ask_about_price(interaction, question)
            else:
                job = await self._intake.submit(quote, context, retry_of=retry_of)
                await self._answers.answer(interaction, job)
        except AlreadyAccepted:
            log.info("interaction %d: another process answers it", interaction.id)

    async def ask_anew(
        self,
        interaction: discord.Interaction,
        request: GenerationRequest,
        *,
        again_of: int | None = None,
    ) -> None:
        """Answer *interaction* as `ask` does, with something that has another seed if it has one."""
        await self.ask(interaction, self._intake.with_another_seed(request), again_of=again_of)

    async def check_server(
        self, interaction: discord.Interaction, made_from: int | None = None
    ) -> None:
        """Check whether anything may be requested here, or made from that job of the user's.

        Raises:
            NotHere: The operator does not allow this server, nor the one of that job.
        """
        self._policy.check_server(interaction, home=await self._home(interaction, made_from))

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
        return await self._admit(interaction, agreed.to_request(), agreed.made_from)

    async def job_of(self, interaction_id: int) -> Job | None:
        """Return the job that this interaction has made, None if it has made none."""
        try:
            return await self._queries.find(interaction_id)
        except UnknownJob:
            return None

    async def _check_before_looking(
        self, request: GenerationRequest, said: Quote, context: RequestContext
    ) -> None:
        """Refuse what can be refused while the answer can still be a private one."""
        check_claims(request.files, said.way)
        await self._intake.check(said, context)

    async def _quote_of_files(
        self, request: GenerationRequest, said: Quote, context: RequestContext
    ) -> Quote:
        """Return the quote of the request with its files as they were measured."""
        checked = await self._files.check(request.files, said.way, requester=context.user_id)
        return self._intake.quote(request.as_checked(checked, said.way), context.adult_modes)

    async def _admit(
        self, interaction: discord.Interaction, request: GenerationRequest, made_from: int | None
    ) -> tuple[Quote, RequestContext]:
        """Check everything that can be checked before anything is written or sent."""
        home = await self._home(interaction, made_from)
        context = await self._policy.admit(interaction, request, home=home)
        return self._intake.quote(request, context.adult_modes), context

    async def _home(self, interaction: discord.Interaction, made_from: int | None) -> int | None:
        """Return the server of the job whose request this is, for a press in a direct message."""
        if interaction.guild_id is not None or made_from is None:
            return None
        first = await self.job_of(made_from)
        return None if first is None else first.guild_id

    async def answer(self, interaction: discord.Interaction, job: Job) -> None:
        """Show the card of *job* as the answer, and send it on its way."""
        await self._answers.answer(interaction, job)

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
