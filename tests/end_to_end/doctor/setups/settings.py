"""Set-ups whose settings are wrong."""

from bot.doctor.problems import SettingsProblem
from tests.end_to_end.doctor.setups.registry import setup
from tests.end_to_end.doctor.site import Site


@setup(settings=SettingsProblem.TOKEN_SHAPE)
async def no_token(site: Site) -> None:
    """No token."""
    site.unset("DISCORD_TOKEN")


@setup(settings=SettingsProblem.TOKEN_SHAPE)
async def client_secret_for_a_token(site: Site) -> None:
    """Another secret of the portal in place of the token."""
    site.set(DISCORD_TOKEN="abcdefghijklmnopqrstuvwxyz012345")


@setup(settings=SettingsProblem.KEY_SHAPE)
async def shortened_key(site: Site) -> None:
    """A key as a dashboard shows it, shortened."""
    site.set(MODELHUNTER_KEY="river_live_abcd…wxyz")


@setup(settings=SettingsProblem.SETTINGS_WRONG)
async def value_that_is_no_number(site: Site) -> None:
    """A value of another kind."""
    site.set(MAX_RUNNING_PER_USER="many")


@setup(settings=SettingsProblem.SETTINGS_WRONG)
async def misspelt_name(site: Site) -> None:
    """A name with a typing error in `.env`."""
    (site.folder / ".env").write_text("ALLOWED_GUILD=1\n")


@setup(settings=SettingsProblem.SETTINGS_OPEN)
async def settings_that_others_can_read(site: Site) -> None:
    """`.env` as `cp` leaves it."""
    (site.folder / ".env").write_text("LOG_LEVEL=INFO\n")
    (site.folder / ".env").chmod(0o644)


@setup(servers=SettingsProblem.ALLOWED_EMPTY)
async def every_server_allowed(site: Site) -> None:
    """No list of servers."""
    site.unset("ALLOWED_GUILD_IDS")


@setup(servers=SettingsProblem.COMMANDS_ELSEWHERE)
async def commands_in_a_server_that_is_not_allowed(site: Site) -> None:
    """The commands in one server, the permission to use them in another."""
    other = site.discord.create_guild("Other")
    site.discord.create_channel("general", guild=other)
    site.tell([])
    site.tell(await site.commands(), other)
    site.set(DISCORD_GUILD_ID=str(other))


@setup(budget=SettingsProblem.BUDGET_ZERO)
async def no_budget(site: Site) -> None:
    """A budget of nothing."""
    site.set(DAILY_BUDGET_USD="0")


@setup(models=SettingsProblem.MODELS_WRONG)
async def unknown_default_model(site: Site) -> None:
    """A default model that the catalogue does not have."""
    site.set(DEFAULT_VIDEO_MODEL="kling-99")
