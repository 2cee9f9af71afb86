"""Backup: copy a SQLite database while it is in use, without its secrets and drafts.

The copy is made in a private temporary file beside the target, cleaned there, checked, and only
then given the target's name. So a file of that name is always a whole copy without tokens. A
process that is killed leaves its temporary file, which the next backup deletes.
"""

import contextlib
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Generator
from pathlib import Path

from sqlalchemy import delete, null, update

from db.engines.database_url import parse_database_url
from db.engines.integrity import is_whole
from db.errors import BackupRefused, DatabaseUnusable
from db.tables import WEBHOOK_KEY, drafts, jobs, key_values

_BUSY_TIMEOUT = 10.0  # seconds
_PREFIX, _SUFFIX = ".modelhunter-backup-", ".part"

# First out of WAL, and with a journal in memory: no second file may keep what is erased.
_ERASE = (
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA secure_delete = ON",
    str(update(jobs).values(interaction_token=null(), input_sources=null())),
    # A new key is made where the copy is restored; jobs whose addresses had this one are polled.
    f"{delete(key_values)} WHERE key = '{WEBHOOK_KEY}'",
    # A price that waits for its yes is asked about here, and not where the copy is restored.
    str(delete(drafts)),
    # A job that was unsent when the copy was made may have been sent since. A bot that runs on the
    # restored copy must look for its task at the API and never send it again.
    "UPDATE jobs SET state = 'submitting', submitted_at = created_at WHERE state = 'accepted'",
    # Also what is left in free pages, which are copied too.
    "VACUUM",
)


def backup(address: str, target: Path) -> int:
    """Copy the database at *address* to the new file *target* and return the copy's size in bytes.

    The copy is a snapshot, however much is written in the meantime. Only the owner may read it.
    Jobs that were not sent are marked as perhaps sent, so that a restored copy does not pay twice.

    Raises:
        BackupRefused: No copy was made; the text says what the operator must change.
    """
    source = _file_of(address)
    try:
        _remove_stale(target.parent)
        if target.exists():
            raise FileExistsError
        with _scratch(target.parent) as scratch:
            _copy(source, scratch)
            _erase_tokens(scratch)
            _give_name(scratch, target)
    except FileExistsError as error:
        raise BackupRefused(f"{target} is there already: name a new file.") from error
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BackupRefused(f"The copy could not be made: {reason}.") from error
    return target.stat().st_size


def _file_of(address: str) -> Path:
    try:
        database = parse_database_url(address)
    except DatabaseUnusable as error:
        raise BackupRefused(str(error)) from None
    if database.url.get_backend_name() == "postgresql":
        raise BackupRefused(
            "DATABASE_URL names PostgreSQL: use its `pg_dump --format=custom --file=bot.dump`"
            " (docs/postgresql.md)."
        )
    if database.path is None:
        raise BackupRefused("DATABASE_URL names no file that could be copied.")
    if not database.path.is_file():
        raise BackupRefused(f"There is no database at {database.path}.")
    return database.path


@contextlib.contextmanager
def _scratch(folder: Path) -> Generator[Path]:
    """Yield an empty private file in *folder*, which is deleted afterwards.

    It is locked until this process ends, however it ends; a file that is not locked is stale.
    """
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
        os.close(descriptor)


def _give_name(scratch: Path, target: Path) -> None:
    try:
        os.link(scratch, target)  # unlike a rename, a link overwrites nothing
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        os.rename(scratch, target)


def _remove_stale(folder: Path) -> None:
    """Delete unfinished copies whose processes were killed: they may hold tokens."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _copy(source: Path, target: Path) -> None:
    """Copy every page in one step: in WAL mode that is a snapshot and delays no writer."""
    address = f"{source.absolute().as_uri()}?mode=rw"
    with (
        contextlib.closing(sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT)) as origin,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        origin.backup(copy)


def _erase_tokens(copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for statement in _ERASE:
            connection.execute(statement)
        if not is_whole(connection):
            raise BackupRefused("The database is damaged, so that a copy would be too.")
    with copy.open("rb") as file:
        os.fsync(file.fileno())
