"""Broken set-ups: how each is made from the good one, and the one problem that the doctor finds."""

import asyncio
import contextlib
import dataclasses
import random
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal

from aiohttp import web
from discord import Permissions

from bot.discord.invite_link import PERMISSIONS
from bot.doctor.problems import Problem
from bot.jobs.webhook_addresses import WEBHOOK_PATH
from bot.monitoring.health import Health
from bot.web.server import open_web
from db.engines.engine import open_database
from sandbox.discord.server import TOKEN
from sandbox.modelhunter import open_sandbox_api
from tests.end_to_end.doctor.site import Site, free_port
from tests.integration.outgoing.private_network import Authority, open_proxy, open_tls

Break = Callable[[Site], Awaitable[None]]
NO_SERVER = 123456789012345678
NOWHERE = "http://no-such-host.invalid"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BrokenSetup:
    """A set-up, what is done to break it, and each check that then finds a problem."""

    name: str
    breaks: Break
    finds: Mapping[str, Problem]


SETUPS: list[BrokenSetup] = []


def setup(**finds: Problem) -> Callable[[Break], Break]:
    """Add the decorated function to the broken set-ups; a check's blanks are written as "_"."""

    def add(breaks: Break) -> Break:
        found = {name.replace("_", " "): problem for name, problem in finds.items()}
        SETUPS.append(BrokenSetup(name=breaks.__name__, breaks=breaks, finds=found))
        return breaks

    return add


# The settings.


@setup(settings=Problem.TOKEN_SHAPE)
async def no_token(site: Site) -> None:
    """No token."""
    site.unset("DISCORD_TOKEN")


@setup(settings=Problem.TOKEN_SHAPE)
async def client_secret_for_a_token(site: Site) -> None:
    """Another secret of the portal in place of the token."""
    site.set(DISCORD_TOKEN="abcdefghijklmnopqrstuvwxyz012345")


@setup(settings=Problem.KEY_SHAPE)
async def shortened_key(site: Site) -> None:
    """A key as a dashboard shows it, shortened."""
    site.set(MODELHUNTER_KEY="river_live_abcd…wxyz")


@setup(settings=Problem.SETTINGS_WRONG)
async def value_that_is_no_number(site: Site) -> None:
    """A value of another kind."""
    site.set(MAX_RUNNING_PER_USER="many")


@setup(settings=Problem.SETTINGS_WRONG)
async def misspelt_name(site: Site) -> None:
    """A name with a typing error in `.env`."""
    (site.folder / ".env").write_text("ALLOWED_GUILD=1\n")


@setup(settings=Problem.SETTINGS_OPEN)
async def settings_that_others_can_read(site: Site) -> None:
    """`.env` as `cp` leaves it."""
    (site.folder / ".env").write_text("LOG_LEVEL=INFO\n")
    (site.folder / ".env").chmod(0o644)


@setup(servers=Problem.ALLOWED_EMPTY)
async def every_server_allowed(site: Site) -> None:
    """No list of servers."""
    site.unset("ALLOWED_GUILD_IDS")


@setup(servers=Problem.COMMANDS_ELSEWHERE)
async def commands_in_a_server_that_is_not_allowed(site: Site) -> None:
    """The commands in one server, the permission to use them in another."""
    other = site.discord.create_guild("Other")
    site.discord.create_channel("general", guild=other)
    site.tell([])
    site.tell(await site.commands(), other)
    site.set(DISCORD_GUILD_ID=str(other))


@setup(budget=Problem.BUDGET_ZERO)
async def no_budget(site: Site) -> None:
    """A budget of nothing."""
    site.set(DAILY_BUDGET_USD="0")


@setup(models=Problem.MODELS_WRONG)
async def unknown_default_model(site: Site) -> None:
    """A default model that the catalogue does not have."""
    site.set(DEFAULT_VIDEO_MODEL="kling-99")


# The way to the servers.


@setup(certificates=Problem.CERTIFICATES_WRONG)
async def file_without_certificate(site: Site) -> None:
    """A file of authorities in which there is none."""
    (site.folder / "authority.pem").write_text("nothing")
    site.set(SSL_CERT_FILE=str(site.folder / "authority.pem"))


