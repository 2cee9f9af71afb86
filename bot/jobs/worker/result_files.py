"""Result files: downloads the files of a result while their addresses are valid, and makes them fit."""

import dataclasses
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.jobs.worker.fetch_trouble import must_not_be_opened
from bot.jobs.worker.message_size import limit_of_each
from bot.jobs.worker.result_rooms import (
    SMALL_RESULT,
    ResultRooms,
    Room,
    larger_room,
    room_for,
)
from bot.media.download import DownloadedFile, download
from bot.media.errors import CannotTranscode, DownloadError, NeverMedium, NoMedium, TooLarge
from bot.media.scratch_folder import scratch_folder
from bot.media.transcoding.transcoder import Transcoder
from bot.modelhunter import Task
from db.records import Job

log = logging.getLogger(__name__)

# A message has at most ten attachments (Discord docs: Message resource).
MOST_FILES = 10
# Bytes that a result's files may have together; those beyond it are linked.
LARGEST_RESULT = 100 * 1024 * 1024

_Outcome = DownloadedFile | DownloadError | CannotTranscode


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedResult:
    """The files of a result, ready to be uploaded; without any, *error* says why."""

    files: Sequence[DownloadedFile]
    fitted: bool  # whether any of them is smaller than the API made it
    left_out: int  # files that could not be downloaded or made to fit, or are too many
    bad_files: int  # bit n is set for the file with index n if it must not be opened
    error: DownloadError | CannotTranscode | None = None


class _RoomTooSmall(Exception):
    """A file is larger than the API stated, so that its result needs another room.

    *size* is in bytes, None if it is not known.
    """

    def __init__(self, size: int | None) -> None:
        super().__init__()
        self.size = size


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Caps:
    """Bytes that one file of a result may have in a room, and all of them together."""

    file: int
    result: int

    @classmethod
    def of(cls, room: Room, limit: int) -> "_Caps":
        """Return the caps of *room* where a message takes files of *limit* bytes."""
        return cls(
            file=LARGEST_RESULT if room is Room.TRANSCODED else limit,
            result=min(SMALL_RESULT, LARGEST_RESULT) if room is Room.SMALL else LARGEST_RESULT,
        )

    def fits_larger_room(self, left: int) -> bool:
        """Whether a larger room takes what is too large for what is *left* of this one."""
        return self.result < LARGEST_RESULT or self.file < left


class ResultFiles:
    """Downloads of results into scratch folders, as many at a time as `result_rooms` has room for."""

    def __init__(self, session: aiohttp.ClientSession, transcoder: Transcoder) -> None:
        self._session = session
        self._transcoder = transcoder
        self._rooms = ResultRooms()

    @asynccontextmanager
    async def downloaded(
        self,
        job: Job,
        task: Task,
        limit: int,
        is_second_look: Callable[[int], bool],
        takes_part: bool = False,
    ) -> AsyncGenerator[DownloadedResult]:
        """Yield the files of *task*, which fit into one message, and delete them afterwards.

        None is larger than *limit* bytes, and all together are as small as a message has to be.

        A file that is lost for good is left out, and the others are kept. *is_second_look* is asked
        about the number of a file that is no medium, and answers whether that was seen before.
        With *takes_part* a file that can't be downloaded now is left out too.

        Raises:
            DownloadError: A file can't be downloaded now; its kind says why.
        """
        stated = [item.size_bytes for item in task.result[:MOST_FILES]]
        room = room_for(stated, limit_of_each([size or 0 for size in stated], limit))
        while True:
            async with self._rooms.place(room, job), scratch_folder() as folder:
                try:
                    async with self._rooms.download(room, job):
                        sources = await self._download(
                            job, task, folder, is_second_look, takes_part, _Caps.of(room, limit)
                        )
                except _RoomTooSmall as error:
                    room = larger_room(room, error.size, limit)
                    continue
                sizes = [file.size for file in sources if isinstance(file, DownloadedFile)]
                each = limit_of_each(sizes, limit)
                outcomes = [await self._fit(job, source, each) for source in sources]
                yield _to_result(sources, outcomes, more=len(task.result) - len(sources))
                return

    async def _download(
        self,
        job: Job,
        task: Task,
        folder: Path,
        is_second_look: Callable[[int], bool],
        takes_part: bool,
        caps: _Caps,
    ) -> list[_Outcome]:
        found: list[_Outcome] = []
        look_again: NoMedium | None = None
        left = caps.result
        for number, item in enumerate(task.result[:MOST_FILES], start=1):
            try:
                file = await download(
                    item.url,
                    folder,
                    name=f"{job.kind}-{job.id}-{number}",
                    cap=min(caps.file, left),
                    session=self._session,
                    size=item.size_bytes,
                )
            except NoMedium as error:
                # The first look at the others is now too, so that one more try is enough for all.
                if is_second_look(number):
                    found.append(NeverMedium(f"{error}, twice"))
                else:
                    found.append(error)
                    look_again = error
            except DownloadError as error:
                if error.retryable and not takes_part:
                    raise
                is_larger_room_of_use = caps.fits_larger_room(left)
                found.append(_outcome_of(error, is_larger_room_of_use=is_larger_room_of_use))
            else:
                left -= file.size
                found.append(file)
        if look_again is not None and not takes_part:
            raise look_again
        return found

    async def _fit(self, job: Job, file: _Outcome, limit: int) -> _Outcome:
        if not isinstance(file, DownloadedFile) or file.size <= limit:
            return file
        try:
            fitted = await self._transcoder.transcode(file, limit=limit, sharer=job.user_id)
        except CannotTranscode as error:
            return error
        log.info("%s: made smaller, %d to %d bytes", file.path.stem, file.size, fitted.size)
        return fitted


def _outcome_of(error: DownloadError, *, is_larger_room_of_use: bool) -> DownloadError:
    """Return what a file is left out for, unless a larger room takes it."""
    if isinstance(error, TooLarge) and is_larger_room_of_use:
        raise _RoomTooSmall(error.size) from error
    return error


def _to_result(
    sources: Sequence[_Outcome], outcomes: Sequence[_Outcome], *, more: int
) -> DownloadedResult:
    """Return the files among *outcomes*, which are in the order of the result.

    Without any, the error is one of a file that may be linked, if there is such a file. *more* files were not fetched, because a message takes no more.
    """
    files = [each for each in outcomes if isinstance(each, DownloadedFile)]
    left_out = [each for each in outcomes if not isinstance(each, DownloadedFile)]
    linkable = [error for error in left_out if not must_not_be_opened(error)]
    for error in left_out if files else ():
        log.warning("%s: one of its files is left out: %s", files[0].path.stem, error)
    fitted = any(file not in sources for file in files)
    return DownloadedResult(
        files=files,
        fitted=fitted,
        left_out=len(left_out) + more,
        bad_files=sum(
            1 << index
            for index, each in enumerate(outcomes)
            if isinstance(each, Exception) and must_not_be_opened(each)
        ),
        error=None if files else (linkable or left_out)[0],
    )
