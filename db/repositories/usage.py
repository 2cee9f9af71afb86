"""Usage: sums of the ledger by day, server, requester and model, each by one pass over an index.

An entry outlasts its job, so a sum does not change when a job is deleted. Who asked is not in the
entry but in the row of the job, and is known only as long as that is kept: what a requester has cost
whose jobs were deleted, or are to be forgotten, is summed under the key None.
"""

import datetime
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, func, outerjoin, select

from db.statements import Statement, Steps
from db.store import Store
from db.tables import jobs, ledger
from db.usage_records import (
    UsageDetail,
    UsageKey,
    UsageLine,
    UsageLines,
    UsageScope,
    UsageSums,
    UsageTotals,
    UsageView,
)

_NOTHING = Decimal(0)
# More lines than any view has.
_ALL = 2**31 - 1

_in_period = ledger.c.day.between(bindparam("first", type_=Date()), bindparam("last", type_=Date()))
_is_settled = ledger.c.settled.is_(True)
_held = func.sum(ledger.c.amount)
_SUMS = (
    func.count(),
    func.sum(ledger.c.amount).filter(_is_settled),
    func.sum(ledger.c.amount).filter(_is_settled, ledger.c.reported.is_(True)),
    func.sum(ledger.c.amount).filter(~_is_settled),
)
_with_requester = outerjoin(
    ledger, jobs, and_(jobs.c.id == ledger.c.job_id, jobs.c.forget.is_(False))
)
_KEYS: Mapping[UsageView, ColumnElement[Any]] = {
    UsageView.DAY: ledger.c.day,
    UsageView.SERVER: ledger.c.guild_id,
    UsageView.PERSON: jobs.c.user_id,
    UsageView.MODEL: ledger.c.model,
}


def _scoped(statement: Select[Any], *, of_server: bool) -> Select[Any]:
    found = statement.where(_in_period)
    return found.where(ledger.c.guild_id == bindparam("guild")) if of_server else found


def _lines(view: UsageView, *, of_server: bool) -> Statement:
    key = _KEYS[view]
    order = [key.desc()] if view is UsageView.DAY else [_held.desc(), key]
    statement = select(key, *_SUMS, func.count().over())
    if view is UsageView.PERSON:
        statement = statement.select_from(_with_requester)
    statement = _scoped(statement, of_server=of_server).group_by(key).order_by(*order)
    return Statement(statement.limit(bindparam("most")).offset(bindparam("start")))


def _totals(*, of_server: bool) -> Statement:
    keys = (ledger.c.ending, ledger.c.settled)
    statement = select(*keys, *_SUMS).group_by(*keys)
    return Statement(_scoped(statement, of_server=of_server))


def _details(*, of_server: bool) -> Statement:
    keys = (ledger.c.guild_id, jobs.c.user_id, ledger.c.model, ledger.c.ending)
    statement = select(ledger.c.day, *keys, *_SUMS).select_from(_with_requester)
    statement = _scoped(statement, of_server=of_server)
    return Statement(statement.group_by(ledger.c.day, *keys).order_by(ledger.c.day, *keys))


# One statement for each form of a scope, so that each is compiled once; True: of one server.
_LINES = {(view, one): _lines(view, of_server=one) for view in UsageView for one in (False, True)}
_TOTALS = {one: _totals(of_server=one) for one in (False, True)}
_DETAILS = {one: _details(of_server=one) for one in (False, True)}
_HELD_BY_DAY = Statement(select(ledger.c.day, _held).where(_in_period).group_by(ledger.c.day))


class Usage:
    """Sums of the ledger, for callers that are in no transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def totals(self, scope: UsageScope) -> UsageTotals:
        """Return the sums over all, and the endings."""
        return await self._store.read(_read_totals(scope))

    async def lines(
        self, view: UsageView, scope: UsageScope, *, most: int = _ALL, start: int = 0
    ) -> UsageLines:
        """Return *most* lines of a view from *start* on, dearest first, or newest first by day."""
        return await self._store.read(_read_lines(view, scope, most, start))

    async def details(self, scope: UsageScope) -> list[UsageDetail]:
        """Return the sums of each day by server, requester, model and ending, oldest first."""
        return await self._store.read(_read_details(scope))

    async def held_by_day(
        self, first: datetime.date, last: datetime.date
    ) -> Mapping[datetime.date, Decimal]:
        """Return what the ledger holds of each UTC day that has an entry."""
        return await self._store.read(_read_held_by_day(first, last))


def _values(scope: UsageScope) -> dict[str, object]:
    values: dict[str, object] = {"first": scope.first, "last": scope.last}
    return values if scope.guild_id is None else {**values, "guild": scope.guild_id}


def _read_totals(scope: UsageScope) -> Steps[UsageTotals]:
    rows = yield _TOTALS[scope.guild_id is not None](**_values(scope))
    sums, endings, running, unknown = UsageSums(), Counter[str](), 0, 0
    for ending, settled, *values in rows:
        part = _sums(*values)
        sums = _added(sums, part)
        if not settled:
            running += part.jobs
        elif ending is None:
            unknown += part.jobs
        else:
            endings[ending] += part.jobs
    return UsageTotals(sums=sums, endings=endings, running=running, unknown=unknown)


def _read_lines(view: UsageView, scope: UsageScope, most: int, start: int) -> Steps[UsageLines]:
    statement = _LINES[view, scope.guild_id is not None]
    rows = list((yield statement(**_values(scope), most=most, start=start)))
    lines = [UsageLine(key=_key(key), sums=_sums(*values)) for key, *values, _ in rows]
    return UsageLines(lines=lines, total=rows[0][-1] if rows else 0)


def _read_details(scope: UsageScope) -> Steps[list[UsageDetail]]:
    rows = yield _DETAILS[scope.guild_id is not None](**_values(scope))
    return [
        UsageDetail(
            day=day,
            guild_id=guild_id,
            user_id=user_id,
            model=model,
            ending=ending,
            sums=_sums(*values),
        )
        for day, guild_id, user_id, model, ending, *values in rows
    ]


def _read_held_by_day(
    first: datetime.date, last: datetime.date
) -> Steps[Mapping[datetime.date, Decimal]]:
    rows = yield _HELD_BY_DAY(first=first, last=last)
    return {day: held for day, held in rows}  # noqa: C416 - a row is a list, of any values


def _key(value: Any) -> UsageKey:
    known: UsageKey = value
    return known


def _sums(
    count: int, charged: Decimal | None, reported: Decimal | None, reserved: Decimal | None
) -> UsageSums:
    """Return the sums of a row; the sum over nothing is NULL."""
    return UsageSums(
        jobs=count,
        charged=charged or _NOTHING,
        reported=reported or _NOTHING,
        reserved=reserved or _NOTHING,
    )


def _added(one: UsageSums, other: UsageSums) -> UsageSums:
    return UsageSums(
        jobs=one.jobs + other.jobs,
        charged=one.charged + other.charged,
        reported=one.reported + other.reported,
        reserved=one.reserved + other.reserved,
    )
