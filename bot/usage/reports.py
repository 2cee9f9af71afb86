"""Usage reports: the pages and the files that are made of the ledger's sums."""

import dataclasses
from collections.abc import AsyncGenerator, Sequence

from bot.usage.csv_lines import HEADER, csv_text, detail_row
from db.repositories.usage import Usage
from db.usage_records import UsageLine, UsageScope, UsageTotals, UsageView


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """The sums of a scope, and some lines of a view of it."""

    scope: UsageScope
    view: UsageView
    totals: UsageTotals
    lines: Sequence[UsageLine]
    line_count: int  # on all pages
    page: int  # from 0


class UsageReports:
    """Makes reports of what the ledger has."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage

    async def report(
        self, view: UsageView, scope: UsageScope, *, page: int = 0, most: int
    ) -> UsageReport:
        """Return a page of *most* lines, or the last one where there are fewer by now."""
        totals = await self._usage.totals(scope)
        found = await self._usage.lines(view, scope, most=most, start=page * most)
        if not found.lines and page:
            total = (await self._usage.lines(view, scope, most=1)).total
            page = max(0, -(-total // most) - 1)
            found = await self._usage.lines(view, scope, most=most, start=page * most)
        return UsageReport(
            scope=scope,
            view=view,
            totals=totals,
            lines=found.lines,
            line_count=found.total,
            page=page,
        )

    async def csv_parts(self, scope: UsageScope) -> AsyncGenerator[str]:
        """Yield a CSV in parts, a day at a time, so that a long one is never held whole."""
        yield csv_text([HEADER])
        days = await self._usage.held_by_day(scope.first, scope.last)
        for day in sorted(days):
            details = await self._usage.details(dataclasses.replace(scope, first=day, last=day))
            if details:
                yield csv_text(map(detail_row, details))

    async def csv_file(self, scope: UsageScope, *, most_bytes: int) -> bytes | None:
        """Return a whole CSV, None if it is longer than *most_bytes*."""
        written = bytearray()
        async for part in self.csv_parts(scope):
            written += part.encode()
            if len(written) > most_bytes:
                return None
        return bytes(written)
