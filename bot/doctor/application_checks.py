"""Checks of the application in the Developer Portal: settings, intents, installation, servers."""

import discord

from bot.discord.client import bot_intents
from bot.discord.invite_link import PERMISSIONS, invite_link
from bot.doctor.application import Application, switched_on, wanted_of
from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, counted, ok
from bot.doctor.problems import DiscordProblem

_SCOPES = frozenset({"bot", "applications.commands"})


async def check_application(bench: Bench) -> Finding:
    """Ask for the application, and look at what the page Bot and General Information have."""
    application = await bench.application()
    return application_finding(application, is_open=not bench.settings.allowed_guild_ids)


def application_finding(application: Application, *, is_open: bool) -> Finding:
    """Return what is wrong with the application; *is_open*: every server may spend. Pure."""
    if application.interactions_endpoint_url:
        return DiscordProblem.ENDPOINT_SET.found(
            "Discord sends interactions to an address, not to the bot"
        )
    if application.bot_require_code_grant:
        return DiscordProblem.CODE_GRANT.found(
            "Requires OAuth2 Code Grant is on: the invite link fails"
        )
    if application.bot_public and is_open:
        return DiscordProblem.PUBLIC_AND_OPEN.found(
            "Public Bot is on and every server may use it: whoever adds the bot spends your money"
        )
    if application.bot_public:
        return DiscordProblem.PUBLIC.found(
            "Public Bot is on: others can add it, where it refuses to work"
        )
    return ok(f"{application.name}, not public")


async def check_intents(bench: Bench) -> Finding:
    """Compare the privileged intents that are switched on with those that the bot asks for."""
    return intents_finding((await bench.application()).flags, bot_intents())


def intents_finding(flags: int, asked: discord.Intents) -> Finding:
    """Return what is wrong with the privileged intents. Pure."""
    on, wanted = switched_on(flags), wanted_of(asked)
    if missing := [name for name in wanted if name not in on]:
        return DiscordProblem.INTENTS_OFF.found(f"off, and needed: {', '.join(missing)}")
    if unused := [name for name in on if name not in wanted]:
        return DiscordProblem.INTENTS_UNUSED.found(f"on, and not needed: {', '.join(unused)}")
    return ok(f"{', '.join(wanted) or 'none'} needed, and no other is on")


async def check_install(bench: Bench) -> Finding:
    """Look at whether the bot can be added to a server, and by which links."""
    return install_finding(await bench.application())


def install_finding(application: Application) -> Finding:
    """Return what is wrong with how the application is installed. Pure."""
    if not application.has_guild_install:
        return DiscordProblem.GUILD_INSTALL_OFF.found(
            "Guild Install is off: no server can have the bot"
        )
    link = application.install_link
    if link is None:
        return ok(f"by {invite_link(application.id)}")
    lacks = sorted(_SCOPES - set(link.scopes))
    missing = discord.Permissions(PERMISSIONS.value & ~link.permissions)
    lacks += [name for name, is_missing in missing if is_missing]
    if lacks:
        return DiscordProblem.INSTALL_LINK_SHORT.found(
            f"the portal's install link asks for too little: {', '.join(lacks)}",
            mend=f"Or use {invite_link(application.id)}",
        )
    return ok(f"by the portal's install link, or by {invite_link(application.id)}")


async def check_membership(bench: Bench) -> Finding:
    """Look at whether the bot is in any server."""
    application = await bench.application()
    count = application.approximate_guild_count
    if count == 0:
        return DiscordProblem.IN_NO_SERVER.found(
            "the bot is in none", mend=invite_link(application.id)
        )
    if count is None:
        return ok("Discord does not say how many servers the bot is in")
    return ok(f"the bot is in {counted(count, 'server')}")
