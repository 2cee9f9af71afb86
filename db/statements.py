"""Statements: written once with SQLAlchemy Core, compiled once a dialect, run by the driver itself.

SQLAlchemy takes fifteen times as long over a statement as SQLite does: it builds it anew, computes a
key for its cache, and hands it between threads several times. So it only writes the text here. A
`Statement` is made when its module is imported, with a `bindparam` for each value, and is compiled
at its first use to what a driver takes: the text, the order of the values, and what turns values
into those of the columns and back (`db.columns`). `statement(name=value)` is a `Call`.

What belongs together is written as `Steps`: a generator that yields a call and is sent the rows. It
does no input or output itself. So the same steps run in SQLite's thread, all in one go, or between
awaits on PostgreSQL; and no transaction can wait for the network:

    def settle(job_id: int, charge: Decimal) -> Steps[bool]:
        if not (yield _END(job=job_id)):
            return False
        yield _SETTLE(job=job_id, new_amount=charge)
        return True
"""

import dataclasses
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Delete,
    Dialect,
    Double,
    Insert,
    Select,
    TextClause,
    Update,
)

from db.columns import InputList, Money, Word, parse_json, to_dollars
from db.job_inputs import read_inputs

Core: TypeAlias = Select[*tuple[Any, ...]] | Insert | Update | Delete | TextClause
Processor: TypeAlias = Callable[[Any], Any]
Answer = TypeVar("Answer")

_made: weakref.WeakSet["Statement"] = weakref.WeakSet()


@dataclasses.dataclass(frozen=True, slots=True)
class Compiled:
    """Statement for one dialect."""

    text: str
    defaults: Mapping[str, object]  # of values that are part of the statement
    binders: tuple[tuple[str, Processor | None], ...]  # in the order of the values
    readers: tuple[tuple[int, Processor], ...]  # by position, of columns that need one

    def bind(self, values: Mapping[str, object]) -> tuple[object, ...]:
        """Return the driver's values; raises KeyError if one is missing."""
        given = {**self.defaults, **values} if self.defaults else values
        return tuple(
            [given[name] if turn is None else turn(given[name]) for name, turn in self.binders]
        )

    def read(self, row: Sequence[Any]) -> list[Any]:
        """Return the values of a row; raises what a column's type raises for an odd one."""
        values = list(row)
        for position, turn in self.readers:
            if (value := values[position]) is not None:
                values[position] = turn(value)
        return values


class Statement:
    """One statement, for every dialect."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._compiled: dict[str, Compiled] = {}
        _made.add(self)

    def __call__(self, **values: object) -> "Call":
        """Return the statement with its values."""
        return Call(self, values)

    def compiled(self, dialect: Dialect) -> Compiled:
        """Return the statement as *dialect* has it."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self._core, dialect)
        return known


def all_statements() -> Sequence[Statement]:
    """Return every statement that was made, for those who check them."""
    return tuple(_made)


class Call:
    """Statement with its values, for one run."""

    __slots__ = ("statement", "values")

    def __init__(self, statement: Statement, values: Mapping[str, object]) -> None:
        self.statement = statement
        self.values = values


class Rows:
    """Rows of a call, as the driver gave them; each is read when it is needed."""

    __slots__ = ("_compiled", "raw")

    def __init__(self, compiled: Compiled, raw: Sequence[Sequence[Any]]) -> None:
        self._compiled = compiled
        self.raw = raw

    @property
    def text(self) -> str:
        """Text of the statement that gave them."""
        return self._compiled.text

    def __len__(self) -> int:
        return len(self.raw)

    def __iter__(self) -> Iterator[list[Any]]:
        return map(self._compiled.read, self.raw)

    def read(self, row: Sequence[Any]) -> list[Any]:
        """Return the values of one of the raw rows."""
        return self._compiled.read(row)

    def first(self) -> list[Any] | None:
        """Return the first row, or None."""
        return self._compiled.read(self.raw[0]) if self.raw else None

    def column(self) -> list[Any]:
        """Return the first column."""
        return [row[0] for row in self]

    def value(self) -> Any:
        """Return the first column of the first row, None without rows."""
        row = self.first()
        return None if row is None else row[0]


Steps: TypeAlias = Generator[Call, Rows, Answer]


def only(call: Call) -> Steps[Rows]:
    """Return the steps of one call, whose rows are the answer."""
    return (yield call)


def _reader(column: ColumnElement[Any], dialect: Dialect) -> Processor | None:
    """Return what turns a column's stored values into the program's."""
    if isinstance(column.type, Double):
        # SQLite stores 3.0 as the shorter 3, and gives it back so where a statement is `returning`.
        return float
    if isinstance(column.type, Word):
        return column.type.members.__getitem__
    if isinstance(column.type, Money):
        return to_dollars
    if isinstance(column.type, InputList):
        return read_inputs
    if isinstance(column.type, JSON):  # both drivers give its text
        return parse_json
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


def _compile(core: Core, dialect: Dialect) -> Compiled:
    compiled = core.compile(dialect=dialect)
    names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
    binds: Mapping[str, Any] = getattr(compiled, "binds", {})
    columns: Sequence[ColumnElement[Any]] = tuple(getattr(core, "exported_columns", ()))
    readers = [(position, _reader(column, dialect)) for position, column in enumerate(columns)]
    return Compiled(
        text=str(compiled),
        defaults={name: binds[name].effective_value for name in names if not binds[name].required},
        binders=tuple(
            (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
        ),
        readers=tuple((position, turn) for position, turn in readers if turn is not None),
    )
