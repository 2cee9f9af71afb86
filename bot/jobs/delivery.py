"""Fetch the files of a result while their URLs live, and make them fit."""

import asyncio
import dataclasses
import logging
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.jobs.download import DownloadedFile, DownloadFailed, download
from bot.jobs.fitting.child import Fitting
from bot.modelhunter import Task
from db.records import Job

log = logging.getLogger(__name__)

# A message has at most ten attachments (Discord docs: Message resource).
MOST_FILES = 10
# What is larger than this is not even fetched: it is linked.
LARGEST_SOURCE = 100 * 1024 * 1024
# Four downloads of the largest source at once keep disk and network use in bounds.
_AT_ONCE = 4
_PREFIX = "modelhunter-result-"
# No delivery takes this long: an older folder was left behind by a process that was killed.
_LEFT_BEHIND = 6 * 60 * 60.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The files of a result, ready to be uploaded."""

    files: Sequence[DownloadedFile]
    fitted: bool  # whether any of them is smaller than the API made it


class Delivery:
    """Bring results to disk, a few at a time."""

    def __init__(self, session: aiohttp.ClientSession, fitting: Fitting) -> None:
        self._session = session
        self._fitting = fitting
        self._lane = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def fetched(self, job: Job, task: Task, limit: int) -> AsyncGenerator[Fetched]:
        """Yield the files of *task*, none larger than *limit* bytes, and delete them afterwards.

        Raises:
            DownloadError: A file could not be had; its kind says why.
            CannotFit: A file can't be made small enough.
        """
        async with self._lane, _temporary_folder() as folder:
            sources = [
                await download(
                    item.url,
                    folder,
                    name=f"{job.kind}-{job.id}-{number}",
                    cap=LARGEST_SOURCE,
                    session=self._session,
                )
                for number, item in enumerate(task.result[:MOST_FILES], start=1)
            ]
            files = [await self._fit(file, limit) for file in sources]
            yield Fetched(files=files, fitted=files != sources)

    async def _fit(self, file: DownloadedFile, limit: int) -> DownloadedFile:
        if file.size <= limit:
            return file
        fitted = await self._fitting.fit(file, limit=limit)
        log.info("%s: made smaller, %d to %d bytes", file.path.stem, file.size, fitted.size)
        return fitted


@asynccontextmanager
async def _temporary_folder() -> AsyncGenerator[Path]:
    """Yield a new folder and delete it with all that is in it; raises DownloadFailed on a full disk."""
    try:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=_PREFIX))
    except OSError as error:
        raise DownloadFailed(f"no room for files: {error.strerror}", retryable=True) from error
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def remove_what_was_left_behind() -> None:
    """Delete the folders of processes that were killed while they delivered."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > _LEFT_BEHIND:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
