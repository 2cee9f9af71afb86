"""PostgreSQL: a pool of asyncpg's connections, which read and write alike.

It is imported when an address names PostgreSQL. asyncpg's errors may repeat what was to be written,
so that only their class and their first line go further, and of values that it does not take only
the class.
"""

import contextlib
import importlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from db.errors import NotBegun, RowExists, StoreFailed
from db.statements import Answer, Rows, Steps

_CONNECTIONS = 10
_COMMAND_TIMEOUT = 10.0  # seconds
_DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


class PostgresStore:
    """Store on a PostgreSQL database (`db.store` explains the calls)."""

    dialect_name = "postgresql"

    def __init__(self, pool: Any, driver: Any) -> None:
        self._pool = pool
        self._driver = driver

    async def read(self, steps: Steps[Answer]) -> Answer:
        """Run *steps*."""
        return await self.write(steps)

    async def write(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:  # noqa: ARG002
        """Run *steps*, whose statements are committed by themselves."""
        async with self._connection() as connection:
            return await _run(connection, steps)

    async def transact(
        self,
        steps: Steps[Answer],
        *,
        urgent: bool = False,  # noqa: ARG002
        is_late: Callable[[], bool] | None = None,
    ) -> Answer:
        """Run *steps* in a transaction."""
        async with self._connection() as connection:
            if is_late is not None and is_late():
                raise NotBegun("It came too late to be of use.")
            async with connection.transaction():
                return await _run(connection, steps)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Any]:
        errors = self._driver.exceptions
        try:
            async with self._pool.acquire() as connection:
                yield connection
        except errors.UniqueViolationError as error:
            raise RowExists(_first_line(error)) from None
        except (errors.DataError, errors.InterfaceError) as error:
            raise StoreFailed(f"(asyncpg.{type(error).__name__})") from None
        except errors.PostgresError as error:
            raise StoreFailed(_first_line(error)) from None
        except TimeoutError as error:
            raise StoreFailed("The database did not answer in time.") from error


async def make_ready(url: URL, migrate: Callable[[Connection], None]) -> None:
    """Bring the tables up to date in one transaction; Alembic needs SQLAlchemy's connection."""
    engine = create_async_engine(
        _with_ssl(url).set(drivername="postgresql+asyncpg"), hide_parameters=True
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


@contextlib.asynccontextmanager
async def open_store(url: URL) -> AsyncGenerator[PostgresStore]:
    """Yield the store on a database whose tables are up to date."""
    driver = importlib.import_module("asyncpg")
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with driver.create_pool(
        address,
        min_size=1,
        max_size=_CONNECTIONS,
        command_timeout=_COMMAND_TIMEOUT,
        init=_take_json_as_text,
    ) as pool:
        yield PostgresStore(pool, driver)


def _with_ssl(url: URL) -> URL:
    """Return the address with libpq's name of an option, which hosted servers use, as SQLAlchemy's."""
    query = {("ssl" if key == "sslmode" else key): value for key, value in url.query.items()}
    return url.set(query=query)


async def _take_json_as_text(connection: Any) -> None:
    await connection.set_type_codec(
        "json", encoder=str, decoder=json.loads, schema="pg_catalog", format="text"
    )


async def _run(connection: Any, steps: Steps[Answer]) -> Answer:
    try:
        call = next(steps)
        while True:
            compiled = call.statement.compiled(_DIALECT)
            rows = await connection.fetch(compiled.text, *compiled.bind(call.values))
            call = steps.send(Rows(compiled, [tuple(row) for row in rows]))
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def _first_line(error: Exception) -> str:
    words = str(error).splitlines() or [""]
    return f"(asyncpg.{type(error).__name__}) {words[0]}"
