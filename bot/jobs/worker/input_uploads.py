"""Input uploads: hand the files of an accepted job over to the API, before its request is sent.

An upload is free and may be repeated, so a kill at any moment costs no more than that: what is stored
of it is the address that the file has in the end, and a job whose inputs all have one is sent. Each
wait is a look (`bot.jobs.looks`), so that a cancel ends the job at once.

An address that is not new, as that of a job that is asked for again, is looked at before it is sent:
only an answer that the file is not there counts, as the API reads its own files in other ways too.
"""

import logging
from collections.abc import Callable, Mapping

import aiohttp

from bot.catalogue import InputLimits, Slot
from bot.jobs.errors import InputDenied, InputGone, InputUnreadable, NotOwned
from bot.jobs.lifecycle import events
from bot.jobs.worker.input_sources import InputSources
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.media.download import check_presence
from bot.media.errors import DownloadError, MediaError, NotFound
from bot.media.upload import put_file
from bot.modelhunter import Unavailable
from db.job_inputs import JobInput
from db.records import Job, Reason
from db.repositories.jobs import JobRepository

log = logging.getLogger(__name__)

# Seconds for which an address is taken for good: the API has just given it.
_FRESH = 10 * 60.0

_REASONS: Mapping[type[InputDenied], Reason] = {
    InputGone: Reason.INPUT_GONE,
    InputUnreadable: Reason.INPUT_UNREADABLE,
}

# Returns the limits of a slot: of a model, by its name and endpoint.
LimitsOf = Callable[[str, str, Slot], InputLimits]


class InputUploads:
    """Hands inputs over to the API, and stores their addresses."""

    def __init__(
        self,
        context: StepContext,
        jobs: JobRepository,
        sources: InputSources,
        session: aiohttp.ClientSession,
        limits_of: LimitsOf,
    ) -> None:
        self._api = context.api
        self._recorder = context.recorder
        self._looks = context.looks
        self._clock = context.clock
        self._jobs = jobs
        self._sources = sources
        self._session = session
        self._limits_of = limits_of

    async def hand_over(self, job: Job) -> Job:
        """Return *job* with all its inputs at the API, or ended because one can't be had any more.

        Raises:
            RetryLater: A file can't be fetched or put now.
            ModelHunterError: The API does not take one now, or not at all.
            LookGivenUp: Something else comes first.
        """
        try:
            for index in range(len(job.inputs)):
                job = await self._with_address(job, index)
        except (InputGone, InputUnreadable) as error:
            reason = _REASONS[type(error)]
            log.info("job %d: an input can't be handed over: %s", job.id, reason)
            return await self._recorder.apply(job, events.SubmitRefused(reason))
        except MediaError as error:
            log.warning("job %d: an input can't be handed over now: %s", job.id, error)
            await self._recorder.apply(job, events.SubmitPostponed())
            raise RetryLater from error
        except Unavailable:
            await self._recorder.apply(job, events.SubmitPostponed())
            raise
        return job

    async def _with_address(self, job: Job, index: int) -> Job:
        """Return *job* with that input at the API.

        Raises:
            InputGone, InputUnreadable: It can't be had any more.
        """
        file = job.handed_in[index]
        if file.address is not None:
            async with self._looks.look(job.id):
                await self._check(job, file, file.address)
            return job
        if file.source is None:
            raise InputGone(Slot(file.slot))
        async with self._looks.look(job.id):
            address = await self._upload(job, file, file.source)
        learned = await self._jobs.learn_input_address(job.id, index, address, self._clock())
        if learned is None:
            raise NotOwned(str(job.id))
        return learned

    async def _upload(self, job: Job, file: JobInput, source: str) -> str:
        limits = self._limits_of(job.model, job.endpoint, Slot(file.slot))
        fetching = self._sources.ready(source, file, limits, requester=job.user_id)
        async with fetching as ready:
            place = await self._api.upload_place(
                name=ready.path.name, media_type=ready.media_type, size=ready.size
            )
            await put_file(
                place.url,
                ready.path,
                media_type=ready.media_type,
                size=ready.size,
                session=self._session,
            )
            return await self._api.complete_upload(place.file_id)

    async def _check(self, job: Job, file: JobInput, address: str) -> None:
        if self._clock() - (file.uploaded_at or 0.0) < _FRESH:
            return
        try:
            await check_presence(address, session=self._session)
        except NotFound as error:
            raise InputGone(Slot(file.slot)) from error
        except DownloadError as error:
            log.info("job %d: not known whether an input is there: %s", job.id, error)
