"""Usage table: a report as lines of text, for a terminal. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from bot.usage.account_balance import SeenBalance
from bot.usage.reports import UsageReport
from db.repositories.ledger import OUTSIDE_OF_SERVERS
from db.usage_records import UsageKey, UsageLine, UsageTotals, UsageView

_HEADS: Mapping[UsageView, str] = {
    UsageView.DAY: "day (UTC)",
    UsageView.SERVER: "server",
    UsageView.PERSON: "user",
    UsageView.MODEL: "model",
}
_LONGEST_NAME = 40


def table_lines(report: UsageReport, balance: SeenBalance | None) -> Iterator[str]:
    """Yield the lines of a report; *balance* is None where the API was not asked."""
    scope = report.scope
    where = "all servers" if scope.guild_id is None else f"server {scope.guild_id}"
    yield f"{scope.first.isoformat()} to {scope.last.isoformat()} (UTC), {where}"
    yield from _totals(report.totals)
    if balance is not None:
        yield _balance(balance)
    if report.lines:
        yield ""
        yield from _rows(report)


def _totals(totals: UsageTotals) -> Iterator[str]:
    sums = totals.sums
    yield f"The ledger: {_dollars(sums.charged)} charged, {_dollars(sums.reserved)} reserved"
    if sums.charged != sums.reported:
        unreported = _dollars(sums.charged - sums.reported)
        yield f"  of that {unreported} by the price, as ModelHunter reported no cost"
    counts = [
        *sorted(totals.endings.items()),
        ("not ended", totals.running),
        ("from before an update", totals.unknown),
    ]
    words = ", ".join(f"{count:,} {_printable(word)}" for word, count in counts if count)
    jobs = "1 job" if sums.jobs == 1 else f"{sums.jobs:,} jobs"
    yield f"  {jobs}: {words}" if words else f"  {jobs}"


def _balance(balance: SeenBalance) -> str:
    if balance.amount is not None:
        return f"ModelHunter: a balance of {_dollars(balance.amount)} now"
    return f"ModelHunter: {'no balance is reported' if balance.has_answered else 'no answer now'}"


def _rows(report: UsageReport) -> Iterator[str]:
    names = [_name(report.view, line.key) for line in report.lines]
    width = max(map(len, [_HEADS[report.view], *names]))
    yield _row(_HEADS[report.view], ("jobs", "charged", "reserved"), width)
    for name, line in zip(names, report.lines, strict=True):
        yield _row(name, _cells(line), width)
    if (left := report.line_count - len(report.lines)) > 0:
        yield f"and {left:,} more: --csv has all of them"


def _cells(line: UsageLine) -> Sequence[str]:
    sums = line.sums
    return (f"{sums.jobs:,}", _dollars(sums.charged), _dollars(sums.reserved))


def _row(name: str, cells: Sequence[str], width: int) -> str:
    return f"{name:<{width}}" + "".join(f"  {cell:>12}" for cell in cells)


def _name(view: UsageView, key: UsageKey) -> str:
    if key is None:
        return "(deleted requests)" if view is UsageView.PERSON else "(from before an update)"
    if view is UsageView.SERVER and key == OUTSIDE_OF_SERVERS:
        return "(outside of servers)"
    return _printable(str(key))[:_LONGEST_NAME]


def _dollars(amount: Decimal) -> str:
    """Return an amount to the cent, or to the hundredth of one below ten cents."""
    is_small = amount != 0 and abs(amount) < Decimal("0.10")
    return f"${amount:,.4f}" if is_small else f"${amount:,.2f}"


def _printable(text: str) -> str:
    """Return what can be printed: a terminal carries out what it is sent."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
