"""Counting store: a store that notes the statements that go through it."""

from db.statements import Answer, Rows, Steps
from db.store import Store


class CountingStore:
    """Store on another one, with the text of each statement in `statements`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.statements: list[str] = []
        self.rows: list[int] = []  # how many each statement gave back

    @property
    def dialect_name(self) -> str:
        """Name of the other one's dialect."""
        return self._store.dialect_name

    async def read(self, steps: Steps[Answer]) -> Answer:
        """Run *steps* on the other one."""
        return await self._store.read(self._noted(steps))

    async def write(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:
        """Run *steps* on the other one."""
        return await self._store.write(self._noted(steps), urgent=urgent)

    async def transact(self, steps: Steps[Answer], *, urgent: bool = False) -> Answer:
        """Run *steps* on the other one."""
        return await self._store.transact(self._noted(steps), urgent=urgent)

    def _noted(self, steps: Steps[Answer]) -> Steps[Answer]:
        rows: Rows | None = None
        try:
            while True:
                call = next(steps) if rows is None else steps.send(rows)
                rows = yield call
                self.statements.append(rows.text)
                self.rows.append(len(rows))
        except StopIteration as end:
            answer: Answer = end.value
            return answer
