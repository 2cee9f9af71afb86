"""Starts of the bot with its real commands, on a Discord that keeps what it is sent."""

import itertools

from bot.discord.client import GenerationBot
from bot.monitoring.health import Health
from db.repositories.key_values import KeyValues
from tests.unit.discord.every_cog import idle_cogs

APPLICATION, HERE, THERE = 5, 22, 23
COMMANDS = [
    *("cancel", "create", "forget", "help", "image", "jobs", "models", "speech", "usage", "video")
]
Told = list[tuple[int | None, list[str]]]


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
