"""Result rooms: how many results are on disk at once, from their download until they are sent.

A large video waits minutes for its turn to be made smaller, and an upload lasts as long as Discord
and the operator's line need. So results have rooms by what they need, each with places of its own:
what is small waits for nothing large, and what fits into a message waits for nothing that has to be
transcoded. A room belongs to the channels in it by turns, so that a slow one holds up no other, and its
downloads to their requesters, so that a slow host holds up no other.

The room is chosen by the sizes that the API states. They may be absent or wrong, so each room has
caps, and a result that passes them is downloaded once more in a larger one.
"""

import enum
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager

from bot.lanes import Lane
from db.records import Job

# Bytes that the files of a small result have together.
SMALL_RESULT = 10 * 1024 * 1024


class Room(enum.Enum):
    """What a result needs before it can be sent."""

    SMALL = enum.auto()  # a download of seconds
    LARGE = enum.auto()  # a longer one, but every file fits into a message as it is
    TRANSCODED = enum.auto()  # a file that has to be made smaller


def room_for(sizes: Iterable[int | None], limit: int) -> Room:
    """Return the room for files of these sizes, as far as they are known, of *limit* bytes each. Pure."""
    known = [size for size in sizes if size is not None]
    if any(size > limit for size in known):
        return Room.TRANSCODED
    return Room.SMALL if sum(known) <= SMALL_RESULT else Room.LARGE


def larger_room(room: Room, size: int | None, limit: int) -> Room:
    """Return the room for a result of which a file of *size* bytes does not fit into *room*. Pure.

    Where the size is not known it is the largest, so that no result is fetched more than twice for that.
    """
    if size is None or room is not Room.SMALL:
        return Room.TRANSCODED
    return max(room_for([size], limit), Room.LARGE, key=lambda each: each.value)


class ResultRooms:
    """Places for results on disk, and for their downloads."""

    def __init__(self) -> None:
        # Full of the largest, these are some 2 GB on disk.
        self._rooms: Mapping[Room, Lane] = {
            Room.SMALL: Lane(48, reserve=48),
            Room.LARGE: Lane(4, reserve=4),
            Room.TRANSCODED: Lane(4, reserve=4),
        }
        self._downloads: Mapping[Room, Lane] = {
            Room.SMALL: Lane(12, reserve=12),
            Room.LARGE: Lane(3, reserve=3),
            Room.TRANSCODED: Lane(3, reserve=3),
        }

    @asynccontextmanager
    async def place(self, room: Room, job: Job) -> AsyncGenerator[None]:
        """Hold a place for the result of *job* until the block is left."""
        sharer = job.user_id if room is Room.TRANSCODED else job.channel_id
        async with self._rooms[room].place(sharer):
            yield

    @asynccontextmanager
    async def download(self, room: Room, job: Job) -> AsyncGenerator[None]:
        """Hold a place for the download of the result of *job* until the block is left."""
        async with self._downloads[room].place(job.user_id):
            yield
