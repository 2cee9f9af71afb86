"""Column types: money, text enumerations, inputs and lists of ids, alike in every database."""

import enum
import functools
import json
import sys
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Dialect,
    Double,
    Text,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from db.job_inputs import Inputs, read_inputs, write_inputs

WordEnum = TypeVar("WordEnum", bound=enum.StrEnum)

_MICRO = Decimal(1_000_000)


def _with_shared_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object whose keys are one string each, however many rows have them."""
    return {sys.intern(key): value for key, value in pairs}


_json = json.JSONDecoder(object_pairs_hook=_with_shared_keys)


@functools.lru_cache(maxsize=4096)  # prices are few, and a division is slow
def to_dollars(micro: int) -> Decimal:
    """Turn micro-dollars into dollars."""
    return Decimal(micro) / _MICRO


def parse_json(stored: str) -> object:
    """Parse what `json.dumps` wrote, which `json.loads` takes twice as long for; or else as that.

    Raises:
        ValueError: It is no JSON.
    """
    try:
        value, end = _json.raw_decode(stored)
    except (ValueError, TypeError):
        return json.loads(stored)
    return value if end == len(stored) else json.loads(stored)


class Money(TypeDecorator[Decimal]):
    """US dollars, stored as whole micro-dollars; a fraction of one is rounded up."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Turn dollars into micro-dollars."""
        if value is None:
            return None
        return int((value * _MICRO).to_integral_value(rounding=ROUND_CEILING))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Turn micro-dollars into dollars."""
        return None if value is None else to_dollars(value)


class Word(TypeDecorator[WordEnum]):
    """A member of a text enumeration, stored as its text: a new member needs no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[WordEnum]) -> None:
        super().__init__()
        self.words = words
        self.members = {word.value: word for word in words}

    def process_bind_param(self, value: WordEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Turn the member into its text."""
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> WordEnum | None:  # noqa: ARG002
        """Turn the text into its member."""
        return None if value is None else self.words(value)


class SharedText(TypeDecorator[str]):
    """A text that many rows have in common: their records hold one string, not one each."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the one string that has these characters."""
        return sys.intern(value) if type(value) is str else value  # a file may hold anything


class InputList(TypeDecorator[Inputs]):
    """The inputs of a job, as the text of a list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Inputs | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Turn the inputs into their text."""
        return None if value is None else write_inputs(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Inputs | None:  # noqa: ARG002
        """Turn the text into the inputs."""
        return None if value is None else read_inputs(value)


class Ids(TypeDecorator[Sequence[int]]):
    """Ids as one value: JSON for SQLite's `json_each`, an array for PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that *dialect* has for it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger()))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        """Turn the ids into what *dialect* takes."""
        ids = list(value or ())
        return ids if dialect.name == "postgresql" else json.dumps(ids)


class OneOf(ColumnElement[bool]):
    """Condition that *column* is one of the ids that are bound to *name*.

    SQLAlchemy's `in_` has a place for each id, and so another text for each number of them.
    """

    inherit_cache = False

    def __init__(self, column: ColumnElement[int], name: str) -> None:
        self.column = column
        self.ids: BindParameter[Sequence[int]] = bindparam(name, type_=Ids())


@compiles(OneOf, "sqlite")
def _one_of_json(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(it, **options) for it in (element.column, element.ids))
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - both are compiled


@compiles(OneOf, "postgresql")
def _one_of_array(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(it, **options) for it in (element.column, element.ids))
    return f"{column} = ANY ({ids})"


class DatabaseTime(ColumnElement[float]):
    """Now by the database's clock, in Unix seconds; NULL on SQLite, which has its process's alone.

    It is the time of the statement, not of its transaction.
    """

    inherit_cache = True
    type = Double()


@compiles(DatabaseTime, "sqlite")
def _no_time(_: DatabaseTime, __: SQLCompiler, **___: Any) -> str:
    return "NULL"


@compiles(DatabaseTime, "postgresql")
def _time_of_server(_: DatabaseTime, __: SQLCompiler, **___: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
