"""A login that Discord can't take now is tried again; only a token that is refused ends it."""

import discord
import pytest

from bot.app.run import TokenRefused, _log_in
from sandbox.discord import SandboxDiscord, open_discord
from tests.integration.discord.messages.stage import pointed_at

ME, APPLICATION = "/users/@me", "/oauth2/applications/@me"
JSON = {"Content-Type": "application/json", "Via": "1.1 google"}


class _Client(discord.Client):
    """A client that has a new connector for each login, as the bot has."""

    async def login(self, token: str) -> None:
        self.http.connector = discord.utils.MISSING
        await super().login(token)


async def _login(world: SandboxDiscord) -> list[float]:
    """Log in, and return the pauses that this took."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with pointed_at(world.url):
        async with _Client(intents=discord.Intents.none(), max_ratelimit_timeout=60.0) as client:
            await _log_in(client, world.token, sleep)
            assert client.user is not None
    return pauses


@pytest.mark.parametrize("path", [ME, APPLICATION])
async def test_login_waits_out_a_long_rate_limit(path: str) -> None:
    """A 429 that is too long for discord.py is waited for, by the time that it names."""
    async with open_discord() as world:
        world.faults.limit("GET", path, retry_after=90.0)
        assert await _login(world) == [90.0]


@pytest.mark.parametrize("path", [ME, APPLICATION])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, ""),
        (200, "null"),
        (200, "[]"),
        (200, "{}"),
        (200, '"text"'),
        (200, '{"id": "1'),
        (200, '{"id": null, "username": 5}'),
        (429, '{"message": "slow down"}'),
        (403, '{"message": "internal network error", "code": 40333}'),
        (404, '{"message": "404: Not Found", "code": 0}'),
        (400, "<h1>no</h1>"),
        (418, '{"code": []}'),
    ],
)
async def test_login_outlives_an_odd_answer(path: str, status: int, body: str) -> None:
    """One answer that is not as documented costs a pause, never the process."""
    async with open_discord() as world:
        world.faults.add("GET", path, status=status, body=body, headers=JSON)
        assert await _login(world) == [5.0]


async def test_login_outlives_an_unauthorized_call() -> None:
    """A 401 in the middle of a login is no refused token."""
    async with open_discord() as world:
        world.faults.add("GET", APPLICATION, status=401)
        assert await _login(world) == [5.0]


async def test_login_ends_with_a_refused_token() -> None:
    """A token that Discord does not know is the operator's to change."""
    async with open_discord() as world:
        world.faults.add("GET", ME, status=401, times=None)
        with pytest.raises(TokenRefused):
            await _login(world)
