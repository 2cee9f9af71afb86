"""Admission: what takes requests, from commands, buttons and forms alike."""

import dataclasses

import aiohttp

from bot.app.shared import Shared
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.card_answers import CardAnswers
from bot.discord.interactions.forms import Forms
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.form_drafts import FormDrafts
from bot.jobs.admission.input_files import InputFiles
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.price_questions import PriceQuestions
from bot.media.measurement import Measurer
from bot.settings import Settings
from db.records import SpendingLimits
from db.repositories.drafts import Drafts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who may ask, at what price, and how a request becomes a job."""

    deadline: AnswerDeadline
    policy: AccessPolicy
    intake: JobIntake
    questions: PriceQuestions
    requests: GenerationRequests
    forms: Forms


def build_admission(shared: Shared, downloads: aiohttp.ClientSession) -> Admission:
    """Build what takes requests; *downloads* fetches the files that are handed in."""
    deadline = AnswerDeadline(shared.runtime.answer_deadline)
    policy = AccessPolicy(
        allowed_guild_ids=shared.settings.allowed_guild_ids,
        allow_adult=shared.settings.allow_adult_modes,
    )
    intake = _build_intake(shared, deadline)
    questions = _build_price_questions(shared, deadline)
    requests = GenerationRequests(
        intake,
        shared.queries,
        questions,
        CardAnswers(intake, shared.cards, shared.health),
        policy,
        InputFiles(downloads, Measurer()),
        shared.health,
    )
    return Admission(
        deadline=deadline,
        policy=policy,
        intake=intake,
        questions=questions,
        requests=requests,
        forms=_build_forms(shared, requests, deadline),
    )


def spending_limits(settings: Settings) -> SpendingLimits:
    """Return the operator's limits."""
    return SpendingLimits(
        running_per_user=settings.max_running_per_user,
        daily_budget=settings.daily_budget_usd,
        daily_budget_per_user=settings.daily_budget_per_user_usd,
    )


def _build_intake(shared: Shared, deadline: AnswerDeadline) -> JobIntake:
    acceptance = Acceptance(
        shared.jobs,
        limits=spending_limits(shared.settings),
        owned=shared.owned,
        deadline=deadline,
        accepted=shared.metrics.job_accepted,
    )
    return JobIntake(
        shared.catalogue,
        acceptance,
        shared.recorder,
        shared.gate,
        wake=shared.accepted,
        expect_create=shared.connections.api.expect_create,
        clock=shared.clock,
        randomness=shared.runtime.randomness,
    )


def _build_price_questions(shared: Shared, deadline: AnswerDeadline) -> PriceQuestions:
    return PriceQuestions(
        Drafts(shared.connections.store),
        shared.jobs,
        limits=spending_limits(shared.settings),
        confirm_above=shared.settings.confirm_above_usd,
        clock=shared.clock,
        randomness=shared.runtime.randomness,
        deadline=deadline,
    )


def _build_forms(shared: Shared, requests: GenerationRequests, deadline: AnswerDeadline) -> Forms:
    drafts = FormDrafts(
        Drafts(shared.connections.store),
        clock=shared.clock,
        randomness=shared.runtime.randomness,
        deadline=deadline,
    )
    return Forms(shared.catalogue, shared.queries, shared.actions, requests, drafts)
