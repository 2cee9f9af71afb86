"""Page query: which page of the task list is asked for (ModelHunter docs: list tasks)."""

import dataclasses
from datetime import UTC, datetime

LARGEST_PAGE = 100  # tasks that the API lists at once


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Which page of the task list; times are the API's."""

    start: datetime | None = None  # tasks created after it
    end: datetime | None = None  # and before that
    status: str | None = None  # one of the API's words
    cursor: str | None = None  # the page after the one that named it
    limit: int = LARGEST_PAGE

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the request."""
        asked = {
            "limit": str(self.limit),
            "startDate": None if self.start is None else _iso(self.start),
            "endDate": None if self.end is None else _iso(self.end),
            "status": self.status,
            "cursor": self.cursor,
        }
        return {name: value for name, value in asked.items() if value is not None}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
