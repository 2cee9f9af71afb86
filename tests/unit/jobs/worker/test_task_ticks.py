"""Many tasks are looked at by one reading of the list, however that list behaves."""

import asyncio
import dataclasses
import functools
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.jobs.worker.task_ticks import COMMON_TICK
from bot.modelhunter import EntryPage, Malformed, PageQuery, Unavailable
from db.records import JobState
from tests.unit.jobs.builders import a_job
from tests.unit.jobs.worker import scripted_api
from tests.unit.jobs.worker.followed_jobs import RATE, FollowedJobs, foreign
from tests.unit.jobs.worker.scripted_api import ScriptedApi
from tests.virtual_time import in_virtual_time

MINUTE, HOUR = 60.0, 3600.0


def many(count: int, *, age: float = 60.0) -> FollowedJobs:
    """Return a process that follows so many tasks, each a little younger than the one before."""
    jobs = FollowedJobs(ScriptedApi())
    for number in range(count):
        jobs.follow(number, age=age + (count - number) / 100)
    return jobs


async def test_a_thousand_unchanged_tasks_cost_ten_pages() -> None:
    """Nothing has changed: no step, no question about a single task, and a page for each hundred."""
    jobs = many(1000)
    for _ in range(2):  # until the API has stamped them all, and said how many there are
        await jobs.tick()
    for _ in range(10):
        jobs.api.queries.clear()
        await jobs.tick()
        assert len(jobs.api.queries) == 10
    assert (jobs.steps, jobs.api.gets) == ([], [])


async def test_claimed_jobs_are_looked_at_in_two_readings() -> None:
    """After a start the newest are looked at first, by their pages alone, then all that are left."""
    jobs = FollowedJobs(ScriptedApi())
    jobs.claim(range(9_750, 10_000), age=300.0)
    await jobs.ticks.look(only_new=True)
    assert len(jobs.api.queries) <= 4
    jobs.claim(range(9_750), age=300.0)
    await jobs.ticks.look(only_new=True)
    assert len(jobs.api.queries) <= 115
    jobs.api.queries.clear()
    await jobs.ticks.look(only_new=True)
    await jobs.ticks.look(slack=COMMON_TICK / 2)
    assert (jobs.api.queries, jobs.steps, jobs.api.gets) == ([], [], [])


async def test_a_tick_while_claimed_jobs_are_taken_up() -> None:
    """A tick between two batches of claimed jobs leaves them to the reading of all, for a second."""
    jobs = FollowedJobs(ScriptedApi())
    jobs.claim(range(500), age=300.0)
    await jobs.tick(0.1)
    assert jobs.api.queries == []
    await jobs.tick(1.0)
    assert jobs.api.queries != []


async def test_a_part_of_the_claimed_jobs_is_looked_at_by_a_tick() -> None:
    """A tick between two slow batches makes no later reading be given up and begun anew."""
    jobs = FollowedJobs(ScriptedApi())
    jobs.claim(range(9_750, 10_000), age=300.0)
    await jobs.ticks.look(only_new=True)
    jobs.claim(range(8_000, 9_750), age=300.0)
    await jobs.tick(2.0)
    jobs.claim(range(8_000), age=300.0)
    jobs.api.queries.clear()
    await jobs.ticks.look(only_new=True)
    assert len(jobs.api.queries) <= 115


@in_virtual_time
async def test_a_look_between_two_ticks() -> None:
    """Claimed jobs are looked at at once, and those that were looked at wait for their tick."""
    jobs = FollowedJobs(ScriptedApi())
    jobs.claim(range(100))
    read: list[float] = []
    async with jobs.ticks.running():
        await asyncio.sleep(0.1)
        assert jobs.api.queries == []  # a tick is in up to five seconds
        jobs.ticks.look_soon()
        await asyncio.sleep(0.1)
        read.append(len(jobs.api.queries))
        jobs.ticks.look_soon()
        await asyncio.sleep(0.1)
        read.append(len(jobs.api.queries))
    assert read[0] > 0
    assert read[1] == read[0]


