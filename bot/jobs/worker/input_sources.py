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
from bot.media.download import download
from bot.media.errors import (
    AddressRefused,
    CannotTranscode,
    DownloadError,
    LinkExpired,
    NameRefused,
    NoMedium,
    NotFound,
    TooLarge,
)
from bot.media.picture_fitting import PictureFitter
from bot.media.scratch_folder import scratch_folder

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

    def __init__(self, session: aiohttp.ClientSession, fitter: PictureFitter) -> None:
        self._session = session
        self._fitter = fitter
        self._places = Lane(_PLACES, reserve=_RESERVE)

    @asynccontextmanager
    async def ready(
        self, source: str, slot: Slot, limits: InputLimits, *, to_fit: bool, requester: int
    ) -> AsyncGenerator[ReadyInput]:
        """Yield the file at the address *source*, made to fit if need be; delete it afterwards.

        Raises:
            InputGone: It is not there any more, or is another than it was.
            InputUnreadable: It can't be made to fit.
            DownloadError: It can't be fetched now; a later attempt may succeed.
        """
        async with self._places.place(requester), scratch_folder() as folder:
            try:
                file = await download(
                    source,
                    folder,
                    name="input",
                    cap=most_bytes(slot, limits),
                    session=self._session,
                )
                if to_fit:
                    file = await self._fitter.fit(file, picture_limits(limits), sharer=requester)
            except DownloadError as error:
                if _is_gone(error):
                    raise InputGone(slot) from error
                raise
            except CannotTranscode as error:
                log.warning("a picture for %s can't be made to fit: %s", slot, error)
                raise InputUnreadable(slot) from error
            yield ReadyInput(path=file.path, media_type=file.media_type, size=file.size)


def _is_gone(error: DownloadError) -> bool:
    """Whether no later attempt finds the file that was handed in."""
    if isinstance(error, NameRefused):
        return False
    return isinstance(error, LinkExpired | NotFound | NoMedium | AddressRefused | TooLarge)
