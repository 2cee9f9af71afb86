"""Know whether another process works on the same SQLite file, so that a restart need not wait.

A lease says when a dead process's jobs may be taken; a file lock, which the kernel drops with its
process, says at once that there is none.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import make_url


@contextmanager
def presence(address: str) -> Generator[bool]:
    """Be seen on the database at *address*; yield whether nobody else is there.

    Always False for databases that are no file: their leases alone tell.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        yield False
        return
    with open(f"{url.database}.lock", "a+", opener=_private) as lock:
        alone = _is_free(lock.fileno())
        # POSIX locks change from exclusive to shared in one step; flock's would let another in.
        fcntl.lockf(lock, fcntl.LOCK_SH)
        yield alone


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
