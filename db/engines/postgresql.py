"""PostgreSQL: readers and writers over asyncpg, whose statements run between awaits.

Isolation is READ COMMITTED: each statement sees what was committed before it began, and a conditional
write that waited for a row looks at its condition again. That is what the statements are written for:
a change names the version that it was decided on, and what must be decided by one at a time, as the
budgets, first locks a row (`db.repositories.acceptance`). So no transaction is refused for having come
too late, as it would be in the stricter isolations.

A server that stops, a connection that is lost and a deadlock are met with another try, where that is
safe: of a statement that only reads always; of one that writes if the server has said that it had no
effect; of a transaction until its first answer, as nothing can have been committed by then. All else is
StoreFailed, also a commit whose answer was lost. Callers decide anew by what they find in the rows.
"""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from typing import Generic, TypeVar

from sqlalchemy import URL, make_url

from db.engines.postgresql_connections import Connection, Connections, connect
from db.engines.postgresql_errors import CALL_TO_DRIVER, DriverFailed
from db.errors import NotBegun
from db.statements import Answer, Call, Rows, Steps
from db.text_values import storable_values

Result = TypeVar("Result")

_WRITERS = 5
_READERS = 3
_TRIES = 3
DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


class PostgresStore:
    """Store on a PostgreSQL database (`db.store` explains the calls)."""

    dialect_name = "postgresql"

    def __init__(self, writers: Connections, readers: Connections) -> None:
        self._writers = writers
        self._readers = readers

    async def read(self, steps: Steps[Answer]) -> Answer:
        """Run *steps* on readers; each statement sees what is committed when it begins."""
        return await _one_by_one(steps, self._read)

    async def write(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:
        """Run *steps*, whose statements are committed by themselves."""
        return await _one_by_one(steps, partial(self._write, urgent=urgent))

    async def transact(
        self,
        steps: Steps[Answer],
        *,
        urgent: bool = False,
        is_late: Callable[[], bool] | None = None,
    ) -> Answer:
        """Run *steps* in a transaction."""
        transaction = _Transaction(steps, is_late)
        return await _tried(
            self._writers, transaction.carry_out, transaction.may_repeat, urgent=urgent
        )

    async def _read(self, call: Call) -> Rows:
        return await _tried(
            self._readers, partial(_fetch, call), lambda failed: failed.may_pass, urgent=True
        )

    async def _write(self, call: Call, *, urgent: bool) -> Rows:
        return await _tried(
            self._writers,
            partial(_fetch, call),
            lambda failed: failed.had_no_effect,
            urgent=urgent,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._writers.close()
        await self._readers.close()


class _Transaction(Generic[Answer]):
    """Steps between a BEGIN and a COMMIT, which can be begun anew until they had an answer."""

    def __init__(self, steps: Steps[Answer], is_late: Callable[[], bool] | None) -> None:
        self._steps = steps
        self._is_late = is_late
        self._first: Call | None = None
        self._is_answered = False

    def may_repeat(self, failed: DriverFailed) -> bool:
        """Return whether nothing can have come of it."""
        return failed.may_pass and not self._is_answered

    async def carry_out(self, connection: Connection) -> Answer:
        """Carry it out, whole or not at all."""
        if self._is_late is not None and self._is_late():
            raise NotBegun("It came too late to be of use.")
        with CALL_TO_DRIVER:
            transaction = connection.transaction()
            await transaction.start()
        try:
            answer = await self._run(connection)
        except Exception as error:
            if not (isinstance(error, DriverFailed) and error.ends_connection):
                with CALL_TO_DRIVER:
                    await transaction.rollback()
            raise
        with CALL_TO_DRIVER:
            await transaction.commit()
        return answer

    async def _run(self, connection: Connection) -> Answer:
        try:
            call = self._first = self._first or next(self._steps)
            while True:
                rows = await _fetch(call, connection)
                self._is_answered = True
                call = self._steps.send(rows)
        except StopIteration as end:
            self._is_answered = True
            answer: Answer = end.value
            return answer


async def _one_by_one(steps: Steps[Answer], carry_out: Callable[[Call], Awaitable[Rows]]) -> Answer:
    try:
        call = next(steps)
        while True:
            call = steps.send(await carry_out(call))
    except StopIteration as end:
        answer: Answer = end.value
        return answer


async def _tried(
    connections: Connections,
    work: Callable[[Connection], Awaitable[Result]],
    may_repeat: Callable[[DriverFailed], bool],
    *,
    urgent: bool,
) -> Result:
    """Return what *work* makes of a connection, on another one where it may be repeated."""
    tries_left = _TRIES
    while True:
        tries_left -= 1
        try:
            async with connections.one(urgent=urgent, new=tries_left < _TRIES - 1) as connection:
                return await work(connection)
        except DriverFailed as failed:
            if not tries_left or not may_repeat(failed):
                raise failed.for_store from None


async def _fetch(call: Call, connection: Connection) -> Rows:
    compiled = call.statement.compiled(DIALECT)
    values = storable_values(compiled.bind(call.values))
    with CALL_TO_DRIVER:
        rows = await connection.fetch(compiled.text, *values)
    return Rows(compiled, [tuple(row) for row in rows])


@contextlib.asynccontextmanager
async def open_store(url: URL) -> AsyncGenerator[PostgresStore]:
    """Yield the store on a database whose tables are up to date."""
    store = PostgresStore(
        Connections(partial(connect, url), _WRITERS),
        Connections(partial(connect, url, only_reads=True), _READERS),
    )
    try:
        yield store
    finally:
        await store.close()
