"""Instance lock: whether another process uses the same SQLite file.

The jobs of a process that was killed can be claimed once its lease has expired, up to half a minute
later (`db.repositories.claims`). A file lock shortens that for the usual case of one process: the
kernel drops the lock with its process, so the process that gets it alone knows that no other one
uses the database, and may take all jobs at once. Databases that are no file have leases alone.

Each process holds the lock shared while it runs. A new one first tries to get it exclusively:

    gets it      it is alone: `when_alone` is called while others have to wait, then the lock is
                 changed to shared
    is refused   others run: it waits for its share, and their leases decide
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from db.engines.database_url import parse_database_url
from db.errors import DatabaseUnusable


@asynccontextmanager
async def instance_lock(
    address: str, *, when_alone: Callable[[], Awaitable[None]]
) -> AsyncGenerator[None]:
    """Hold the lock of the database at *address*; await *when_alone* first if no other holds it.

    A process that starts in the meantime waits until *when_alone* has returned, so that its own
    jobs are not taken. For a database that is no file *when_alone* is never called.

    Raises:
        DatabaseUnusable: The lock's file can't be written.
    """
    path = parse_database_url(address).path
    if path is None:
        yield
        return
    with _open_lock(path.with_name(f"{path.name}.lock")) as lock:
        if _is_free(lock.fileno()):
            await when_alone()
        # POSIX locks change from exclusive to shared in one step. flock(2) unlocks in between, and
        # another process could become the one that is alone.
        await asyncio.to_thread(fcntl.lockf, lock.fileno(), fcntl.LOCK_SH)
        yield


def _open_lock(path: Path) -> TextIO:
    try:
        return open(path, "a+", opener=_private)
    except OSError as error:
        raise DatabaseUnusable(
            f"The file {path} can't be written ({error.strerror}):"
            " name another folder with DATABASE_URL."
        ) from error


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
