"""The figures count what is open in the whole database, and sum what a day has cost."""

import datetime
from decimal import Decimal

from db.records import JobKind, JobState
from db.repositories.figures import DatabaseFigures, Spent
from db.store import Store
from tests.integration.db.repositories.builders import NOON, TODAY, accepted, changed


async def test_an_empty_database_has_no_figures(store: Store) -> None:
    """Nothing is open, waits or was spent."""
    figures = await DatabaseFigures(store).read(TODAY)
    assert (figures.open_jobs, figures.undelivered_since, list(figures.spent)) == ({}, None, [])


async def test_open_jobs_are_counted_by_state_and_kind(store: Store) -> None:
    """Those of every owner count, until their ending is shown."""
    await accepted(store, 1)
    await accepted(store, 2, kind=JobKind.IMAGE)
    ended = await accepted(store, 3)
    ended = await changed(store, ended, state=JobState.FAILED, ended_at=NOON + 5)
    closed = await accepted(store, 4)
    await changed(store, closed, state=JobState.FAILED, ended_at=NOON + 5, open=False)

    assert (await DatabaseFigures(store).read(TODAY)).open_jobs == {
        (JobState.ACCEPTED, JobKind.VIDEO): 1,
        (JobState.ACCEPTED, JobKind.IMAGE): 1,
        (JobState.FAILED, JobKind.VIDEO): 1,
    }


async def test_the_oldest_undelivered_result_is_found(store: Store) -> None:
    """It is the first of those whose delivery has begun; a job that still runs is none."""
    await accepted(store, 1, created_at=NOON - 1000)
    for number, since in ((2, NOON - 30), (3, NOON - 50)):
        job = await accepted(store, number, kind=JobKind.IMAGE)
        await changed(store, job, state=JobState.DELIVERING, delivering_since=since)

    assert (await DatabaseFigures(store).read(TODAY)).undelivered_since == NOON - 50


async def test_what_a_day_has_cost_is_summed_by_server(store: Store) -> None:
    """Reservations are apart from costs, direct messages from servers; another day is not counted."""
    await accepted(store, 1, guild_id=7)
    await accepted(store, 2, guild_id=7)
    await accepted(store, 3, guild_id=None)
    await accepted(store, 4, guild_id=8, created_at=NOON - 86_400)

    figures = await DatabaseFigures(store).read(TODAY)
    assert sorted(figures.spent, key=lambda each: each.guild_id or 0) == [
        Spent(guild_id=0, settled=False, amount=Decimal("0.40")),
        Spent(guild_id=7, settled=False, amount=Decimal("0.80")),
    ]
    yesterday = TODAY - datetime.timedelta(days=1)
    assert [each.guild_id for each in (await DatabaseFigures(store).read(yesterday)).spent] == [8]
