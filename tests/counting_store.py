"""Counting store: a store that notes the statements that go through it."""

from collections.abc import Callable, Mapping

from db.statements import Answer, Rows, Steps
from db.store import Store


class CountingStore:
    """Store on another one, which notes the text and the values of each statement in `calls`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: list[tuple[str, Mapping[str, object]]] = []
        self.rows: list[int] = []  # how many each statement gave back

    @property
    def statements(self) -> list[str]:
        """Texts of the statements."""
        return [text for text, _ in self.calls]

    def of_row(self, job_id: int, *verbs: str) -> list[str]:
        """Return the statements that begin with one of *verbs* and name the row of a job."""
        return [
            text
            for text, values in self.calls
            if text.startswith(verbs)
            and "jobs" in text
            and any(it in (job_id, [job_id]) for it in values.values())
        ]

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

    async def transact(
        self,
        steps: Steps[Answer],
        *,
        urgent: bool = False,
        is_late: Callable[[], bool] | None = None,
    ) -> Answer:
        """Run *steps* on the other one."""
        return await self._store.transact(self._noted(steps), urgent=urgent, is_late=is_late)

    def _noted(self, steps: Steps[Answer]) -> Steps[Answer]:
        rows: Rows | None = None
        try:
            while True:
                call = next(steps) if rows is None else steps.send(rows)
                rows = yield call
                self.calls.append((rows.text, call.values))
                self.rows.append(len(rows))
        except StopIteration as end:
            answer: Answer = end.value
            return answer
