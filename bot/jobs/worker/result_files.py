"""Fetch the files of a result while their URLs live, and make them fit."""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.media.download import DownloadedFile, download
from bot.media.errors import AddressRefused, CannotTranscode, DownloadError, WrongType
from bot.media.scratch_folder import scratch_folder
from bot.media.transcoding.transcoder import Transcoder
from bot.modelhunter import Task
from db.records import Job

log = logging.getLogger(__name__)

# A message has at most ten attachments (Discord docs: Message resource).
MOST_FILES = 10
# What a result's files may have together; those beyond it are linked.
LARGEST_RESULT = 100 * 1024 * 1024
# Downloads, not deliveries: a large video that is made smaller or uploaded holds up no image.
_AT_ONCE = 4

_Found = DownloadedFile | DownloadError | CannotTranscode


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedResult:
    """The files of a result, ready to be uploaded."""

    files: Sequence[DownloadedFile]
    fitted: bool  # whether any of them is smaller than the API made it
    left_out: int  # files that could not be had or made to fit
    bad: bool  # whether any of those must not be shown, so that no link to it is safe either


class ResultFiles:
    """Bring results to disk, a few at a time."""

    def __init__(self, session: aiohttp.ClientSession, transcoder: Transcoder) -> None:
        self._session = session
        self._transcoder = transcoder
        self._lane = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def downloaded(
        self, job: Job, task: Task, limit: int
    ) -> AsyncGenerator[DownloadedResult]:
        """Yield the files of *task*, none larger than *limit* bytes, and delete them afterwards.

        One that can't be had for good does not take the others with it: it is left out.

        Raises:
            DownloadError: A file could not be had now, or none at all; its kind says why.
            CannotTranscode: No file can be made small enough.
        """
        async with scratch_folder() as folder:
            async with self._lane:
                sources = await self._download(job, task, folder)
            yield _fetched(sources, [await self._fit(source, limit) for source in sources])

    async def _download(self, job: Job, task: Task, folder: Path) -> list[_Found]:
        found: list[_Found] = []
        room = LARGEST_RESULT
        for number, item in enumerate(task.result[:MOST_FILES], start=1):
            try:
                file = await download(
                    item.url,
                    folder,
                    name=f"{job.kind}-{job.id}-{number}",
                    cap=room,
                    session=self._session,
                    size=item.size_bytes,
                )
            except DownloadError as error:
                if error.retryable:
                    raise
                found.append(error)
            else:
                room -= file.size
                found.append(file)
        return found

    async def _fit(self, file: _Found, limit: int) -> _Found:
        if not isinstance(file, DownloadedFile) or file.size <= limit:
            return file
        try:
            fitted = await self._transcoder.transcode(file, limit=limit)
        except CannotTranscode as error:
            return error
        log.info("%s: made smaller, %d to %d bytes", file.path.stem, file.size, fitted.size)
        return fitted


def _fetched(sources: Sequence[_Found], found: Sequence[_Found]) -> DownloadedResult:
    """Sort what was *found* and raise the worst of it if there is no file at all."""
    files = [each for each in found if isinstance(each, DownloadedFile)]
    left_out = [each for each in found if not isinstance(each, DownloadedFile)]
    bad = [error for error in left_out if must_not_be_shown(error)]
    if not files:
        raise (bad or left_out)[0]
    for error in left_out:
        log.warning("%s: one of its files is left out: %s", files[0].path.stem, error)
    fitted = any(file not in sources for file in files)
    return DownloadedResult(files=files, fitted=fitted, left_out=len(left_out), bad=bool(bad))


def must_not_be_shown(error: Exception) -> bool:
    """Whether *error* is about a file that people had better not open."""
    return isinstance(error, WrongType | AddressRefused)
