"""Job list: the answer to `/jobs`, ten jobs at a time. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence

import discord

from bot.discord.cards.card_address import card_address
from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.card_fields import timestamp
from bot.discord.cards.card_status import Colour, status_of
from bot.discord.cards.markdown import clip, quote_prompt
from bot.jobs.admission.requests import is_retryable
from bot.locales.button_texts import (
    BUTTON_DOWNLOAD_OF,
    BUTTON_NEWER,
    BUTTON_OLDER,
    BUTTON_TRY_AGAIN_OF,
)
from bot.locales.list_texts import JOBS_EMPTY, JOBS_TITLE
from bot.locales.translate import translate
from db.records import Job, JobState

MOST_JOBS = 10

_EXPLAINED = frozenset({JobState.FAILED, JobState.REFUSED, JobState.LOST})
_REASON_LENGTH = 120


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PageButton:
    """A button that shows other rows of the list, from *start* on."""

    label: str
    start: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JobList:
    """The answer to `/jobs`."""

    embed: discord.Embed
    # At most one for each row: its result, or another try, may be offered nowhere else.
    buttons: tuple[CardButton, ...]
    pages: tuple[PageButton, ...]


def job_list(
    jobs: Sequence[Job], labels: Mapping[str, str], locale: str, start: int = 0
) -> JobList:
    """Return ten rows for *jobs*, which begin with number *start* of all; an eleventh is for later.

    Model names are from *labels* where it has them.
    """
    numbered = list(enumerate(jobs[:MOST_JOBS], start + 1))
    rows = [_job_row(number, job, labels, locale) for number, job in numbered]
    buttons = (_row_button(number, job, locale) for number, job in numbered)
    newer = PageButton(label=translate(BUTTON_NEWER, locale), start=max(0, start - MOST_JOBS))
    older = PageButton(label=translate(BUTTON_OLDER, locale), start=start + MOST_JOBS)
    return JobList(
        embed=discord.Embed(
            title=translate(JOBS_TITLE, locale),
            description="\n".join(rows) or translate(JOBS_EMPTY, locale),
            colour=int(Colour.BLURPLE),
        ),
        buttons=tuple(button for button in buttons if button is not None),
        pages=(*([newer] if start else []), *([older] if len(jobs) > MOST_JOBS else [])),
    )


def _job_row(number: int, job: Job, labels: Mapping[str, str], locale: str) -> str:
    model = quote_prompt(labels.get(job.model, job.model), 40)
    status = status_of(job, locale)
    address = card_address(job)
    label = status.label if address is None else f"[{status.label}]({address})"
    row = f"**{number}** {status.emoji} {label} · {quote_prompt(job.prompt, 80)} · {model}"
    if when := timestamp(job.created_at):
        row += f" · {when}"
    return f"{row}\n> {_why(job, status.text)}" if job.state in _EXPLAINED else row


def _why(job: Job, status_text: str) -> str:
    """Return why there is no result: the list may be the only place where that can be read."""
    if job.error_message and (said := quote_prompt(job.error_message, _REASON_LENGTH)):
        return said
    return clip(status_text, _REASON_LENGTH)


def _row_button(number: int, job: Job, locale: str) -> CardButton | None:
    if job.has_links:
        return _link_button(number, job, locale)
    if job.state in _EXPLAINED and is_retryable(job):
        return _try_button(number, job, locale)
    return None


def _try_button(number: int, job: Job, locale: str) -> CardButton:
    return CardButton(
        action=ButtonAction.TRY_AGAIN,
        job_id=job.id,
        label=translate(BUTTON_TRY_AGAIN_OF, locale, number=number),
        style=discord.ButtonStyle.secondary,
        emoji="\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}",
    )


def _link_button(number: int, job: Job, locale: str) -> CardButton:
    return CardButton(
        action=ButtonAction.DOWNLOAD,
        job_id=job.id,
        label=translate(BUTTON_DOWNLOAD_OF, locale, number=number),
        style=discord.ButtonStyle.secondary,
        emoji="\N{INBOX TRAY}",
    )
