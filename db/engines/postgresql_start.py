"""PostgreSQL's start: the server is waited for, the database is checked, its tables are brought up to date.

After a reboot the bot may be started before the server is. A process that ended then would have to be
started again by hand or by chance, so it waits for a minute, and says so.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import asyncpg
from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from db.engines.postgresql_connections import address_of
from db.errors import DatabaseUnusable

log = logging.getLogger(__name__)

WAIT_FOR_SERVER = 60.0  # seconds
_PAUSE = 1.0
_CONNECT_TIMEOUT = 5.0
_OLDEST = 120_000  # PostgreSQL 12
# A server that starts, is about to stop, has no place, or is not there yet.
_MAY_PASS = (
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ConnectionDoesNotExistError,
    OSError,
)


async def make_ready(
    url: URL,
    migrate: Callable[[Connection], None],
    *,
    wait: float = WAIT_FOR_SERVER,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Bring the tables up to date in one transaction, once the server answers within *wait* seconds.

    Raises:
        DatabaseUnusable: The text is one sentence for the operator, without the address.
    """
    until = monotonic() + wait
    while True:
        try:
            return await _make_ready(url, migrate)
        except _MAY_PASS as error:
            if monotonic() + _PAUSE > until:
                raise DatabaseUnusable(_explain(error)) from None
            log.warning("%s Trying again", _explain(error))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError) as error:
            raise DatabaseUnusable(_explain(error)) from None
        except (TypeError, ValueError) as error:
            # A part that the driver does not know; its words may repeat a password.
            raise DatabaseUnusable(
                "DATABASE_URL has a part that the driver does not understand"
                f" ({type(error).__name__})."
            ) from None
        await sleep(_PAUSE)


async def _make_ready(url: URL, migrate: Callable[[Connection], None]) -> None:
    """Check and migrate; Alembic needs SQLAlchemy's connection."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: _connect_checked(url),
        hide_parameters=True,
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


async def _connect_checked(url: URL) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(address_of(url), timeout=_CONNECT_TIMEOUT)
    try:
        check_server(await connection.fetch(SERVER_FACTS))
    except BaseException:
        connection.terminate()
        raise
    return connection


SERVER_FACTS = """
    select current_setting('server_version_num')::int, current_setting('server_encoding'),
           pg_is_in_recovery()
"""


def check_server(facts: "list[asyncpg.Record]") -> None:
    """Raise DatabaseUnusable where what `SERVER_FACTS` has found is no server for the bot."""
    version, encoding, is_standby = facts[0]
    if version < _OLDEST:
        raise DatabaseUnusable(
            f"The server is PostgreSQL {version // 10_000}: version"
            f" {_OLDEST // 10_000} is the oldest that the bot runs on."
        )
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"The database's encoding is {encoding}: create it anew with `createdb --encoding=UTF8"
            " --template=template0 NAME`."
        )
    if is_standby:
        raise DatabaseUnusable(
            "DATABASE_URL names a standby, which only reads: name the primary server."
        )


def _explain(error: BaseException) -> str:
    """Return one sentence, with the server's own words where they hold no value."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, TimeoutError):
        return "The database can't be opened: the server does not answer."
    lines = str(getattr(cause, "strerror", None) or cause).splitlines()
    text = lines[0].rstrip(".") if lines else type(cause).__name__
    return f"The database can't be opened: {text}."
