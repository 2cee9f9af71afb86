"""Set-ups in which something is wrong at Discord."""

from discord import Permissions

from bot.discord.invite_link import PERMISSIONS
from bot.doctor.problems import DiscordProblem, SettingsProblem
from sandbox.discord.server import TOKEN
from tests.end_to_end.doctor.setups.registry import setup
from tests.end_to_end.doctor.site import Site

NO_SERVER = 123456789012345678


@setup(token=DiscordProblem.TOKEN_REFUSED)
async def token_that_was_reset(site: Site) -> None:
    """A token of its shape that Discord does not know."""
    site.set(DISCORD_TOKEN=f"{TOKEN[:-4]}else")


@setup(application=DiscordProblem.DISCORD_REFUSES)
async def refused_application(site: Site) -> None:
    """An answer of Discord that is not foreseen."""
    site.discord.faults.add("GET", "/applications/@me", status=403, code=20012, times=None)


@setup(gateway=DiscordProblem.GATEWAY_CLOSED)
async def firewall_without_websockets(site: Site) -> None:
    """A gateway that does not greet."""
    await site.stack.enter_async_context(site.discord.gateway.down())
    site.answer_timeout = 3.0


@setup(gateway=DiscordProblem.STARTS_SPENT)
async def too_many_starts(site: Site) -> None:
    """A bot that was started again and again."""
    site.discord.model.session_starts_left = 3


@setup(application=DiscordProblem.ENDPOINT_SET)
async def interactions_endpoint(site: Site) -> None:
    """Interactions that are sent to a web server."""
    site.discord.model.portal["interactions_endpoint_url"] = "https://example.org/interactions"


@setup(application=DiscordProblem.CODE_GRANT)
async def code_grant(site: Site) -> None:
    """An invite link that needs a code."""
    site.discord.model.portal["bot_require_code_grant"] = True


@setup(application=DiscordProblem.PUBLIC_AND_OPEN, servers=SettingsProblem.ALLOWED_EMPTY)
async def public_bot_for_every_server(site: Site) -> None:
    """A bot that anyone may add, and that works for anyone."""
    site.discord.model.portal["bot_public"] = True
    site.unset("ALLOWED_GUILD_IDS")


@setup(application=DiscordProblem.PUBLIC)
async def public_bot(site: Site) -> None:
    """A bot that anyone may add."""
    site.discord.model.portal["bot_public"] = True


@setup(intents=DiscordProblem.INTENTS_UNUSED)
async def privileged_intent(site: Site) -> None:
    """A privileged intent for nothing."""
    site.discord.model.portal["flags"] = 1 << 19


@setup(install=DiscordProblem.GUILD_INSTALL_OFF)
async def no_guild_install(site: Site) -> None:
    """An application for users alone."""
    site.discord.model.portal["integration_types_config"] = {"1": {}}


@setup(install=DiscordProblem.INSTALL_LINK_SHORT)
async def install_link_without_files(site: Site) -> None:
    """An install link that asks for too little."""
    short = PERMISSIONS.value & ~Permissions(attach_files=True).value
    params = {"scopes": ["bot"], "permissions": str(short)}
    site.discord.model.portal["integration_types_config"] = {"0": {"oauth2_install_params": params}}


@setup(membership=DiscordProblem.IN_NO_SERVER, servers=SettingsProblem.ALLOWED_EMPTY)
async def bot_without_a_server(site: Site) -> None:
    """A bot that was invited nowhere."""
    site.discord.kick_bot(site.discord.guild)
    site.unset("ALLOWED_GUILD_IDS")


@setup(entry_point=DiscordProblem.ENTRY_POINT)
async def activity(site: Site) -> None:
    """An activity, whose command the bot would have to answer."""
    launch = {"id": "9", "name": "launch", "description": "Launch", "type": 4, "handler": 1}
    site.discord.model.commands[None]["launch", 4] = launch


@setup(commands=DiscordProblem.COMMANDS_MISSING)
async def bot_that_never_ran(site: Site) -> None:
    """A bot whose commands Discord was never sent."""
    site.tell([])


@setup(commands=DiscordProblem.COMMANDS_DIFFER)
async def commands_of_another_version(site: Site) -> None:
    """Commands that another version has sent."""
    site.tell((await site.commands())[:-1])


@setup(commands=DiscordProblem.COMMANDS_TWICE)
async def commands_twice(site: Site) -> None:
    """Commands that are everywhere and in one server."""
    site.tell(await site.commands(), site.discord.guild)
    site.set(DISCORD_GUILD_ID=str(site.discord.guild))


@setup(server=DiscordProblem.NOT_IN_SERVER)
async def server_without_the_bot(site: Site) -> None:
    """A server that the bot was not added to."""
    site.set(ALLOWED_GUILD_IDS=f"{site.discord.guild},{NO_SERVER}")


@setup(server=DiscordProblem.NO_USABLE_CHANNEL)
async def server_without_files(site: Site) -> None:
    """A server in which the bot may not attach files."""
    site.discord.forbid_bot(site.discord.channel, attach_files=True)


@setup(server=DiscordProblem.SOME_CHANNELS)
async def channel_without_embeds(site: Site) -> None:
    """One channel of a server in which the bot may not show cards."""
    site.discord.forbid_bot(site.discord.create_channel("news"), embed_links=True)


@setup(channel=DiscordProblem.CHANNEL_UNSEEN)
async def channel_that_is_hidden(site: Site) -> None:
    """A channel that the bot does not see."""
    site.channel = site.discord.create_channel("secret")
    site.discord.forbid_bot(site.channel, view_channel=True)


@setup(channel=DiscordProblem.CHANNEL_KIND)
async def channel_of_direct_messages(site: Site) -> None:
    """A channel that is no server's."""
    user = site.discord.model.make_user("sam", global_name="Sam")
    site.channel = int(site.discord.model.get_dm_channel(user.id).id)


@setup(channel=DiscordProblem.CHANNEL_NOT_ALLOWED)
async def channel_of_another_server(site: Site) -> None:
    """A channel in a server that is not allowed."""
    other = site.discord.create_guild("Other")
    site.channel = site.discord.create_channel("general", guild=other)


@setup(channel=DiscordProblem.CHANNEL_PERMISSIONS, server=DiscordProblem.SOME_CHANNELS)
async def channel_without_history(site: Site) -> None:
    """A channel in which the bot can't find its cards again."""
    site.channel = site.discord.create_channel("news")
    site.discord.forbid_bot(site.channel, read_message_history=True)


@setup(channel=DiscordProblem.CHANNEL_REACTIONS)
async def channel_without_reactions(site: Site) -> None:
    """A channel in which the bot may not react."""
    site.channel = site.discord.channel
    site.discord.forbid_bot(site.channel, add_reactions=True)
