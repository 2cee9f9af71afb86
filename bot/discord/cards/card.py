"""Card: what the message of a job shows, in the requester's language. Pure: no clock, no network."""

import dataclasses
import functools
import hashlib
import json

import discord

from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.card_fields import options_line, price_field, progress_bar, times_line
from bot.discord.cards.card_mark import marked
from bot.discord.cards.card_status import has_cause, notes, status_of
from bot.discord.cards.input_line import input_line
from bot.discord.cards.markdown import clip, clip_at_word, plain, quote_code, quote_prompt
from bot.jobs.admission.requests import is_retryable
from bot.locales.button_texts import (
    BUTTON_CANCEL,
    BUTTON_DOWNLOAD,
    BUTTON_TRIED_AGAIN,
    BUTTON_TRY_AGAIN,
    BUTTON_TRY_AGAIN_ANYWAY,
)
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

_CANCELLABLE = frozenset(
    {JobState.ACCEPTED, JobState.SUBMITTING, JobState.FOLLOWING, JobState.UNCERTAIN}
)
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
    locale = job.locale
    status = status_of(job, locale)
    embed = discord.Embed(
        title=status.title,
        description=_description(job, status.text),
        colour=marked(int(status.colour), job.card_mark),
    )
    label = quote_prompt(model_label, LABEL_LENGTH) or "…"
    embed.add_field(name=translate(FIELD_MODEL, locale), value=label)
    name, value = price_field(job, locale)
    embed.add_field(name=name, value=value)
    embed.add_field(name=translate(FIELD_REQUESTER, locale), value=f"<@{job.user_id}>")
    if footer := _footer(job):
        embed.set_footer(text=footer)
    return Card(embed=embed, buttons=_buttons(job), is_ending=job.state.is_final)


def alt_text(job: Job, model_label: str) -> str:
    """Return the description of a result for users who can't see or hear it."""
    label = clip(plain(model_label), LABEL_LENGTH)
    text = translate(ALT_TEXT, job.locale, model=label, prompt=plain(job.prompt))
    return clip_at_word(text, ALT_TEXT_LENGTH)


def is_cancellable(job: Job) -> bool:
    """Whether a request to cancel *job* would still be new and of use."""
    goes_on = job.state in _CANCELLABLE and not job.is_cancelling and not job.cancel_refused
    return goes_on or job.is_result_missing


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


def _buttons(job: Job) -> tuple[CardButton, ...]:
    buttons = []
    is_less = job.fitted or job.left_out > job.bad_files.bit_count()
    is_shown_whole = job.state is JobState.DELIVERED and not is_less
    if job.has_links and not is_shown_whole:
        buttons.append(_download(job))
    if is_retryable(job):
        buttons.append(_try_again(job))
    if job.retried_as is not None:
        buttons.append(_tried_again(job, job.retried_as))
    if job.cancel_control is CancelControl.BUTTON and is_cancellable(job):
        buttons.append(_cancel(job))
    return tuple(buttons)


def _download(job: Job) -> CardButton:
    return CardButton(
        action=ButtonAction.DOWNLOAD,
        job_id=job.id,
        label=translate(BUTTON_DOWNLOAD, job.locale),
        style=(
            discord.ButtonStyle.primary
            if job.state is JobState.LINKED
            else discord.ButtonStyle.secondary
        ),
        emoji="\N{INBOX TRAY}",
    )


def _try_again(job: Job) -> CardButton:
    # An uncertain job may be charged twice, and the button says that this is a choice.
    doubtful = job.state is JobState.UNCERTAIN
    label = BUTTON_TRY_AGAIN_ANYWAY if doubtful else BUTTON_TRY_AGAIN
    return CardButton(
        action=ButtonAction.TRY_AGAIN,
        job_id=job.id,
        label=translate(label, job.locale),
        style=discord.ButtonStyle.danger if doubtful else discord.ButtonStyle.secondary,
        emoji="\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}",
    )


def _tried_again(job: Job, address: str) -> CardButton:
    return CardButton(
        action=ButtonAction.TRY_AGAIN,
        job_id=job.id,
        label=translate(BUTTON_TRIED_AGAIN, job.locale),
        style=discord.ButtonStyle.secondary,
        emoji="\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}",
        address=address,
    )


def _cancel(job: Job) -> CardButton:
    return CardButton(
        action=ButtonAction.CANCEL,
        job_id=job.id,
        label=translate(BUTTON_CANCEL, job.locale),
        style=discord.ButtonStyle.secondary,
        emoji="\N{CROSS MARK}",
    )


def _visible(button: CardButton) -> list[object]:
    return [
        button.action,
        str(button.job_id),
        button.label,
        button.style.value,
        button.emoji,
        button.address,
    ]
