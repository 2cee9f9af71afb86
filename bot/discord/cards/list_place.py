"""List place: which page of a list is shown, with which filters, as one number. Pure.

The number is what the custom_ids of a list carry, so that its buttons and menus need no memory.
"""

import dataclasses
from collections.abc import Sequence
from typing import Self, TypeVar

from db.job_filters import JobFilter, JobGroup
from db.records import JobKind

# 0 is no filter. A kind or a group that is added goes to the end: the places are in custom_ids.
_KINDS: Sequence[JobKind | None] = (None, JobKind.VIDEO, JobKind.IMAGE, JobKind.SPEECH)
_GROUPS: Sequence[JobGroup | None] = (None, *JobGroup)
_BASE = 10  # one decimal digit for each filter
_LAST_PAGE = 100_000

_ValueT = TypeVar("_ValueT")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListPlace:
    """A page of a list, counted from 0, and what is filtered."""

    page: int = 0
    kind: JobKind | None = None
    group: JobGroup | None = None

    @property
    def number(self) -> int:
        """The place as a number that `of` reads."""
        return (self.page * _BASE + _KINDS.index(self.kind)) * _BASE + _GROUPS.index(self.group)

    @classmethod
    def of(cls, number: int) -> Self:
        """Return the place of any *number*, which may be forged; what it does not name is no filter."""
        rest, group = divmod(number, _BASE)
        page, kind = divmod(rest, _BASE)
        return cls(page=min(page, _LAST_PAGE), kind=_at(_KINDS, kind), group=_at(_GROUPS, group))

    def at(self, page: int) -> Self:
        """Return another page with the same filters."""
        return dataclasses.replace(self, page=page)

    @property
    def filter(self) -> JobFilter:
        """What a listed job must be."""
        return JobFilter(kind=self.kind, group=self.group)


FIRST_PLACE = ListPlace()


def _at(values: Sequence[_ValueT | None], index: int) -> _ValueT | None:
    return values[index] if index < len(values) else None


def chosen_kind(chosen: Sequence[str]) -> JobKind | None:
    """Return the kind that was chosen in a menu; anything else, which may be forged, is every kind."""
    return next((kind for kind in JobKind if kind.value in chosen), None)


def chosen_group(chosen: Sequence[str]) -> JobGroup | None:
    """Return the states that were chosen in a menu; anything else is every state."""
    return next((group for group in JobGroup if group.value in chosen), None)
