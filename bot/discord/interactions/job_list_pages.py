"""Pages of `/jobs`: the rows that its caller wants to see."""

import dataclasses
from collections.abc import Mapping, Sequence

import discord

from bot.discord.cards.job_list import JobPage, job_list
from bot.discord.cards.list_layout import MOST_ROWS, Layout, page_count
from bot.discord.cards.list_place import FIRST_PLACE, ListPlace, chosen_group, chosen_kind
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.jobs.queries import JobQueries


class JobListPages:
    """Pages of a user's jobs, shown to that user alone.

    A place may be forged: the presser sees the presser's own jobs all the same.
    """

    def __init__(self, queries: JobQueries, labels: Mapping[str, str]) -> None:
        self._queries = queries
        self._labels = labels

    async def page(self, user_id: int, locale: str, place: ListPlace = FIRST_PLACE) -> Layout:
        """Return that page of the user's jobs, or the last one where there are fewer by now."""
        total = await self._queries.count_of(user_id, place.filter)
        place = place.at(min(place.page, page_count(total) - 1))
        jobs = await self._queries.recent_of(
            user_id, MOST_ROWS, place.page * MOST_ROWS, place.filter
        )
        return job_list(JobPage(jobs=jobs, total=total, place=place), self._labels, locale)

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Show the page that a button names."""
        await self._show(interaction, ListPlace.of(number))

    async def choose_kind(
        self, interaction: discord.Interaction, number: int, chosen: Sequence[str]
    ) -> None:
        """Show the jobs of the kind that was chosen."""
        place = dataclasses.replace(ListPlace.of(number), page=0, kind=chosen_kind(chosen))
        await self._show(interaction, place)

    async def choose_group(
        self, interaction: discord.Interaction, number: int, chosen: Sequence[str]
    ) -> None:
        """Show the jobs in the states that were chosen."""
        place = dataclasses.replace(ListPlace.of(number), page=0, group=chosen_group(chosen))
        await self._show(interaction, place)

    async def _show(self, interaction: discord.Interaction, place: ListPlace) -> None:
        await check_is_private_answer(interaction, self._queries)
        layout = await self.page(interaction.user.id, str(interaction.locale), place)
        await interaction.response.edit_message(content=None, embeds=[], view=layout)
