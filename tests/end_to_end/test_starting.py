"""How the bot starts, and what it says when it can't."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.locales.answer_texts import API_REFUSES_KEY, API_UNREACHABLE
from sandbox.discord.server import TOKEN
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.world import TIMEOUT, World

# What every member sees; /usage is for those with Manage Server.
COMMANDS = {"video", "image", "speech", "create", "jobs", "cancel", "models", "forget", "help"}
MENUS = {"Animate", "Edit image", "Use as reference", "Make again"}
WRONG = 2
HOUSE = Path(__file__).resolve().parents[2]


def _assert_readable(said: str, *names: str) -> None:
    """Check that the last line says what the operator must change, and that nothing is dumped."""
    assert "Traceback" not in said
    line = said.strip().splitlines()[-1]
    assert [name for name in names if name not in line] == []
    assert len(line) < 300


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port of this machine that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def test_a_start_without_any_setting(tmp_path: Path) -> None:
    """Truthful: a start without settings is one readable line and exit code 2."""
    code, said = await _ended(tmp_path, "-m", "bot")
    assert code == WRONG
    assert len(said.splitlines()) == 1
    _assert_readable(said, "DISCORD_TOKEN", "MODELHUNTER_KEY")


async def _ended(folder: Path, *command: str, **environment: str) -> tuple[int | None, str]:
    """Start Python in that folder; return its exit code and what it wrote to standard error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(HOUSE), **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize("command", [("run",), ("backup", "copy.db")])
async def test_a_start_with_an_env_file_that_is_no_text(
    tmp_path: Path, command: tuple[str]
) -> None:
    """Truthful: a `.env` in another encoding is one readable line and exit code 2."""
    (tmp_path / ".env").write_bytes("# Schlüssel\n".encode("latin-1"))
    code, said = await _ended(tmp_path, "-m", "bot", *command)
    assert code == WRONG
    assert said == "The file .env is not written in UTF-8: save it so.\n"


async def test_a_start_with_a_shortened_key(tmp_path: Path) -> None:
    """Truthful: a key with the ellipsis of a dashboard is one readable line and exit code 2."""
    secrets = {"DISCORD_TOKEN": TOKEN, "MODELHUNTER_KEY": "river_live_ab…"}
    code, said = await _ended(tmp_path, "-m", "bot", **secrets)
    assert code == WRONG
    assert len(said.splitlines()) == 1
    _assert_readable(said, "MODELHUNTER_KEY")


_WITH_A_BROKEN_CATALOGUE = """
import bot.app.build
from bot.__main__ import main
from bot.catalogue import read_catalogue
bot.app.build.load_catalogue = lambda _, **_more: read_catalogue("[[model]]\\nname = 'fox'")
raise SystemExit(main([]))
"""


async def test_a_start_with_a_broken_catalogue(tmp_path: Path) -> None:
    """Truthful: a mistake in models.toml is one readable line and exit code 2."""
    secrets = {"DISCORD_TOKEN": TOKEN, "MODELHUNTER_KEY": "river_live_ab"}
    code, said = await _ended(tmp_path, "-c", _WITH_A_BROKEN_CATALOGUE, **secrets)
    assert code == WRONG
    _assert_readable(said, "models.toml: fox: label")


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "MODELHUNTER_KEY"])
async def test_a_start_with_an_empty_secret(world: World, name: str) -> None:
    """Truthful: a setting that is left empty is named."""
    code, said = await world.refused_start(**{name: ""})
    assert code == WRONG
    _assert_readable(said, name)


async def test_a_start_with_a_token_that_discord_refuses(world: World) -> None:
    """Truthful: a wrong token is named, and not repeated."""
    code, said = await world.refused_start(DISCORD_TOKEN=f"{TOKEN}-no-more")
    assert code == WRONG
    _assert_readable(said, "Discord refuses the token; check DISCORD_TOKEN")
    assert TOKEN not in said


async def test_a_start_with_a_token_that_the_gateway_refuses(world: World) -> None:
    """Truthful: a token that is reset between login and gateway (4004) is named as well."""
    world.discord.gateway._token = "another"
    code, said = await world.refused_start()
    assert code == WRONG
    _assert_readable(said, "DISCORD_TOKEN")


@pytest.mark.parametrize("url", ["mysql://here/there", "nonsense", "sqlite:////proc/none/bot.db"])
async def test_a_start_with_an_unusable_database(world: World, url: str) -> None:
    """Truthful: an unusable database is one readable line."""
    world.database_url = url
    code, said = await world.refused_start()
    assert code == WRONG
    _assert_readable(said, "DATABASE_URL")


async def test_a_start_with_a_port_that_is_taken(world: World, taken_port: int) -> None:
    """Truthful: a port that is taken is named."""
    code, said = await world.refused_start(HTTP_PORT=str(taken_port))
    assert code == WRONG
    _assert_readable(said, "HTTP_PORT", str(taken_port))


async def test_a_start_with_an_unknown_default_model(world: World) -> None:
    """Truthful: a model that is not in the catalogue is no default, and the existing ones are named."""
    code, said = await world.refused_start(DEFAULT_IMAGE_MODEL="seedream-41")
    assert code == WRONG
    _assert_readable(said, "DEFAULT_IMAGE_MODEL", "seedream-4-0")


