"""Jobs, drafts and limits as a test needs them."""

import dataclasses
import datetime
from decimal import Decimal

from db.records import Draft, Job, JobKind, SpendingLimits
from db.repositories.jobs import JobRepository
from db.store import Store

SHARED = ["disk", "postgresql"]  # one in memory has one program
EVERY = ["memory", *SHARED]

NOON = 1_790_000_000.0 - 1_790_000_000.0 % 86_400 + 43_200
TODAY = datetime.datetime.fromtimestamp(NOON, datetime.UTC).date()
USER = 2**62 + 7  # snowflakes use the upper half of 64 bits
PLENTY = SpendingLimits(running_per_user=1000, daily_budget=Decimal(1000))

_PLAIN = Job(
    id=1,
    kind=JobKind.VIDEO,
    model="vidu-q3",
    prompt="a fox in the snow",
    options={"duration": 5},
    endpoint="vidu/text-to-video",
    body={"prompt": "a fox in the snow", "duration": 5},
    user_id=USER,
    guild_id=3,
    channel_id=4,
    created_at=NOON,
    price_high=Decimal("0.40"),
)


def a_job(job_id: int = 1, **changes: object) -> Job:
    """Make a job that was just asked for."""
    return dataclasses.replace(_PLAIN, id=job_id, **changes)  # type: ignore[arg-type]


def a_draft(draft_id: int = 1, *, user_id: int = USER, created_at: float = NOON) -> Draft:
    """Make a draft that waits for its yes."""
    request = {"command": "video", "options": {"seed": 7}}
    return Draft(
        id=draft_id,
        interaction_id=draft_id + 1000,
        interaction_token=f"token-{draft_id}",
        application_id=6,
        user_id=user_id,
        created_at=created_at,
        request=request,
    )


def limits(
    *, running: int = 1000, budget: str = "1000", per_user: str | None = None
) -> SpendingLimits:
    """Make limits of which a test names the one it is about."""
    return SpendingLimits(
        running_per_user=running,
        daily_budget=Decimal(budget),
        daily_budget_per_user=None if per_user is None else Decimal(per_user),
    )


async def accepted(store: Store, job_id: int = 1, **changes: object) -> Job:
    """Write a job, owned by "one", and return it as written."""
    return await JobRepository(store).accept(a_job(job_id, **changes), PLENTY, owner="one")


async def changed(store: Store, job: Job, **changes: object) -> Job:
    """Save changes of a job and return the job with them."""
    after = dataclasses.replace(job, **changes)  # type: ignore[arg-type]
    saved = await JobRepository(store, owner="one").save(job, after)
    assert saved is not None
    return saved
