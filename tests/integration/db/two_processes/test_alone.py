"""The only process takes jobs over at once, and stops acting as the only one when another starts."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.build import open_app
from bot.app.shared import Runtime
from bot.settings import Settings
from db.engines.engine import open_database
from db.repositories.jobs import JobRepository
from sandbox.discord.server import TOKEN
from tests.integration.db.repositories.builders import NOON, a_job, accepted

# Is seen on the database until its input ends.
_OTHER = """
import asyncio, sys
from db.engines.instance_lock import instance_lock
async def nothing(): pass
async def main():
    async with instance_lock(sys.argv[1], when_alone=nothing):
        print("here", flush=True)
        sys.stdin.read()
asyncio.run(main())
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return what a bot on a file needs."""
    return Settings(
        discord_token=SecretStr(TOKEN),
        modelhunter_key=SecretStr("a-key"),
        modelhunter_url="http://127.0.0.1:9",
        database_url=f"sqlite:///{tmp_path}/bot.db",
    )


async def _owner(settings: Settings) -> str | None:
    async with open_database(settings.database_url) as store:
        job = await JobRepository(store).get(a_job().id)
    assert job is not None
    return job.owner


async def test_the_only_process_frees_the_jobs_at_once(settings: Settings) -> None:
    """The jobs of a killed process are free before the bot has logged in, though leases last."""
    async with open_database(settings.database_url) as store:
        await accepted(store)
    async with open_app(settings, Runtime(clock=lambda: NOON)):
        assert await _owner(settings) is None


async def test_a_process_that_came_during_the_login_keeps_its_jobs(settings: Settings) -> None:
    """A job that another process took while this one logged in is not taken from it."""
    async with open_app(settings, Runtime(clock=lambda: NOON)) as app:
        async with open_database(settings.database_url) as store:
            await accepted(store)
        async with app.worker.leases.running():
            assert await _owner(settings) == "one"


async def test_a_second_process_frees_no_job(settings: Settings) -> None:
    """A running process keeps its jobs when another one starts."""
    async with open_database(settings.database_url) as store:
        await accepted(store)
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OTHER, settings.database_url, stdin=PIPE, stdout=PIPE
    )
    try:
        assert other.stdout is not None
        assert await other.stdout.readline() == b"here\n"
        async with open_app(settings, Runtime(clock=lambda: NOON)):
            assert await _owner(settings) == "one"
    finally:
        other.kill()
        await other.communicate()
