"""Upload lanes: how many uploads are under way at once, by their size, shared by the channels.

An upload lasts as long as the operator's line and Discord need for it, up to minutes. So small ones
don't wait for large ones, and no channel takes every place (`bot.lanes`). The places are few enough
that all of them, full of the largest files, are through within the timeout of an upload at 15 Mbit/s.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.lanes import Lane

# Bytes. What every server takes (Discord docs: Reference, Uploading Files).
_SMALL = 10 * 1024 * 1024


class UploadLanes:
    """One lane for small uploads and one for large ones."""

    def __init__(self) -> None:
        self._small = Lane(16, reserve=8)
        self._large = Lane(3, reserve=1)

    @asynccontextmanager
    async def place(self, channel_id: int, size: int) -> AsyncGenerator[None]:
        """Hold a place for an upload of *size* bytes into a channel until the block is left."""
        async with (self._small if size <= _SMALL else self._large).place(channel_id):
            yield
