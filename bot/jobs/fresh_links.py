"""Fresh links: addresses of a result that are seconds old."""

import dataclasses
from collections.abc import Callable, Sequence

from bot.jobs.errors import NoResult
from bot.jobs.queries import JobQueries
from bot.lanes import Lane
from bot.modelhunter import ModelHunterClient, ModelHunterError, TaskNotFound, Urgency

# A signed result URL is valid for this many seconds (ModelHunter docs: task status page).
LINK_LIFETIME = 15 * 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class FreshLinks:
    """Signed addresses of a result; `end` is when they expire, in Unix seconds."""

    urls: Sequence[str] = dataclasses.field(repr=False)
    end: float


class LinkRenewal:
    """Renewal of a result's addresses: the API signs new ones each time the task is asked for."""

    def __init__(
        self, queries: JobQueries, api: ModelHunterClient, *, clock: Callable[[], float]
    ) -> None:
        self._queries = queries
        self._api = api
        self._clock = clock
        # So that presses whose questions hang leave the other calls to the API their connections.
        self._lane = Lane(12, reserve=4)

    async def fresh_links(self, job_id: int, by: int) -> FreshLinks:
        """Ask the API again for user *by* and return addresses that are valid for 15 minutes from now.

        Raises:
            UnknownJob: There is none, or not any more.
            NoResult: There is nothing to link to.
        """
        job = await self._queries.find(job_id)
        if job.task_id is None or not job.has_links:
            raise NoResult(for_good=True)
        try:
            async with self._lane.place(by):
                task = await self._api.get_task(job.task_id, urgency=Urgency.USER)
        except TaskNotFound as error:
            raise NoResult(for_good=True) from error
        except ModelHunterError as error:
            raise NoResult(for_good=False) from error
        if not task.result:
            raise NoResult(for_good=False)
        if job.bad_files and len(task.result) != job.result_count:
            # Which of these the bad ones are is not known.
            raise NoResult(for_good=False)
        good = [item.url for index, item in enumerate(task.result) if job.may_be_opened(index)]
        if not good:
            raise NoResult(for_good=True)
        return FreshLinks(good, self._clock() + LINK_LIFETIME)
