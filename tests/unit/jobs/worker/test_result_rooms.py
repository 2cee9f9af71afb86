"""Results wait for others like them alone, whatever the API states about their size."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.worker.result_rooms import SMALL_RESULT, ResultRooms, Room, larger_room, room_for
from db.records import Job
from tests.unit.jobs.builders import a_job
from tests.virtual_time import in_virtual_time

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("sizes", "limit", "room"),
    [
        ([], 10 * MIB, Room.SMALL),
        ([None], 10 * MIB, Room.SMALL),
        ([None, None, 3 * MIB], 10 * MIB, Room.SMALL),
        ([10 * MIB], 10 * MIB, Room.SMALL),
        ([10 * MIB + 1], 10 * MIB, Room.TRANSCODED),
        ([4 * MIB, 4 * MIB, 4 * MIB], 10 * MIB, Room.LARGE),
        ([30 * MIB], 50 * MIB, Room.LARGE),
        ([30 * MIB, 60 * MIB], 50 * MIB, Room.TRANSCODED),
    ],
)
def test_which_result_needs_which_room(sizes: list[int | None], limit: int, room: Room) -> None:
    """A file above the limit is transcoded; others are small or large, all files together."""
    assert room_for(sizes, limit) is room


@given(st.lists(st.none() | st.integers(0, 200 * MIB), max_size=10), st.integers(1, 100 * MIB))
def test_no_result_that_fits_waits_in_the_room_of_those_that_do_not(
    sizes: list[int | None], limit: int
) -> None:
    """The room for what is transcoded is only for results with a file above the limit."""
    known = [size for size in sizes if size is not None]
    room = room_for(sizes, limit)
    assert (room is Room.TRANSCODED) == any(size > limit for size in known)
    assert (room is Room.SMALL) == (all(s <= limit for s in known) and sum(known) <= SMALL_RESULT)


async def _hold(rooms: ResultRooms, room: Room, job: Job, seconds: float, done: list[int]) -> None:
    async with rooms.place(room, job):
        await asyncio.sleep(seconds)
        done.append(job.id)


@given(
    room=st.sampled_from(Room),
    size=st.none() | st.integers(0, 10**10),
    limit=st.integers(1, 5 * 10**8),
)
def test_the_next_room_is_larger_and_fits(room: Room, size: int | None, limit: int) -> None:
    """A file too large for its room goes to one that is larger and fits it, unless there is none."""
    larger = larger_room(room, size, limit)
    assert larger.value > room.value or larger is Room.TRANSCODED
    assert larger is Room.TRANSCODED or (size is not None and size <= limit)


@in_virtual_time
async def test_thirty_large_videos_hold_up_no_image() -> None:
    """However many videos wait for the transcoder, of whomever, what fits has its room at once."""
    rooms, done = ResultRooms(), list[int]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(30):
            video = a_job(id=number, user_id=number, channel_id=1)
            tasks.create_task(_hold(rooms, Room.TRANSCODED, video, 300.0, done))
        await asyncio.sleep(1.0)
        image = a_job(id=99, user_id=99, channel_id=1)
        tasks.create_task(_hold(rooms, Room.SMALL, image, 1.0, done))
        await asyncio.sleep(1.5)
        assert done == [99]
    assert len(done) == 31


@in_virtual_time
async def test_a_slow_channel_holds_up_no_result_in_another() -> None:
    """Results that can't be uploaded for a while leave room for those of other channels."""
    rooms, done = ResultRooms(), list[int]()
    async with asyncio.TaskGroup() as tasks:
        for number in range(400):
            slow = a_job(id=number, user_id=number, channel_id=number % 20)
            tasks.create_task(_hold(rooms, Room.SMALL, slow, 300.0, done))
        await asyncio.sleep(1.0)
        tasks.create_task(_hold(rooms, Room.SMALL, a_job(id=999, channel_id=77), 1.0, done))
        await asyncio.sleep(1.5)
        assert done == [999]
