"""A Retry-After header is read in both of its forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modelhunter.retry_after import read_retry_after

_NOW = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("Sun, 06 Nov 1994 08:50:07 GMT", 30.0),
        ("Sun, 06 Nov 1994 08:50:07 -0000", 30.0),
        ("Sun, 06 Nov 1994 10:50:07 +0200", 30.0),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("1e999", None),
        ("9" * 400, None),
        ("Sun, 99 Nov 1994 08:50:07 GMT", None),
        ("Sun, 06 Nov 99999999999999999999 08:50:07 GMT", None),
    ],
)
def test_retry_after_forms(value: str | None, seconds: float | None) -> None:
    """Seconds and dates are read, a past date means now, and nonsense counts as absent."""
    assert seconds == read_retry_after(value, None, lambda: _NOW)


@given(
    st.text() | st.from_regex(r"\A[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ [A-Z+-]+\d*\Z")
)
def test_any_retry_after_is_read(value: str) -> None:
    """No header raises, and none asks for a wait before now."""
    assert (read_retry_after(value, None, lambda: _NOW) or 0.0) >= 0.0


@given(st.floats(-12 * 3600, 12 * 3600))
def test_a_retry_after_date_is_the_servers(ahead: float) -> None:
    """A date is compared with the date of the same response, whatever our clock shows."""
    until, sent = "Sun, 06 Nov 1994 08:50:07 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"
    assert read_retry_after(until, sent, lambda: _NOW + ahead) == 30.0
