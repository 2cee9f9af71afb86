"""The gateway's half: answers commands, buttons and reactions, and accepts jobs."""

import dataclasses
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager

import aiohttp
import discord
from discord.ext import commands

from bot.app.shared import Shared
from bot.background import in_background, repeat_forever
from bot.discord.cards.help_card import Operator
from bot.discord.cards.views import MenuAction
from bot.discord.client import GenerationBot
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.button_actions import JobButtons, button_handlers
from bot.discord.interactions.cancel_choices import CancelChoices
from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.interactions.card_answers import CardAnswers
from bot.discord.interactions.delete_buttons import DeleteButtons
from bot.discord.interactions.forget_buttons import ForgetButtons
from bot.discord.interactions.forms import Forms
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.job_list_pages import JobListPages
from bot.discord.interactions.media_menus import MediaMenus
from bot.discord.interactions.missed_reactions import MissedReactions
from bot.discord.interactions.model_list_pages import ModelListPages
from bot.discord.interactions.persistent_buttons import bound_button
from bot.discord.interactions.persistent_menus import bound_menu
from bot.discord.interactions.price_buttons import PriceButtons
from bot.discord.interactions.reaction_pages import ReactionPages
from bot.discord.messages.card_removal import CardRemoval
from bot.discord.session_watch import SessionWatch
from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.form_drafts import FormDrafts
from bot.jobs.admission.input_files import InputFiles
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.price_questions import PriceQuestions
from bot.jobs.allowances import Allowances
from bot.jobs.fresh_links import LinkRenewal
from bot.media.measurement import Measurer
from bot.settings import Settings
from bot.urgent_first import UrgentFirst
from cogs.cancel import Cancel
from cogs.card_events import CardEvents
from cogs.create import Create
from cogs.forget import Forget
from cogs.generate import Generate
from cogs.help import Help
from cogs.jobs import Jobs
from cogs.menus import message_menus
from cogs.models import Models
from db.records import SpendingLimits
from db.repositories.claims import Claims
from db.repositories.drafts import Drafts
from db.repositories.ledger import Ledger


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The bot with its commands, built and not yet connected."""

    bot: GenerationBot
    intake: JobIntake
    policy: AccessPolicy
    deadline: AnswerDeadline
    missed_reactions: MissedReactions
    session_watch: SessionWatch

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the gateway's background work until the block is left.

        That is: own database calls that missed their answer's deadline, read ❌ that no event has
        brought, have Discord know the commands after an attempt that failed, and count sessions.
        """
        async with (
            self.deadline.running(),
            self.missed_reactions.running(),
            self.session_watch.running(),
            in_background(repeat_forever(self.bot.sync_again), name="command sync"),
        ):
            yield


async def build_gateway(shared: Shared, downloads: aiohttp.ClientSession) -> Gateway:
    """Build the gateway's half: add the commands, the buttons and the listeners to the bot."""
    bot = shared.connections.bot
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
    pages = JobListPages(shared.queries, shared.catalogue.labels())
    autocomplete = Autocomplete(shared.catalogue, policy)
    models = ModelListPages(autocomplete.model_lines, shared.queries)
    cancel_choices = CancelChoices(shared.queries, shared.actions, shared.catalogue.labels())
    forms = _build_forms(shared, requests, policy, deadline)
    media_menus = MediaMenus(shared.queries, policy, forms, requests)
    handlers = button_handlers(
        _build_job_buttons(shared, requests, policy),
        DeleteButtons(shared.queries, shared.cards, CardRemoval(bot, shared.calls)),
        PriceButtons(questions, requests),
        pages,
        models,
        ForgetButtons(shared.queries, shared.actions),
        cancel_choices,
        forms,
        media_menus,
    )
    for menu in message_menus(media_menus):
        bot.tree.add_command(menu)
    menus = {
        MenuAction.CANCEL: cancel_choices.choose,
        MenuAction.JOBS_KIND: pages.choose_kind,
        MenuAction.JOBS_GROUP: pages.choose_group,
        MenuAction.MODELS_KIND: models.choose_kind,
        MenuAction.MEDIUM: media_menus.choose,
    }
    bot.add_dynamic_items(bound_button(handlers), bound_menu(menus))
    bot.add_listener(forms.submitted, "on_interaction")
    bot.add_listener(_expecting_answers(shared.answers_first), "on_interaction")
    reactions = CancelReactions(bot, shared.queries, shared.actions, shared.calls, shared.messages)
    claims = Claims(shared.connections.store, shared.owner)
    missed = MissedReactions(
        reactions.read,
        claims.offering_reaction,
        monotonic=shared.runtime.monotonic,
        pages=ReactionPages(bot, shared.calls, shared.owned.get),
    )
    await bot.add_cog(Create(forms))
    await bot.add_cog(CardEvents(bot, reactions, missed, shared.actions))
    for cog in _build_cogs(shared, requests, autocomplete, (pages, models), cancel_choices, policy):
        await bot.add_cog(cog)
    return Gateway(
        bot=bot,
        intake=intake,
        policy=policy,
        deadline=deadline,
        missed_reactions=missed,
        session_watch=_build_session_watch(shared),
    )


