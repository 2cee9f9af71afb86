"""Job list: the answer to `/jobs`, ten jobs at a time. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence

import discord

from bot.discord.cards.button_table import is_cancellable
from bot.discord.cards.card_address import card_address
from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.card_fields import timestamp
from bot.discord.cards.card_status import status_of
from bot.discord.cards.list_layout import (
    ANY,
    Layout,
    ListMenu,
    ListPage,
    ListRow,
    list_layout,
    page_count,
)
from bot.discord.cards.list_place import FIRST_PLACE, ListPlace
from bot.discord.cards.markdown import clip, quote_prompt
from bot.discord.cards.views import MenuAction
from bot.jobs.admission.requests import is_retryable
from bot.locales.button_texts import (
    BUTTON_CANCEL,
    BUTTON_DOWNLOAD,
    BUTTON_OPEN,
    BUTTON_TRY_AGAIN,
)
from bot.locales.list_texts import (
    ANY_GROUP,
    ANY_KIND,
    GROUPS,
    JOBS_COUNT,
    JOBS_COUNT_ONE,
    JOBS_EMPTY,
    JOBS_NONE_SUCH,
    JOBS_TITLE,
    KINDS,
    LIST_PAGE,
)
from bot.locales.translate import translate
from db.job_filters import JobGroup
from db.records import Job, JobKind, JobState

_EXPLAINED = frozenset({JobState.FAILED, JobState.REFUSED, JobState.LOST})
# Characters; together with an address of 91 and a time of 19 a row has fewer than `LONGEST_ROW`.
_PROMPT_LENGTH = 80
_LABEL_LENGTH = 30
_MODEL_LENGTH = 30
_REASON_LENGTH = 75


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """The jobs of one page, and how many there are on all."""

    jobs: Sequence[Job]
    total: int
    place: ListPlace = FIRST_PLACE


def job_list(page: JobPage, labels: Mapping[str, str], locale: str) -> Layout:
    """Return a page of jobs; model names are from *labels* where it has them."""
    return list_layout(
        ListPage(
            heading=_heading(page, locale),
            rows=[_row(job, labels, locale) for job in page.jobs],
            place=page.place,
            pages=page_count(page.total),
            turn=ButtonAction.JOBS_PAGE,
            menus=_menus(page, locale),
        ),
        locale,
    )


def kind_menu(action: MenuAction, kind: JobKind | None, locale: str) -> ListMenu:
    """Return the menu that shows one kind alone."""
    kinds = [(each.value, translate(KINDS[each], locale)) for each in JobKind]
    return ListMenu(
        action=action, choices=[(ANY, translate(ANY_KIND, locale)), *kinds], chosen=kind or ANY
    )


def count_line(counted: str, place: ListPlace, pages: int, locale: str) -> str:
    """Return the small line of a heading: how many there are, and which page this is."""
    page = translate(LIST_PAGE, locale, page=place.page + 1, pages=pages)
    return f"-# {counted} · {page}" if pages > 1 else f"-# {counted}"


def _menus(page: JobPage, locale: str) -> list[ListMenu]:
    place = page.place
    if not page.total and place.kind is None and place.group is None:
        return []
    groups = [(each.value, translate(GROUPS[each], locale)) for each in JobGroup]
    return [
        kind_menu(MenuAction.JOBS_KIND, place.kind, locale),
        ListMenu(
            action=MenuAction.JOBS_GROUP,
            choices=[(ANY, translate(ANY_GROUP, locale)), *groups],
            chosen=place.group or ANY,
        ),
    ]


def _heading(page: JobPage, locale: str) -> str:
    title, place = f"### {translate(JOBS_TITLE, locale)}", page.place
    if not page.total:
        is_filtered = place.kind is not None or place.group is not None
        said = JOBS_NONE_SUCH if is_filtered else JOBS_EMPTY
        return f"{title}\n{translate(said, locale)}"
    counted = (
        translate(JOBS_COUNT_ONE, locale)
        if page.total == 1
        else translate(JOBS_COUNT, locale, count=page.total)
    )
    return f"{title}\n{count_line(counted, place, page_count(page.total), locale)}"


def _row(job: Job, labels: Mapping[str, str], locale: str) -> ListRow:
    status, address = status_of(job, locale), card_address(job)
    label = clip(status.label, _LABEL_LENGTH)
    small = [
        f"{status.emoji} {label if address is None else f'[{label}]({address})'}",
        quote_prompt(labels.get(job.model, job.model), _MODEL_LENGTH),
        timestamp(job.created_at),
    ]
    lines = [f"**{quote_prompt(job.prompt, _PROMPT_LENGTH) or '…'}**"]
    lines.append(f"-# {' · '.join(filter(None, small))}")
    if job.state in _EXPLAINED:
        lines.append(f"> {_why(job, status.text)}")
    return ListRow(text="\n".join(lines), button=_button(job, address, locale))


def _why(job: Job, status_text: str) -> str:
    """Return why there is no result: the list may be the only place where that can be read."""
    if job.error_message and (said := quote_prompt(job.error_message, _REASON_LENGTH)):
        return said
    return clip(status_text, _REASON_LENGTH)


def _button(job: Job, address: str | None, locale: str) -> CardButton | None:
    """Return what is of most use: the result, another try, cancelling, or the way to the card."""
    if job.has_links:
        action, text, emoji = ButtonAction.DOWNLOAD, BUTTON_DOWNLOAD, "\N{INBOX TRAY}"
    elif job.state in _EXPLAINED and is_retryable(job):
        action, text = ButtonAction.TRY_AGAIN, BUTTON_TRY_AGAIN
        emoji = "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}"
    elif is_cancellable(job):
        action, text, emoji = ButtonAction.CANCEL, BUTTON_CANCEL, None
    elif address is not None:
        action, text, emoji = ButtonAction.DOWNLOAD, BUTTON_OPEN, None
        return _drawn(job, action, translate(text, locale), emoji, address)
    else:
        return None
    return _drawn(job, action, translate(text, locale), emoji)


def _drawn(
    job: Job, action: ButtonAction, label: str, emoji: str | None, address: str | None = None
) -> CardButton:
    return CardButton(
        action=action,
        job_id=job.id,
        label=label,
        style=discord.ButtonStyle.secondary,
        emoji=emoji,
        address=address,
    )
