"""The CSV is read back as it was written, and no cell of it is carried out."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usage.csv_lines import HEADER, csv_text, detail_row, text_cell
from db.usage_records import UsageDetail, UsageSums

DAY = datetime.date(2026, 11, 27)
SIGNS = "=+-@\t\r"


def a_detail(**changes: object) -> UsageDetail:
    """Return a line of the usage."""
    values: dict[str, object] = {
        "day": DAY,
        "guild_id": 22,
        "user_id": 2**62,
        "model": "vidu-q3",
        "ending": "delivered",
        "sums": UsageSums(jobs=2, charged=Decimal("0.8"), reported=Decimal("0.4")),
        **changes,
    }
    return UsageDetail(**values)  # type: ignore[arg-type]


def test_a_line_has_every_figure() -> None:
    """Amounts are plain decimal numbers, and what is not known is empty."""
    assert csv_text([HEADER, detail_row(a_detail())]).split("\r\n") == [
        "day_utc,server_id,user_id,model,ending,jobs,charged_usd,reported_usd,reserved_usd",
        f"2026-11-27,22,{2**62},vidu-q3,delivered,2,0.8,0.4,0",
        "",
    ]
    unknown = a_detail(guild_id=0, user_id=None, model=None, ending=None)
    assert detail_row(unknown)[1:5] == ["outside of servers", "", "", ""]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://example.org")',
        "+1+1",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n=1",
        "\0=1",
    ],
)
def test_what_a_spreadsheet_would_carry_out_is_quoted(text: str) -> None:
    """A text that begins like a formula is shown as it is."""
    assert text_cell(text) == f"'{text}".replace("\0", "")


@given(st.lists(st.builds(a_detail, model=st.text(), ending=st.none() | st.text()), max_size=5))
def test_every_line_is_read_back_and_none_is_a_formula(details: list[UsageDetail]) -> None:
    """Whatever a model is called, it stays in its cell and is no formula there."""
    text = csv_text(map(detail_row, details))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(details)
    for row, detail in zip(rows, details, strict=True):
        assert len(row) == len(HEADER)
        for cell, given_text in zip(row[3:5], (detail.model, detail.ending), strict=True):
            plain = (given_text or "").replace("\0", "")
            assert cell.removeprefix("'") == plain.removeprefix("'")
            assert not cell.lstrip(" \n").startswith(tuple(SIGNS))
