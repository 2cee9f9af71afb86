"""Usage list: the answer to `/usage`, ten lines at a time. Pure."""

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal

import discord

from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.list_layout import (
    Layout,
    ListMenu,
    ListPage,
    ListRow,
    list_layout,
    page_count,
)
from bot.discord.cards.markdown import quote_prompt
from bot.discord.cards.money import at_most, money
from bot.discord.cards.usage_place import UsagePlace
from bot.discord.cards.views import MenuAction
from bot.locales.button_texts import BUTTON_BACK, BUTTON_CSV, BUTTON_MORE
from bot.locales.list_texts import JOBS_COUNT, JOBS_COUNT_ONE, LIST_PAGE
from bot.locales.translate import Text, translate
from bot.locales.usage_texts import (
    USAGE_BALANCE,
    USAGE_BALANCE_UNKNOWN,
    USAGE_BALANCE_UNREADABLE,
    USAGE_BEFORE,
    USAGE_DAY,
    USAGE_DAYS,
    USAGE_DELETED,
    USAGE_ENDINGS,
    USAGE_NOTHING,
    USAGE_OUTSIDE,
    USAGE_PERIODS,
    USAGE_RESERVED,
    USAGE_ROW,
    USAGE_RUNNING,
    USAGE_SERVER,
    USAGE_SUMS,
    USAGE_TITLE,
    USAGE_TITLE_ALL,
    USAGE_UNREPORTED,
    USAGE_VIEWS,
)
from bot.usage import periods
from bot.usage.account_balance import SeenBalance
from bot.usage.reports import UsageReport
from db.repositories.ledger import OUTSIDE_OF_SERVERS
from db.usage_records import UsageKey, UsageLine, UsageScope, UsageSums, UsageTotals, UsageView

_MONTHS = 12
_LONGEST_NAME = 80


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsagePage:
    """A report, where it is among all pages, and what is known beside the ledger."""

    report: UsageReport
    place: UsagePlace
    today: datetime.date
    labels: Mapping[str, str]  # of models, by their names
    server_name: Callable[[int], str | None]
    balance: SeenBalance | None  # None: not for this reader


def usage_list(page: UsagePage, locale: str) -> Layout:
    """Return a page of the usage."""
    report = page.report
    return list_layout(
        ListPage(
            heading=_heading(page, locale),
            rows=[ListRow(text=_row(page, line, locale)) for line in report.lines],
            place=page.place,
            pages=page_count(report.line_count),
            turn=ButtonAction.USAGE_PAGE,
            menus=_menus(page, locale),
            buttons=[_csv_button(page.place, locale)] if report.line_count else [],
            older=(BUTTON_BACK, BUTTON_MORE),
        ),
        locale,
    )


def _heading(page: UsagePage, locale: str) -> str:
    report = page.report
    title = USAGE_TITLE_ALL if report.scope.guild_id is None else USAGE_TITLE
    lines = [f"### {translate(title, locale)}", _days(report.scope, locale)]
    lines += _totals(report.totals, locale) if report.line_count else [_said(USAGE_NOTHING, locale)]
    if page.balance is not None:
        lines.append(_balance(page.balance, locale))
    pages = page_count(report.line_count)
    if pages > 1:
        number = page.place.page + 1
        lines.append(f"-# {translate(LIST_PAGE, locale, page=number, pages=pages)}")
    return "\n".join(lines)


def _days(scope: UsageScope, locale: str) -> str:
    first, last = scope.first.isoformat(), scope.last.isoformat()
    if first == last:
        return translate(USAGE_DAY, locale, day=first)
    return translate(USAGE_DAYS, locale, first=first, last=last)


