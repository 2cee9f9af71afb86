"""Inspection: what is found of a database without changing it, on either engine.

Nothing is migrated, made or kept, and a bot that uses the database goes on.
"""

import enum
from dataclasses import dataclass

from db.migrations import NEWEST

COMMITS = 5  # of which the time of the middle one counts


class Tables(enum.Enum):
    """How the tables of a database compare with those of this program."""

    NONE = enum.auto()  # it is not there, or empty
    READY = enum.auto()
    OLDER = enum.auto()  # brought up to date at the next start
    NEWER = enum.auto()  # a newer version of this program made them


class Fault(enum.Enum):
    """Why a database can't be used."""

    UNWRITABLE = enum.auto()
    NOT_A_DATABASE = enum.auto()
    DAMAGED = enum.auto()
    LOCKED = enum.auto()
    UNREACHABLE = enum.auto()  # the server does not answer
    LOGIN = enum.auto()  # the server answers, and does not let this user into this database
    RIGHTS = enum.auto()  # the user may not make or change the bot's tables
    UNSUITABLE = enum.auto()  # too old, a standby, or of another encoding
    ADDRESS = enum.auto()  # a part of it is not understood


class DatabaseFault(Exception):
    """A database can't be used; the text is the system's, without its address."""

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(words)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFacts:
    """What a database is like; sizes are in bytes, times in seconds."""

    engine: str
    tables: Tables
    size: int
    commit: float | None  # None: not measured
    is_checked: bool  # whether its pages were read, all of them


def compare(step: str | None) -> Tables:
    """Return what the last step of the migrations that was made says of the tables. Pure.

    Steps are numbers of four digits, each above those before.
    """
    if step is None:
        return Tables.NONE
    if step == NEWEST:
        return Tables.READY
    return Tables.OLDER if step < NEWEST else Tables.NEWER
