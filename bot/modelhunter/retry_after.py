"""The Retry-After header: when the server wants to be asked again."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


def read_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for, as seconds or as an HTTP date.

    *now* is in Unix seconds. A header that makes no sense counts as absent (RFC 9110, section
    10.2.3).
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)
