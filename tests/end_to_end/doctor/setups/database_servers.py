"""Set-ups in which something is wrong with a PostgreSQL server; they skip where there is none."""

import contextlib
import uuid
from collections.abc import AsyncGenerator

import asyncpg
from sqlalchemy import make_url

from bot.doctor.problems import MachineProblem
from tests.end_to_end.doctor.setups.registry import setup
from tests.end_to_end.doctor.site import Site, free_port
from tests.postgresql import empty_database, fresh_database

_ROLE = f"doctor_{uuid.uuid4().hex}"
_LATIN = f"doctor_{uuid.uuid4().hex}"


@setup(database=MachineProblem.DATABASE_UNREACHABLE)
async def server_that_does_not_run(site: Site) -> None:
    """An address at which no server listens."""
    site.set(DATABASE_URL=f"postgresql://bot:planted-password@127.0.0.1:{free_port()}/bot")


@setup(database=MachineProblem.DATABASE_LOGIN)
async def database_that_was_not_created(site: Site) -> None:
    """A server without that database."""
    address = await site.stack.enter_async_context(fresh_database())
    other = make_url(address).set(database="not_there")
    site.set(DATABASE_URL=other.render_as_string(hide_password=False))


@setup(database=MachineProblem.DATABASE_ADDRESS)
async def odd_part_of_an_address(site: Site) -> None:
    """An option that the driver does not understand."""
    site.set(DATABASE_URL="postgresql://bot:planted-password@127.0.0.1/bot?sslmode=sometimes")


@setup(database=MachineProblem.DATABASE_RIGHTS)
async def user_without_rights(site: Site) -> None:
    """A user who may make no tables."""
    address = await site.stack.enter_async_context(empty_database())
    await site.stack.enter_async_context(_role(address))
    own = make_url(address).set(username=_ROLE)
    site.set(DATABASE_URL=own.render_as_string(hide_password=False))


@setup(database=MachineProblem.DATABASE_UNSUITABLE)
async def database_of_another_encoding(site: Site) -> None:
    """A database that can't hold every text."""
    address = await site.stack.enter_async_context(empty_database())
    create = (
        f"create database {_LATIN} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0"
    )
    await site.stack.enter_async_context(_made(address, create, f"drop database {_LATIN}"))
    latin = make_url(address).set(database=_LATIN)
    site.set(DATABASE_URL=latin.render_as_string(hide_password=False))


def _role(address: str) -> contextlib.AbstractAsyncContextManager[None]:
    create = f"create role {_ROLE} login; revoke create on schema public from public"
    return _made(address, create, f"drop role {_ROLE}")


@contextlib.asynccontextmanager
async def _made(address: str, make: str, remove: str) -> AsyncGenerator[None]:
    """Have the server's owner carry out *make*, and *remove* at the end."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(make)
        yield
        await connection.execute(remove)
    finally:
        await connection.close()
