"""Small things to remember between runs, by name."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from db.tables import facts


class KeyValues:
    """Names and texts."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get_value(self, key: str) -> str | None:
        """Return the text of this name."""
        async with self._engine.connect() as connection:
            query = select(facts.c.value).where(facts.c.key == key)
            return (await connection.execute(query)).scalar_one_or_none()

    async def put_value(self, key: str, value: str) -> None:
        """Remember the text under this name, in the place of any other."""
        async with self._engine.begin() as connection:
            postgres = connection.dialect.name == "postgresql"
            row = (postgresql.insert if postgres else sqlite.insert)(facts)
            await connection.execute(
                row.values(key=key, value=value).on_conflict_do_update(
                    index_elements=[facts.c.key], set_={"value": value}
                )
            )
