"""Cancel menu: the running jobs of which one, or all, may be cancelled. Pure."""

from collections.abc import Mapping, Sequence

import discord

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.card_status import emoji_of, status_of
from bot.discord.cards.markdown import clip, plain
from bot.discord.cards.views import MenuAction, custom_id, stateless
from bot.locales.answer_texts import (
    CANCEL_MORE,
    CANCEL_OF_ANOTHER,
    CANCEL_OPTION,
    CANCEL_PLACEHOLDER,
    CANCEL_WHICH,
)
from bot.locales.button_texts import BUTTON_CANCEL_ALL
from bot.locales.translate import translate
from db.records import Job

# Discord docs: Component Reference, string select: options, their labels and descriptions.
MOST_OPTIONS = 25
_LONGEST_LABEL = 100


def cancel_question(count: int, locale: str) -> str:
    """Return the sentence above the menu; *count* jobs are running."""
    said = [translate(CANCEL_WHICH, locale, count=count)]
    if count > MOST_OPTIONS:
        said.append(translate(CANCEL_MORE, locale, count=count - MOST_OPTIONS))
    return " ".join(said)


def cancel_view(
    jobs: Sequence[Job], labels: Mapping[str, str], user_id: int, locale: str
) -> discord.ui.View:
    """Return the menu of *jobs* for that user, and a button for all of the user's own."""
    menu: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=custom_id(MenuAction.CANCEL, user_id),
        placeholder=translate(CANCEL_PLACEHOLDER, locale),
        options=[
            _option(job, labels.get(job.model, job.model), user_id, locale)
            for job in jobs[:MOST_OPTIONS]
        ],
    )
    own = sum(job.user_id == user_id for job in jobs)
    if own < 2:
        return stateless([menu])
    every: discord.ui.Button[discord.ui.View] = discord.ui.Button(
        label=translate(BUTTON_CANCEL_ALL, locale, count=own),
        style=discord.ButtonStyle.danger,
        custom_id=custom_id(ButtonAction.CANCEL_ALL, user_id),
    )
    return stateless([menu, every])


def choice_name(job: Job, model_label: str) -> str:
    """Return *job* as one line for an autocomplete choice: at most 100 characters."""
    return clip(f"{emoji_of(job)} {plain(model_label)}: {plain(job.prompt)}", 100)


def _option(job: Job, model_label: str, user_id: int, locale: str) -> discord.SelectOption:
    text = CANCEL_OPTION if job.user_id == user_id else CANCEL_OF_ANOTHER
    description = translate(
        text, locale, model=plain(model_label), status=status_of(job, locale).label
    )
    return discord.SelectOption(
        label=clip(plain(job.prompt), _LONGEST_LABEL) or "…",
        value=str(job.id),
        description=clip(description, _LONGEST_LABEL),
        emoji=emoji_of(job),
    )
