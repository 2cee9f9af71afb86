"""Discord session: REST with the bot's token, as discord.py sends it, without a gateway session.

`Client.login` would send Discord the commands, and `connect` begin a session, of which there are only
so many a day. So the client's REST half alone is used.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager

import discord
from discord.http import Route

from bot.outgoing import Outgoing

# discord.py waits for rate limits up to so many seconds, the least that it takes.
_LONGEST_WAIT = 30.0
# Any answer that is needed once, by a name for it: the fields of a JSON object.
Fields = Mapping[str, object]


class DiscordSession:
    """What is asked of Discord; each call raises discord.HTTPException and what aiohttp raises."""

    def __init__(self, client: discord.Client, token: str) -> None:
        self.client = client
        self._token = token

    async def log_in(self) -> Fields:
        """Return the bot's user; raises discord.LoginFailure."""
        return _fields(await self.client.http.static_login(self._token))

    async def application(self) -> Fields:
        """Return the application (Discord docs: Get Current Application)."""
        return _fields(await self.client.http.request(Route("GET", "/applications/@me")))

    async def gateway(self) -> Fields:
        """Return the gateway's address and the starts that are left (docs: Get Gateway Bot)."""
        return _fields(await self.client.http.request(Route("GET", "/gateway/bot")))

    async def channel(self, channel_id: int) -> Fields:
        """Return a channel; raises discord.Forbidden or discord.NotFound."""
        return _fields(await self.client.http.get_channel(channel_id))

    async def commands(self, application_id: int, guild_id: int | None) -> Sequence[Fields]:
        """Return the commands that Discord has, of a server or everywhere."""
        http = self.client.http
        if guild_id is None:
            return [_fields(each) for each in await http.get_global_commands(application_id)]
        return [_fields(each) for each in await http.get_guild_commands(application_id, guild_id)]


@asynccontextmanager
async def open_session(outgoing: Outgoing, token: str) -> AsyncGenerator[DiscordSession]:
    """Open what asks Discord by the operator's way to the internet."""
    client = discord.Client(
        # Without it discord.py warns of what only a session has.
        intents=discord.Intents(guilds=True),
        max_ratelimit_timeout=_LONGEST_WAIT,
        max_messages=None,
    )
    client.http.connector = outgoing.connector(limit=0)
    try:
        yield DiscordSession(client, token)
    finally:
        await client.http.close()
        await client.http.connector.close()


def _fields(answer: object) -> Fields:
    """Return an answer that is an object; raises TypeError."""
    if not isinstance(answer, Mapping):
        raise TypeError("Discord's answer is no object")
    return answer