def test_a_claimed_job_with_a_step_of_its_own() -> None:
    """A claimed job that is due or in flight, or whose task does not simply go on, is not kept."""
    jobs = FollowedJobs(ScriptedApi())
    jobs.due_times.wake(1)
    jobs.claim([1, 2])
    assert [jobs.due_times.is_kept(number) for number in (1, 2)] == [False, True]
    cancelling = a_job(JobState.FOLLOWING, id=3, task_id="t", owner="one", cancel_wanted_by=7)
    jobs.ticks.take_up([cancelling, a_job(JobState.DELIVERING, id=4, task_id="u", owner="one")])
    assert not jobs.due_times.is_kept(3)
    assert not jobs.due_times.is_kept(4)
    jobs.due_times.take_due()
    jobs.claim([1])
    assert not jobs.due_times.is_kept(1)


async def test_the_pages_of_many_readers_are_full() -> None:
    """Readers side by side read hardly more pages than one reader would."""
    jobs = many(5000)
    for _ in range(3):
        jobs.api.queries.clear()
        await jobs.tick()
    assert 50 <= len(jobs.api.queries) <= 52
    assert len({query.end for query in jobs.api.queries}) == 8


async def test_what_has_changed_becomes_a_step() -> None:
    """A new percentage is taken from the list; an end is asked for, as the list has no results."""
    jobs = many(200)
    await jobs.tick()
    jobs.api.tasks["task_3"].progress = 40.0
    jobs.api.tasks["task_150"].status = "failed"
    await jobs.tick()
    assert (sorted(jobs.steps), jobs.asked) == ([3, 150], [150])
    assert (jobs.progress_of(3), jobs.ended) == (40.0, {150})
    await jobs.tick()
    assert len(jobs.steps) == 2


@pytest.mark.parametrize(
    ("age", "ticks"),
    [(MINUTE, [0, 1, 2, 3]), (11 * MINUTE, [0, 3, 6]), (2 * HOUR, [0, 12, 24])],
)
async def test_when_a_task_is_looked_at(age: float, ticks: list[int]) -> None:
    """Tasks up to ten minutes old are looked at on each tick, older ones on every third or twelfth."""
    jobs = many(10, age=age)
    read = []
    for number in range(ticks[-1] + 1):
        jobs.api.queries.clear()
        await jobs.tick()
        if jobs.api.queries:
            read.append(number)
    assert read == ticks


async def test_a_floor_slows_the_ticks() -> None:
    """While webhooks arrive the list is read once a minute, and a woken job is asked for at once."""
    jobs = many(10)
    jobs.floor = MINUTE
    for _ in range(25):
        await jobs.tick()
    assert len(jobs.api.queries) == 3
    jobs.due_times.wake(4)
    await jobs.tick(0.0)
    assert jobs.asked == [4]


async def test_a_webhook_that_is_ahead_of_the_api_is_followed_up() -> None:
    """Where the API still calls a task running of which a webhook said that it ended, it is asked on."""
    jobs = many(10)
    jobs.floor = MINUTE
    await jobs.tick()
    jobs.announced.add(4)
    jobs.due_times.wake(4)
    await jobs.tick(0.0)
    for _ in range(3):
        await jobs.tick()
    assert jobs.asked == [4] * 4


async def test_few_tasks_are_asked_for_alone() -> None:
    """Four tasks are not worth a page."""
    jobs = many(4)
    await jobs.tick()
    assert (jobs.api.queries, sorted(jobs.asked)) == ([], [0, 1, 2, 3])