@setup(proxy=Problem.PROXY_UNUSED)
async def proxy_in_another_variable(site: Site) -> None:
    """A proxy in a variable that the bot does not read."""
    site.set(HTTP_PROXY="http://127.0.0.1:1")


@setup(proxy=Problem.PROXY_UNREACHABLE)
async def proxy_that_is_not_there(site: Site) -> None:
    """The address of a proxy at which nothing listens."""
    site.set(HTTPS_PROXY=f"http://127.0.0.1:{free_port()}", MODELHUNTER_URL="https://api.example")


@setup(proxy=Problem.PROXY_REFUSES)
async def proxy_with_another_password(site: Site) -> None:
    """A proxy that does not know the user."""
    proxy = await site.stack.enter_async_context(open_proxy({}, credentials="me:right"))
    site.set(
        HTTPS_PROXY=f"http://me:wrong@127.0.0.1:{proxy.port}",
        MODELHUNTER_URL="https://api.example/api/v1",
    )


@setup(modelhunter=Problem.NAME_UNKNOWN)
async def api_of_an_unknown_name(site: Site) -> None:
    """A name that no DNS knows."""
    site.set(MODELHUNTER_URL=f"{NOWHERE}/api/v1")


@setup(discord=Problem.NOT_CONNECTED)
async def discord_behind_a_firewall(site: Site) -> None:
    """A firewall that refuses Discord."""
    site.point_discord_at(f"http://127.0.0.1:{free_port()}")


@setup(modelhunter=Problem.NOT_CONNECTED)
async def api_at_a_wrong_port(site: Site) -> None:
    """An address at which nothing listens."""
    site.set(MODELHUNTER_URL=f"http://127.0.0.1:{free_port()}/api/v1")


@setup(modelhunter=Problem.CERTIFICATE_REFUSED)
async def firewall_with_its_own_authority(site: Site) -> None:
    """A firewall that opens TLS, whose authority is not trusted."""
    context = Authority(site.folder).server_context()
    port = await site.stack.enter_async_context(open_tls(site.api.address, context))
    site.set(MODELHUNTER_URL=f"https://127.0.0.1:{port}/api/v1")