async def test_commands_are_sent_to_discord_once(world: World) -> None:
    """Quiet and safe: the commands are sent to Discord when they change, not at each start."""
    for _ in range(2):
        async with world.bot() as bot:
            await bot.until_output("connected to Discord")
    told = world.discord.calls_to("PUT", "*/commands")
    assert len(told) == 1
    assert {command["name"] for command in told[0].json} == COMMANDS | {"usage"} | MENUS
    assert len(world.discord.calls_to("GET", "*/commands")) == 2


async def test_commands_of_one_server(world: World) -> None:
    """Quiet and safe: with DISCORD_GUILD_ID the commands are sent for that server alone."""
    async with world.bot(DISCORD_GUILD_ID=str(world.discord.guild)):
        world.api.scripts.next(Script.quick(0))
        await world.until_done(await world.ask())
    told = [call.path for call in world.discord.calls_to("PUT", "*/commands")]
    assert len(told) == 1
    assert f"/guilds/{world.discord.guild}/" in told[0]


async def test_commands_move_to_one_server(world: World) -> None:
    """Quiet and safe: users never see the commands twice after DISCORD_GUILD_ID was set."""
    async with world.bot():
        pass
    async with world.bot(DISCORD_GUILD_ID=str(world.discord.guild)):
        visible = world.discord.model.visible_commands(
            user_id=world.robin.id, channel_id=world.discord.channel, type=1
        )
    assert sorted(command["name"] for command in visible) == sorted(COMMANDS)


def _commands_of(world: World) -> set[str]:
    """Return the names of the commands that the world's server has."""
    visible = world.discord.model.visible_commands(
        user_id=world.robin.id, channel_id=world.discord.channel, type=1
    )
    return {command["name"] for command in visible}


async def test_commands_come_with_an_invitation(world: World) -> None:
    """Truthful: a bot that is invited after its start, or again, has its commands at once."""
    port = _free_port()
    world.discord.kick_bot(world.discord.guild)
    only_here = {"DISCORD_GUILD_ID": str(world.discord.guild), "HTTP_PORT": str(port)}
    async with world.bot(**only_here) as bot:
        await bot.until_output("not in the server that DISCORD_GUILD_ID names")
        assert "DISCORD_GUILD_ID" in (await _get(f"http://127.0.0.1:{port}/readyz"))[1]
        for _ in range(2):
            world.discord.invite_bot(world.discord.guild)
            await world.until(lambda: _commands_of(world) == COMMANDS, "the commands")
            world.discord.kick_bot(world.discord.guild)
            assert _commands_of(world) == set()
    world.discord.invite_bot(world.discord.guild)
    async with world.bot(**only_here):
        await world.until(lambda: _commands_of(world) == COMMANDS, "the commands")


async def test_commands_that_discord_refuses(world: World) -> None:
    """Truthful: a bot without commands is not ready, and says why with Discord's code and words."""
    port, why = _free_port(), "You cannot remove this app's Entry Point command"
    world.discord.faults.add(
        "PUT", "/applications/*/commands", status=400, code=50240, message=why, times=None
    )
    async with world.bot(HTTP_PORT=str(port)) as bot:
        await bot.until_output("connected to Discord")
        status, answer = await _get(f"http://127.0.0.1:{port}/readyz")
        assert (status, "50240" in answer, why in answer) == (503, True, True)
        assert f"code 50240: {why}" in bot.output()


async def test_a_bot_with_a_refused_key_runs(world: World) -> None:
    """Truthful: with a refused key the bot runs, logs it once, and says so to each requester."""
    port = _free_port()
    async with world.bot(MODELHUNTER_KEY="river_test_wrong", HTTP_PORT=str(port)) as bot:
        await bot.until_output("MODELHUNTER_KEY")
        card = await world.ask()
        assert says(card.content, API_REFUSES_KEY)
        assert card.is_ephemeral
        status, answer = await _get(f"http://127.0.0.1:{port}/readyz")
        assert status == 503
        assert "MODELHUNTER_KEY" in answer
        assert (await _get(f"http://127.0.0.1:{port}/healthz"))[0] == 200
        assert bot.output().count("MODELHUNTER_KEY") == 1
        assert "river_test_wrong" not in bot.output()
    assert len(world.api.tasks) == 0


async def test_a_bot_without_the_api_runs(world: World) -> None:
    """Truthful: with the API away the bot runs, logs it once, and says so to each requester."""
    url = f"http://127.0.0.1:{_free_port()}/api/v1"
    async with world.bot(MODELHUNTER_URL=url) as bot:
        await bot.until_output("ModelHunter can't be reached")
        card = await world.ask()
        assert says(card.content, API_UNREACHABLE)
        assert card.is_ephemeral
        assert bot.output().count("ModelHunter can't be reached") == 1


async def test_readyz_when_all_is_well(world: World) -> None:
    """Truthful: /readyz says yes once Discord and the API answer."""
    port = _free_port()
    async with world.bot(HTTP_PORT=str(port)) as bot:
        await bot.until_output("connected to Discord")
        status, said = await _get(f"http://127.0.0.1:{port}/readyz")
        answer = json.loads(said)
        assert (status, answer["ready"], answer["reasons"]) == (200, True, [])
        assert answer["counts"].items() >= {"jobs": 0, "servers": 1}.items()
        assert answer["role"] == "all"
        async with world.discord.gateway.down():
            await _until_unready(port)


async def _until_unready(port: int) -> None:
    async with asyncio.timeout(TIMEOUT):
        while (await _get(f"http://127.0.0.1:{port}/readyz"))[0] != 503:  # noqa: ASYNC110 - a page has no event
            await asyncio.sleep(0.05)


async def _get(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()