async def test_tasks_that_go_on_are_found_among_many_that_ended() -> None:
    """Where many have ended since, only those that go on are listed, and what ended is asked for."""
    jobs = many(100, age=9 * MINUTE)
    since = jobs.clock.now - 9 * MINUTE
    jobs.api.put(*foreign(20_000, since=since, status="succeeded"))
    for _ in range(3):
        jobs.api.queries.clear()
        await jobs.tick()
    assert len(jobs.api.queries) <= 4
    assert {query.status for query in jobs.api.queries} >= {"pending", "queued", "running"}
    jobs.api.tasks["task_7"].status = "failed"
    await jobs.tick()
    assert (jobs.ended, jobs.asked) == ({7}, [7])


async def test_a_task_that_moves_on_while_the_list_is_read() -> None:
    """The words of those that go on are read in their order, so that none is left out."""
    jobs = many(400)
    for task in jobs.api.tasks.values():
        task.status = "pending"
    moved = itertools.cycle(["queued", "running"])

    def move(query: PageQuery, page: EntryPage) -> EntryPage:
        if query.status is not None:
            word = next(moved)
            for task in itertools.islice(jobs.api.tasks.values(), 100):
                task.status = word if task.status != "running" else "running"
        return page

    jobs.api.spoil = move
    for _ in range(3):
        await jobs.tick()
    assert jobs.asked == []


async def test_twenty_thousand_tasks_of_other_programs() -> None:
    """Where pages would cost more than questions, each task is asked for, and all have their turn."""
    jobs = many(100, age=9 * MINUTE)
    jobs.api.put(*foreign(20_000, since=jobs.clock.now - 9 * MINUTE))
    for _ in range(8):
        await jobs.tick()
    assert set(jobs.asked) == set(range(100))
    assert len(jobs.api.gets) <= 8 * 5 * RATE
    assert len(jobs.api.queries) <= 70
    assert jobs.ended == set()


@pytest.mark.parametrize(
    "spoil", [scripted_api.standing_still, scripted_api.without_entries, scripted_api.malformed]
)
async def test_all_are_asked_for_while_the_list_is_of_no_use(spoil: object) -> None:
    """A list that shows nothing, or can't be read, leaves each task its question, within the rate."""
    jobs = many(200)
    jobs.api.spoil = spoil  # type: ignore[assignment]
    for task in jobs.api.tasks.values():
        task.progress = 10.0
    for number in range(6):
        await jobs.tick()
        assert len(jobs.api.gets) <= (number + 1) * 5 * RATE
    assert {jobs.progress_of(number) for number in range(200)} == {10.0}


async def test_a_429_of_the_list_is_not_answered_by_questions() -> None:
    """Nothing at all is asked until the pause that the API wants is over."""
    jobs = many(200)
    jobs.api.trouble = iter([Unavailable(status=429, retry_after=30.0)])
    for _ in range(6):
        await jobs.tick()
    assert (len(jobs.api.queries), jobs.api.gets) == (1, [])
    await jobs.tick()
    assert len(jobs.api.queries) > 1


async def test_a_pause_makes_the_looks_late_that_it_prevents() -> None:
    """Each tick without a look is later than the one before; the first look after it ends that."""
    jobs = many(200)
    jobs.clock.now += -jobs.clock.now % COMMON_TICK
    jobs.api.trouble = iter([Unavailable(status=429, retry_after=12.0)])
    for _ in range(5):
        jobs.clock.now += COMMON_TICK
        await jobs.ticks.look_in_turn()
    assert jobs.late == [0.0, 5.0, 10.0, 15.0, 0.0]


async def test_a_step_that_failed_is_shown_its_change_again() -> None:
    """What a step could not store is in no record, so the next reading brings it once more."""
    jobs = many(10)
    await jobs.tick()
    jobs.api.tasks["task_3"].progress = 40.0
    jobs.clock.now += 5
    await jobs.ticks.look()
    assert jobs.due_times.take_due() == [3]
    assert jobs.ticks.take_listed(3) is not None
    jobs.ticks.step_ended(3, was_taken=False)
    job = jobs.owned.get(3)
    assert job is not None
    assert jobs.ticks.adopt(job)
    jobs.due_times.keep(3)
    await jobs.tick()
    assert jobs.progress_of(3) == 40.0


