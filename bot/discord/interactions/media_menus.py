"""Media menus: a message's pictures, videos and sounds as the input of something new.

Whoever uses a menu makes something on their own account; it is private unless they choose otherwise
in the form. The message may be anyone's.
"""

import dataclasses
import enum
from collections.abc import Mapping, Sequence

import discord

from bot.catalogue import Medium, Slot
from bot.discord.cards.media_choice import ShownMedium, chosen_medium, media_choice
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.card_places import check_is_on_card
from bot.discord.interactions.errors import ChoiceGone, NoMediaThere, NotMadeHere
from bot.discord.interactions.forms import Forms
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.message_media import FoundMedium, media_of
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.jobs.admission.form_starts import FormStart
from bot.jobs.admission.requests import is_repeatable, request_of
from bot.jobs.errors import NotRepeatable, UnknownJob
from bot.jobs.queries import JobQueries
from db.records import Job, JobKind

# How the names of covered files begin (Discord docs: Create Message).
_COVERED = "SPOILER_"


class MediaUse(enum.IntEnum):
    """What is made of a file; the number is part of a custom_id, so it is never changed."""

    ANIMATE = 0
    EDIT_IMAGE = 1
    REFERENCE = 2


# What each makes, and where it hands in which kind of file.
USES: Mapping[MediaUse, tuple[JobKind, Mapping[Medium, Slot]]] = {
    MediaUse.ANIMATE: (JobKind.VIDEO, {Medium.IMAGE: Slot.IMAGE}),
    MediaUse.EDIT_IMAGE: (JobKind.IMAGE, {Medium.IMAGE: Slot.IMAGE}),
    MediaUse.REFERENCE: (
        JobKind.VIDEO,
        {
            Medium.IMAGE: Slot.REFERENCE,
            Medium.VIDEO: Slot.REFERENCE_VIDEO,
            Medium.AUDIO: Slot.REFERENCE_AUDIO,
        },
    ),
}


class MediaMenus:
    """Handlers of the menus of messages, and of the choice between several files."""

    def __init__(
        self,
        queries: JobQueries,
        policy: AccessPolicy,
        forms: Forms,
        requests: GenerationRequests,
    ) -> None:
        self._queries = queries
        self._policy = policy
        self._forms = forms
        self._requests = requests

    async def animate(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Open the form of a video that begins with a picture of *message*."""
        await self._use(interaction, message, MediaUse.ANIMATE)

    async def edit_image(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Open the form of an image that is made of a picture of *message*."""
        await self._use(interaction, message, MediaUse.EDIT_IMAGE)

    async def use_as_reference(
        self, interaction: discord.Interaction, message: discord.Message
    ) -> None:
        """Open the form of a video in which a file of *message* is to be seen or heard."""
        await self._use(interaction, message, MediaUse.REFERENCE)

    async def animate_result(self, interaction: discord.Interaction, job_id: int) -> None:
        """Open the form of a video that begins with a picture of the card with this button.

        Raises:
            UnknownJob: The button is on no card of that job: a custom_id can be forged.
        """
        job = await self._queries.find(job_id)
        message = interaction.message
        if message is None or (job.private and job.user_id != interaction.user.id):
            raise UnknownJob
        # The requester may have the result in a direct message.
        if job.user_id != interaction.user.id:
            check_is_on_card(interaction, job)
        await self.animate(interaction, message)

    async def make_again(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Ask for what *message* shows once more, for the user of the menu.

        Raises:
            NotMadeHere: It shows no job that is known, or one that is another user's own business,
                as are the files that another user has handed in.
            NotRepeatable: It has no result.
        """
        job = await self._job_on(interaction.client, message)
        if job is None or (job.private and job.user_id != interaction.user.id):
            raise NotMadeHere
        if not is_repeatable(job):
            raise NotRepeatable
        request = dataclasses.replace(request_of(job), private=True)
        if request.inputs and job.user_id != interaction.user.id:
            raise NotMadeHere
        await self._requests.ask_anew(interaction, request)

    async def choose(
        self, interaction: discord.Interaction, about: int, chosen: Sequence[str]
    ) -> None:
        """Open the form with the file that was chosen.

        Raises:
            ChoiceGone: The menu is not of this program, or not any more.
        """
        await check_is_private_answer(interaction, self._queries)
        message = interaction.message
        found = None if message is None else chosen_medium(message, chosen)
        if found is None or about not in USES:
            raise ChoiceGone
        medium = FoundMedium(medium=found.medium, name=found.name, source=found.source)
        await self._open(interaction, medium, MediaUse(about))

    async def _use(
        self, interaction: discord.Interaction, message: discord.Message, use: MediaUse
    ) -> None:
        self._policy.check_server(interaction)
        _, slots = USES[use]
        found = media_of(message, slots)
        if not found:
            raise NoMediaThere(is_picture_wanted=set(slots) == {Medium.IMAGE})
        if len(found) == 1:
            await self._open(interaction, found[0], use)
            return
        shown = [ShownMedium(medium=it.medium, name=it.name, source=it.source) for it in found]
        embeds, view = media_choice(shown, use, str(interaction.locale))
        await interaction.response.send_message(
            embeds=embeds,
            view=view,
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _open(
        self, interaction: discord.Interaction, medium: FoundMedium, use: MediaUse
    ) -> None:
        kind, slots = USES[use]
        if medium.medium not in slots:
            raise ChoiceGone
        file = medium.offered_as(slots[medium.medium])
        await self._forms.open(
            interaction,
            FormStart(
                kind=kind,
                files=(file,),
                private=True,
                spoiler=medium.name.startswith(_COVERED),
                is_new=True,
            ),
        )

    async def _job_on(self, client: discord.Client, message: discord.Message) -> Job | None:
        """Return the job whose card *message* is, or answers with the result that it could not take."""
        job = await self._queries.find_by_message(message.id)
        reference = message.reference
        if job is None and reference is not None and reference.message_id is not None:
            # A member's reply to a card shows no result.
            is_own = client.user is not None and message.author.id == client.user.id
            job = await self._queries.find_by_message(reference.message_id) if is_own else None
        return job
