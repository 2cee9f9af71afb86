"""Know whether another process works on the same SQLite file, so that a restart need not wait.

A lease says when a dead process's jobs may be taken; a file lock, which the kernel drops with its
process, says at once that there is none.
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
    """Be seen on the database at *address*, after *when_alone* if nobody else is there.

    Whoever comes meanwhile waits until *when_alone* is done: nobody is taken for dead who lives.
    It is never called for databases that are no file: their leases alone tell.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        yield
        return
    with _open_lock(f"{url.database}.lock") as lock:
        if _is_free(lock.fileno()):
            await when_alone()
        # POSIX locks change from exclusive to shared in one step; flock's would let another in.
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
