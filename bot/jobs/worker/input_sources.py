"""Input sources: fetch a file that was handed in once more, and make it what its model takes."""

import dataclasses
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.catalogue import InputLimits, Slot
from bot.jobs.admission.input_checks import most_bytes, picture_limits
from bot.jobs.errors import InputGone, InputUnreadable
from bot.lanes import Lane
from bot.media.download import DownloadedFile, download
from bot.media.errors import (
    CannotTranscode,
    DownloadError,
    LinkExpired,
    NoMedium,
    NoProcess,
    NotFound,
)
from bot.media.measurement import Measurer
from bot.media.picture_fitting import PictureFitter
from bot.media.scratch_folder import scratch_folder
from db.job_inputs import JobInput

log = logging.getLogger(__name__)

# Files are on disk until they are uploaded: of the largest, with what is made of them, 1.2 GB.
_PLACES = 4
_RESERVE = 4


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReadyInput:
    """A file on disk that the model takes; `size` in bytes."""

    path: Path
    media_type: str
    size: int


class InputSources:
    """Fetches inputs into scratch folders, a few at a time over all jobs."""

    def __init__(
        self, session: aiohttp.ClientSession, fitter: PictureFitter, measurer: Measurer
    ) -> None:
        self._session = session
        self._fitter = fitter
        self._measurer = measurer
        self._places = Lane(_PLACES, reserve=_RESERVE)

    @asynccontextmanager
    async def ready(
        self, source: str, file: JobInput, limits: InputLimits, *, requester: int
    ) -> AsyncGenerator[ReadyInput]:
        """Yield *file* from the address *source*, made to fit if need be; delete it afterwards.

        Raises:
            InputGone: It is not there any more, or is another than was checked.
            InputUnreadable: It can't be made to fit.
            DownloadError, CannotMeasure, NoProcess: It can't be had now; a later attempt may succeed,
                as it could be measured before.
        """
        slot = Slot(file.slot)
        async with self._places.place(requester), scratch_folder() as folder:
            try:
                fetched = await self._fetched(source, file, limits, folder, requester)
                if file.to_fit:
                    fetched = await self._fitter.fit(
                        fetched, picture_limits(limits), sharer=requester
                    )
            except DownloadError as error:
                if _is_gone(error):
                    raise InputGone(slot) from error
                raise
            except NoProcess:
                raise
            except CannotTranscode as error:
                log.warning("a file for %s can't be used: %s", slot, error)
                raise InputUnreadable(slot) from error
            yield ReadyInput(path=fetched.path, media_type=fetched.media_type, size=fetched.size)

    async def _fetched(
        self, source: str, file: JobInput, limits: InputLimits, folder: Path, requester: int
    ) -> DownloadedFile:
        """Fetch *file*, unless it is another than was checked and its price agreed to."""
        slot = Slot(file.slot)
        fetched = await download(
            source, folder, name="input", cap=most_bytes(slot, limits), session=self._session
        )
        if fetched.size != file.size:
            raise InputGone(slot)
        if file.seconds is not None:  # which the price depends on
            facts = await self._measurer.measure(fetched.path, sharer=requester)
            if facts.seconds != file.seconds:
                raise InputGone(slot)
        return fetched


def _is_gone(error: DownloadError) -> bool:
    """Whether no later attempt finds the file that was handed in."""
    return not error.retryable or isinstance(error, LinkExpired | NotFound | NoMedium)
