"""Webhook liveness: whether the ends of tasks are reported by webhooks, so that polls may be rare.

The evidence is what a GET has confirmed. A task of ours that completed or failed, with a webhook about
it, shows that they arrive; one without, that they don't. What a webhook says counts for nothing: one
about a task that goes on is no evidence, so that a lie can't make the bot poll more slowly. A task that
was cancelled or has expired is none either, as the API has no event for that.

A poll may be faster than the webhook, which then has a few seconds to arrive. The newest evidence
decides, and it is forgotten after ten minutes: as long as no task has ended, nothing shows that a
webhook would arrive.

Each process of several decides for itself. One whose webhooks reach another process is woken by that
one, which is no evidence: such a hint may be a second late, or dropped (`bot.jobs.hints_elsewhere`).
So it polls as often as without webhooks, which costs requests, and never a late card.
"""

import math
from collections.abc import Callable

# Seconds between two looks at a task while webhooks arrive: the net for one that does not.
NET_INTERVAL = 60.0
# Seconds that a webhook may be behind a poll.
GRACE = 10.0
# Seconds for which a webhook that arrived shows that the next one will.
TRUSTED_FOR = 10 * 60.0

# Ended tasks that wait for their webhook at a time; the first of them decides anyway.
_MOST_WAITING = 1_000


class WebhookLiveness:
    """Whether webhooks arrive, by the tasks of this process that have ended."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._arrived_at = -math.inf
        self._waiting: dict[
            int, tuple[str | None, float]
        ] = {}  # task and end, by job, oldest first
        self._jobs: dict[str, int] = {}  # of the waiting ones, by task

    def poll_interval_floor(self) -> float:
        """Return how many seconds are at least between two looks at a task; 0: as many as usual."""
        self._give_up_waiting()
        is_alive = self._monotonic() - self._arrived_at <= TRUSTED_FOR
        return NET_INTERVAL if is_alive else 0.0

    def task_ended(self, job_id: int, task_id: str | None, *, is_announced: bool) -> None:
        """Note that a GET showed the task as completed or failed, and whether a webhook had come."""
        self._give_up_waiting()
        if is_announced:
            self._arrived_at = self._monotonic()
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting[job_id] = (task_id, self._monotonic())
            if task_id is not None:
                self._jobs[task_id] = job_id

    def webhook_came(self, *, job_id: int | None = None, task_id: str | None = None) -> None:
        """Note a webhook about a task that has ended already, if it is one that waits for it."""
        self._give_up_waiting()
        found = self._jobs.get(task_id) if task_id is not None else None
        job_id = found if found is not None else job_id
        if job_id in self._waiting:
            self._remove(job_id)
            self._arrived_at = self._monotonic()

    def _give_up_waiting(self) -> None:
        """Take tasks for not announced whose webhook has not come in time."""
        while self._waiting:
            job_id, (_, ended_at) = next(iter(self._waiting.items()))
            if self._monotonic() - ended_at <= GRACE:
                return
            self._remove(job_id)
            if self._arrived_at <= ended_at + GRACE:  # else another one has arrived since
                self._arrived_at = -math.inf

    def _remove(self, job_id: int) -> None:
        task_id, _ = self._waiting.pop(job_id)
        if task_id is not None:
            self._jobs.pop(task_id, None)
