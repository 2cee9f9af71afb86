"""Card places: whether a button is where the bot has put it, as a custom_id can be forged. Pure."""

import discord

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.views import custom_id
from bot.discord.messages.message_parts import custom_ids
from bot.jobs.errors import UnknownJob
from db.records import Job


def holds_only(message: discord.Message, job_id: int) -> bool:
    """Whether every button of *message* is about that job."""
    return all(each.endswith(f":{job_id}") for each in custom_ids(message))


def offers_prompt(message: discord.Message | None, job_id: int) -> bool:
    """Whether *message* has the button by which any user makes the same as that job."""
    button = custom_id(ButtonAction.USE_PROMPT, job_id)
    return message is not None and button in custom_ids(message)


def check_is_on_card(interaction: discord.Interaction, job: Job) -> None:
    """Raise UnknownJob unless the button, or the form that it opened, is on the job's card.

    A result that the card could not take is in a reply to it, which has the card's buttons.
    """
    message = interaction.message
    reference = message.reference if message else None
    cards = {message.id if message else None, reference.message_id if reference else None}
    if interaction.channel_id != job.channel_id or job.message_id not in cards - {None}:
        raise UnknownJob
