"""The bot in this process: simcord's Discord and clock, and the sandbox API over loopback.

the sandbox API keeps real time for its sockets and reads simcord's clock for its tasks.
"""

import asyncio
import random
from collections.abc import AsyncGenerator
from decimal import Decimal

import pytest
from pydantic import SecretStr
from simcord.env import Env

from bot.app.build import App, open_app
from bot.app.shared import Runtime
from bot.discord.client import GenerationBot
from bot.discord.messages import rate_limit
from bot.settings import Settings
from sandbox.discord.server import TOKEN
from sandbox.modelhunter import SandboxApi, open_sandbox_api
from tests.end_to_end.in_process.stage import Scene


class SharedClock:
    """The time of simcord's Discord, once there is one."""

    def __init__(self) -> None:
        self.env: Env | None = None

    def __call__(self) -> float:
        """Return the Unix seconds that bot, API and Discord share."""
        return 0.0 if self.env is None else self.env.now().timestamp()


@pytest.fixture
def clock() -> SharedClock:
    """Give the bot and the API one clock."""
    return SharedClock()


@pytest.fixture
async def api(clock: SharedClock) -> AsyncGenerator[SandboxApi]:
    """Serve the sandbox API."""
    async with open_sandbox_api(clock=clock) as api:
        yield api


@pytest.fixture
def confirm_above() -> Decimal:
    """Return the price above which requesters are asked; tests lower it by parametrizing this name."""
    return Decimal(1)


@pytest.fixture
def ahead() -> float:
    """Return how many seconds this machine's clock is ahead; tests parametrize this name."""
    return 0.0


class Unlimited:
    """Limiter by which no call waits."""

    def __init__(self, *_: float) -> None:
        """Take what a limiter takes."""

    async def acquire(self) -> None:
        """Let the call go."""


@pytest.fixture
def no_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no call wait for its turn of the bot's rate limit.

    The event loop has two times here, simcord's in background work and another in commands, between
    which a limiter counts nonsense. The limit is tested elsewhere.
    """
    monkeypatch.setattr(rate_limit, "AsyncLimiter", Unlimited)


@pytest.fixture
async def app(
    api: SandboxApi,
    clock: SharedClock,
    confirm_above: Decimal,
    ahead: float,
    no_rate_limit: None,  # noqa: ARG001
) -> AsyncGenerator[App]:
    """Build the whole program on a database in memory."""
    settings = Settings(
        discord_token=SecretStr(TOKEN),
        modelhunter_key=SecretStr(api.key),
        modelhunter_url=api.url,
        database_url="sqlite://",
        confirm_above_usd=confirm_above,
    )
    runtime = Runtime(
        clock=lambda: clock() + ahead,
        monotonic=clock,
        randomness=random.Random(1),
        allowed_addresses=frozenset({api.address}),
    )
    async with open_app(settings, runtime) as app:
        yield app


@pytest.fixture
def simcord_bot(app: App) -> GenerationBot:
    """Name the bot that simcord's plugin starts."""
    return app.gateway.bot


@pytest.fixture
async def scene(
    simcord_env: Env, app: App, api: SandboxApi, clock: SharedClock
) -> AsyncGenerator[Scene]:
    """Run the background work in simcord's time, and open a stage with users."""
    clock.env = simcord_env
    started, over = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        with simcord_env.time_context():
            async with app.running():
                started.set()
                await over.wait()

    working = asyncio.create_task(work(), name="background work")
    await started.wait()
    yield Scene(simcord_env, app, api)
    over.set()
    await working
