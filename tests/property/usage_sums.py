"""Sums of the usage, written a second time over plain rows and independently of its statements."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from db.repositories.usage import Usage
from db.statements import Statement, Steps
from db.store import Store
from db.tables import jobs, ledger
from db.usage_records import UsageKey, UsageScope, UsageSums, UsageView

_ENTRIES = Statement(
    select(
        ledger.c.job_id,
        ledger.c.day,
        ledger.c.amount,
        ledger.c.settled,
        ledger.c.guild_id,
        ledger.c.model,
        ledger.c.ending,
        ledger.c.reported,
    )
)
_REQUESTERS = Statement(select(jobs.c.id, jobs.c.user_id, jobs.c.forget))


class Entry(NamedTuple):
    """One entry of the ledger."""

    job_id: int
    day: datetime.date
    amount: Decimal
    settled: bool
    guild_id: int | None
    model: str | None
    ending: str | None
    reported: bool


_EVER = UsageScope(first=datetime.date(1970, 1, 1), last=datetime.date(2200, 1, 1))


async def check_usage(store: Store, scopes: Sequence[UsageScope] = (_EVER,)) -> None:
    """Assert that every view of each scope sums to what the ledger holds, key by key."""
    entries, requesters = await store.read(_read())
    usage = Usage(store)
    for scope in scopes:
        chosen = [entry for entry in entries if _is_in(entry, scope)]
        await _check_totals(usage, scope, chosen)
        for view in UsageView:
            expected = _grouped(chosen, _key_of(view, requesters))
            found = await usage.lines(view, scope)
            assert {line.key: line.sums for line in found.lines} == expected, (view, scope)
            assert len(found.lines) == found.total == len(expected)
        await _check_details(usage, scope, chosen, requesters)


def _read() -> Steps[tuple[list[Entry], Mapping[int, int]]]:
    entries = [Entry(*row) for row in (yield _ENTRIES())]
    known = {job_id: user for job_id, user, forget in (yield _REQUESTERS()) if not forget}
    return entries, known


def _is_in(entry: Entry, scope: UsageScope) -> bool:
    return scope.first <= entry.day <= scope.last and scope.guild_id in {None, entry.guild_id}


def _key_of(view: UsageView, requesters: Mapping[int, int]) -> Callable[[Entry], UsageKey]:
    keys: Mapping[UsageView, Callable[[Entry], UsageKey]] = {
        UsageView.DAY: lambda entry: entry.day,
        UsageView.SERVER: lambda entry: entry.guild_id,
        UsageView.PERSON: lambda entry: requesters.get(entry.job_id),
        UsageView.MODEL: lambda entry: entry.model,
    }
    return keys[view]


def _grouped(
    entries: Sequence[Entry], key_of: Callable[[Entry], UsageKey]
) -> Mapping[UsageKey, UsageSums]:
    groups: dict[UsageKey, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key_of(entry)].append(entry)
    return {key: _sum(group) for key, group in groups.items()}


def _sum(entries: Sequence[Entry]) -> UsageSums:
    return UsageSums(
        jobs=len(entries),
        charged=_amount([entry for entry in entries if entry.settled]),
        reported=_amount([entry for entry in entries if entry.settled and entry.reported]),
        reserved=_amount([entry for entry in entries if not entry.settled]),
    )


def _amount(entries: Sequence[Entry]) -> Decimal:
    return sum((entry.amount for entry in entries), Decimal(0))


async def _check_totals(usage: Usage, scope: UsageScope, entries: Sequence[Entry]) -> None:
    totals = await usage.totals(scope)
    assert totals.sums == _sum(entries)
    assert totals.sums.held == _amount(entries)
    assert totals.running == sum(not entry.settled for entry in entries)
    assert totals.running + totals.unknown + sum(totals.endings.values()) == len(entries)
    held = await usage.held_by_day(scope.first, scope.last)
    if scope.guild_id is None:
        assert sum(held.values(), Decimal(0)) == _amount(entries)


async def _check_details(
    usage: Usage, scope: UsageScope, entries: Sequence[Entry], requesters: Mapping[int, int]
) -> None:
    details = await usage.details(scope)
    keys = {
        (entry.day, entry.guild_id, requesters.get(entry.job_id), entry.model, entry.ending)
        for entry in entries
    }
    assert {(it.day, it.guild_id, it.user_id, it.model, it.ending) for it in details} == keys
    assert len(details) == len(keys)
    assert sum(it.sums.jobs for it in details) == len(entries)
    assert sum((it.sums.held for it in details), Decimal(0)) == _amount(entries)
