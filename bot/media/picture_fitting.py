"""Picture fitting: make a picture that a model does not take into one that it does.

The child process decodes it, and says nothing that is taken on trust.
"""

import asyncio
from collections.abc import Hashable

from bot.lanes import Lane
from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.facts import PictureLimits
from bot.media.transcoding.child_process import MEMORY, run_child
from bot.media.transcoding.transcoder import checked_target

# The largest picture is encoded in some ten attempts of seconds.
TIMEOUT = 120.0  # seconds
AT_ONCE = 2


class PictureFitter:
    """Makes pictures fit, at most *at_once* at a time, each within *timeout* and *memory*."""

    def __init__(
        self, *, timeout: float = TIMEOUT, memory: int = MEMORY, at_once: int = AT_ONCE
    ) -> None:
        self._timeout = timeout
        self._memory = memory
        self._places = Lane(at_once, reserve=0)

    async def fit(
        self, file: DownloadedFile, limits: PictureLimits, *, sharer: Hashable = None
    ) -> DownloadedFile:
        """Return *file* as a plain picture inside *limits*, in the same folder.

        It is upright, of one frame, with eight bits a channel in grey or RGB. Pictures of different
        sharers take turns. After an error nothing is left in the folder but *file*.

        Raises:
            CannotTranscode: It can't be made to fit; the text gives the reason.
        """
        target = file.path.with_name(f"{file.path.stem}-fitted")
        sides = () if limits.max_side is None else ("--max-side", str(limits.max_side))
        try:
            async with self._places.place(sharer):
                await run_child(
                    "fitting_child",
                    file.path,
                    file.media_type,
                    *(str(target), "--types", ",".join(limits.types), *sides),
                    *("--max-bytes", str(limits.max_bytes), "--min-side", str(limits.min_side)),
                    timeout=self._timeout,
                    memory=self._memory,
                )
            fitted = await asyncio.to_thread(checked_target, target, limits.max_bytes + 1)
        finally:
            target.unlink(missing_ok=True)
        if fitted.media_type not in limits.types:
            await asyncio.to_thread(fitted.path.unlink)
            raise CannotTranscode(f"the transcoder wrote {fitted.media_type}")
        return fitted
