"""Button actions: what each button does, a table from action to handler.

A new button is a member of `ButtonAction`, a row of `button_handlers`, and the handler.
"""

from collections.abc import Mapping

import discord

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.fresh_links import fresh_links
from bot.discord.cards.views import to_view
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.cancel_choices import CancelChoices
from bot.discord.interactions.card_places import check_is_on_card, holds_only
from bot.discord.interactions.delete_buttons import DeleteButtons
from bot.discord.interactions.errors import NotYoursToCancel, TriedAgain
from bot.discord.interactions.forget_buttons import ForgetButtons
from bot.discord.interactions.forms import Forms
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.job_list_pages import JobListPages
from bot.discord.interactions.media_menus import MediaMenus
from bot.discord.interactions.model_list_pages import ModelListPages
from bot.discord.interactions.permissions import may_cancel
from bot.discord.interactions.persistent_buttons import Handler
from bot.discord.interactions.price_buttons import PriceButtons
from bot.discord.interactions.usage_pages import UsagePages
from bot.discord.messages.card_messages import CardMessages
from bot.jobs.actions import JobActions
from bot.jobs.errors import NotYours
from bot.jobs.fresh_links import LinkRenewal
from bot.jobs.queries import JobQueries
from bot.locales.answer_texts import CANCEL_TAKEN
from bot.locales.translate import translate
from db.records import Job


class JobButtons:
    """Handlers of the buttons under a card or beside a row of `/jobs`."""

    def __init__(
        self,
        queries: JobQueries,
        actions: JobActions,
        links: LinkRenewal,
        requests: GenerationRequests,
        policy: AccessPolicy,
        cards: CardMessages,
    ) -> None:
        self._cards = cards
        self._queries = queries
        self._actions = actions
        self._links = links
        self._requests = requests
        self._policy = policy

    async def cancel(self, interaction: discord.Interaction, job_id: int) -> None:
        """Save the request to cancel; the card shows its outcome."""
        job = await self._queries.find(job_id)
        if job.user_id != interaction.user.id:
            check_is_on_card(interaction, job)
        if not may_cancel(job, interaction.user.id, interaction.permissions):
            raise NotYoursToCancel
        await self._actions.cancel(job_id, interaction.user.id)
        answer = translate(CANCEL_TAKEN, str(interaction.locale))
        await interaction.response.send_message(answer, ephemeral=True)

    async def try_again(self, interaction: discord.Interaction, job_id: int) -> None:
        """Ask for the same again, as a new job with a card of its own; a second press leads there."""
        job = await self._queries.find(job_id)
        if job.user_id == interaction.user.id and job.retried_as is not None:
            await self._show_used(interaction, job)
            raise TriedAgain(job.retried_as)
        request = await self._actions.request_to_retry(job_id, interaction.user.id)
        await self._requests.ask(interaction, request, retry_of=job_id)

    async def again(self, interaction: discord.Interaction, job_id: int) -> None:
        """Make another one of the same, as a new job with a card of its own, any number of times."""
        request = await self._actions.request_again(job_id, interaction.user.id)
        await self._requests.ask_anew(interaction, request, again_of=job_id)

    async def _show_used(self, interaction: discord.Interaction, job: Job) -> None:
        """Answer the press by bringing the message's buttons up to date, where all are the job's."""
        message = interaction.message
        if message is not None and holds_only(message, job.id):
            buttons = self._cards.draw(job).buttons
            await interaction.response.edit_message(view=to_view(buttons))

    async def download(self, interaction: discord.Interaction, job_id: int) -> None:
        """Answer the one who pressed with addresses that are seconds old."""
        job = await self._queries.find(job_id)
        if job.user_id != interaction.user.id:
            self._policy.check_server(interaction)
            check_is_on_card(interaction, job)
            if job.private:
                raise NotYours
        # The API may take longer than Discord waits.
        await interaction.response.defer(ephemeral=True, thinking=True)
        links = await self._links.fresh_links(job_id, interaction.user.id)
        embed = fresh_links(links.urls, links.end, str(interaction.locale))
        await interaction.edit_original_response(embed=embed)


def button_handlers(
    job_buttons: JobButtons,
    delete_buttons: DeleteButtons,
    price_buttons: PriceButtons,
    pages: JobListPages,
    models: ModelListPages,
    forget_buttons: ForgetButtons,
    cancel_choices: CancelChoices,
    forms: Forms,
    media_menus: MediaMenus,
    usage: UsagePages,
) -> Mapping[ButtonAction, Handler]:
    """Return what each button does."""
    return {
        ButtonAction.CANCEL: job_buttons.cancel,
        ButtonAction.TRY_AGAIN: job_buttons.try_again,
        ButtonAction.DOWNLOAD: job_buttons.download,
        ButtonAction.AGAIN: job_buttons.again,
        ButtonAction.DELETE: delete_buttons.ask,
        ButtonAction.DELETE_NOW: delete_buttons.delete,
        ButtonAction.KEEP_CARD: delete_buttons.keep,
        ButtonAction.GENERATE: price_buttons.agree,
        ButtonAction.NO_THANKS: price_buttons.decline,
        ButtonAction.JOBS_PAGE: pages.turn,
        ButtonAction.MODELS_PAGE: models.turn,
        ButtonAction.CANCEL_ALL: cancel_choices.cancel_all,
        ButtonAction.FORGET: forget_buttons.forget,
        ButtonAction.KEEP: forget_buttons.keep,
        ButtonAction.EDIT: forms.edit,
        ButtonAction.EDIT_AND_RETRY: forms.edit_and_try_again,
        ButtonAction.USE_PROMPT: forms.use_prompt,
        ButtonAction.ANIMATE: media_menus.animate_result,
        ButtonAction.EDIT_FORM: forms.edit_again,
        ButtonAction.USAGE_PAGE: usage.turn,
        ButtonAction.USAGE_CSV: usage.send_csv,
    }
