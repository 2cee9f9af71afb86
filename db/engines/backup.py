"""Copy a SQLite database while it is in use, without what nobody needs in a copy."""

import contextlib
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Generator
from pathlib import Path

from sqlalchemy import URL, make_url, null, update
from sqlalchemy.exc import ArgumentError

from db.tables import jobs

_BUSY_TIMEOUT = 10.0  # seconds
_PREFIX, _SUFFIX = ".modelhunter-backup-", ".part"

# First out of WAL and without a journal of its own: no second file may keep what is erased.
_ERASE = (
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA secure_delete = ON",
    str(update(jobs).values(interaction_token=null())),
    # What was not sent when the copy was made may have been sent since: who restores it must look
    # for such a job at the API and never send it again.
    "UPDATE jobs SET state = 'submitting', submitted_at = created_at WHERE state = 'accepted'",
    # Also what stood in pages that were free when they were copied.
    "VACUUM",
)


class BackupRefused(Exception):
    """No copy was made; its text is one sentence for the operator."""


def backup(address: str, target: Path) -> int:
    """Copy the database at *address* to the new file *target* and return the copy's size in bytes.

    The copy is one moment of the database, however much is written meanwhile. Interaction tokens
    are left out, and only the owner may read it. Jobs that were not sent are marked as perhaps
    sent: a restored copy must not pay twice.

    Raises:
        BackupRefused: Its text says what the operator must change.
    """
    source = _file_of(address)
    try:
        _remove_left_behind(target.parent)
        if target.exists():
            raise FileExistsError
        with _scratch(target.parent) as scratch:
            _copy(source, scratch)
            _erase_tokens(scratch)
            _name(scratch, target)
    except FileExistsError as error:
        raise BackupRefused(f"{target} is there already: name a new file.") from error
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BackupRefused(f"The copy could not be made: {reason}.") from error
    return target.stat().st_size


def _file_of(address: str) -> Path:
    url = _parse(address)
    if url.get_backend_name() == "postgresql":
        raise BackupRefused("DATABASE_URL names PostgreSQL: use pg_dump, which comes with it.")
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        raise BackupRefused("DATABASE_URL names no file that could be copied.")
    path = Path(str(url.database))
    if not path.is_file():
        raise BackupRefused(f"There is no database at {path}.")
    return path


def _parse(address: str) -> URL:
    try:
        return make_url(address)
    except ArgumentError:
        # The address may hold a password: neither repeated here nor kept as the cause.
        raise BackupRefused("DATABASE_URL is not an address.") from None


@contextlib.contextmanager
def _scratch(folder: Path) -> Generator[Path]:
    """Yield an empty private file beside the target: half a copy never has the target's name.

    It is locked as long as this process lives, so that the next one knows what was left behind.
    """
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
        os.close(descriptor)


def _name(scratch: Path, target: Path) -> None:
    try:
        os.link(scratch, target)  # unlike a renaming, it overwrites nothing
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.rename(scratch, target)


def _remove_left_behind(folder: Path) -> None:
    """Delete the halves of copies whose processes were killed: they may hold tokens."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError), path.open("rb") as half:
            fcntl.flock(half, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _copy(source: Path, target: Path) -> None:
    """Copy every page in one step: in WAL mode that is a snapshot and holds up no writer."""
    address = f"{source.absolute().as_uri()}?mode=rw"
    with (
        contextlib.closing(sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT)) as one,
        contextlib.closing(sqlite3.connect(target)) as other,
    ):
        one.backup(other)


def _erase_tokens(copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for statement in _ERASE:
            connection.execute(statement)
        if connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise BackupRefused("The database is damaged, so that a copy would be too.")
    with copy.open("rb") as file:
        os.fsync(file.fileno())
