"""Group commit: pieces of work that wait together are written by one transaction.

Each commit waits for the disk. While pieces come faster than the disk takes them, those that have
come in the meantime are carried out one after the other in one transaction, and have their outcomes
once it is committed. So the database takes more in a second the more there is to do, where a burst
of commands would else wait longer and longer.

For a piece nothing changes: it sees what those before it have written, as if each had been committed,
and one that fails is undone by itself, as each transaction in the transaction is a savepoint. Where
SQLite ends the transaction, as on a full disk, nothing of the group is written: those that were
carried out fail as well, and the others are tried by themselves.
"""

import sqlite3
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from db.engines.sqlite_statements import control
from db.engines.work import Work
from db.errors import StoreFailed

_BEGIN = "BEGIN IMMEDIATE"
_SAVE = "SAVEPOINT piece"
_UNDO = "ROLLBACK TO piece"
_KEEP = "RELEASE piece"


def carry_out_together(connection: sqlite3.Connection, waiting: deque[Work]) -> None:
    """Carry out the pieces that wait, but for those that are of no use any more, and commit them."""
    group = [waiting.popleft() for _ in range(len(waiting))]
    wanted = [work for work in group if not work.leave_out()]
    if len(wanted) == 1:
        _carry_out_alone(connection, wanted[0])
    elif wanted:
        _carry_out_group(connection, wanted)


def _carry_out_alone(connection: sqlite3.Connection, work: Work) -> None:
    """Carry out one piece; a statement alone is committed by itself."""
    try:
        if work.is_transaction:
            control(connection, _BEGIN)
        work.carry_out(connection)
        if work.is_transaction and not work.has_failed:
            control(connection, "COMMIT")
    except StoreFailed as error:
        work.fail(error)
    _end(connection)


def _carry_out_group(connection: sqlite3.Connection, group: Sequence[Work]) -> None:
    done: list[Work] = []
    try:
        control(connection, _BEGIN)
        for work in group:
            done.append(work)
            _carry_out_within(connection, work)
        control(connection, "COMMIT")
    except StoreFailed as error:
        _end(connection)
        for work in done or group:
            work.fail(error)
        for work in group[len(done) :] if done else ():
            _carry_out_alone(connection, work)


def _carry_out_within(connection: sqlite3.Connection, work: Work) -> None:
    """Carry out a piece in the transaction; raises StoreFailed if that has come to its end."""
    if not work.is_transaction:
        work.carry_out(connection)
    else:
        control(connection, _SAVE)
        work.carry_out(connection)
        if work.has_failed and connection.in_transaction:
            control(connection, _UNDO)
        if connection.in_transaction:
            control(connection, _KEEP)
    if not connection.in_transaction:
        raise work.store_error() or StoreFailed("SQLite has ended the transaction.")


def _end(connection: sqlite3.Connection) -> None:
    """Undo a transaction that is still open; some errors have ended it themselves."""
    if connection.in_transaction:
        with suppress(StoreFailed):
            control(connection, "ROLLBACK")
