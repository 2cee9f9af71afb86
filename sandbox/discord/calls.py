"""REST calls of the bot, as they were received and answered."""

import dataclasses
from typing import Any


@dataclasses.dataclass(slots=True, kw_only=True)
class Upload:
    """One uploaded file."""

    name: str
    size: int  # bytes


@dataclasses.dataclass(slots=True, kw_only=True)
class Call:
    """One REST call; `status` is None while it is going on or if its connection was cut."""

    time: float  # Unix seconds
    method: str
    path: str  # without /api/v10, decoded
    json: Any
    query: dict[str, str]
    uploads: list[Upload]
    reason: str | None = None
    with_bot_token: bool = False
    status: int | None = None
    code: int | None = None  # Discord's JSON error code
    answered: float | None = None  # Unix seconds
    happened: bool = False  # whether the call was carried out


def is_upload(call: Call) -> bool:
    """Whether the call uploads files."""
    return bool(call.uploads)
