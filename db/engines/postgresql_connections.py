"""PostgreSQL's connections: opened when they are needed, and taken by those who wait in one line.

A connection whose work was broken off, by the network, a timeout or a caller that was cancelled, is
closed at once, and a new one is opened for the next: what it still does is unknown. One that was not
used for a minute is not trusted either, as firewalls and address translation forget it in silence.

The server ends what would hold others up for ever, also when this process is suspended or its machine
is gone: a statement, the wait for a lock, and a transaction that does nothing. It commits to its disk
before it answers, whatever its own default is, because the bot sends after it has committed.
"""

import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeAlias

import asyncpg
from sqlalchemy import URL

from db.engines.line import Line
from db.engines.postgresql_errors import CALL_TO_DRIVER, DriverFailed
from db.errors import StoreFailed

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_CONNECT_TIMEOUT = 5.0  # seconds
# Seconds for a statement, of which the server takes those below; more is a server that is silent.
_COMMAND_TIMEOUT = 12.0
_IDLE_AT_MOST = 60.0  # seconds
_STATEMENTS = 300  # prepared ones of a connection
_SETTINGS = """
    set statement_timeout = '10s';
    set lock_timeout = '5s';
    set idle_in_transaction_session_timeout = '5s';
    set tcp_keepalives_idle = '30s';
    set tcp_keepalives_interval = '5s';
    set tcp_keepalives_count = 3;
    set default_transaction_isolation = 'read committed';
    select set_config('synchronous_commit', 'on', false)
     where current_setting('synchronous_commit') in ('off', 'local');
"""
_READ_ONLY = "set default_transaction_read_only = on;"


def address_of(url: URL) -> str:
    """Return the address as the driver takes it, which reads libpq's options but for this one."""
    plain = url.set(drivername="postgresql").difference_update_query(["channel_binding"])
    return plain.render_as_string(hide_password=False)


async def connect(url: URL, *, only_reads: bool = False) -> Connection:
    """Open a connection, with the settings that the bot relies on."""
    connection = await asyncpg.connect(
        address_of(url),
        timeout=_CONNECT_TIMEOUT,
        command_timeout=_COMMAND_TIMEOUT,
        statement_cache_size=_STATEMENTS,
        server_settings={"application_name": "modelhunter-bot"},
    )
    try:
        await connection.execute(_SETTINGS + (_READ_ONLY if only_reads else ""))
    except BaseException:
        connection.terminate()
        raise
    return connection


class Connections:
    """A number of connections of one kind, readers or writers."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        size: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._line = Line(size)
        self._monotonic = monotonic
        self._idle: list[tuple[Connection, float]] = []
        self._is_open = True

    @contextlib.asynccontextmanager
    async def one(self, *, urgent: bool, new: bool = False) -> AsyncGenerator[Connection]:
        """Yield a connection, in one's turn; a *new* one where another was found broken."""
        async with self._line.place(urgent=urgent):
            if not self._is_open:
                raise StoreFailed("The database is closed.")
            connection = (None if new else self._kept()) or await self._open()
            try:
                yield connection
            except BaseException as error:
                if _is_in_doubt(error):
                    connection.terminate()
                raise
            finally:
                self._keep(connection)

    async def close(self) -> None:
        """Close the connections, without waiting for a server that does not answer."""
        self._is_open = False
        while self._idle:
            connection, _ = self._idle.pop()
            with contextlib.suppress(Exception):
                await connection.close(timeout=1.0)

    async def _open(self) -> Connection:
        with CALL_TO_DRIVER:
            return await self._connect()

    def _kept(self) -> "Connection | None":
        """Return the connection that was used last, if it can be trusted."""
        oldest = self._monotonic() - _IDLE_AT_MOST
        while self._idle:
            connection, used_at = self._idle.pop()
            if not connection.is_closed() and used_at >= oldest:
                return connection
            connection.terminate()
        return None

    def _keep(self, connection: Connection) -> None:
        if self._is_open and not connection.is_closed() and not connection.is_in_transaction():
            self._idle.append((connection, self._monotonic()))
        else:
            connection.terminate()


def _is_in_doubt(error: BaseException) -> bool:
    """Return whether *error* leaves a connection closed, of no use, or amid its work."""
    if isinstance(error, DriverFailed):
        return error.ends_connection
    return not isinstance(error, Exception)  # its caller was cancelled
