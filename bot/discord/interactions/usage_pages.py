"""Pages of `/usage`, and the file that has all of it."""

import dataclasses
import datetime
import io
from collections.abc import Callable, Mapping, Sequence

import discord

from bot.discord.cards.list_layout import MOST_ROWS
from bot.discord.cards.usage_list import UsagePage, usage_list
from bot.discord.cards.usage_place import UsagePlace, chosen_period, chosen_view
from bot.discord.interactions.errors import UsageTooLong
from bot.discord.interactions.private_answers import check_is_private_answer
from bot.discord.interactions.usage_access import server_to_show
from bot.jobs.queries import JobQueries
from bot.locales.translate import translate
from bot.locales.usage_texts import USAGE_CSV
from bot.usage import periods
from bot.usage.account_balance import AccountBalance
from bot.usage.reports import UsageReports
from db.usage_records import UsageScope

# Bytes. The smallest limit that a server has for a file is 10 MiB (Discord docs: Uploading Files).
_LARGEST_FILE = 8 * 1024 * 1024


class UsagePages:
    """Pages of the usage, shown to who asked alone.

    Whose usage it is follows from where it is asked, and by whom, anew with each press: a custom_id
    names neither, and a member may have lost Manage Server since.
    """

    def __init__(
        self,
        reports: UsageReports,
        balance: AccountBalance,
        queries: JobQueries,
        labels: Mapping[str, str],
        *,
        clock: Callable[[], float],
    ) -> None:
        self._reports = reports
        self._balance = balance
        self._queries = queries
        self._labels = labels
        self._clock = clock

    def today(self) -> datetime.date:
        """Return the UTC day."""
        return datetime.datetime.fromtimestamp(self._clock(), datetime.UTC).date()

    async def answer(self, interaction: discord.Interaction, place: UsagePlace) -> None:
        """Answer a command with that page of what the user may see.

        Raises:
            NotManagingServer, NotTheOperator: The user may see nothing of it.
        """
        guild_id = server_to_show(interaction)
        # A million entries take longer than Discord waits.
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._draw(interaction, place, guild_id)

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Show the page that a button names."""
        await self._show(interaction, UsagePlace.of(number))

    async def choose_view(
        self, interaction: discord.Interaction, number: int, chosen: Sequence[str]
    ) -> None:
        """Show the usage by what was chosen."""
        place = UsagePlace.of(number)
        view = chosen_view(chosen)
        await self._show(interaction, dataclasses.replace(place, page=0, view=view))

    async def choose_period(
        self, interaction: discord.Interaction, number: int, chosen: Sequence[str]
    ) -> None:
        """Show the usage of the days that were chosen."""
        place = UsagePlace.of(number)
        period = chosen_period(chosen)
        await self._show(interaction, dataclasses.replace(place, page=0, period=period))

    async def send_csv(self, interaction: discord.Interaction, number: int) -> None:
        """Answer with all lines as a file, which only who pressed sees."""
        await check_is_private_answer(interaction, self._queries)
        scope = self._scope(UsagePlace.of(number), server_to_show(interaction))
        # Many days may take longer than Discord waits.
        await interaction.response.defer(ephemeral=True, thinking=True)
        content = await self._reports.csv_file(scope, most_bytes=_LARGEST_FILE)
        if content is None:
            raise UsageTooLong
        name = f"usage-{scope.first.isoformat()}-{scope.last.isoformat()}.csv"
        await interaction.edit_original_response(
            content=translate(USAGE_CSV, str(interaction.locale)),
            attachments=[discord.File(io.BytesIO(content), filename=name)],
        )

    def _scope(self, place: UsagePlace, guild_id: int | None) -> UsageScope:
        first, last = periods.days_of(place.period, self.today())
        return UsageScope(first=first, last=last, guild_id=guild_id)

    async def _show(self, interaction: discord.Interaction, place: UsagePlace) -> None:
        await check_is_private_answer(interaction, self._queries)
        guild_id = server_to_show(interaction)
        await interaction.response.defer()
        await self._draw(interaction, place, guild_id)

    async def _draw(
        self, interaction: discord.Interaction, place: UsagePlace, guild_id: int | None
    ) -> None:
        """Draw the page, or the last one where there are fewer by now."""
        place = place if guild_id is None else place.of_server()
        scope = self._scope(place, guild_id)
        report = await self._reports.report(place.view, scope, page=place.page, most=MOST_ROWS)
        page = UsagePage(
            report=report,
            place=place.at(report.page),
            today=self.today(),
            labels=self._labels,
            server_name=_names_of_servers(interaction.client),
            balance=await self._balance.read() if guild_id is None else None,
        )
        await interaction.edit_original_response(view=usage_list(page, str(interaction.locale)))


def _names_of_servers(client: discord.Client) -> Callable[[int], str | None]:
    def name(guild_id: int) -> str | None:
        guild = client.get_guild(guild_id)
        return None if guild is None else guild.name

    return name
