"""Set-ups in which something is wrong with the machine."""

import contextlib
import random
import sqlite3

from aiohttp import web

from bot.doctor.problems import MachineProblem, WayProblem
from bot.jobs.webhook_addresses import WEBHOOK_PATH
from bot.monitoring.health import Health
from bot.web.server import open_web
from db.engines.engine import open_database
from tests.end_to_end.doctor.setups.registry import setup
from tests.end_to_end.doctor.site import Site, free_port


@setup(database=MachineProblem.DATABASE_ADDRESS)
async def database_of_another_kind(site: Site) -> None:
    """A database that the bot does not know."""
    site.set(DATABASE_URL="mysql://here/there")


@setup(database=MachineProblem.DATABASE_IN_MEMORY)
async def database_in_memory(site: Site) -> None:
    """A database that ends with the process."""
    site.set(DATABASE_URL="sqlite://")


@setup(database=MachineProblem.DATABASE_UNWRITABLE)
async def database_that_is_a_folder(site: Site) -> None:
    """A path at which a folder is."""
    site.database.mkdir()


@setup(database=MachineProblem.NOT_A_DATABASE)
async def database_that_is_a_text(site: Site) -> None:
    """A file that is something else."""
    site.database.write_text("a shopping list" * 100)


@setup(database=MachineProblem.DATABASE_DAMAGED)
async def damaged_database(site: Site) -> None:
    """A file with garbage in its middle."""
    await _make_database(site)
    with site.database.open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(4096)
        file.write(random.Random(1).randbytes(size - 4096))


@setup(database=MachineProblem.DATABASE_LOCKED)
async def locked_database(site: Site) -> None:
    """A browser of databases that holds it open."""
    await _make_database(site)
    holder = sqlite3.connect(site.database, isolation_level=None)
    site.stack.callback(holder.close)
    holder.execute("BEGIN IMMEDIATE")


@setup(database=MachineProblem.DATABASE_NEWER)
async def database_of_a_newer_version(site: Site) -> None:
    """Tables that a newer version has made."""
    await _make_database(site, step="9999")


@setup(database=MachineProblem.DATABASE_OLDER)
async def database_of_an_older_version(site: Site) -> None:
    """Tables that an older version has made."""
    await _make_database(site, step="0001")


async def _make_database(site: Site, *, step: str | None = None) -> None:
    async with open_database(f"sqlite:///{site.database}"):
        pass
    if step is not None:
        with contextlib.closing(sqlite3.connect(site.database)) as database, database:
            database.execute("update alembic_version set version_num = ?", (step,))


@setup(web_server=MachineProblem.PORT_UNUSABLE)
async def port_of_another_program(site: Site) -> None:
    """A port at which another program answers."""
    site.set(HTTP_PORT=str(site.api.address[1]))


@setup(web_server=MachineProblem.PORT_UNUSABLE)
async def host_of_another_machine(site: Site) -> None:
    """An address that this machine does not have."""
    site.set(HTTP_HOST="192.0.2.1", HTTP_PORT=str(free_port()))
    site.answer_timeout = 3.0


@setup(web_server=MachineProblem.NOT_READY)
async def bot_that_is_not_ready(site: Site) -> None:
    """A running bot with a problem."""
    health = Health()
    health.report("discord", "The bot is not connected to Discord.")
    await serve(site, health)


@setup(webhooks=MachineProblem.WEBHOOKS_LOCAL)
async def public_url_of_this_machine(site: Site) -> None:
    """A public address that is none."""
    port = await serve(site, takes_webhooks=True)
    site.set(PUBLIC_URL=f"http://127.0.0.1:{port}")


@setup(webhooks=MachineProblem.WEBHOOKS_UNKNOWN)
async def bot_without_public_url(site: Site) -> None:
    """A bot that was started before PUBLIC_URL was set."""
    port = await serve(site)
    site.set(PUBLIC_URL=f"http://127.0.0.1:{port}")


@setup(webhooks=MachineProblem.WEBHOOKS_ELSEWHERE)
async def public_url_of_another_program(site: Site) -> None:
    """A reverse proxy that leads somewhere else."""
    await serve(site, takes_webhooks=True)
    other = web.Application()
    other.router.add_route("*", "/{path:.*}", _nothing_here)
    runner = web.AppRunner(other)
    await runner.setup()
    site.stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.set(PUBLIC_URL=f"http://127.0.0.1:{runner.addresses[0][1]}")


@setup(webhooks=WayProblem.NOT_CONNECTED)
async def public_url_at_which_nothing_listens(site: Site) -> None:
    """A tunnel that is not there."""
    await serve(site, takes_webhooks=True)
    site.set(PUBLIC_URL=f"http://127.0.0.1:{free_port()}")


async def serve(site: Site, health: Health | None = None, *, takes_webhooks: bool = False) -> int:
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
