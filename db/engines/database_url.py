"""Database address: what DATABASE_URL names, or one sentence that says why it names nothing.

An address is read once, by this module, for all that open, lock or copy the database. What it does
not understand it refuses: SQLite would make a new and empty file of a slip, and the bot would go on
without its jobs.
"""

import dataclasses
import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from db.errors import DatabaseUnusable

_NOT_AN_ADDRESS = (
    "DATABASE_URL is not an address like sqlite:///data/bot.db or postgresql://host/name."
)
_SLASHES = (
    "DATABASE_URL has a host where SQLite has none: it is sqlite:///data/bot.db with three slashes, "
    "and with four for a path from the root."
)
# How some hosts of PostgreSQL write it, as libpq takes it too.
_SHORT = re.compile("^postgres://")
# What another program leaves on a value: quotes, a comment, the comma of a list.
_LEFT_OVER = re.compile(r"""["'`\u2018-\u201f\u00ab\u00bb#$*|<>{}\[\],;\\]|^\s|\s$""")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrl:
    """An address that was understood; `path` is None for a database that is no file."""

    url: URL
    path: Path | None = None

    @property
    def is_in_memory(self) -> bool:
        """Whether the database ends with the process."""
        return self.path is None and self.url.get_backend_name() == "sqlite"


def parse_database_url(address: str) -> DatabaseUrl:
    """Read `sqlite:///path`, `sqlite://` (in memory) or `postgresql://...`.

    Raises:
        DatabaseUnusable: The text is one sentence, without the address: it may hold a password.
    """
    try:
        url = make_url(_SHORT.sub("postgresql://", address))
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise DatabaseUnusable(_NOT_AN_ADDRESS) from None
    match backend:
        case "sqlite":
            return _sqlite(url)
        case "postgresql":
            return _postgresql(url)
        case other:
            raise DatabaseUnusable(
                f"DATABASE_URL names {other!r}, but only sqlite and postgresql are understood."
            )


def _postgresql(url: URL) -> DatabaseUrl:
    for part in filter(None, (url.host, url.database)):
        if _LEFT_OVER.search(part) or not part.isprintable():
            raise DatabaseUnusable(
                "DATABASE_URL has a sign in it that belongs to no name of a host or database, such as"
                " a quote or a comment: write it as postgresql://user:password@host/name."
            )
    return DatabaseUrl(url=url)


def _sqlite(url: URL) -> DatabaseUrl:
    if url.host or url.port or url.username or url.password:
        raise DatabaseUnusable(_SLASHES)
    if url.query:
        # uri= would open another file than the one that is made private, checked and locked, and
        # what else there is, as timeout=, is set by the program.
        name = next(iter(url.query))
        raise DatabaseUnusable(
            f"DATABASE_URL has {name if name.isidentifier() else '?'}=, which is not understood:"
            " name the file as sqlite:///data/bot.db."
        )
    if url.database in {None, ":memory:"}:
        return DatabaseUrl(url=url)
    path = _path(str(url.database))
    return DatabaseUrl(url=url.set(database=str(path)), path=path)


def _path(text: str) -> Path:
    if text.rpartition("/")[2] in {"", ".", ".."}:
        raise DatabaseUnusable(
            "DATABASE_URL names a folder: name a file in it, as sqlite:///data/bot.db."
        )
    if _LEFT_OVER.search(text) or not text.isprintable() or text.startswith("file:"):
        raise DatabaseUnusable(
            "DATABASE_URL has a sign in it that belongs to no path, such as a quote or a comment:"
            " name the file as sqlite:///data/bot.db."
        )
    try:
        path = Path(text).expanduser()
    except RuntimeError:  # there is no such user, or no home
        path = Path(text)
    if any(part.startswith("~") for part in path.parts):
        raise DatabaseUnusable(
            "DATABASE_URL has a ~ that stands for no home: write the path in full."
        )
    return path
