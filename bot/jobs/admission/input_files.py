"""Input files: fetch what was handed in, measure it, and check it before anything is reserved.

A file is kept only until it is measured; it is fetched again when it is handed to the API. A place
is held for each, so that however many commands come at once, no more than `_PLACES` and `_RESERVE`
files of `MOST_BYTES` are on disk. Who waits too long for one is denied, and may try again.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

import aiohttp

from bot.catalogue import Capability, InvalidRequest, Slot
from bot.jobs.admission.input_checks import (
    OfferedFile,
    most_bytes,
    needs_fitting,
    too_large,
    wrong_kind,
)
from bot.jobs.errors import (
    InputGone,
    InputsBusy,
    InputUnreachable,
    InputUnreadable,
    RequestDenied,
)
from bot.lanes import Lane
from bot.media.download import download
from bot.media.errors import (
    CannotMeasure,
    DownloadError,
    LinkExpired,
    NoMedium,
    NoProcess,
    NotFound,
    TooLarge,
)
from bot.media.facts import MediaFacts
from bot.media.measurement import Measurer
from bot.media.scratch_folder import scratch_folder

log = logging.getLogger(__name__)

_PLACES = 4
_RESERVE = 4
# Seconds. A requester sees "thinking" for both together, and the token is valid for 15 minutes.
_LONGEST_WAIT = 30.0
_LONGEST_LOOK = 90.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CheckedInput:
    """A file that was measured and is inside the limits, if need be once it was made to fit."""

    slot: Slot
    source: str = dataclasses.field(repr=False)  # the address that it was fetched from
    name: str
    facts: MediaFacts
    to_fit: bool


class InputFiles:
    """Checks the files of requests, a few at a time over all requesters.

    *longest_wait* for a place and *longest_look* at a file are in seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        measurer: Measurer,
        *,
        longest_wait: float = _LONGEST_WAIT,
        longest_look: float = _LONGEST_LOOK,
    ) -> None:
        self._session = session
        self._measurer = measurer
        self._places = Lane(_PLACES, reserve=_RESERVE)
        self._longest_wait = longest_wait
        self._longest_look = longest_look

    async def check(
        self, offered: Sequence[OfferedFile], capability: Capability, *, requester: int
    ) -> tuple[CheckedInput, ...]:
        """Return what *offered* are, in their order, each of which *capability* takes.

        Raises:
            InputOutside: A file is outside the limits, and can't be made to fit.
            InputDenied: A file can't be fetched or read; its kind says why.
        """
        try:
            async with asyncio.TaskGroup() as group:
                looks = [
                    group.create_task(
                        self._check(file, capability, requester), name=f"check {file.slot}"
                    )
                    for file in offered
                ]
        except* (InvalidRequest, RequestDenied) as failed:
            errors = failed.exceptions
        else:
            return tuple(look.result() for look in looks)
        raise errors[0]

    async def _check(
        self, file: OfferedFile, capability: Capability, requester: int
    ) -> CheckedInput:
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._longest_wait):
                    await held.enter_async_context(self._places.place(requester))
            except TimeoutError:
                raise InputsBusy(file.slot) from None
            try:
                async with asyncio.timeout(self._longest_look):
                    facts = await self._facts_of(file, capability, requester)
            except TimeoutError:
                log.warning("a file for %s could not be looked at in time", file.slot)
                raise InputUnreachable(file.slot) from None
        to_fit = needs_fitting(file.slot, facts, capability)
        return CheckedInput(
            slot=file.slot, source=file.source, name=file.name, facts=facts, to_fit=to_fit
        )

    async def _facts_of(
        self, file: OfferedFile, capability: Capability, requester: int
    ) -> MediaFacts:
        most = most_bytes(file.slot, capability.inputs[file.slot].limits)
        try:
            async with scratch_folder() as folder:
                fetched = await download(
                    file.source, folder, name="input", cap=most, session=self._session
                )
                return await self._measurer.measure(fetched.path, sharer=requester)
        except TooLarge as error:
            raise too_large(capability, file.slot, error.size or most + 1, most) from error
        except NoMedium as error:
            raise wrong_kind(capability, file.slot, "") from error
        except (LinkExpired, NotFound) as error:
            raise InputGone(file.slot) from error
        except DownloadError as error:
            log.warning("a file for %s could not be fetched: %s", file.slot, error)
            raise InputUnreachable(file.slot) from error
        except NoProcess as error:
            log.warning("a file for %s could not be measured now: %s", file.slot, error)
            raise InputsBusy(file.slot) from error
        except CannotMeasure as error:
            log.info("a file for %s could not be measured: %s", file.slot, error)
            raise InputUnreadable(file.slot) from error
