"""Simulated processes: each writes on the strength of what it has read, however old that is."""

import dataclasses
from collections.abc import Callable
from decimal import Decimal

from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.recorder import JobRecorder
from db.records import Job, JobKind
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.integration.jobs.recording_cards import RecordingCards

LEASE = 30.0
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
# A quarter of an hour before midnight, so that many sequences cross it.
START = 1_790_000_000.0 - 1_790_000_000.0 % DAY + DAY - 15 * MINUTE

PLAIN = Job(
    id=1,
    kind=JobKind.VIDEO,
    model="vidu-q3",
    prompt="a fox in the snow",
    options={},
    endpoint="vidu/text-to-video",
    body={"prompt": "a fox in the snow"},
    user_id=1,
    guild_id=3,
    channel_id=4,
    price_high=Decimal("0.40"),
    created_at=START,
    interaction_token="a-token",
)


class SimulatedProcess:
    """A process as the database sees it; it may stall for long between a read and a write."""

    def __init__(self, name: str, store: Store, clock: Callable[[], float]) -> None:
        self.name = name
        self.is_running = True
        self.renewals = 0
        owned = OwnedJobs(name)
        self.jobs = JobRepository(store, owner=name, note=owned.note, forget=owned.forget)
        self.claims = Claims(store, name)
        self.recorder = JobRecorder(self.jobs, show=RecordingCards().show, owned=owned, clock=clock)

    async def renew(self) -> bool:
        """Renew the lease; return whether there was one."""
        self.renewals += 1
        return await self.claims.renew(self.renewals)

    def __repr__(self) -> str:
        return f"<{self.name}{'' if self.is_running else ', ended'}>"


@dataclasses.dataclass(frozen=True, slots=True)
class KnownJob:
    """A job as a process read it, perhaps long ago; the process may still act on it."""

    process: SimulatedProcess
    job: Job


@dataclasses.dataclass(frozen=True, slots=True)
class ApiAnswer:
    """The API's answer to a POST; `task_id` is None when no task was created."""

    known: KnownJob
    task_id: str | None
    is_refusal: bool
