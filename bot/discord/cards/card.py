"""Card: what the message of a job shows, in the requester's language. Pure: no clock, no network."""

import dataclasses
import functools
import hashlib
import json

import discord

from bot.discord.cards.button_table import card_buttons, is_cancellable
from bot.discord.cards.card_buttons import CardButton
from bot.discord.cards.card_fields import options_line, price_field, progress_bar, times_line
from bot.discord.cards.card_mark import marked
from bot.discord.cards.card_status import CardStatus, has_cause, notes, status_of
from bot.discord.cards.finished_card import FINISHED, finished_embed
from bot.discord.cards.input_line import input_line
from bot.discord.cards.markdown import clip, clip_at_word, plain, quote_code, quote_prompt
from bot.locales.card_texts import (
    AFTER_CAUSE,
    ALT_TEXT,
    BRIEF_NOTE,
    CAUSE,
    FIELD_MODEL,
    FIELD_REQUESTER,
    REACT_TO_CANCEL,
)
from bot.locales.translate import translate
from db.records import CancelControl, CardKind, Job, JobState

PROMPT_LENGTH = 300
OPTIONS_LENGTH = 300
ERROR_LENGTH = 500
LABEL_LENGTH = 100
# Discord docs: Attachment Object, `description`.
ALT_TEXT_LENGTH = 1024

_EXPLAINED = frozenset({JobState.FAILED, JobState.REFUSED, JobState.LOST})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """What a message shows for a job, the files aside."""

    embed: discord.Embed
    buttons: tuple[CardButton, ...]
    is_ending: bool

    @functools.cached_property
    def digest(self) -> str:
        """Everything visible as a short hash: equal if and only if two cards look alike."""
        visible = [self.embed.to_dict(), [_visible(button) for button in self.buttons]]
        text = json.dumps(visible, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def card(job: Job, model_label: str) -> Card:
    """Return what the message of *job* shows, within every limit of Discord's embeds."""
    status = status_of(job, job.locale)
    embed = (
        finished_embed(job, model_label, status)
        if job.state in FINISHED
        else _embed(job, model_label, status)
    )
    embed.colour = discord.Colour(marked(int(status.colour), job.card_mark))
    return Card(embed=embed, buttons=card_buttons(job), is_ending=job.state.is_final)


def _embed(job: Job, model_label: str, status: CardStatus) -> discord.Embed:
    """Return the embed of a job without a result, yet or for good; its colour has no mark yet."""
    locale = job.locale
    embed = discord.Embed(title=status.title, description=_description(job, status.text))
    label = quote_prompt(model_label, LABEL_LENGTH) or "…"
    embed.add_field(name=translate(FIELD_MODEL, locale), value=label)
    name, value = price_field(job, locale)
    embed.add_field(name=name, value=value)
    embed.add_field(name=translate(FIELD_REQUESTER, locale), value=f"<@{job.user_id}>")
    if footer := _footer(job):
        embed.set_footer(text=footer)
    return embed


def alt_text(job: Job, model_label: str) -> str:
    """Return the description of a result for users who can't see or hear it."""
    label = clip(plain(model_label), LABEL_LENGTH)
    text = translate(ALT_TEXT, job.locale, model=label, prompt=plain(job.prompt))
    return clip_at_word(text, ALT_TEXT_LENGTH)


def _description(job: Job, status_text: str) -> str:
    prompt = quote_prompt(job.prompt, PROMPT_LENGTH)
    options = quote_code(options_line(job.options, job.locale), OPTIONS_LENGTH)
    request = [f"> {prompt}" if prompt else "", options, input_line(job)]
    cause, is_first = _cause(job), has_cause(job)
    said = [
        *([cause, status_text] if is_first else [status_text, cause]),
        *notes(job, job.locale),
        progress_bar(job, job.locale),
        times_line(job, job.locale),
    ]
    # Where something went wrong, that and what to do is what one looks for.
    parts = (said, request) if job.state in _EXPLAINED else (request, said)
    return "\n\n".join(filter(None, ("\n".join(filter(None, part)) for part in parts)))


def _cause(job: Job) -> str | None:
    if job.state not in AFTER_CAUSE:
        return None
    cause = quote_prompt(job.error_message or "", ERROR_LENGTH)
    return translate(CAUSE, job.locale, cause=cause) if cause else None


def _footer(job: Job) -> str:
    if job.state.is_final:
        return ""
    can_react = job.cancel_control is CancelControl.REACTION and is_cancellable(job)
    hints = [
        *([REACT_TO_CANCEL] if can_react else []),
        *([BRIEF_NOTE] if job.card_kind is CardKind.TOKEN_ONLY else []),
    ]
    return "\n".join(translate(hint, job.locale) for hint in hints)


def _visible(button: CardButton) -> list[object]:
    return [
        button.action,
        str(button.job_id),
        button.label,
        button.style.value,
        button.emoji,
        button.address,
    ]
