"""Store: what runs statements. SQLite and PostgreSQL have one each, in `db.engines`.

`read` may be served by another connection than the writer's, and sees what was committed before it
was called. `write` is one statement, which is a transaction by itself; `transact` makes one of
several. Both are carried out whole or not at all: also when the caller is cancelled, who then does
not know which of the two.

A process has one writer at a time, whose work waits in a line. What a user waits for is *urgent* and
goes first.
"""

from collections.abc import Callable
from typing import Protocol

from db.statements import Answer, Steps


class Store(Protocol):
    """Database that was opened; every call raises StoreFailed if the database can't do it."""

    @property
    def dialect_name(self) -> str:
        """Name of the dialect: sqlite or postgresql."""

    async def read(self, steps: Steps[Answer]) -> Answer:
        """Run *steps*, which only read, and return their answer."""

    async def write(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:
        """Run *steps*, whose one statement is committed by itself."""

    async def transact(
        self,
        steps: Steps[Answer],
        *,
        urgent: bool = False,
        is_late: Callable[[], bool] | None = None,
    ) -> Answer:
        """Run *steps* in a transaction, which is rolled back if they raise an error.

        Raises:
            NotBegun: Before they could begin, it *is_late*; that may be asked in any thread.
        """