def _build_intake(shared: Shared, deadline: AnswerDeadline) -> JobIntake:
    acceptance = Acceptance(
        shared.jobs,
        limits=_limits(shared.settings),
        owned=shared.owned,
        deadline=deadline,
    )
    return JobIntake(
        shared.catalogue,
        acceptance,
        shared.recorder,
        shared.gate,
        wake=shared.due_times.wake,
        expect_create=shared.connections.api.expect_create,
        give_way=shared.answers_first.give_way,
        clock=shared.clock,
        randomness=shared.runtime.randomness,
    )


def _build_price_questions(shared: Shared, deadline: AnswerDeadline) -> PriceQuestions:
    return PriceQuestions(
        Drafts(shared.connections.store),
        shared.jobs,
        limits=_limits(shared.settings),
        confirm_above=shared.settings.confirm_above_usd,
        clock=shared.clock,
        randomness=shared.runtime.randomness,
        deadline=deadline,
    )


def _build_job_buttons(
    shared: Shared, requests: GenerationRequests, policy: AccessPolicy
) -> JobButtons:
    links = LinkRenewal(shared.queries, shared.connections.api, clock=shared.clock)
    return JobButtons(shared.queries, shared.actions, links, requests, policy, shared.cards)


def _build_forms(
    shared: Shared, requests: GenerationRequests, policy: AccessPolicy, deadline: AnswerDeadline
) -> Forms:
    drafts = FormDrafts(
        Drafts(shared.connections.store),
        clock=shared.clock,
        randomness=shared.runtime.randomness,
        deadline=deadline,
    )
    return Forms(shared.catalogue, shared.queries, shared.actions, requests, drafts, policy)


def _build_session_watch(shared: Shared) -> SessionWatch:
    bot = shared.connections.bot
    return SessionWatch(
        bot,
        bot.starts.sessions,
        shared.health,
        monotonic=shared.runtime.monotonic,
        interval=shared.runtime.session_interval,
    )


def _limits(settings: Settings) -> SpendingLimits:
    return SpendingLimits(
        running_per_user=settings.max_running_per_user,
        daily_budget=settings.daily_budget_usd,
        daily_budget_per_user=settings.daily_budget_per_user_usd,
    )


def _build_cogs(
    shared: Shared,
    requests: GenerationRequests,
    autocomplete: Autocomplete,
    lists: tuple[JobListPages, ModelListPages],
    cancel_choices: CancelChoices,
    policy: AccessPolicy,
) -> tuple[commands.Cog, ...]:
    return (
        Generate(requests, autocomplete),
        Jobs(lists[0]),
        Cancel(cancel_choices, shared.catalogue.labels()),
        Models(lists[1]),
        Forget(shared.actions),
        _build_help(shared, policy),
    )


def _build_help(shared: Shared, policy: AccessPolicy) -> Help:
    settings = shared.settings
    allowances = Allowances(
        Ledger(shared.connections.store),
        _limits(settings),
        ask_above=settings.confirm_above_usd,
        clock=shared.clock,
    )
    operator = Operator(contact=settings.operator_contact, retention_days=settings.retention_days)
    return Help(allowances, policy, operator)


def _expecting_answers(
    answers_first: UrgentFirst,
) -> Callable[[discord.Interaction], Coroutine[object, object, None]]:
    """Return a listener that has other work give way to the answer of each interaction."""

    async def expect(interaction: discord.Interaction) -> None:
        answers_first.expect(interaction.response.is_done)

    return expect
