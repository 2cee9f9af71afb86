"""Lists: jobs and download links, and the question about a price. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence

import discord

from bot.discord.cards.card import OPTIONS_LENGTH, PROMPT_LENGTH
from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.card_fields import options_line, timestamp
from bot.discord.cards.card_status import Colour, emoji_of, status_of
from bot.discord.cards.markdown import clip, plain, quote_address, quote_code, quote_prompt
from bot.jobs.admission.requests import is_retryable
from bot.locales.answer_texts import (
    CONFIRM_TEXT,
    CONFIRM_TITLE,
    LINK_NAMED,
    LINKS_ANSWER,
    LINKS_TOO_LONG,
)
from bot.locales.button_texts import (
    BUTTON_DOWNLOAD_OF,
    BUTTON_NEWER,
    BUTTON_OLDER,
    BUTTON_TRY_AGAIN_OF,
)
from bot.locales.card_texts import FIELD_MODEL
from bot.locales.list_texts import (
    JOB_OPEN,
    JOBS_EMPTY,
    JOBS_TITLE,
)
from bot.locales.translate import translate
from db.records import CardKind, Job, JobState, OptionValue

MOST_JOBS = 10
# Discord docs: Embed Limits, Message Object.
CONTENT_LENGTH = 2000
DESCRIPTION_LENGTH = 4096
# What addresses may take of it; the rest is for the sentence about those that don't fit.
_LINKS_LENGTH = DESCRIPTION_LENGTH - 200

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


def message_address(job: Job) -> str | None:
    """Return the address of the card; None where it would lead nowhere."""
    if job.message_id is None or job.card_kind is CardKind.TOKEN_ONLY:
        return None
    place = "@me" if job.guild_id is None else str(job.guild_id)
    return f"https://discord.com/channels/{place}/{job.channel_id}/{job.message_id}"


def price_confirmation(
    prompt: str, model_label: str, price: str, options: Mapping[str, OptionValue], locale: str
) -> discord.Embed:
    """Return the question that is asked before an expensive job: what exactly costs how much."""
    chosen = quote_code(options_line(options, locale), OPTIONS_LENGTH)
    request = "\n".join(filter(None, (f"> {quote_prompt(prompt, PROMPT_LENGTH)}", chosen)))
    embed = discord.Embed(
        title=translate(CONFIRM_TITLE, locale, price=clip(price, 100)),
        description=f"{request}\n\n{translate(CONFIRM_TEXT, locale)}",
        colour=int(Colour.AMBER),
    )
    label = quote_prompt(model_label, 100) or "…"
    return embed.add_field(name=translate(FIELD_MODEL, locale), value=label)


def fresh_links(addresses: Sequence[str], ends_at: float, locale: str) -> discord.Embed:
    """Return *addresses*, which work until *ends_at* (Unix seconds), as many as an embed holds.

    What does not fit is left out whole, because half a signed address opens nothing, and counted.
    """
    until, left = timestamp(ends_at, "t"), timestamp(ends_at)
    lines = [translate(LINKS_ANSWER, locale, until=str(until), left=str(left))]
    left_out = 0
    for number, address in enumerate(addresses, 1):
        name = translate(LINK_NAMED, locale, number=number)
        line = f"[{name}]({quote_address(address)})"
        if len("\n".join([*lines, line])) > _LINKS_LENGTH:
            left_out += 1
        else:
            lines.append(line)
    if left_out:
        lines.append(translate(LINKS_TOO_LONG, locale, count=left_out))
    return discord.Embed(description="\n".join(lines), colour=int(Colour.TEAL))


def choice_name(job: Job, model_label: str) -> str:
    """Return *job* as one line for an autocomplete choice: at most 100 characters."""
    return clip(f"{emoji_of(job)} {plain(model_label)}: {plain(job.prompt)}", 100)


def _job_row(number: int, job: Job, labels: Mapping[str, str], locale: str) -> str:
    model = quote_prompt(labels.get(job.model, job.model), 40)
    status = status_of(job, locale)
    row = f"**{number}** {status.title} · {quote_prompt(job.prompt, 80)} · {model}"
    if when := timestamp(job.created_at):
        row += f" · {when}"
    if address := message_address(job):
        row += f" · [{translate(JOB_OPEN, locale)}]({address})"
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
