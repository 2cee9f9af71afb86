"""The usage is what the ledger has, in views, pages and files, on every engine."""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from db.engines.engine import open_database
from db.engines.reading import open_for_reading
from db.errors import DatabaseUnusable, StoreFailed
from db.records import Job, JobState
from db.repositories.jobs import JobRepository
from db.repositories.retention import Retention
from db.repositories.usage import Usage
from db.store import Store
from db.usage_records import UsageKey, UsageLine, UsageScope, UsageSums, UsageView
from tests.databases import execute
from tests.integration.db.repositories.builders import NOON, SHARED, TODAY, USER, accepted
from tests.property.usage_sums import check_usage

DAY = 86_400.0
YESTERDAY = TODAY - datetime.timedelta(days=1)
WEEK = UsageScope(first=TODAY - datetime.timedelta(days=6), last=TODAY)


async def ended(
    store: Store, job_id: int, state: JobState, cost: str | None, **changes: object
) -> None:
    """Write a job that has ended in *state*, at a *cost* that the API reported, or at its price."""
    job = await accepted(store, job_id, **changes)
    after = {"state": state, "ended_at": job.created_at, "open": False}
    charge = job.price_high if cost is None else Decimal(cost)
    changed = {**after, "cost": None if cost is None else Decimal(cost)}
    saved = await JobRepository(store, owner="one").save(job, _with(job, changed), charge=charge)
    assert saved is not None


def _with(job: Job, changes: Mapping[str, object]) -> Job:
    return dataclasses.replace(job, **changes)  # type: ignore[arg-type]


async def test_usage_is_split_by_each_view(store: Store) -> None:
    """Charged, reported and reserved amounts have columns of their own."""
    await ended(store, 1, JobState.DELIVERED, "0.25")
    await ended(store, 2, JobState.DELIVERED, None, model="kling-v3", guild_id=None)
    await ended(store, 3, JobState.FAILED, "0", created_at=NOON - DAY, user_id=5)
    await accepted(store, 4, user_id=5)
    usage = Usage(store)
    totals = await usage.totals(WEEK)
    assert totals.sums == UsageSums(
        jobs=4, charged=Decimal("0.65"), reported=Decimal("0.25"), reserved=Decimal("0.40")
    )
    assert totals.endings == {"delivered": 2, "failed": 1}
    assert (totals.running, totals.unknown) == (1, 0)
    by = {view: (await usage.lines(view, WEEK)).lines for view in UsageView}
    assert _keys(by[UsageView.DAY]) == [TODAY, YESTERDAY]
    assert _keys(by[UsageView.SERVER]) == [3, 0]
    assert _keys(by[UsageView.PERSON]) == [USER, 5]
    assert _keys(by[UsageView.MODEL]) == ["vidu-q3", "kling-v3"]


def _keys(lines: Sequence[UsageLine]) -> list[UsageKey]:
    return [line.key for line in lines]


async def test_every_view_sums_to_the_ledger(store: Store) -> None:
    """On every engine each view, each file and each total is the sum of the same entries."""
    for number, state in enumerate([*JobState] * 2, start=1):
        changes = {
            "model": f"m{number % 3}",
            "guild_id": (None, 3, 4)[number % 3],
            "user_id": number % 2 + 1,
            "created_at": NOON - number * DAY / 2,
        }
        if state.is_final:
            await ended(store, number, state, None if number % 2 else "0.125", **changes)
        else:
            await accepted(store, number, **changes)
    scopes = [dataclasses.replace(WEEK, guild_id=guild_id) for guild_id in (None, 0, 3, 4, 5)]
    await check_usage(store, scopes)
    await Retention(store).forget_user(1)
    await check_usage(store, scopes)


async def test_usage_of_one_server_is_that_servers_alone(store: Store) -> None:
    """Other servers and direct messages are not in it, in no view and in no line."""
    await ended(store, 1, JobState.DELIVERED, "0.25")
    await ended(store, 2, JobState.DELIVERED, "1", guild_id=None)
    await ended(store, 3, JobState.DELIVERED, "2", guild_id=8)
    scope = UsageScope(first=TODAY, last=TODAY, guild_id=3)
    usage = Usage(store)
    assert (await usage.totals(scope)).sums.charged == Decimal("0.25")
    for view in UsageView:
        (line,) = (await usage.lines(view, scope)).lines
        assert line.sums.charged == Decimal("0.25")
    assert [detail.guild_id for detail in await usage.details(scope)] == [3]


