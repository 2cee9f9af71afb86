"""Cache of rendered files: each is rendered once, in a thread, and the latest are kept."""

import asyncio
from collections import OrderedDict

from sandbox.modelhunter.media.picture import picture
from sandbox.modelhunter.media.render_request import CONTENT_TYPES, RenderRequest
from sandbox.modelhunter.media.sound import sound
from sandbox.modelhunter.media.video import video

_KEPT = 64  # files


class MediaCache:
    """The latest files; one that was dropped is rendered again, byte for byte the same."""

    def __init__(self) -> None:
        self._files: OrderedDict[RenderRequest, bytes] = OrderedDict()
        self._rendering = asyncio.Lock()

    async def get(self, wanted: RenderRequest) -> bytes:
        """Return the file, without padding."""
        async with self._rendering:  # the second caller for a file finds it rendered
            if wanted not in self._files:
                self._files[wanted] = await asyncio.to_thread(render, wanted)
            self._files.move_to_end(wanted)
            while len(self._files) > _KEPT:
                self._files.popitem(last=False)
            return self._files[wanted]


def render(wanted: RenderRequest) -> bytes:
    """Render a file; takes up to a second of one core."""
    match CONTENT_TYPES[wanted.format].partition("/")[0]:
        case "video":
            return video(wanted)
        case "image":
            return picture(wanted)
        case _:
            return sound(wanted)
