"""Fetch the files of a result while their URLs live."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.jobs.download import DownloadedFile, download
from bot.modelhunter import Task
from db.records import Job

# A message has at most ten attachments (Discord docs: Message resource).
MOST_FILES = 10
# Four downloads of the largest upload at once keep disk and network use in bounds.
_AT_ONCE = 4


class Delivery:
    """Bring results to disk, a few at a time."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._lane = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def fetched(
        self, job: Job, task: Task, limit: int
    ) -> AsyncGenerator[list[DownloadedFile]]:
        """Yield the files of *task*, none larger than *limit* bytes, and delete them afterwards.

        Raises:
            DownloadError: A file could not be had; its kind says why.
        """
        async with self._lane:
            with tempfile.TemporaryDirectory(prefix="result-") as folder:
                yield [
                    await download(
                        item.url,
                        Path(folder),
                        name=f"{job.kind}-{job.id}-{number}",
                        cap=limit,
                        session=self._session,
                    )
                    for number, item in enumerate(task.result[:MOST_FILES], start=1)
                ]
