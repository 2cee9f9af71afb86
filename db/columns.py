"""Column types: money and text enumerations, stored alike in every database."""

import enum
from decimal import ROUND_CEILING, Decimal
from typing import TypeVar

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

WordEnum = TypeVar("WordEnum", bound=enum.StrEnum)

_MICRO = Decimal(1_000_000)


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
        return None if value is None else Decimal(value) / _MICRO


class Word(TypeDecorator[WordEnum]):
    """A member of a text enumeration, stored as its text: a new member needs no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[WordEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: WordEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Turn the member into its text."""
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> WordEnum | None:  # noqa: ARG002
        """Turn the text into its member."""
        return None if value is None else self.words(value)