async def test_usage_stays_when_its_jobs_are_deleted(store: Store) -> None:
    """The server, the model and the sum stay; who asked goes with the job."""
    await ended(store, 1, JobState.DELIVERED, "0.25")
    await ended(store, 2, JobState.DELIVERED, "0.5", user_id=5)
    usage = Usage(store)
    before = {view: await usage.lines(view, WEEK) for view in UsageView}
    totals = await usage.totals(WEEK)
    await Retention(store).forget_user(USER)
    assert await usage.totals(WEEK) == totals
    for view in (UsageView.DAY, UsageView.SERVER, UsageView.MODEL):
        assert await usage.lines(view, WEEK) == before[view]
    people = (await usage.lines(UsageView.PERSON, WEEK)).lines
    assert [(line.key, line.sums.charged) for line in people] == [
        (5, Decimal("0.5")),
        (None, Decimal("0.25")),
    ]


async def test_usage_names_none_who_is_to_be_forgotten(store: Store) -> None:
    """A job that goes on after /forget is summed without its requester at once."""
    await accepted(store, 1)
    await Retention(store).forget_user(USER)
    (line,) = (await Usage(store).lines(UsageView.PERSON, WEEK)).lines
    assert line == UsageLine(key=None, sums=UsageSums(jobs=1, reserved=Decimal("0.40")))
    (detail,) = await Usage(store).details(WEEK)
    assert detail.user_id is None


async def test_the_dearest_lines_come_first_page_by_page(store: Store) -> None:
    """A page has so many lines, and says how many there are on all."""
    for number in range(1, 6):
        await ended(store, number, JobState.DELIVERED, str(number), model=f"m{number}")
    usage = Usage(store)
    first = await usage.lines(UsageView.MODEL, WEEK, most=2)
    last = await usage.lines(UsageView.MODEL, WEEK, most=2, start=4)
    assert [line.key for line in first.lines] == ["m5", "m4"]
    assert [line.key for line in last.lines] == ["m1"]
    assert first.total == last.total == 5


async def test_a_job_that_is_reserved_anew_is_summed_as_it_is(store: Store) -> None:
    """What an uncertain job holds is in the reserved column, and nothing in another."""
    job = await accepted(store, 1)
    released = _with(job, {"state": JobState.UNCERTAIN, "released": True})
    await JobRepository(store, owner="one").save(job, released, charge=Decimal(0))
    assert (await Usage(store).totals(WEEK)).sums == UsageSums(jobs=1)


@pytest.mark.parametrize("url", SHARED, indirect=True)
async def test_reading_changes_nothing(url: str) -> None:
    """A database is read beside the bot that uses it, and no statement can write to it."""
    async with open_database(url) as store:
        await ended(store, 1, JobState.DELIVERED, "0.25")
        async with open_for_reading(url) as reader:
            assert (await Usage(reader).totals(WEEK)).sums.charged == Decimal("0.25")
            with pytest.raises(StoreFailed, match=r"read.?only"):
                await execute(reader, "delete from ledger")
        assert (await Usage(store).totals(WEEK)).sums.jobs == 1
    async with open_for_reading(url) as reader:
        assert (await Usage(reader).totals(WEEK)).sums.jobs == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sqlite:///{folder}/none.db", "There is no database at"),
        ("sqlite://", "in memory"),
        ("sqlite:///{folder}/other.db", "can't be read"),
        ("sqlite:///{folder}/text.db", "can't be"),
        ("postgresql://nobody@127.0.0.1:1/none", "can't be read"),
    ],
)
async def test_what_is_no_database_of_the_bot_is_refused(
    tmp_path: Path, address: str, words: str
) -> None:
    """A slip in the address makes no file, and is one sentence."""
    (tmp_path / "other.db").touch()
    (tmp_path / "text.db").write_text("no database" * 100)
    with pytest.raises(DatabaseUnusable, match=words):
        async with open_for_reading(address.format(folder=tmp_path)):
            pass
    assert not (tmp_path / "none.db").exists()


async def test_a_database_of_another_version_is_not_read(tmp_path: Path) -> None:
    """Tables that may mean something else are not summed."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_database(url) as store:
        await execute(store, "update alembic_version set version_num = '0001'")
    with pytest.raises(DatabaseUnusable, match="another version"):
        async with open_for_reading(url):
            pass
