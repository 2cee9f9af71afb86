"""Price questions: the messages that ask whether a price is agreed to, and what becomes of them.

A question is between the bot and the one who asked, so it is ephemeral. Such a message can be changed
as the answer to a press on it, or by the token of the interaction that it answers (Discord docs:
Receiving and Responding).
"""

import asyncio
import contextlib
import logging
from collections.abc import Generator

import discord

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.price_question import price_question
from bot.discord.cards.views import custom_id, price_question_view
from bot.discord.interactions.deferred_answers import answer_privately, is_deferred
from bot.discord.interactions.errors import DiscordBusy
from bot.discord.interactions.returned_prompts import with_prompt
from bot.discord.messages.discord_errors import DISCORD_CANT_NOW, error_meaning
from bot.discord.messages.error_codes import UNKNOWN_MESSAGE, Meaning
from bot.discord.messages.message_parts import custom_ids
from bot.jobs.admission.price_questions import PriceQuestion
from db.records import Draft

log = logging.getLogger(__name__)

# Seconds for taking a question away, discord.py's own repetitions included.
_TIMEOUT = 10.0
_ANSWERS = (ButtonAction.GENERATE, ButtonAction.NO_THANKS)


async def send_question(interaction: discord.Interaction, question: PriceQuestion) -> None:
    """Answer *interaction* with the question about a price."""
    locale = str(interaction.locale)
    embed, view = _embed(question, locale), price_question_view(question.draft.id, locale)
    with _answering():
        if is_deferred(interaction):
            await answer_privately(interaction, embed=embed, view=view)
            return
        await interaction.response.send_message(
            embed=embed,
            view=view,
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )


async def is_answered_by(interaction: discord.Interaction, draft: Draft) -> bool:
    """Whether the answer that Discord has is the question of *draft*; False if it can't be had."""
    try:
        async with asyncio.timeout(_TIMEOUT):
            answer = await interaction.original_response()
    except DISCORD_CANT_NOW:
        return False
    return is_question(answer, draft.id)


async def show_question_again(interaction: discord.Interaction, question: PriceQuestion) -> None:
    """Answer a press on a question with another one in its place."""
    locale = str(interaction.locale)
    with _answering():
        await interaction.response.edit_message(
            content=None,
            embed=_embed(question, locale),
            view=price_question_view(question.draft.id, locale),
            allowed_mentions=discord.AllowedMentions.none(),
        )


async def turn_into(
    interaction: discord.Interaction, sentence: str, prompt: str | None = None
) -> None:
    """Answer a press on a question by putting *sentence* in its place, without buttons.

    Where nothing comes of the question, its *prompt* is given back.
    """
    refusal = with_prompt(sentence, prompt, str(interaction.locale))
    try:
        with _answering():
            await interaction.response.edit_message(
                content=refusal.content,
                embed=None,
                view=None,
                attachments=refusal.files(),
                allowed_mentions=discord.AllowedMentions.none(),
            )
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise
        # Another press has taken the question away.
        await interaction.response.send_message(
            refusal.content, files=refusal.files(), ephemeral=True
        )


async def take_away(client: discord.Client, draft: Draft) -> None:
    """Delete the question of *draft*, whose answer is shown elsewhere.

    If that fails, a press on the question that stays says that it was answered.
    """
    if draft.interaction_token is None:
        return
    webhook = discord.Webhook.partial(draft.application_id, draft.interaction_token, client=client)
    try:
        async with asyncio.timeout(_TIMEOUT):
            # Discord takes this name for the answer's id; discord.py's annotation does not.
            await webhook.delete_message("@original")  # type: ignore[arg-type]
    except DISCORD_CANT_NOW as error:
        log.info("the question %d stays: %s", draft.id, type(error).__name__)


def is_question(message: discord.Message | None, draft_id: int) -> bool:
    """Whether *message* is the question of that draft, so that it may be written over."""
    if message is None or not message.flags.ephemeral:
        return False
    return {custom_id(action, draft_id) for action in _ANSWERS} <= set(custom_ids(message))


@contextlib.contextmanager
def _answering() -> Generator[None]:
    """Answer Discord; a refusal that says why passes, anything else means that it can't now.

    Raises:
        DiscordBusy: Whether the answer was taken is not known.
    """
    try:
        yield
    except DISCORD_CANT_NOW as error:
        if error_meaning(error) is not Meaning.LATER:
            raise
        log.warning("an answer was not acknowledged: %s", type(error).__name__)
        raise DiscordBusy from error


def _embed(question: PriceQuestion, locale: str) -> discord.Embed:
    quote = question.quote
    return price_question(
        quote.request.prompt,
        quote.model.label,
        quote.generation.price,
        question.price_usual,
        quote.generation.options,
        locale,
    )
