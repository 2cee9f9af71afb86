"""Commands are sent to Discord when they have changed, and in one place only."""

from collections.abc import AsyncGenerator

import pytest
from discord import app_commands

from bot.discord.client import GenerationBot
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues
from tests.databases import open_memory_database
from tests.unit.discord.discord_errors import http_error
from tests.unit.discord.every_cog import idle_cogs

APPLICATION, HERE, THERE = 5, 22, 23
COMMANDS = ["cancel", "forget", "image", "jobs", "models", "speech", "video"]
Told = list[tuple[int | None, list[str]]]


@pytest.fixture
async def key_values() -> AsyncGenerator[KeyValues]:
    """Return what outlives a start."""
    async with open_memory_database() as engine:
        yield KeyValues(engine)


class Discord:
    """Take what it is sent: where (None: everywhere) and the commands' names."""

    def __init__(self) -> None:
        self.told: Told = []
        self.payload: list[dict[str, object]] = []
        self.errors: dict[int | None, Exception] = {}
        self.bots: list[GenerationBot] = []

    def take(self, place: int | None, payload: list[dict[str, object]]) -> list[dict[str, object]]:
        """Take the commands of a place."""
        if place in self.errors:
            raise self.errors[place]
        self.payload = payload
        self.told.append((place, sorted(str(command["name"]) for command in payload)))
        return []


@pytest.fixture
async def discord_itself() -> AsyncGenerator[Discord]:
    """Yield the other side, and end every bot that was started on it."""
    made = Discord()
    yield made
    for bot in made.bots:
        await bot.close()


async def start(
    key_values: KeyValues, other_side: Discord, guild_id: int | None = None, *, less: str = ""
) -> GenerationBot:
    """Start the bot with its real commands, but for one, and let it sync them."""
    bot = GenerationBot(key_values, Health(), guild_id=guild_id)
    other_side.bots.append(bot)
    bot._connection.application_id = APPLICATION

    async def globally(_: int, payload: list[dict[str, object]]) -> list[dict[str, object]]:
        return other_side.take(None, payload)

    async def in_guild(
        _: int, guild: int, payload: list[dict[str, object]]
    ) -> list[dict[str, object]]:
        return other_side.take(guild, payload)

    bot.http.bulk_upsert_global_commands = globally  # type: ignore[method-assign, assignment]
    bot.http.bulk_upsert_guild_commands = in_guild  # type: ignore[method-assign, assignment]
    for cog in idle_cogs():
        await bot.add_cog(cog)
    if less:
        bot.tree.remove_command(less)
    await bot._sync.when_changed(APPLICATION)
    return bot


async def test_commands_are_synced_once(key_values: KeyValues, discord_itself: Discord) -> None:
    """The first start sends the commands to Discord; the next connection and the next start don't."""
    bot = await start(key_values, discord_itself)
    await bot._sync.when_changed(APPLICATION)
    await start(key_values, discord_itself)
    assert discord_itself.told == [(None, COMMANDS)]


async def test_commands_are_allowed_everywhere(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """Every command says itself where it is, so that results can be fetched wherever they wait."""
    await start(key_values, discord_itself)
    assert len(discord_itself.payload) == len(COMMANDS)
    for command in discord_itself.payload:
        assert (command["contexts"], command["integration_types"]) == ([0, 1, 2], [0, 1])


async def test_a_changed_command_is_synced(key_values: KeyValues, discord_itself: Discord) -> None:
    """A command that was added or removed is sent at the next start."""
    await start(key_values, discord_itself, less="models")
    await start(key_values, discord_itself)
    assert [len(names) for _, names in discord_itself.told] == [len(COMMANDS) - 1, len(COMMANDS)]


async def test_a_changed_command_description_is_synced(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """So is a changed word in a command."""
    bot = await start(key_values, discord_itself)
    command = bot.tree.get_command("models")
    assert isinstance(command, app_commands.Command)
    command.description = "Something else"
    await bot._sync.when_changed(APPLICATION)
    assert len(discord_itself.told) == 2


async def test_another_application_gets_its_commands(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """A new application knows nothing yet."""
    bot = await start(key_values, discord_itself)
    await bot._sync.when_changed(APPLICATION + 1)
    assert len(discord_itself.told) == 2


async def test_commands_move_from_everywhere_to_one_server(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """The former place is cleared, or users would see every command twice."""
    await start(key_values, discord_itself)
    await start(key_values, discord_itself, HERE)
    await start(key_values, discord_itself, HERE)
    assert discord_itself.told == [(None, COMMANDS), (None, []), (HERE, COMMANDS)]


async def test_commands_move_from_server_to_server_and_everywhere(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """A server that is left has no commands of its own any more."""
    await start(key_values, discord_itself, HERE)
    await start(key_values, discord_itself, THERE)
    await start(key_values, discord_itself)
    assert discord_itself.told == [
        (HERE, COMMANDS),
        (HERE, []),
        (THERE, COMMANDS),
        (THERE, []),
        (None, COMMANDS),
    ]


@pytest.mark.parametrize("error", [http_error(500), http_error(429), ConnectionResetError()])
async def test_a_failed_command_sync_is_tried_again(
    key_values: KeyValues,
    discord_itself: Discord,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A failure is logged, and the next connection tries again."""
    discord_itself.errors[None] = error
    bot = await start(key_values, discord_itself)
    assert "could not be told" in caplog.text
    discord_itself.errors.clear()
    await bot._sync.when_changed(APPLICATION)
    assert discord_itself.told == [(None, COMMANDS)]


@pytest.mark.parametrize("status", [403, 404])
async def test_command_sync_to_a_server_without_the_bot(
    key_values: KeyValues, discord_itself: Discord, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that does not have the bot is the operator's to correct, by a sentence that says how."""
    discord_itself.errors[HERE] = http_error(status, 50001)
    await start(key_values, discord_itself, HERE)
    assert "DISCORD_GUILD_ID" in caplog.text
    discord_itself.errors[None] = http_error(status)
    await start(key_values, discord_itself)
    assert caplog.text.count("DISCORD_GUILD_ID") == 1


@pytest.mark.parametrize("status", [403, 404])
async def test_command_sync_after_leaving_the_former_server(
    key_values: KeyValues, discord_itself: Discord, status: int
) -> None:
    """A server that the bot can't reach any more does not keep the commands from the new one."""
    await start(key_values, discord_itself, HERE)
    discord_itself.errors[HERE] = http_error(status, 50001)
    await start(key_values, discord_itself, THERE)
    assert discord_itself.told[1:] == [(THERE, COMMANDS)]
