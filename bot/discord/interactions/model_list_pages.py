"""Pages of `/models`: the models that its caller wants to see."""

import dataclasses
from collections.abc import Callable, Sequence

import discord

from bot.discord.cards.list_layout import Layout
from bot.discord.cards.list_place import FIRST_PLACE, ListPlace, chosen_kind
from bot.discord.cards.model_list import ModelLine, model_list
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.jobs.queries import JobQueries


class ModelListPages:
    """Pages of the models, shown to who asked alone."""

    def __init__(self, lines: Callable[[str], Sequence[ModelLine]], queries: JobQueries) -> None:
        self._lines = lines
        self._queries = queries

    def page(self, locale: str, place: ListPlace = FIRST_PLACE) -> Layout:
        """Return that page, or the last one where there are fewer by now."""
        return model_list(self._lines(locale), locale, place)

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Show the page that a button names."""
        await self._show(interaction, ListPlace.of(number))

    async def choose_kind(
        self, interaction: discord.Interaction, number: int, chosen: Sequence[str]
    ) -> None:
        """Show the models of the kind that was chosen."""
        place = dataclasses.replace(ListPlace.of(number), page=0, kind=chosen_kind(chosen))
        await self._show(interaction, place)

    async def _show(self, interaction: discord.Interaction, place: ListPlace) -> None:
        await check_is_private_answer(interaction, self._queries)
        layout = self.page(str(interaction.locale), place)
        await interaction.response.edit_message(content=None, embeds=[], view=layout)
