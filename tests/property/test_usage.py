"""Every view of the usage is the ledger's sum, whatever became of the jobs and of their rows."""

import asyncio
import dataclasses
import datetime
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.lifecycle.settlement import booking
from bot.usage.reports import UsageReports
from db.records import JobState, SpendingLimits
from db.repositories.jobs import JobRepository
from db.repositories.retention import Retention
from db.repositories.usage import Usage
from db.store import Store
from db.usage_records import UsageLine, UsageScope, UsageView
from tests.databases import execute, open_memory_database
from tests.property.profile import machine_settings
from tests.property.simulated_processes import DAY, PLAIN, START
from tests.property.usage_sums import check_usage

MODELS, SERVERS, USERS = ("vidu-q3", "kling-v3", "=1+1"), (None, 3, 4), (7, 8)
LIMITS = SpendingLimits(running_per_user=1000, daily_budget=Decimal(10**6))
TODAY = datetime.datetime.fromtimestamp(START, datetime.UTC).date()
COSTS = st.none() | st.decimals(min_value=0, max_value=9, places=6)
AMOUNTS = st.decimals(min_value=0, max_value=9, places=6)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A job, and what becomes of it."""

    ago: int  # days
    model: str
    guild_id: int | None
    user_id: int
    price: Decimal
    state: JobState
    cost: Decimal | None
    released: bool


REQUESTS = st.builds(
    Request,
    ago=st.integers(0, 40),
    model=st.sampled_from(MODELS),
    guild_id=st.sampled_from(SERVERS),
    user_id=st.sampled_from(USERS),
    price=AMOUNTS,
    state=st.sampled_from(JobState),
    cost=COSTS,
    released=st.booleans(),
)
SCOPES = st.builds(
    UsageScope,
    first=st.integers(0, 45).map(lambda ago: TODAY - datetime.timedelta(days=ago)),
    last=st.integers(-1, 20).map(lambda ago: TODAY - datetime.timedelta(days=ago)),
    guild_id=st.sampled_from((None, 0, 3, 4, 5)),
)


@machine_settings(examples=30, steps=1)
@given(
    requests=st.lists(REQUESTS, max_size=12),
    forgotten=st.sets(st.sampled_from(USERS)),
    kept_days=st.integers(0, 50),
    old=st.integers(0, 3),
    scopes=st.lists(SCOPES, min_size=1, max_size=3),
)
def test_every_view_is_the_sum_of_the_ledger(
    requests: Sequence[Request],
    forgotten: set[int],
    kept_days: int,
    old: int,
    scopes: Sequence[UsageScope],
) -> None:
    """Totals stay right when jobs are deleted, and who asked is known as long as the job is kept."""

    async def check() -> None:
        async with open_memory_database() as store:
            for number, request in enumerate(requests, start=1):
                await _carry_out(store, number, request)
            await _add_old_entries(store, old)
            before = await Usage(store).lines(UsageView.MODEL, scopes[0])
            await check_usage(store, scopes)
            retention = Retention(store)
            await retention.delete_ended(START - kept_days * DAY)
            for user in forgotten:
                await retention.forget_user(user)
            await check_usage(store, scopes)
            assert await Usage(store).lines(UsageView.MODEL, scopes[0]) == before
            await _check_forgotten(store, forgotten)

    asyncio.run(check())


@machine_settings(examples=15, steps=1)
@given(requests=st.lists(REQUESTS, max_size=12), most=st.integers(1, 4), beyond=st.integers(0, 9))
def test_pages_have_each_line_once(requests: Sequence[Request], most: int, beyond: int) -> None:
    """Turning the pages shows each line once; beyond the last page is the last page."""

    async def check() -> None:
        async with open_memory_database() as store:
            for number, request in enumerate(requests, start=1):
                await _carry_out(store, number, request)
            scope = UsageScope(first=TODAY - datetime.timedelta(days=50), last=TODAY)
            for view in UsageView:
                await _check_pages(UsageReports(Usage(store)), view, scope, most, beyond)

    asyncio.run(check())


async def _check_pages(
    reports: UsageReports, view: UsageView, scope: UsageScope, most: int, beyond: int
) -> None:
    whole = await reports.report(view, scope, most=1000)
    pages = max(1, -(-whole.line_count // most))
    turned: list[UsageLine] = []
    for page in range(pages):
        report = await reports.report(view, scope, page=page, most=most)
        assert (report.page, report.line_count) == (page, whole.line_count)
        turned += report.lines
    assert turned == list(whole.lines)
    last = await reports.report(view, scope, page=pages + beyond, most=most)
    assert last.page == pages - 1
    assert list(last.lines) == turned[(pages - 1) * most :]


async def _carry_out(store: Store, number: int, request: Request) -> None:
    repository = JobRepository(store, owner="one")
    asked = dataclasses.replace(
        PLAIN,
        id=number,
        model=request.model,
        guild_id=request.guild_id,
        user_id=request.user_id,
        price_high=request.price,
        created_at=START - request.ago * DAY,
    )
    job = await repository.accept(asked, LIMITS, owner="one")
    after = dataclasses.replace(
        job,
        state=request.state,
        cost=request.cost if request.state.is_final else None,
        released=request.released,
        ended_at=job.created_at if request.state.is_final else None,
        open=not request.state.is_final,
    )
    assert await repository.save(job, after, charge=booking(job, after)) is not None


async def _add_old_entries(store: Store, count: int) -> None:
    """Add entries of the version before, whose jobs were deleted."""
    for number in range(count):
        await execute(
            store,
            "insert into ledger (job_id, day, amount, settled, reported)"  # noqa: S608 - numbers
            f" values ({1000 + number}, '{TODAY.isoformat()}', {number}, 1, 0)",
        )


async def _check_forgotten(store: Store, forgotten: set[int]) -> None:
    """Assert that no view names those who were forgotten, also while a job of theirs goes on."""
    ever = UsageScope(first=datetime.date(1970, 1, 1), last=datetime.date(2200, 1, 1))
    lines = (await Usage(store).lines(UsageView.PERSON, ever)).lines
    assert not {line.key for line in lines} & forgotten
    assert not {detail.user_id for detail in await Usage(store).details(ever)} & forgotten
