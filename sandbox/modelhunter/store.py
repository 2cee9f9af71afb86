"""Task store: all tasks, and the balance that they are paid from."""

import dataclasses
import random
from collections.abc import Callable
from decimal import Decimal

from sandbox.modelhunter.default_script import Scripts
from sandbox.modelhunter.errors import ApiError
from sandbox.modelhunter.records import NewTask, TaskRecord


class TaskStore:
    """Every task since the start; the status of each follows from the clock.

    The price is taken off the balance when a task is accepted and given back when it is cancelled.
    When the real API does so is not documented.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        randomness: random.Random,
        scripts: Scripts,
        balance: Decimal,
    ) -> None:
        self.balance = balance
        self.tasks: dict[str, TaskRecord] = {}
        self._clock = clock
        self._randomness = randomness
        self._scripts = scripts

    def create(self, request: NewTask) -> TaskRecord:
        """Accept *request*.

        Raises:
            ApiError: The balance does not cover the price.
        """
        script = self._scripts.peek(request)
        price = script.cost or Decimal(0)
        if price > self.balance:
            raise ApiError(
                402, "INSUFFICIENT_BALANCE", f"Needs ${price}, the balance is ${self.balance}"
            )
        self._scripts.used(script)
        self.balance -= price
        record = TaskRecord(
            id=f"task_{self._randomness.getrandbits(96):024x}",
            request=request,
            script=script,
            # As exact as the API shows it, or the task would be after its own cursor again.
            created_at=round(self._clock(), 3),
        )
        self.tasks[record.id] = record
        return record

    def get(self, task_id: str) -> TaskRecord:
        """Return a task.

        Raises:
            ApiError: There is no such task.
        """
        try:
            return self.tasks[task_id]
        except KeyError:
            raise ApiError(404, "TASK_NOT_FOUND", f"No such task: {task_id}") from None

    def cancel(self, task_id: str) -> TaskRecord:
        """Cancel a task and return it.

        Raises:
            ApiError: There is no such task, it has ended, or its script forbids it.
        """
        record = self.get(task_id)
        moment = record.at(self._clock())
        # The code that comes with a 409 is not documented; only the status can be relied on.
        if moment.is_final:
            raise ApiError(409, "CONFLICT", f"The task has ended already: {moment.status}")
        if not record.script.cancellable:
            raise ApiError(409, "CONFLICT", "The task can no longer be cancelled")
        if record.cancelled_at is not None:
            return record  # accepted before, and not carried out yet
        script = record.script
        self.balance += (script.cost or Decimal(0)) - (script.cancelled_cost or Decimal(0))
        return self._replace(dataclasses.replace(record, cancelled_at=self._clock()))

    def said_expired(self, record: TaskRecord) -> None:
        """Count an answer `expired`; the next one may have the result."""
        self._replace(dataclasses.replace(record, expired_answers=record.expired_answers + 1))

    def _replace(self, record: TaskRecord) -> TaskRecord:
        self.tasks[record.id] = record
        return record
