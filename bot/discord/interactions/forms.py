"""Forms: opened by commands, buttons and menus, and answered like a command when they are sent.

discord.py keeps the forms of one process in memory. Ours are found by their custom_id alone, so that
one which was open during a restart is carried out: it names a job, or a stored start.
"""

import logging
from collections.abc import Mapping

import discord

from bot.catalogue import Catalogue
from bot.discord.cards.views import form_button_view
from bot.discord.interactions.card_places import check_is_on_card
from bot.discord.interactions.error_replies import reply_with_error
from bot.discord.interactions.error_texts import is_foreseen
from bot.discord.interactions.errors import NotHere, TriedAgain
from bot.discord.interactions.form_choices import shown_options
from bot.discord.interactions.form_fields import source_of
from bot.discord.interactions.form_labels import LONGEST_TEXT
from bot.discord.interactions.form_layout import form
from bot.discord.interactions.form_values import (
    FormValues,
    as_entered,
    entered_request,
    read_values,
)
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.returned_prompts import Refusal, as_file, options_as_file
from bot.jobs.actions import JobActions
from bot.jobs.admission.form_drafts import FormDrafts
from bot.jobs.admission.form_starts import NEW_FORMS, FormPurpose, FormSource, FormStart
from bot.jobs.errors import (
    DatabaseBusy,
    FormExpired,
    NothingOffered,
    NotRetryable,
    NotYours,
    UnknownJob,
)
from bot.jobs.queries import JobQueries
from bot.locales.answer_texts import OPTIONS_TOO_LONG_FOR_FORM, PROMPT_TOO_LONG_FOR_FORM
from bot.locales.translate import translate
from bot.monitoring.log_context import about_interaction
from db.errors import AlreadyAccepted, AlreadyRetried
from db.records import Job

log = logging.getLogger(__name__)

# What can't be mended by changing what was entered, or by waiting.
_HOPELESS = (
    AlreadyRetried,
    FormExpired,
    NotHere,
    NothingOffered,
    NotRetryable,
    NotYours,
    TriedAgain,
    UnknownJob,
)


