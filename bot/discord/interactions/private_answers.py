"""Private answers: messages that only one user sees, which buttons and menus on them may change."""

import discord

from bot.jobs.errors import NotYours, UnknownJob
from bot.jobs.queries import JobQueries


async def check_is_private_answer(interaction: discord.Interaction, queries: JobQueries) -> None:
    """Check that the component is on a private answer to the presser: a custom_id can be forged.

    Raises:
        NotYours: The answer is another user's.
        UnknownJob: It is on a card, which would be written over.
    """
    message = interaction.message
    if (
        message is None
        or not message.flags.ephemeral
        or await queries.find_by_message(message.id) is not None
    ):
        raise UnknownJob
    asked = message.interaction_metadata
    if asked is not None and asked.user.id != interaction.user.id:
        raise NotYours
