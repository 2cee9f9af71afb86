"""Unix seconds to the API's ISO 8601 and back."""

import datetime


def to_iso(seconds: float) -> str:
    """Return *seconds* as the API writes them, to the millisecond: 2026-01-15T09:50:00.000Z."""
    moment = datetime.datetime.fromtimestamp(round(seconds, 3), datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(moment: datetime.datetime) -> float:
    """Return *moment* in Unix seconds, whole milliseconds; without a zone it counts as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return round(moment.timestamp(), 3)
