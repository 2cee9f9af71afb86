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
from typing import TextIO

from sqlalchemy import make_url


@asynccontextmanager
async def instance_lock(
    address: str, *, when_alone: Callable[[], Awaitable[None]]
) -> AsyncGenerator[None]:
    """Hold the lock of the database at *address*; await *when_alone* first if no other holds it.

    A process that starts in the meantime waits until *when_alone* has returned, so that its own
    jobs are not taken. For a database that is no file *when_alone* is never called.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        yield
        return
    with _open_lock(f"{url.database}.lock") as lock:
        if _is_free(lock.fileno()):
            await when_alone()
        # POSIX locks change from exclusive to shared in one step. flock(2) unlocks in between, and
        # another process could become the one that is alone.
        await asyncio.to_thread(fcntl.lockf, lock.fileno(), fcntl.LOCK_SH)
        yield


def _open_lock(path: str) -> TextIO:
    return open(path, "a+", opener=_private)


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
