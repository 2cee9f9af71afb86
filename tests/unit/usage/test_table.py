"""The table of `usage` says all that was asked, and nothing that a terminal would carry out."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.usage.account_balance import SeenBalance
from bot.usage.reports import UsageReport
from bot.usage.table import table_lines
from db.usage_records import UsageLine, UsageScope, UsageSums, UsageTotals, UsageView

SCOPE = UsageScope(first=datetime.date(2026, 11, 1), last=datetime.date(2026, 11, 30))
SUMS = UsageSums(jobs=3, charged=Decimal("1.5"), reported=Decimal("1.2"), reserved=Decimal("0.05"))


def a_report(view: UsageView, *keys: object, total: int | None = None) -> UsageReport:
    """Return a report with a line for each key."""
    return UsageReport(
        scope=SCOPE,
        view=view,
        totals=UsageTotals(sums=SUMS, endings={"delivered": 2}, running=1, unknown=0),
        lines=[UsageLine(key=key, sums=SUMS) for key in keys],  # type: ignore[arg-type]
        line_count=len(keys) if total is None else total,
        page=0,
    )


def test_the_table_has_the_ledger_and_the_api_beside_each_other() -> None:
    """First the sums and the balance, then a line each."""
    balance = SeenBalance(amount=Decimal("87.7"), has_answered=True)
    report = a_report(UsageView.MODEL, "vidu-q3", None, total=3)
    assert list(table_lines(report, balance)) == [
        "2026-11-01 to 2026-11-30 (UTC), all servers",
        "The ledger: $1.50 charged, $0.0500 reserved",
        "  of that $0.30 by the price, as ModelHunter reported no cost",
        "  3 jobs: 2 delivered, 1 not ended",
        "ModelHunter: a balance of $87.70 now",
        "",
        "model                            jobs       charged      reserved",
        "vidu-q3                             3         $1.50       $0.0500",
        "(from before an update)             3         $1.50       $0.0500",
        "and 1 more: --csv has all of them",
    ]


def test_who_is_not_known_is_said() -> None:
    """Deleted requests and direct messages have a line of their own."""
    people = "\n".join(table_lines(a_report(UsageView.PERSON, 7, None), None))
    assert "(deleted requests)" in people
    servers = "\n".join(table_lines(a_report(UsageView.SERVER, 0, 22), None))
    assert "(outside of servers)" in servers


@given(st.text())
def test_no_model_writes_to_the_terminal(name: str) -> None:
    """An escape sequence, or a line break, in a name stays in its line and does nothing."""
    lines = list(table_lines(a_report(UsageView.MODEL, name), None))
    assert len(lines) == 7
    assert all(line.isprintable() for line in lines)
