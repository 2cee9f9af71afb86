"""PostgreSQL's inspection: what a database is like, without changing it and beside bots that use it.

How long a commit takes is measured with a temporary table, which ends with its transaction.
"""

import statistics
import time

import asyncpg
from sqlalchemy import URL

from db.engines.inspection import COMMITS, DatabaseFacts, DatabaseFault, Fault, Tables, compare
from db.engines.postgresql_connections import Connection, connect
from db.engines.postgresql_errors import first_line
from db.engines.postgresql_start import SERVER_FACTS, check_server
from db.errors import DatabaseUnusable

_LOGIN = (
    asyncpg.InvalidAuthorizationSpecificationError,  # a password that is wrong is one
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)
_LAST_STEP = "select version_num from alembic_version"
_MAY_MAKE_TABLES = "select has_schema_privilege(current_schema(), 'create')"
_MAY_CHANGE_ROWS = """
    select has_table_privilege('jobs', 'select') and has_table_privilege('jobs', 'insert')
       and has_table_privilege('jobs', 'update') and has_table_privilege('jobs', 'delete')
"""


async def inspect_postgresql(url: URL) -> DatabaseFacts:
    """Return what the database at *url* is like.

    Raises:
        DatabaseFault: It can't be used.
    """
    connection = await _open(url)
    try:
        check_server(await connection.fetch(SERVER_FACTS))
        tables = compare(await _last_step(connection))
        if not await connection.fetchval(
            _MAY_CHANGE_ROWS if tables is Tables.READY else _MAY_MAKE_TABLES
        ):
            raise DatabaseFault(Fault.RIGHTS, "the user may not make or change the bot's tables")
        return DatabaseFacts(
            engine=f"PostgreSQL {connection.get_server_version().major}",
            tables=tables,
            size=await connection.fetchval("select pg_database_size(current_database())"),
            commit=await _measured(connection),
            is_checked=True,
        )
    except DatabaseUnusable as error:
        raise DatabaseFault(Fault.UNSUITABLE, str(error)) from error
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseFault(Fault.RIGHTS, first_line(error)) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise DatabaseFault(Fault.UNREACHABLE, first_line(error)) from error
    finally:
        connection.terminate()


async def _open(url: URL) -> Connection:
    try:
        return await connect(url)
    except _LOGIN as error:
        raise DatabaseFault(Fault.LOGIN, first_line(error)) from None
    except (
        TypeError,
        ValueError,
    ) as error:  # one of the driver's own too; their words may repeat a password
        raise DatabaseFault(
            Fault.ADDRESS, f"a part of it is not understood: {type(error).__name__}"
        ) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseFault(Fault.UNREACHABLE, first_line(error)) from None
    except OSError as error:
        words = error.strerror or "it does not answer in time"
        raise DatabaseFault(Fault.UNREACHABLE, words) from None


async def _last_step(connection: Connection) -> str | None:
    if await connection.fetchval("select to_regclass('alembic_version')") is None:
        return None
    step = await connection.fetchval(_LAST_STEP)
    return None if step is None else str(step)


async def _measured(connection: Connection) -> float | None:
    """Return the seconds that a commit takes, None where no temporary table may be made."""
    try:
        return statistics.median([await _commit(connection) for _ in range(COMMITS)])
    except asyncpg.InsufficientPrivilegeError:
        return None


async def _commit(connection: Connection) -> float:
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("create temporary table commits (at int) on commit drop")
    begun = time.perf_counter()
    await transaction.commit()
    return time.perf_counter() - begun
