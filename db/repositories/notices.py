"""Notices: what one process has learned of Discord or of the API, and for how long it holds for all.

A notice has a name, and the time until which it holds, in Unix seconds of the processes' steady clocks,
which all follow Discord's (`bot.clock`). A later notice of the same name makes it hold longer, never
shorter, so that many processes may write it at once.
"""

import dataclasses
from collections.abc import Sequence

from sqlalchemy import Double, bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert  # SQLite writes it alike

from db.statements import Statement, Steps
from db.store import Store
from db.tables import notices

_row = insert(notices).values(name=bindparam("notice"), until=bindparam("until"))
_PUT = Statement(
    _row.on_conflict_do_update(
        index_elements=[notices.c.name],
        set_={
            "until": case(
                (notices.c.until > _row.excluded.until, notices.c.until),
                else_=_row.excluded.until,
            )
        },
    )
)
_now = bindparam("now", type_=Double)
_CURRENT = Statement(select(notices).where(notices.c.until > _now).order_by(notices.c.name))
_DROP_OLD = Statement(delete(notices).where(notices.c.until <= _now))


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Notice:
    """Something that holds for all processes until a time (Unix seconds)."""

    name: str
    until: float


class Notices:
    """Notices of all processes on one database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, given: Sequence[Notice], now: float) -> None:
        """Store notices, and drop those that are over."""
        await self._store.transact(_put(given, now))

    async def current(self, now: float) -> Sequence[Notice]:
        """Return the notices that hold *now*."""
        return await self._store.read(_current(now))


def _put(given: Sequence[Notice], now: float) -> Steps[None]:
    yield _DROP_OLD(now=now)
    for notice in sorted(given):
        yield _PUT(notice=notice.name, until=notice.until)


def _current(now: float) -> Steps[Sequence[Notice]]:
    return [Notice(*row) for row in (yield _CURRENT(now=now))]