def _totals(totals: UsageTotals, locale: str) -> list[str]:
    sums = totals.sums
    lines = [
        translate(
            USAGE_SUMS,
            locale,
            charged=money(sums.charged, locale),
            reserved=at_most(sums.reserved, locale),
            jobs=_jobs(sums, locale),
        )
    ]
    if sums.charged != sums.reported:
        amount = money(sums.charged - sums.reported, locale)
        lines.append(f"-# {translate(USAGE_UNREPORTED, locale, amount=amount)}")
    counts = [(text, totals.endings.get(state.value, 0)) for state, text in USAGE_ENDINGS.items()]
    counts.append((USAGE_RUNNING, totals.running))
    ended = " · ".join(translate(text, locale, count=count) for text, count in counts if count)
    return [*lines, f"-# {ended}"] if ended else lines


def _balance(balance: SeenBalance, locale: str) -> str:
    if balance.amount is not None:
        return translate(USAGE_BALANCE, locale, amount=money(balance.amount, locale))
    return _said(
        USAGE_BALANCE_UNKNOWN if balance.has_answered else USAGE_BALANCE_UNREADABLE, locale
    )


def _row(page: UsagePage, line: UsageLine, locale: str) -> str:
    name = _name(page, line.key, locale)
    charged = money(line.sums.charged, locale)
    small = [_jobs(line.sums, locale)]
    if line.sums.reserved > Decimal(0):
        reserved = at_most(line.sums.reserved, locale)
        small.append(translate(USAGE_RESERVED, locale, amount=reserved))
    return f"{translate(USAGE_ROW, locale, name=name, charged=charged)}\n-# {' · '.join(small)}"


def _name(page: UsagePage, key: UsageKey, locale: str) -> str:
    """Return what a line is about, as Markdown."""
    view = page.report.view
    if key is None:
        return _said(USAGE_DELETED if view is UsageView.PERSON else USAGE_BEFORE, locale)
    if view is UsageView.PERSON:
        return f"<@{key}>"
    if view is UsageView.SERVER:
        return _server(page, int(str(key)), locale)
    shown = page.labels.get(str(key), str(key)) if view is UsageView.MODEL else str(key)
    return quote_prompt(shown, _LONGEST_NAME) or "…"


def _server(page: UsagePage, guild_id: int, locale: str) -> str:
    if guild_id == OUTSIDE_OF_SERVERS:
        return translate(USAGE_OUTSIDE, locale)
    name = page.server_name(guild_id)
    known = quote_prompt(name, _LONGEST_NAME) if name else ""
    return known or translate(USAGE_SERVER, locale, id=str(guild_id))


def _jobs(sums: UsageSums, locale: str) -> str:
    if sums.jobs == 1:
        return translate(JOBS_COUNT_ONE, locale)
    return translate(JOBS_COUNT, locale, count=sums.jobs)


def _said(text: Text, locale: str) -> str:
    return translate(text, locale)


def _menus(page: UsagePage, locale: str) -> list[ListMenu]:
    is_all = page.report.scope.guild_id is None
    views = [view for view in UsageView if is_all or view is not UsageView.SERVER]
    words = [periods.TODAY, periods.WEEK, periods.THIRTY_DAYS]
    words += periods.latest_months(page.today, _MONTHS)
    if page.place.period not in words:
        words.append(page.place.period)
    return [
        ListMenu(
            action=MenuAction.USAGE_VIEW,
            choices=[(view.value, translate(USAGE_VIEWS[view], locale)) for view in views],
            chosen=page.place.view.value,
        ),
        ListMenu(
            action=MenuAction.USAGE_PERIOD,
            choices=[(word, _period(word, locale)) for word in words],
            chosen=page.place.period,
        ),
    ]


def _period(word: str, locale: str) -> str:
    text = USAGE_PERIODS.get(word)
    return word if text is None else translate(text, locale)


def _csv_button(place: UsagePlace, locale: str) -> CardButton:
    return CardButton(
        action=ButtonAction.USAGE_CSV,
        job_id=place.at(0).number,
        label=translate(BUTTON_CSV, locale),
        style=discord.ButtonStyle.secondary,
    )
