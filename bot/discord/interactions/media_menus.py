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
from bot.discord.interactions.card_places import check_is_on_card
from bot.discord.interactions.errors import ChoiceGone, NoMediaThere, NotMadeHere
from bot.discord.interactions.forms import Forms
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.message_media import FoundMedium, media_of
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.discord.interactions.shown_jobs import job_shown_by
from bot.jobs.admission.form_starts import FormStart
from bot.jobs.admission.requests import is_repeatable, request_of
from bot.jobs.errors import NotRepeatable, UnknownJob
from bot.jobs.queries import JobQueries
from db.records import Job, JobKind

# How the names of covered files begin (Discord docs: Create Message).
_COVERED = "SPOILER_"


# The number of a menu is that of the use, and before it that of the job whose result is used, if any.
MOST_USES = 10


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
        forms: Forms,
        requests: GenerationRequests,
    ) -> None:
        self._queries = queries
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
        job = await self._job_on(interaction, message)
        if job is None or (job.private and job.user_id != interaction.user.id):
            raise NotMadeHere
        if not is_repeatable(job):
            raise NotRepeatable
        request = dataclasses.replace(request_of(job), private=True)
        if request.inputs and job.user_id != interaction.user.id:
            raise NotMadeHere
        again_of = job.id if job.user_id == interaction.user.id else None
        await self._requests.ask_anew(interaction, request, again_of=again_of)

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
        job_id, use = divmod(about, MOST_USES)
        if found is None or use not in USES:
            raise ChoiceGone
        medium = FoundMedium(medium=found.medium, name=found.name, source=found.source)
        again_of = await self._own(interaction, job_id)
        await self._open(interaction, medium, MediaUse(use), again_of)

    async def _use(
        self, interaction: discord.Interaction, message: discord.Message, use: MediaUse
    ) -> None:
        again_of = await self._own_on(interaction, message)
        await self._requests.check_server(interaction, again_of)
        _, slots = USES[use]
        found = media_of(message, slots)
        if not found:
            raise NoMediaThere(is_picture_wanted=set(slots) == {Medium.IMAGE})
        if len(found) == 1:
            await self._open(interaction, found[0], use, again_of)
            return
        shown = [ShownMedium(medium=it.medium, name=it.name, source=it.source) for it in found]
        about = (again_of or 0) * MOST_USES + use
        embeds, view = media_choice(shown, about, str(interaction.locale))
        await interaction.response.send_message(
            embeds=embeds,
            view=view,
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    async def _open(
        self,
        interaction: discord.Interaction,
        medium: FoundMedium,
        use: MediaUse,
        again_of: int | None,
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
                again_of=again_of,
                is_new=True,
            ),
        )

    async def _job_on(
        self, interaction: discord.Interaction, message: discord.Message
    ) -> Job | None:
        bot = interaction.client.user
        return await job_shown_by(message, 0 if bot is None else bot.id, self._queries)

    async def _own_on(
        self, interaction: discord.Interaction, message: discord.Message
    ) -> int | None:
        """Return the user's own job that *message* shows, which counts in direct messages alone."""
        if interaction.guild_id is not None:
            return None
        job = await self._job_on(interaction, message)
        return job.id if job is not None and job.user_id == interaction.user.id else None

    async def _own(self, interaction: discord.Interaction, job_id: int) -> int | None:
        """Return *job_id* if it is the user's own job: what a menu is about can be forged."""
        try:
            job = await self._queries.find(job_id) if job_id else None
        except UnknownJob:
            return None
        return job.id if job is not None and job.user_id == interaction.user.id else None
