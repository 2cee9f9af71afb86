"""Transcoder: the parent's side of transcoding, one confined child process for each file."""

import asyncio
from collections.abc import Hashable
from pathlib import Path

from bot.lanes import Lane
from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.media_type import HEAD, detect_media_type
from bot.media.transcoding.child_process import MEMORY, run_child

# A minute of 1080p takes some twenty seconds of processor time, the largest image the same.
TIMEOUT = 300.0  # seconds
AT_ONCE = 2


class Transcoder:
    """Transcodes files, at most *at_once* at a time, each within *timeout* and *memory*."""

    def __init__(
        self, *, timeout: float = TIMEOUT, memory: int = MEMORY, at_once: int = AT_ONCE
    ) -> None:
        self._timeout = timeout
        self._memory = memory
        self._slots = Lane(at_once, reserve=0)

    async def transcode(
        self, file: DownloadedFile, *, limit: int, sharer: Hashable = None
    ) -> DownloadedFile:
        """Return *file* as one of less than *limit* bytes, in the same folder.

        Files of different sharers take turns; the *sharer* is who asked for it. A file that fits is returned as it is. After an error nothing is left in the folder.

        Raises:
            CannotTranscode: It can't be made small enough; the text gives the reason.
        """
        if file.size < limit:
            return file
        target = file.path.with_name(f"{file.path.stem}-fitted")
        try:
            async with self._slots.place(sharer):
                await run_child(
                    "child",
                    file.path,
                    file.media_type,
                    *(str(target), "--limit", str(limit)),
                    timeout=self._timeout,
                    memory=self._memory,
                )
            return await asyncio.to_thread(checked_target, target, limit)
        finally:
            target.unlink(missing_ok=True)


def checked_target(target: Path, limit: int) -> DownloadedFile:
    """Return a child's file under the extension of its contents; nothing else is trusted.

    Raises:
        CannotTranscode: It is no medium of less than *limit* bytes.
    """
    try:
        size = target.stat().st_size
        with target.open("rb") as file:
            media_type = detect_media_type(file.read(HEAD))
    except OSError:
        raise CannotTranscode("the transcoder wrote nothing") from None
    if media_type is None or not 0 < size < limit:
        raise CannotTranscode("the transcoder wrote nothing of use")
    path = target.rename(target.with_name(f"{target.name}.{media_type.extension}"))
    return DownloadedFile(
        path=path, size=size, media_type=media_type.name, extension=media_type.extension
    )
