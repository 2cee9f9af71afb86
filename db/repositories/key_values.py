"""Key-value store: small texts that are kept between runs."""

from collections.abc import Callable

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # SQLite writes it alike

from db.statements import Statement, Steps, only
from db.store import Store
from db.tables import key_values

_named = select(key_values.c.value).where(key_values.c.key == bindparam("name"))
_GET = Statement(_named)
_GET_TO_CHANGE = Statement(_named.with_for_update())
_row = insert(key_values).values(key=bindparam("name"), value=bindparam("text"))
_PUT = Statement(
    _row.on_conflict_do_update(
        index_elements=[key_values.c.key], set_={"value": _row.excluded.value}
    )
)

_PUT_FIRST = Statement(_row.on_conflict_do_nothing(index_elements=[key_values.c.key]))


class KeyValues:
    """Texts by name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get_value(self, key: str) -> str | None:
        """Return the text stored under this name, or None."""
        return await self._store.read(_get(_GET, key))

    async def change_value(self, key: str, change: Callable[[str | None], str]) -> None:
        """Store what *change* makes of the text under this name; no other change comes between.

        *change* is called within the transaction, which may be in another thread.
        """
        await self._store.transact(_change(key, change))

    async def put_value(self, key: str, value: str) -> None:
        """Store the text under this name, in place of an earlier one."""
        await self._store.write(only(_PUT(name=key, text=value)))

    async def value_or_put(self, key: str, value: str) -> str:
        """Return the text stored under this name; store *value* if there is none.

        Of processes that do so at once all get the same.
        """
        return await self._store.transact(_value_or_put(key, value))


def _value_or_put(key: str, value: str) -> Steps[str]:
    yield _PUT_FIRST(name=key, text=value)
    return (yield from _get(_GET, key)) or value


def _get(statement: Statement, key: str) -> Steps[str | None]:
    value: str | None = (yield statement(name=key)).value()
    return value


def _change(key: str, change: Callable[[str | None], str]) -> Steps[None]:
    # A row that is not there can't be locked, and two changes at once would both be the first.
    yield _PUT_FIRST(name=key, text="")
    old = yield from _get(_GET_TO_CHANGE, key)
    yield _PUT(name=key, text=change(old or None))
