"""CSV of the usage: one line for what has day, server, requester, model and ending in common. Pure.

Spreadsheets take a text that begins with one of a few characters for a formula, and carry it out
when the file is opened; an apostrophe before it makes it a text (OWASP: CSV Injection). Numbers are
ours, and are left as they are.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from db.repositories.ledger import OUTSIDE_OF_SERVERS
from db.usage_records import UsageDetail

HEADER = (
    "day_utc",
    "server_id",
    "user_id",
    "model",
    "ending",
    "jobs",
    "charged_usd",
    "reported_usd",
    "reserved_usd",
)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return lines as RFC 4180 has them, ended by CR and LF."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()


def detail_row(detail: UsageDetail) -> list[str]:
    """Return the cells of one line; what is not known (any more) is empty."""
    sums = detail.sums
    is_outside = detail.guild_id == OUTSIDE_OF_SERVERS
    return [
        detail.day.isoformat(),
        "outside of servers" if is_outside else _number(detail.guild_id),
        _number(detail.user_id),
        text_cell(detail.model or ""),
        text_cell(detail.ending or ""),
        str(sums.jobs),
        f"{sums.charged:f}",
        f"{sums.reported:f}",
        f"{sums.reserved:f}",
    ]


def text_cell(text: str) -> str:
    """Return *text* as a cell that no spreadsheet takes for a formula."""
    # White space before the sign is ignored by some of them; a NUL ends the text for others.
    shown = text.replace("\0", "")
    return f"'{shown}" if shown.lstrip(" \n").startswith(_FORMULA_SIGNS) else shown


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
