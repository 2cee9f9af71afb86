"""Records of the usage: what jobs have cost, by day, server, requester and model.

Amounts are US dollars. `charged` is what jobs that have ended cost; `reported` is the part of it that
the API reported, for the rest the price was booked because no cost was reported. `reserved` is what
is held for jobs that have not ended. `charged` and `reserved` together are what the ledger holds.
"""

import dataclasses
import datetime
import enum
from collections.abc import Mapping, Sequence
from decimal import Decimal

# A day, a server or a requester by its id, a model by its name; None: not known (any more).
UsageKey = datetime.date | int | str | None


class UsageView(enum.StrEnum):
    """By what the usage is split; the order is part of custom_ids, so it never changes."""

    DAY = "day"
    SERVER = "server"
    PERSON = "person"
    MODEL = "model"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageScope:
    """Which entries of the ledger are summed: UTC days, both included, of one server or of all."""

    first: datetime.date
    last: datetime.date
    guild_id: int | None = None  # None: every server, and direct messages


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageSums:
    """Sums over some entries."""

    jobs: int = 0
    charged: Decimal = Decimal(0)
    reported: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)

    @property
    def held(self) -> Decimal:
        """What the ledger holds."""
        return self.charged + self.reserved


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageTotals:
    """Sums over all entries of a scope, and how many jobs ended in which state."""

    sums: UsageSums
    endings: Mapping[str, int]
    running: int  # jobs that have not ended
    unknown: int  # entries of the version before, whose jobs were deleted


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """Sums over what has one key."""

    key: UsageKey
    sums: UsageSums


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageLines:
    """A part of the lines of a view, and how many there are on all."""

    lines: Sequence[UsageLine]
    total: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsageDetail:
    """Sums over what has everything in common."""

    day: datetime.date
    guild_id: int | None
    user_id: int | None
    model: str | None
    ending: str | None
    sums: UsageSums
