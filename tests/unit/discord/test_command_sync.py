"""Commands are sent to Discord when they have changed, and in one place only."""

import itertools
from collections.abc import AsyncGenerator

import discord
import pytest
from discord import app_commands

from bot.discord.client import GenerationBot
from bot.discord.command_sync import COMMANDS as COMMANDS_CHECK
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
    """Keep what it is sent, as Discord does: with ids and versions, until a bot is removed."""

    def __init__(self) -> None:
        self.told: Told = []
        self.asked: list[int | None] = []
        self.payload: list[dict[str, object]] = []
        self.commands: dict[int | None, list[dict[str, object]]] = {}
        self.errors: dict[int | None, Exception] = {}
        self.bots: list[GenerationBot] = []
        self.odd: list[object] = []  # what it answers in place of the next lists of commands
        self._ids = itertools.count(100)

    def give(self, place: int | None) -> object:
        """Return the commands of a place, without their translations."""
        self.asked.append(place)
        if place in self.errors:
            raise self.errors[place]
        if self.odd:
            return self.odd.pop()
        hidden = {"name_localizations", "description_localizations"}
        return [
            {key: value for key, value in command.items() if key not in hidden}
            for command in self.commands.get(place, [])
        ]

    def take(self, place: int | None, payload: list[dict[str, object]]) -> list[dict[str, object]]:
        """Take the commands of a place."""
        if place in self.errors:
            raise self.errors[place]
        self.payload = payload
        self.told.append((place, sorted(str(command["name"]) for command in payload)))
        self.commands[place] = [
            {
                **command,
                "id": str(next(self._ids)),
                "version": "1",
                "application_id": str(APPLICATION),
                "default_permission": True,
            }
            for command in payload
        ]
        return self.commands[place]


@pytest.fixture
async def discord_itself() -> AsyncGenerator[Discord]:
    """Yield the other side, and end every bot that was started on it."""
    made = Discord()
    yield made
    for bot in made.bots:
        await bot.close()


async def start(
    key_values: KeyValues,
    other_side: Discord,
    guild_id: int | None = None,
    *,
    less: str = "",
    health: Health | None = None,
) -> GenerationBot:
    """Start the bot with its real commands, but for one, and let it sync them."""
    bot = GenerationBot(key_values, Health() if health is None else health, guild_id=guild_id)
    other_side.bots.append(bot)
    bot._connection.application_id = APPLICATION

    async def globally(_: int, payload: list[dict[str, object]]) -> list[dict[str, object]]:
        return other_side.take(None, payload)

    async def in_guild(
        _: int, guild: int, payload: list[dict[str, object]]
    ) -> list[dict[str, object]]:
        return other_side.take(guild, payload)

    async def has_globally(_: int) -> object:
        return other_side.give(None)

    async def has_in_guild(_: int, guild: int) -> object:
        return other_side.give(guild)

    bot.http.get_global_commands = has_globally  # type: ignore[method-assign, assignment]
    bot.http.get_guild_commands = has_in_guild  # type: ignore[method-assign, assignment]
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
