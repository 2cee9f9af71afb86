"""The Retry-After header: when the server wants to be asked again."""

import re
from collections.abc import Callable

from bot.clock import read_http_date

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


def read_retry_after(
    value: str | None, date: str | None, clock: Callable[[], float]
) -> float | None:
    """Return the seconds that a Retry-After header asks for, as seconds or as an HTTP date.

    An HTTP date is one of the server's clock, so it is compared with the response's own *date*, and
    with *clock* (Unix seconds) only where that is missing. A header that makes no sense counts as
    absent (RFC 9110, section 10.2.3).
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return float(value)
    until, now = read_http_date(value), read_http_date(date)
    if until is None:
        return None
    return max(0.0, until - (clock() if now is None else now))
