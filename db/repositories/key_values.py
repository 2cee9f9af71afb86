"""Key-value store: small texts that are kept between runs."""

from sqlalchemy import Integer, Text, cast, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

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

    async def count_up(self, key: str) -> None:
        """Add 1 to the number stored under this name, which is 0 at first."""
        one_more = cast(cast(key_values.c.value, Integer) + 1, Text)
        async with self._engine.begin() as connection:
            postgres = connection.dialect.name == "postgresql"
            row = (postgresql.insert if postgres else sqlite.insert)(key_values)
            await connection.execute(
                row.values(key=key, value="1").on_conflict_do_update(
                    index_elements=[key_values.c.key], set_={"value": one_more}
                )
            )

    async def put_value(self, key: str, value: str) -> None:
        """Store the text under this name, in place of an earlier one."""
        async with self._engine.begin() as connection:
            postgres = connection.dialect.name == "postgresql"
            row = (postgresql.insert if postgres else sqlite.insert)(key_values)
            await connection.execute(
                row.values(key=key, value=value).on_conflict_do_update(
                    index_elements=[key_values.c.key], set_={"value": value}
                )
            )
