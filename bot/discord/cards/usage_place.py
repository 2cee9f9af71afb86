"""Usage place: which page of the usage is shown, of which view and period, as one number. Pure.

The number is what the custom_ids of `/usage` carry. Whose usage it is, is in none of them.
"""

import dataclasses
from collections.abc import Sequence
from typing import Self

from bot.usage import periods
from db.usage_records import UsageView

_VIEWS = tuple(UsageView)
_VIEW_BASE = 10
_LAST_PAGE = 100_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class UsagePlace:
    """A page of the usage, counted from 0; `period` is a word of `bot.usage.periods`."""

    page: int = 0
    view: UsageView = UsageView.DAY
    period: str = periods.THIRTY_DAYS

    @property
    def number(self) -> int:
        """The place as a number that `of` reads."""
        numbered = self.page * periods.COUNT + periods.number_of(self.period)
        return numbered * _VIEW_BASE + _VIEWS.index(self.view)

    @classmethod
    def of(cls, number: int) -> Self:
        """Return the place of any *number*, which may be forged."""
        rest, view = divmod(number, _VIEW_BASE)
        page, period = divmod(rest, periods.COUNT)
        return cls(
            page=min(page, _LAST_PAGE),
            view=_VIEWS[view] if view < len(_VIEWS) else UsageView.DAY,
            period=periods.word_of(period),
        )

    def at(self, page: int) -> Self:
        """Return another page of the same."""
        return dataclasses.replace(self, page=page)

    def of_server(self) -> Self:
        """Return the place in one server's usage, which is not split by servers."""
        return dataclasses.replace(self, view=UsageView.DAY) if self._is_by_server else self

    @property
    def _is_by_server(self) -> bool:
        return self.view is UsageView.SERVER


def chosen_view(chosen: Sequence[str]) -> UsageView:
    """Return the view that was chosen in a menu; anything else, which may be forged, is by day."""
    return next((view for view in UsageView if view.value in chosen), UsageView.DAY)


def chosen_period(chosen: Sequence[str]) -> str:
    """Return the period that was chosen in a menu; anything else is 30 days."""
    return next((word for word in chosen if periods.is_period(word)), periods.THIRTY_DAYS)
