"""Scratch folders for files in work: locked by their process, deleted after a crash.

A process that is killed leaves its folder behind. Each folder is therefore locked (flock) by the
process that uses it. The kernel drops the lock when that process ends, however it ends, so a folder
that can be locked is not in use and may be deleted.
"""

import asyncio
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.media.errors import DownloadFailed

_PREFIX = "modelhunter-result-"
_TRIES = 5


@asynccontextmanager
async def scratch_folder() -> AsyncGenerator[Path]:
    """Yield a new folder, and delete it with its contents when the block is left.

    Not `tempfile.TemporaryDirectory`, which makes and deletes on the event loop.

    Raises:
        DownloadFailed: The disk is full or can't be written; retryable.
    """
    try:
        folder, lock = await asyncio.to_thread(_make)
    except OSError as error:
        raise DownloadFailed(f"no room for files: {error.strerror}", retryable=True) from error
    try:
        yield folder
    finally:
        os.close(lock)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def remove_stale_folders() -> None:
    """Delete the folders of processes that were killed; blocks, so call it in a thread."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            lock = _lock(folder)
        except OSError:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make() -> tuple[Path, int]:
    """Return a new folder and the descriptor that locks it; blocks.

    Another process that starts at this moment may take it for a stale one, and delete it before it
    is locked: then there is another try.

    Raises:
        OSError: The disk is full or can't be written.
    """
    for left in reversed(range(_TRIES)):
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        try:
            lock = _lock(folder)
        except OSError:
            if not left:
                raise
            continue
        if folder.exists():
            return folder, lock
        os.close(lock)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def _lock(folder: Path) -> int:
    """Lock *folder* until the returned descriptor is closed.

    Raises:
        OSError: It does not exist, belongs to another user, or is locked.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