class Forms:
    """Handler of forms, and of the buttons that open them."""

    def __init__(
        self,
        catalogue: Catalogue,
        queries: JobQueries,
        actions: JobActions,
        requests: GenerationRequests,
        drafts: FormDrafts,
    ) -> None:
        self._catalogue = catalogue
        self._queries = queries
        self._actions = actions
        self._requests = requests
        self._drafts = drafts

    async def open(self, interaction: discord.Interaction, start: FormStart) -> None:
        """Answer *interaction* with the form that holds *start*.

        Raises:
            NotHere: The operator does not allow this server.
            NothingOffered: The API has withdrawn every model that makes this.
            DatabaseBusy: What the form holds could not be stored in time.
        """
        await self._requests.check_server(interaction, start.made_from)
        locale = str(interaction.locale)
        if (refusal := _too_long(start, locale)) is not None:
            await interaction.response.send_message(
                refusal.content, files=refusal.files(), ephemeral=True
            )
            return
        source = start.source or await self._store(interaction, start)
        await interaction.response.send_modal(form(start, source, self._catalogue, locale))

    async def edit(self, interaction: discord.Interaction, job_id: int) -> None:
        """Open the form with what the presser's job was asked for."""
        await self._open(interaction, FormPurpose.EDIT, job_id)

    async def edit_and_try_again(self, interaction: discord.Interaction, job_id: int) -> None:
        """Do the same; what comes of the form counts as the one retry of the job."""
        await self._open(interaction, FormPurpose.RETRY, job_id)

    async def use_prompt(self, interaction: discord.Interaction, job_id: int) -> None:
        """Open the form with what another user's job was asked for."""
        await self._open(interaction, FormPurpose.USE, job_id)

    async def edit_again(self, interaction: discord.Interaction, draft_id: int) -> None:
        """Open a form that was refused as it was sent."""
        await self._open(interaction, FormPurpose.DRAFT, draft_id)

    async def submitted(self, interaction: discord.Interaction) -> None:
        """Carry out a form that was sent, or reply why not; other interactions are left alone."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        about_interaction(interaction.id)
        data: Mapping[str, object] = dict(interaction.data or {})
        values = read_values(data)
        start = None
        try:
            start = await self._start(interaction, source_of(str(data.get("custom_id"))))
            if start.retry_of is not None:
                await self._retryable(interaction, start.retry_of)
            request = entered_request(start, values, self._catalogue)
            await self._requests.ask(
                interaction, request, retry_of=start.retry_of, again_of=start.again_of
            )
        except Exception as error:  # the border to discord.py, which would only log it
            await self._refuse(interaction, start, values, error)

    async def _open(
        self, interaction: discord.Interaction, purpose: FormPurpose, number: int
    ) -> None:
        await self.open(interaction, await self._start(interaction, FormSource(purpose, number)))

    async def _start(
        self, interaction: discord.Interaction, source: FormSource | None
    ) -> FormStart:
        """Return what a form of that source holds before it is changed, if this user may open it.

        Raises:
            FormExpired: It is no form of this program, or not any more.
            UnknownJob, NotYours, TriedAgain, NotRetryable: The job may not be used so.
        """
        if source is None:
            raise FormExpired
        match source.purpose:
            case FormPurpose.NEW:
                return _new(source)
            case FormPurpose.DRAFT:
                return await self._drafts.find(source.number, interaction.user.id)
            case FormPurpose.RETRY:
                job = await self._retryable(interaction, source.number)
            case FormPurpose.EDIT | FormPurpose.USE:
                job = await self._queries.find(source.number)
        if job.user_id != interaction.user.id:
            if source.purpose is not FormPurpose.USE or job.private:
                raise NotYours
            check_is_on_card(interaction, job)
        return FormStart.of_job(job, source)

    async def _retryable(self, interaction: discord.Interaction, job_id: int) -> Job:
        """Return the presser's job if it may be tried again."""
        job = await self._queries.find(job_id)
        if job.user_id == interaction.user.id and job.retried_as is not None:
            raise TriedAgain(job.retried_as)
        await self._actions.request_to_retry(job_id, interaction.user.id)
        return job

    async def _store(self, interaction: discord.Interaction, start: FormStart) -> FormSource:
        number = await self._drafts.add(
            start,
            interaction_id=interaction.id,
            application_id=interaction.application_id,
            user_id=interaction.user.id,
        )
        return FormSource(FormPurpose.DRAFT, number)

    async def _refuse(
        self,
        interaction: discord.Interaction,
        start: FormStart | None,
        values: FormValues,
        error: Exception,
    ) -> None:
        """Reply why the form is not carried out, with a button that opens it as it was sent."""
        view = None
        if start is not None and is_foreseen(error) and not isinstance(error, _HOPELESS):
            try:
                source = await self._store(interaction, as_entered(start, values))
                view = form_button_view(source.number, str(interaction.locale))
            except (DatabaseBusy, AlreadyAccepted) as failure:
                log.info("interaction %d: its form is lost: %r", interaction.id, failure)
        await reply_with_error(interaction, error, view=view)


def _too_long(start: FormStart, locale: str) -> Refusal | None:
    """Return the refusal of a form that would hold a text which no field takes, with that text."""
    if len(start.prompt) > LONGEST_TEXT:
        return as_file(translate(PROMPT_TOO_LONG_FOR_FORM, locale), start.prompt, locale)
    options = "" if start.is_new else shown_options(start)
    if len(options) > LONGEST_TEXT:
        return options_as_file(translate(OPTIONS_TOO_LONG_FOR_FORM, locale), options, locale)
    return None


def _new(source: FormSource) -> FormStart:
    if source.number >= len(NEW_FORMS):
        raise FormExpired
    return list(NEW_FORMS.values())[source.number]
