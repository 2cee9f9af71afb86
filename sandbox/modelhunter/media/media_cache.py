"""Makes each file once, away from the event loop."""

import asyncio
from collections import OrderedDict

from sandbox.modelhunter.media.picture import picture
from sandbox.modelhunter.media.render_request import CONTENT_TYPES, MediaOrder
from sandbox.modelhunter.media.sound import sound
from sandbox.modelhunter.media.video import video

_KEPT = 64  # files


class Studio:
    """Makes files and keeps the latest; one that was dropped is made again, byte for byte."""

    def __init__(self) -> None:
        self._made: OrderedDict[MediaOrder, bytes] = OrderedDict()
        self._working = asyncio.Lock()

    async def make(self, order: MediaOrder) -> bytes:
        """Return the file, without padding."""
        async with self._working:  # the second to ask for a file finds it made
            if order not in self._made:
                self._made[order] = await asyncio.to_thread(produce, order)
            self._made.move_to_end(order)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
            return self._made[order]


def produce(order: MediaOrder) -> bytes:
    """Make the file that *order* describes; takes up to a second of one core."""
    match CONTENT_TYPES[order.format].partition("/")[0]:
        case "video":
            return video(order)
        case "image":
            return picture(order)
        case _:
            return sound(order)
