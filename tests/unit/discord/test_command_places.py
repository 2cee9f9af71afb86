"""Commands are in one place only: everywhere, or in one server, also when the bot comes and goes."""

import pytest

from bot.discord.command_sync import COMMANDS as COMMANDS_CHECK
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues
from tests.unit.discord.command_starts import APPLICATION, COMMANDS, HERE, THERE, Discord, start
from tests.unit.discord.discord_errors import http_error


async def test_commands_are_allowed_everywhere(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """Every command says itself where it is, so that results can be fetched wherever they wait."""
    await start(key_values, discord_itself)
    assert len(discord_itself.payload) == len(COMMANDS)
    for command in discord_itself.payload:
        assert (command["contexts"], command["integration_types"]) == ([0, 1, 2], [0, 1])


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


async def test_commands_come_with_the_invitation(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """A bot that is invited after its start has its commands at once, and another server none."""
    discord_itself.errors[HERE] = http_error(403, 50001)
    health = Health()
    bot = await start(key_values, discord_itself, HERE, health=health)
    assert "DISCORD_GUILD_ID" in (health.problem(COMMANDS_CHECK) or "")
    discord_itself.errors.clear()
    await bot._sync.when_joined(THERE, APPLICATION)
    assert discord_itself.told == []
    await bot._sync.when_joined(HERE, APPLICATION)
    assert discord_itself.told == [(HERE, COMMANDS)]
    assert health.problem(COMMANDS_CHECK) is None


async def test_commands_come_back_after_a_kick(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """A server that removed the bot and invites it again gets the commands again."""
    bot = await start(key_values, discord_itself, HERE)
    await bot._sync.when_joined(HERE, APPLICATION)
    assert discord_itself.asked == [HERE]
    discord_itself.commands.clear()
    bot._sync.when_left(HERE)
    await bot._sync.when_joined(HERE, APPLICATION)
    assert discord_itself.told == [(HERE, COMMANDS)] * 2


ENTRY_POINT: dict[str, object] = {
    "id": "7",
    "application_id": str(APPLICATION),
    "version": "1",
    "type": 4,
    "name": "launch",
    "description": "",
    "handler": 2,
    "integration_types": [0, 1],
    "contexts": [0, 1, 2],
}


async def test_the_entry_point_command_is_kept(
    key_values: KeyValues, discord_itself: Discord
) -> None:
    """The command of an activity is sent back with ours, and survives their move to one server."""
    discord_itself.commands[None] = [ENTRY_POINT]
    await start(key_values, discord_itself)
    assert discord_itself.told == [(None, sorted([*COMMANDS, "launch"]))]
    kept = next(command for command in discord_itself.payload if command["name"] == "launch")
    assert (kept["type"], kept["handler"]) == (4, 2)
    assert "version" not in kept
    await start(key_values, discord_itself)
    assert len(discord_itself.told) == 1
    await start(key_values, discord_itself, HERE)
    assert discord_itself.told[1:] == [(None, ["launch"]), (HERE, COMMANDS)]


async def test_commands_come_back_after_a_kick_during_the_comparison(
    key_values: KeyValues, discord_itself: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is left before Discord's answer has been stored has no commands any more."""
    discord_itself.errors[HERE] = http_error(403, 50001)
    health = Health()
    bot = await start(key_values, discord_itself, HERE, health=health)
    discord_itself.errors.clear()
    put_value = key_values.put_value

    async def kicked(key: str, value: str) -> None:
        monkeypatch.setattr(key_values, "put_value", put_value)
        discord_itself.commands.clear()
        bot._sync.when_left(HERE)
        await put_value(key, value)

    monkeypatch.setattr(key_values, "put_value", kicked)
    await bot._sync.when_joined(HERE, APPLICATION)
    assert "DISCORD_GUILD_ID" in (health.problem(COMMANDS_CHECK) or "")
    await bot._sync.when_joined(HERE, APPLICATION)
    assert discord_itself.told == [(HERE, COMMANDS), (HERE, COMMANDS)]
    assert health.problem(COMMANDS_CHECK) is None
