"""Lost POST: searches for the task of a job whose POST got no answer.

1. The task is searched for in the API's list: all tasks since half a day before the POST, because the
   API's clock and ours may differ by that, to the list's end or not at all, and only a task whose
   `metadata.job_id` is the job's own is adopted.
2. What is not found for two minutes is `uncertain`: its card says that it may have been charged, its
   reservation is kept, and the search goes on every ten minutes for a day. Then the job is lost.

Finding nothing proves something only if the list shows metadata at all, which `/readyz` reports.
"""

from bot.jobs.lifecycle import events
from bot.jobs.worker.list_searches import SearchResult
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.task_adoption import TaskAdoption
from bot.jobs.worker.task_list import SEARCH_MARGIN, half_a_day_before
from bot.modelhunter import ModelHunterError
from bot.monitoring.api_gate import METADATA
from db.records import LARGEST_ID, Job


class LostPostSearch:
    """Step of a job whose POST has no known outcome."""

    def __init__(self, context: StepContext, adoption: TaskAdoption) -> None:
        self._searches = context.searches
        self._recorder = context.recorder
        self._health = context.health
        self._adoption = adoption

    async def search(self, job: Job) -> Job:
        """Search for the task of a *job* whose POST has no known outcome."""
        since = half_a_day_before((job.submitted_at or job.created_at) - SEARCH_MARGIN)
        try:
            found = await self._searches.find(str(job.id), since=since)
        except ModelHunterError:
            failed = await self._recorder.apply(job, events.SearchFailed())
            if failed.state.is_final:
                return failed
            raise
        self._report_metadata(found)
        if found.task is not None:
            return await self._adoption.adopt(job, found.task)
        shows_later_jobs = await self._shows_later_jobs(job, found)
        return await self._recorder.apply(job, events.SearchFoundNothing(shows_later_jobs))

    async def _shows_later_jobs(self, job: Job, found: SearchResult) -> bool:
        """Whether the list holds tasks of jobs that were sent after *job*, by our own times."""
        job_ids = [int(mark) for mark in found.marks if _is_job_id(mark)]
        since = job.submitted_at or job.created_at
        others = await self._recorder.read_all(job_ids)
        return any(
            other.submitted_at is not None and other.submitted_at > since for other in others
        )

    def _report_metadata(self, found: SearchResult) -> None:
        """Report to the operator when the list shows no metadata, and clear that when it does."""
        if found.with_metadata:
            self._health.clear(METADATA)
        elif found.is_inconclusive:
            self._health.report(
                METADATA,
                "No listed task carries metadata, so a task whose answer was lost can't be found.",
            )


def _is_job_id(mark: str) -> bool:
    """Whether *mark* may be an id of ours; metadata is text that other programs write too."""
    return mark.isascii() and mark.isdecimal() and len(mark) < 20 and int(mark) <= LARGEST_ID