async def test_an_end_that_the_task_denies_is_asked_for_again() -> None:
    """The list calls a task ended and the task itself does not: it is asked for until they agree."""
    jobs = many(10)
    task = jobs.api.tasks["task_3"]

    def ahead(_query: PageQuery, page: EntryPage) -> EntryPage:
        entries = [
            {**entry, "status": "failed"} if entry["id"] == task.id else entry
            for entry in page.entries
            if isinstance(entry, dict)
        ]
        return dataclasses.replace(page, entries=entries)

    jobs.api.spoil = ahead
    for _ in range(3):
        await jobs.tick()
    assert (jobs.asked, jobs.ended) == ([3, 3, 3], set())
    task.status = "failed"
    await jobs.tick()
    assert jobs.ended == {3}


async def test_a_task_becomes_late_although_nothing_changes() -> None:
    """A job is marked late in its time, although the list shows its task as before."""
    jobs = many(10, age=29 * MINUTE)
    for _ in range(20):
        await jobs.tick()
    assert all(job.late for job in jobs.owned)
    assert len(jobs.steps) == 10


SPOILT = st.sampled_from(
    [
        "well",
        "well",
        "well",
        "shuffled",
        "twice",
        "gaps",
        "stands still",
        "empty",
        "500",
        "no total",
    ]
)
CHANGES = st.lists(st.tuples(st.integers(0, 59), st.sampled_from(["progress", "end", "requeue"])))


@settings(deadline=None, max_examples=40)
@given(
    turns=st.lists(st.tuples(SPOILT, CHANGES), min_size=1, max_size=6),
    page=st.sampled_from([7, 100]),
    others=st.sampled_from([0, 40]),
    seed=st.integers(0, 99),
)
async def test_no_task_is_missed_or_followed_twice(
    turns: list[tuple[str, list[tuple[int, str]]]], page: int, others: int, seed: int
) -> None:
    """Whatever the list does: when it is well again, all that has changed is known, once."""
    jobs, chance = many(60), random.Random(seed)
    jobs.api.page = page
    jobs.api.put(*foreign(others, since=jobs.clock.now - 60))
    for spoilt, changes in turns:
        jobs.api.spoil = functools.partial(_spoil, spoilt, chance)
        for number, change in changes:
            task = jobs.api.tasks[f"task_{number}"]
            if task.status != "failed":
                task.progress = chance.choice([1.0, 2.0]) if change == "progress" else task.progress
                task.status = {"end": "failed", "requeue": "queued"}.get(change, task.status)
        before = len(jobs.api.gets)
        await jobs.tick()
        assert len(jobs.api.gets) - before <= 5 * RATE + 60
    jobs.api.spoil = lambda _query, page: page
    for _ in range(4):
        await jobs.tick()
    tasks = {number: jobs.api.tasks[f"task_{number}"] for number in range(60)}
    assert jobs.ended == {number for number, task in tasks.items() if task.status == "failed"}
    assert len(jobs.owned) == 60 - len(jobs.ended)
    for job in jobs.owned:
        assert (job.status, job.progress) == (tasks[job.id].status, tasks[job.id].progress)


def _spoil(how: str, chance: random.Random, _query: PageQuery, page: EntryPage) -> EntryPage:
    if how == "500" and chance.random() < 0.5:
        raise chance.choice([Unavailable(status=500), Malformed("no")])
    entries = list(page.entries)
    spoilt = {
        "shuffled": {"entries": chance.sample(entries, len(entries))},
        "twice": {"entries": [*entries, *entries]},
        "gaps": {"entries": [entry for entry in entries if chance.random() < 0.7]},
        "stands still": {"cursor": "9999999999.0", "has_more": True},
        "empty": {"entries": []},
        "no total": {"total": None},
    }
    return dataclasses.replace(page, **spoilt.get(how, {}))  # type: ignore[arg-type]
