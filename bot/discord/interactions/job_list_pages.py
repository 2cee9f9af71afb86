"""Read the rows of `/jobs` that somebody wants to see."""

from bot.discord.cards.lists import MOST_JOBS, JobList, job_list
from bot.jobs.service import JobService

# The number comes from a button, and a custom_id can be forged.
_LAST = 1_000_000


async def job_page(service: JobService, user_id: int, start: int = 0) -> JobList:
    """Return the person's jobs from *start* on, or the first ones where there are none any more."""
    start = min(start, _LAST)
    recent = await service.recent_of(user_id, MOST_JOBS + 1, start)
    if not recent and start:
        return await job_page(service, user_id)
    return job_list(recent, service.labels(), start)