@setup(modelhunter=Problem.NO_ANSWER)
async def api_that_is_silent(site: Site) -> None:
    """A server that takes the connection and says nothing."""
    server = await asyncio.start_server(_say_nothing, "127.0.0.1", 0)
    site.stack.push_async_callback(_close, server)
    site.set(MODELHUNTER_URL=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v1")
    site.answer_timeout = 3.0


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def _close(server: asyncio.Server) -> None:
    server.close()


@setup(modelhunter=Problem.AWAY)
async def api_with_an_outage(site: Site) -> None:
    """The API's own servers fail."""
    site.api.faults.add("GET", "/balance", status=503, times=None)


@setup(modelhunter=Problem.WRONG_SERVER)
async def sign_in_page(site: Site) -> None:
    """A network that asks to sign in."""
    site.api.faults.add("GET", "/balance", status=200, body="html", times=None)


@setup(discord=Problem.AWAY)
async def discord_with_an_outage(site: Site) -> None:
    """Discord's own servers fail."""
    site.discord.faults.add("GET", "/gateway", status=502, body="<html>", times=None)


@setup(discord=Problem.WRONG_SERVER)
async def page_in_place_of_discord(site: Site) -> None:
    """A page of the network in place of Discord."""
    site.discord.faults.add("GET", "/gateway", status=200, body="<html>", times=None)


@setup(discord=Problem.ADDRESS_BLOCKED)
async def blocked_address(site: Site) -> None:
    """An address that Discord has banned."""
    site.discord.faults.add("GET", "/gateway", status=429, body="error code: 1015", times=None)


@setup(clock=Problem.CLOCK_OFF)
async def wrong_clock(site: Site) -> None:
    """A machine whose clock is ahead of one server's."""
    site.clock.ahead = 300.0


# Discord.


@setup(token=Problem.TOKEN_REFUSED)
async def token_that_was_reset(site: Site) -> None:
    """A token of its shape that Discord does not know."""
    site.set(DISCORD_TOKEN=f"{TOKEN[:-4]}else")


@setup(application=Problem.DISCORD_REFUSES)
async def refused_application(site: Site) -> None:
    """An answer of Discord that is not foreseen."""
    site.discord.faults.add("GET", "/applications/@me", status=403, code=20012, times=None)


@setup(gateway=Problem.GATEWAY_CLOSED)
async def firewall_without_websockets(site: Site) -> None:
    """A gateway that does not greet."""
    await site.stack.enter_async_context(site.discord.gateway.down())
    site.answer_timeout = 3.0


@setup(gateway=Problem.STARTS_SPENT)
async def too_many_starts(site: Site) -> None:
    """A bot that was started again and again."""
    site.discord.model.session_starts_left = 3


@setup(application=Problem.ENDPOINT_SET)
async def interactions_endpoint(site: Site) -> None:
    """Interactions that are sent to a web server."""
    site.discord.model.portal["interactions_endpoint_url"] = "https://example.org/interactions"


@setup(application=Problem.CODE_GRANT)
async def code_grant(site: Site) -> None:
    """An invite link that needs a code."""
    site.discord.model.portal["bot_require_code_grant"] = True


@setup(application=Problem.PUBLIC_AND_OPEN, servers=Problem.ALLOWED_EMPTY)
async def public_bot_for_every_server(site: Site) -> None:
    """A bot that anyone may add, and that works for anyone."""
    site.discord.model.portal["bot_public"] = True
    site.unset("ALLOWED_GUILD_IDS")


@setup(application=Problem.PUBLIC)
async def public_bot(site: Site) -> None:
    """A bot that anyone may add."""
    site.discord.model.portal["bot_public"] = True


@setup(intents=Problem.INTENTS_UNUSED)
async def privileged_intent(site: Site) -> None:
    """A privileged intent for nothing."""
    site.discord.model.portal["flags"] = 1 << 19


@setup(install=Problem.GUILD_INSTALL_OFF)
async def no_guild_install(site: Site) -> None:
    """An application for users alone."""
    site.discord.model.portal["integration_types_config"] = {"1": {}}


@setup(install=Problem.INSTALL_LINK_SHORT)
async def install_link_without_files(site: Site) -> None:
    """An install link that asks for too little."""
    short = PERMISSIONS.value & ~Permissions(attach_files=True).value
    params = {"scopes": ["bot"], "permissions": str(short)}
    site.discord.model.portal["integration_types_config"] = {"0": {"oauth2_install_params": params}}


@setup(membership=Problem.IN_NO_SERVER, servers=Problem.ALLOWED_EMPTY)
async def bot_without_a_server(site: Site) -> None:
    """A bot that was invited nowhere."""
    site.discord.kick_bot(site.discord.guild)
    site.unset("ALLOWED_GUILD_IDS")


@setup(entry_point=Problem.ENTRY_POINT)
async def activity(site: Site) -> None:
    """An activity, whose command the bot would have to answer."""
    launch = {"name": "launch", "description": "Launch", "type": 4, "handler": 1}
    site.discord.model.commands[None].append(
        {**launch, "id": "9", "version": "1", "application_id": "1"}
    )


@setup(commands=Problem.COMMANDS_MISSING)
async def bot_that_never_ran(site: Site) -> None:
    """A bot whose commands Discord was never told."""
    site.tell([])


@setup(commands=Problem.COMMANDS_DIFFER)
async def commands_of_another_version(site: Site) -> None:
    """Commands that another version has told."""
    site.tell((await site.commands())[:-1])


@setup(commands=Problem.COMMANDS_TWICE)
async def commands_twice(site: Site) -> None:
    """Commands that are everywhere and in one server."""
    site.tell(await site.commands(), site.discord.guild)
    site.set(DISCORD_GUILD_ID=str(site.discord.guild))


@setup(server=Problem.NOT_IN_SERVER)
async def server_without_the_bot(site: Site) -> None:
    """A server that the bot was not added to."""
    site.set(ALLOWED_GUILD_IDS=f"{site.discord.guild},{NO_SERVER}")


@setup(server=Problem.NO_USABLE_CHANNEL)
async def server_without_files(site: Site) -> None:
    """A server in which the bot may not attach files."""
    site.discord.forbid_bot(site.discord.channel, attach_files=True)


@setup(server=Problem.SOME_CHANNELS)
async def channel_without_embeds(site: Site) -> None:
    """One channel of a server in which the bot may not show cards."""
    site.discord.forbid_bot(site.discord.create_channel("news"), embed_links=True)


@setup(channel=Problem.CHANNEL_UNSEEN)
async def channel_that_is_hidden(site: Site) -> None:
    """A channel that the bot does not see."""
    site.channel = site.discord.create_channel("secret")
    site.discord.forbid_bot(site.channel, view_channel=True)


@setup(channel=Problem.CHANNEL_KIND)
async def channel_of_direct_messages(site: Site) -> None:
    """A channel that is no server's."""
    user = site.discord.model.make_user("sam", global_name="Sam")
    site.channel = int(site.discord.model.get_dm_channel(user.id).id)


@setup(channel=Problem.CHANNEL_NOT_ALLOWED)
async def channel_of_another_server(site: Site) -> None:
    """A channel in a server that is not allowed."""
    other = site.discord.create_guild("Other")
    site.channel = site.discord.create_channel("general", guild=other)


@setup(channel=Problem.CHANNEL_PERMISSIONS, server=Problem.SOME_CHANNELS)
async def channel_without_history(site: Site) -> None:
    """A channel in which the bot can't find its cards again."""
    site.channel = site.discord.create_channel("news")
    site.discord.forbid_bot(site.channel, read_message_history=True)


@setup(channel=Problem.CHANNEL_REACTIONS)
async def channel_without_reactions(site: Site) -> None:
    """A channel in which the bot may not react."""
    site.channel = site.discord.channel
    site.discord.forbid_bot(site.channel, add_reactions=True)


# The API.


@setup(key=Problem.KEY_REFUSED)
async def key_that_was_removed(site: Site) -> None:
    """A key that the API does not know."""
    site.set(MODELHUNTER_KEY="river_live_another-0123456789")


@setup(key=Problem.KEY_FORBIDDEN)
async def key_that_has_expired(site: Site) -> None:
    """A key that may do nothing any more."""
    site.api.barred_keys[site.api.key] = "KEY_EXPIRED"


@setup(key=Problem.KEY_FOR_TESTS)
async def key_for_tests(site: Site) -> None:
    """A key that makes nothing real."""
    key = "river_test_another-0123456789"
    api = await site.stack.enter_async_context(open_sandbox_api(key=key))
    site.set(MODELHUNTER_KEY=key, MODELHUNTER_URL=api.url)


@setup(key_permissions=Problem.KEY_MAY_NOT_READ)
async def key_that_may_not_read(site: Site) -> None:
    """A key with permissions that leave out the reading of tasks."""
    site.api.faults.add("GET", "/tasks", status=403, code="KEY_PERMISSION_DENIED", times=None)


@setup(balance=Problem.BALANCE_EMPTY)
async def empty_balance(site: Site) -> None:
    """An account without money."""
    site.api.balance = Decimal(0)


@setup(balance=Problem.BALANCE_LOW)
async def low_balance(site: Site) -> None:
    """An account with less than the budget of a day."""
    site.api.balance = Decimal("3.50")


@setup(balance=Problem.BALANCE_UNKNOWN)
async def balance_that_is_not_reported(site: Site) -> None:
    """An answer without a balance."""
    site.api.faults.add("GET", "/balance", body=b'{"success": true, "data": {}}', times=None)


# The machine.


@setup(database=Problem.DATABASE_ADDRESS)
async def database_of_another_kind(site: Site) -> None:
    """A database that the bot does not know."""
    site.set(DATABASE_URL="mysql://here/there")


@setup(database=Problem.DATABASE_IN_MEMORY)
async def database_in_memory(site: Site) -> None:
    """A database that ends with the process."""
    site.set(DATABASE_URL="sqlite://")


@setup(database=Problem.DATABASE_UNWRITABLE)
async def database_that_is_a_folder(site: Site) -> None:
    """A path at which a folder is."""
    site.database.mkdir()


@setup(database=Problem.NOT_A_DATABASE)
async def database_that_is_a_text(site: Site) -> None:
    """A file that is something else."""
    site.database.write_text("a shopping list" * 100)


@setup(database=Problem.DATABASE_DAMAGED)
async def damaged_database(site: Site) -> None:
    """A file with garbage in its middle."""
    await _make_database(site)
    with site.database.open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(4096)
        file.write(random.Random(1).randbytes(size - 4096))


@setup(database=Problem.DATABASE_LOCKED)
async def locked_database(site: Site) -> None:
    """A browser of databases that holds it open."""
    await _make_database(site)
    holder = sqlite3.connect(site.database, isolation_level=None)
    site.stack.callback(holder.close)
    holder.execute("BEGIN IMMEDIATE")


@setup(database=Problem.DATABASE_NEWER)
async def database_of_a_newer_version(site: Site) -> None:
    """Tables that a newer version has made."""
    await _make_database(site, step="9999")


@setup(database=Problem.DATABASE_OLDER)
async def database_of_an_older_version(site: Site) -> None:
    """Tables that an older version has made."""
    await _make_database(site, step="0001")


async def _make_database(site: Site, *, step: str | None = None) -> None:
    async with open_database(f"sqlite:///{site.database}"):
        pass
    if step is not None:
        with contextlib.closing(sqlite3.connect(site.database)) as database, database:
            database.execute("update alembic_version set version_num = ?", (step,))


@setup(web_server=Problem.PORT_UNUSABLE)
async def port_of_another_program(site: Site) -> None:
    """A port at which another program answers."""
    site.set(HTTP_PORT=str(site.api.address[1]))


@setup(web_server=Problem.PORT_UNUSABLE)
async def host_of_another_machine(site: Site) -> None:
    """An address that this machine does not have."""
    site.set(HTTP_HOST="192.0.2.1", HTTP_PORT=str(free_port()))
    site.answer_timeout = 3.0


@setup(web_server=Problem.NOT_READY)
async def bot_that_is_not_ready(site: Site) -> None:
    """A running bot with a problem."""
    health = Health()
    health.report("discord", "The bot is not connected to Discord.")
    await _serve(site, health)


@setup(webhooks=Problem.WEBHOOKS_LOCAL)
async def public_url_of_this_machine(site: Site) -> None:
    """A public address that is none."""
    port = await _serve(site, takes_webhooks=True)
    site.set(PUBLIC_URL=f"http://127.0.0.1:{port}")


@setup(webhooks=Problem.WEBHOOKS_UNKNOWN)
async def bot_without_public_url(site: Site) -> None:
    """A bot that was started before PUBLIC_URL was set."""
    port = await _serve(site)
    site.set(PUBLIC_URL=f"http://127.0.0.1:{port}")


@setup(webhooks=Problem.WEBHOOKS_ELSEWHERE)
async def public_url_of_another_program(site: Site) -> None:
    """A reverse proxy that leads somewhere else."""
    await _serve(site, takes_webhooks=True)
    other = web.Application()
    other.router.add_route("*", "/{path:.*}", _nothing_here)
    runner = web.AppRunner(other)
    await runner.setup()
    site.stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.set(PUBLIC_URL=f"http://127.0.0.1:{runner.addresses[0][1]}")


@setup(webhooks=Problem.NOT_CONNECTED)
async def public_url_at_which_nothing_listens(site: Site) -> None:
    """A tunnel that is not there."""
    await _serve(site, takes_webhooks=True)
    site.set(PUBLIC_URL=f"http://127.0.0.1:{free_port()}")


async def _serve(site: Site, health: Health | None = None, *, takes_webhooks: bool = False) -> int:
    """Serve what a running bot serves, and set HTTP_PORT to it."""

    async def no_such_job(_request: web.Request) -> web.Response:
        return web.Response(status=404)

    routes = [web.post(f"{WEBHOOK_PATH}/{{segment}}", no_such_job)] if takes_webhooks else []
    served = open_web("127.0.0.1", 0, health or Health(), routes=routes)
    port = await site.stack.enter_async_context(served)
    site.set(HTTP_PORT=str(port))
    return port


async def _nothing_here(_request: web.Request) -> web.Response:
    return web.Response(status=404, text="nothing here")
