"""/usage: what jobs have cost, for those who manage a server and for the operator."""

from discord import Interaction, app_commands
from discord.ext import commands

from bot.discord.cards.usage_place import UsagePlace, chosen_period, chosen_view
from bot.discord.command_translator import localized
from bot.discord.interactions.usage_pages import UsagePages
from bot.locales.command_texts import COMMANDS, OPTIONS
from bot.locales.usage_texts import USAGE_PERIODS, USAGE_VIEWS
from bot.usage import periods
from db.usage_records import UsageView

_MONTHS_AGO = ("this_month", "last_month")


class Usage(commands.Cog):
    """The command /usage."""

    def __init__(self, pages: UsagePages) -> None:
        self._pages = pages

    @app_commands.command(description=localized(COMMANDS["usage"]))
    @app_commands.describe(by=localized(OPTIONS["by"]), period=localized(OPTIONS["period"]))
    @app_commands.choices(
        by=[
            app_commands.Choice(name=localized(USAGE_VIEWS[view]), value=view.value)
            for view in UsageView
        ],
        period=[
            app_commands.Choice(name=localized(text), value=word)
            for word, text in USAGE_PERIODS.items()
        ],
    )
    @app_commands.default_permissions(manage_guild=True)
    async def usage(
        self, interaction: Interaction, by: str | None = None, period: str | None = None
    ) -> None:
        """Show what this server, or to the operator what the whole bot, has used, to the caller alone."""
        if period in _MONTHS_AGO:
            months = periods.latest_months(self._pages.today(), len(_MONTHS_AGO))
            period = months[_MONTHS_AGO.index(period)]
        place = UsagePlace(
            view=chosen_view([by] if by else []), period=chosen_period([period] if period else [])
        )
        await self._pages.answer(interaction, place)
