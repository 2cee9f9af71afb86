"""Commands are sent to Discord when they have changed, and tried again when that failed."""

import discord
import pytest
from discord import app_commands

from bot.discord.command_sync import COMMANDS as COMMANDS_CHECK
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues
from tests.unit.discord.command_starts import APPLICATION, COMMANDS, HERE, Discord, start
from tests.unit.discord.discord_errors import http_error


async def test_commands_are_synced_once(key_values: KeyValues, discord_itself: Discord) -> None:
    """The first start sends the commands to Discord; the next connection and the next start don't."""
    bot = await start(key_values, discord_itself)
    await bot._sync.when_changed(APPLICATION)
    await start(key_values, discord_itself)
    assert discord_itself.told == [(None, COMMANDS)]


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


async def test_commands_are_asked_for_once_a_start(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """The start asks Discord once what it has; the first session asks no second time."""
    bot = await start(key_values, discord_itself)
    await bot._sync.at_new_session(APPLICATION)
    assert discord_itself.asked == [None]
    await bot._sync.at_new_session(APPLICATION)
    assert discord_itself.asked == [None, None]


async def test_commands_that_are_lost_are_sent_again(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """What Discord does not have any more is sent, although the bot sent just that before."""
    await start(key_values, discord_itself, HERE)
    discord_itself.commands.clear()
    await start(key_values, discord_itself, HERE)
    assert discord_itself.told == [(HERE, COMMANDS)] * 2


async def test_commands_that_discord_writes_otherwise_are_sent_once(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """A field that Discord adds or words in its own way does not make each start send again."""
    await start(key_values, discord_itself)
    for command in discord_itself.commands[None]:
        command["a_new_field"] = "of Discord"
    await start(key_values, discord_itself)
    assert len(discord_itself.told) == 1
    discord_itself.commands[None][0]["version"] = "2"
    await start(key_values, discord_itself)
    assert len(discord_itself.told) == 2


@pytest.mark.parametrize(
    ("status", "code"), [(400, 50240), (400, 30034), (400, 50035), (403, 20012), (404, 0)]
)
@pytest.mark.parametrize("guild_id", [None, HERE])
async def test_refused_commands_are_reported(
    key_values: KeyValues,
    discord_itself: Discord,
    status: int,
    code: int,
    guild_id: int | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What Discord refuses is in the log and on /readyz, with its code and its own words."""
    discord_itself.errors[guild_id] = http_error(status, code)
    health = Health()
    await start(key_values, discord_itself, guild_id, health=health)
    said = health.problem(COMMANDS_CHECK) or ""
    assert f"HTTP {status}, code {code}: no)" in said
    assert said in caplog.text
    discord_itself.errors.clear()
    await start(key_values, discord_itself, guild_id, health=health)
    assert health.problem(COMMANDS_CHECK) is None


@pytest.mark.parametrize("odd", [None, 5, "text", [None], {"message": "no"}])
async def test_a_command_sync_with_an_odd_answer_is_no_crash(
    key_values: KeyValues, discord_itself: Discord, odd: object
) -> None:
    """An answer that is no list of commands is reported, and the next attempt sends them."""
    discord_itself.odd = [odd]
    health = Health()
    bot = await start(key_values, discord_itself, health=health)
    assert "TypeError" in (health.problem(COMMANDS_CHECK) or "")
    await bot._sync.at_new_session(APPLICATION)
    assert discord_itself.told == [(None, COMMANDS)]
    assert health.problem(COMMANDS_CHECK) is None


@pytest.mark.parametrize(
    "error",
    [
        discord.RateLimited(90.0),
        http_error(403, 40333),
        http_error(404),
        http_error(502),
        KeyError("id"),
        AttributeError("'str' object has no attribute 'get'"),
    ],
)
async def test_a_failed_command_sync_is_tried_again_by_itself(
    key_values: KeyValues, discord_itself: Discord, error: Exception
) -> None:
    """Without any new connection the commands come once Discord takes them."""
    discord_itself.errors[None] = error
    bot = await start(key_values, discord_itself)
    pauses = [await bot._sync.again(APPLICATION) for _ in range(2)]
    assert min(pauses) >= (90.0 if isinstance(error, discord.RateLimited) else 30.0)
    assert pauses == sorted(pauses)
    discord_itself.errors.clear()
    await bot._sync.again(APPLICATION)
    assert discord_itself.told == [(None, COMMANDS)]
    made = len(discord_itself.asked)
    await bot._sync.again(APPLICATION)
    assert len(discord_itself.asked) == made
