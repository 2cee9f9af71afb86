"""Commands: everything that users can use, added to the bot: commands, menus, buttons and forms."""

from collections.abc import Mapping

from discord.ext import commands

from bot.app.admission import Admission, spending_limits
from bot.app.shared import Shared
from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.help_card import Operator
from bot.discord.cards.views import MenuAction
from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.button_actions import JobButtons, button_handlers
from bot.discord.interactions.cancel_choices import CancelChoices
from bot.discord.interactions.delete_buttons import DeleteButtons
from bot.discord.interactions.forget_buttons import ForgetButtons
from bot.discord.interactions.job_list_pages import JobListPages
from bot.discord.interactions.media_menus import MediaMenus
from bot.discord.interactions.model_list_pages import ModelListPages
from bot.discord.interactions.persistent_buttons import Handler, bound_button
from bot.discord.interactions.persistent_menus import bound_menu
from bot.discord.interactions.price_buttons import PriceButtons
from bot.discord.interactions.usage_pages import UsagePages
from bot.discord.messages.card_removal import CardRemoval
from bot.jobs.allowances import Allowances
from bot.jobs.fresh_links import LinkRenewal
from bot.usage.account_balance import AccountBalance
from bot.usage.reports import UsageReports
from cogs.cancel import Cancel
from cogs.create import Create
from cogs.forget import Forget
from cogs.generate import Generate
from cogs.help import Help
from cogs.jobs import Jobs
from cogs.menus import message_menus
from cogs.models import Models
from cogs.usage import Usage
from db.repositories.ledger import Ledger
from db.repositories.usage import Usage as LedgerUsage


async def add_commands(shared: Shared, admission: Admission) -> None:
    """Add what users can use to the bot."""
    bot, labels = shared.connections.bot, shared.catalogue.labels()
    autocomplete = Autocomplete(shared.catalogue, admission.policy)
    jobs = JobListPages(shared.queries, labels)
    models = ModelListPages(autocomplete.model_lines, shared.queries)
    cancel_choices = CancelChoices(shared.queries, shared.actions, labels)
    media = MediaMenus(shared.queries, admission.forms, admission.requests)
    usage = _build_usage(shared, labels)
    buttons = _button_handlers(shared, admission, jobs, models, cancel_choices, media, usage)
    menus = {
        MenuAction.CANCEL: cancel_choices.choose,
        MenuAction.JOBS_KIND: jobs.choose_kind,
        MenuAction.JOBS_GROUP: jobs.choose_group,
        MenuAction.MODELS_KIND: models.choose_kind,
        MenuAction.MEDIUM: media.choose,
        MenuAction.USAGE_VIEW: usage.choose_view,
        MenuAction.USAGE_PERIOD: usage.choose_period,
    }
    bot.add_dynamic_items(bound_button(buttons), bound_menu(menus))
    bot.add_listener(admission.forms.submitted, "on_interaction")
    for menu in message_menus(media):
        bot.tree.add_command(menu)
    cogs: tuple[commands.Cog, ...] = (
        Create(admission.forms),
        Generate(admission.requests, autocomplete),
        Jobs(jobs),
        Cancel(cancel_choices, labels),
        Models(models),
        Usage(usage),
        Forget(shared.actions),
        _build_help(shared, admission),
    )
    for cog in cogs:
        await bot.add_cog(cog)


def _button_handlers(
    shared: Shared,
    admission: Admission,
    jobs: JobListPages,
    models: ModelListPages,
    cancel_choices: CancelChoices,
    media: MediaMenus,
    usage: UsagePages,
) -> Mapping[ButtonAction, Handler]:
    links = LinkRenewal(shared.queries, shared.connections.api, clock=shared.clock)
    return button_handlers(
        JobButtons(
            shared.queries,
            shared.actions,
            links,
            admission.requests,
            admission.policy,
            shared.cards,
        ),
        DeleteButtons(
            shared.queries, shared.cards, CardRemoval(shared.connections.bot, shared.calls)
        ),
        PriceButtons(admission.questions, admission.requests),
        jobs,
        models,
        ForgetButtons(shared.queries, shared.actions),
        cancel_choices,
        admission.forms,
        media,
        usage,
    )


def _build_usage(shared: Shared, labels: Mapping[str, str]) -> UsagePages:
    return UsagePages(
        UsageReports(LedgerUsage(shared.connections.store)),
        AccountBalance(shared.connections.api, monotonic=shared.runtime.monotonic),
        shared.queries,
        labels,
        clock=shared.clock,
    )


def _build_help(shared: Shared, admission: Admission) -> Help:
    settings = shared.settings
    allowances = Allowances(
        Ledger(shared.connections.store),
        spending_limits(settings),
        ask_above=settings.confirm_above_usd,
        clock=shared.clock,
    )
    operator = Operator(contact=settings.operator_contact, retention_days=settings.retention_days)
    return Help(allowances, admission.policy, operator)
