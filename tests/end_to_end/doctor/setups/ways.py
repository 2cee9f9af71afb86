"""Set-ups in which a server is not reached."""

import asyncio

from discord import Asset

from bot.doctor.problems import DiscordProblem, MachineProblem, SettingsProblem, WayProblem
from tests.end_to_end.doctor.setups.registry import setup
from tests.end_to_end.doctor.site import Site, free_port
from tests.integration.outgoing.private_network import Authority, open_proxy, open_tls

NOWHERE = "http://no-such-host.invalid"


@setup(certificates=SettingsProblem.CERTIFICATES_WRONG)
async def file_without_certificate(site: Site) -> None:
    """A file of authorities in which there is none."""
    (site.folder / "authority.pem").write_text("nothing")
    site.set(SSL_CERT_FILE=str(site.folder / "authority.pem"))


@setup(proxy=WayProblem.PROXY_UNUSED)
async def proxy_in_another_variable(site: Site) -> None:
    """A proxy in a variable that the bot does not read."""
    site.set(HTTP_PROXY="http://127.0.0.1:1")


@setup(proxy=WayProblem.PROXY_UNREACHABLE)
async def proxy_that_is_not_there(site: Site) -> None:
    """The address of a proxy at which nothing listens."""
    site.set(HTTPS_PROXY=f"http://127.0.0.1:{free_port()}", MODELHUNTER_URL="https://api.example")


@setup(proxy=WayProblem.PROXY_REFUSES)
async def proxy_with_another_password(site: Site) -> None:
    """A proxy that does not know the user."""
    proxy = await site.stack.enter_async_context(open_proxy({}, credentials="me:right"))
    site.set(
        HTTPS_PROXY=f"http://me:wrong@127.0.0.1:{proxy.port}",
        MODELHUNTER_URL="https://api.example/api/v1",
    )


@setup(modelhunter=WayProblem.NAME_UNKNOWN)
async def api_of_an_unknown_name(site: Site) -> None:
    """A name that no DNS knows."""
    site.set(MODELHUNTER_URL=f"{NOWHERE}/api/v1")


@setup(discord=WayProblem.NOT_CONNECTED)
async def discord_behind_a_firewall(site: Site) -> None:
    """A firewall that refuses Discord."""
    site.point_discord_at(f"http://127.0.0.1:{free_port()}")


@setup(discord=WayProblem.NOT_CONNECTED)
async def rest_proxy_that_is_not_there(site: Site) -> None:
    """A REST proxy that does not run."""
    site.set(DISCORD_API_URL=f"http://127.0.0.1:{free_port()}")


@setup(cdn=WayProblem.NOT_CONNECTED)
async def files_behind_a_firewall(site: Site) -> None:
    """A firewall that lets Discord pass, and not where its files are."""
    site.patch.setattr(Asset, "BASE", f"http://127.0.0.1:{free_port()}")


@setup(modelhunter=WayProblem.NOT_CONNECTED)
async def api_at_a_wrong_port(site: Site) -> None:
    """An address at which nothing listens."""
    site.set(MODELHUNTER_URL=f"http://127.0.0.1:{free_port()}/api/v1")


@setup(modelhunter=WayProblem.CERTIFICATE_REFUSED)
async def firewall_with_its_own_authority(site: Site) -> None:
    """A firewall that opens TLS, whose authority is not trusted."""
    context = Authority(site.folder).server_context()
    port = await site.stack.enter_async_context(open_tls(site.api.address, context))
    site.set(MODELHUNTER_URL=f"https://127.0.0.1:{port}/api/v1")


@setup(modelhunter=WayProblem.NO_ANSWER)
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


@setup(modelhunter=WayProblem.AWAY)
async def api_with_an_outage(site: Site) -> None:
    """The API's own servers fail."""
    site.api.faults.add("GET", "/balance", status=503, times=None)


@setup(modelhunter=WayProblem.WRONG_SERVER)
async def sign_in_page(site: Site) -> None:
    """A network that asks to sign in."""
    site.api.faults.add("GET", "/balance", status=200, body="html", times=None)


@setup(discord=WayProblem.AWAY)
async def discord_with_an_outage(site: Site) -> None:
    """Discord's own servers fail."""
    site.discord.faults.add("GET", "/gateway", status=502, body="<html>", times=None)


@setup(discord=WayProblem.WRONG_SERVER)
async def page_in_place_of_discord(site: Site) -> None:
    """A page of the network in place of Discord."""
    site.discord.faults.add("GET", "/gateway", status=200, body="<html>", times=None)


@setup(discord=DiscordProblem.ADDRESS_BLOCKED)
async def blocked_address(site: Site) -> None:
    """An address that Discord has banned."""
    site.discord.faults.add("GET", "/gateway", status=429, body="error code: 1015", times=None)


@setup(clock=MachineProblem.CLOCK_OFF)
async def wrong_clock(site: Site) -> None:
    """A machine whose clock is ahead of one server's."""
    site.clock.ahead = 300.0
