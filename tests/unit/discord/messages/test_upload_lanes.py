"""Uploads wait for others of their size, and no channel keeps out the others."""

import asyncio

from bot.discord.messages.upload_lanes import UploadLanes
from tests.virtual_time import in_virtual_time

MIB = 1024 * 1024


async def _upload(
    lanes: UploadLanes, channel: int, size: int, seconds: float, done: list[int]
) -> None:
    async with lanes.place(channel, size):
        await asyncio.sleep(seconds)
        done.append(channel)


@in_virtual_time
async def test_small_uploads_wait_for_no_large_ones() -> None:
    """However many large files are on their way, an image is sent at once."""
    lanes, done = UploadLanes(), list[int]()
    async with asyncio.TaskGroup() as tasks:
        for channel in range(30):
            tasks.create_task(_upload(lanes, channel, 50 * MIB, 300.0, done))
        await asyncio.sleep(1.0)
        tasks.create_task(_upload(lanes, 99, MIB, 1.0, done))
        await asyncio.sleep(1.5)
        assert done == [99]


@in_virtual_time
async def test_uploads_into_a_slow_channel_hold_up_no_other() -> None:
    """Sixty uploads that hang in one channel leave places for those in the others."""
    lanes, done = UploadLanes(), list[int]()
    async with asyncio.TaskGroup() as tasks:
        for size in (MIB, 50 * MIB):
            for _ in range(60):
                tasks.create_task(_upload(lanes, 1, size, 300.0, done))
        await asyncio.sleep(1.0)
        tasks.create_task(_upload(lanes, 2, MIB, 1.0, done))
        tasks.create_task(_upload(lanes, 2, 50 * MIB, 1.0, done))
        await asyncio.sleep(1.5)
        assert done == [2, 2]
