"""The doctor and the status as commands, beside a running bot."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from sandbox.bot_process import bot_environment
from sandbox.modelhunter import Script
from tests.end_to_end.doctor.site import KEY, free_port
from tests.end_to_end.world import World, open_world

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what an image may have


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """Give a test both servers, with a key that makes real results, and a place for the bot."""
    async with open_world(tmp_path, key=KEY) as world:
        yield world


async def call(world: World, *arguments: str, **settings: str) -> tuple[int, str]:
    """Run a command of the bot; return its exit code and all that it printed."""
    environment = bot_environment(
        world.discord, world.api.url, world.api.key, world.database_url, settings
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox.launcher", "--discord", world.discord.url, *arguments),
        cwd=world.log.parent,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_the_doctor_beside_a_running_bot(world: World) -> None:
    """Beside a bot all is ok, the bot goes on with its jobs, and nothing of it was changed."""
    settings = {"HTTP_PORT": str(free_port()), "ALLOWED_GUILD_IDS": str(world.discord.guild)}
    async with world.bot(**settings):
        world.api.scripts.next(Script.endless())
        card = await world.ask()
        await world.until_following(card)
        sent = [each for each in world.discord.calls if each.method != "GET"]
        made = world.api.calls("POST")
        code, said = await call(world, "doctor", "--json", **settings)
        found = json.loads(said)
        assert [each for each in found["checks"] if each["verdict"] != "ok"] == []
        assert (code, found["ok"]) == (0, True)
        assert [each for each in world.discord.calls if each.method != "GET"][: len(sent)] == sent
        assert world.api.calls("POST") == made
        assert world.discord.gateway.identifies == 1
        world.api.scripts.next(Script.quick(0))
        await world.until_done(await world.ask())


async def test_the_doctor_as_lines(world: World) -> None:
    """Each check is a line with its mend below; a failure is exit code 1, and no secret is printed."""
    code, said = await call(
        world, "doctor", ALLOWED_GUILD_IDS=str(world.discord.guild), MODELHUNTER_KEY="river_live_x"
    )
    assert code == 1
    assert "failed      key: ModelHunter refuses it (HTTP 401 AUTH_INVALID_TOKEN)" in said
    assert "            -> Make a new API key in your ModelHunter account" in said
    assert "not checked balance, as the check of key did not pass" in said
    assert world.discord.token not in said
    assert "river_live_x" not in said
    assert "Traceback" not in said


async def test_the_status_of_a_bot(world: World) -> None:
    """A running bot is ready, with its counts; one that is gone is not, and the exit code says so."""
    port = str(free_port())
    async with world.bot(HTTP_PORT=port) as bot:
        await bot.until_output("connected to Discord")
        world.api.scripts.next(Script.endless())
        await world.until_following(await world.ask())
        code, said = await call(world, "status", HTTP_PORT=port)
        assert code == 0
        assert said.startswith(f"ready (http://127.0.0.1:{port})\n  jobs: 1\n  servers: 1\n")
        code, said = await call(world, "status", "--json", HTTP_PORT=port, HTTP_HOST=EVERY_ADDRESS)
        answer = json.loads(said)
        assert (code, answer["alive"], answer["ready"], answer["reasons"]) == (0, True, True, [])
        assert answer["counts"]["jobs"] == 1
        async with world.discord.gateway.down():
            async with asyncio.timeout(30):
                while (await call(world, "status", HTTP_PORT=port))[0] == 0:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert "not ready" in (await call(world, "status", HTTP_PORT=port))[1]
    code, said = await call(world, "status", HTTP_PORT=port)
    assert (code, said.partition(" (")[0]) == (1, "not running")


async def test_the_status_needs_a_port(world: World) -> None:
    """Without HTTP_PORT there is nothing to ask, which is a mistake of the settings."""
    code, said = await call(world, "status")
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("HTTP_PORT is empty")
