"""Pages of `/jobs`: the rows that its caller wants to see."""

from collections.abc import Mapping

import discord

from bot.discord.cards.job_list import MOST_JOBS, JobList, job_list
from bot.discord.cards.views import job_list_view
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.jobs.queries import JobQueries

# The number comes from a button, whose custom_id can be forged.
_LAST = 1_000_000


class JobListPages:
    """Pages of a user's jobs, shown to that user alone."""

    def __init__(self, queries: JobQueries, labels: Mapping[str, str]) -> None:
        self._queries = queries
        self._labels = labels

    async def page(self, user_id: int, locale: str, start: int = 0) -> JobList:
        """Return the user's jobs from *start* on, or the first ones where there are none any more."""
        start = min(start, _LAST)
        recent = await self._queries.recent_of(user_id, MOST_JOBS + 1, start)
        if not recent and start:
            return await self.page(user_id, locale)
        return job_list(recent, self._labels, locale, start)

    async def turn(self, interaction: discord.Interaction, start: int) -> None:
        """Turn the page: the presser sees the presser's own jobs, also when *start* was forged."""
        await check_is_private_answer(interaction, self._queries)
        drawn = await self.page(interaction.user.id, str(interaction.locale), start)
        await interaction.response.edit_message(embed=drawn.embed, view=job_list_view(drawn))
