"""Key-value store: small texts that are kept between runs."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.tables import key_values


class KeyValues:
    """Texts by name."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get_value(self, key: str) -> str | None:
        """Return the text stored under this name, or None."""
        async with self._engine.connect() as connection:
            query = select(key_values.c.value).where(key_values.c.key == key)
            return (await connection.execute(query)).scalar_one_or_none()

    async def change_value(self, key: str, change: Callable[[str | None], str]) -> None:
        """Store what *change* makes of the text under this name; no other change comes between."""
        async with self._engine.begin() as connection:
            query = select(key_values.c.value).where(key_values.c.key == key).with_for_update()
            old = (await connection.execute(query)).scalar_one_or_none()
            await _put(connection, key, change(old))

    async def put_value(self, key: str, value: str) -> None:
        """Store the text under this name, in place of an earlier one."""
        async with self._engine.begin() as connection:
            await _put(connection, key, value)


async def _put(connection: AsyncConnection, key: str, value: str) -> None:
    postgres = connection.dialect.name == "postgresql"
    row = (postgresql.insert if postgres else sqlite.insert)(key_values)
    await connection.execute(
        row.values(key=key, value=value).on_conflict_do_update(
            index_elements=[key_values.c.key], set_={"value": value}
        )
    )
