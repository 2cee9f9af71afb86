"""Bench: what the checks are made on, opened once: the settings, the ways to both servers, answers.

An answer that several checks need is asked for by the first of them (`Once`).
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from discord import Asset
from discord.http import Route

from bot.app.outgoing import build_outgoing, use_rest_proxy
from bot.discord.command_comparison import Payload
from bot.doctor.application import Application
from bot.doctor.discord_session import DiscordSession, open_session
from bot.doctor.once import Once
from bot.doctor.reach import TIMEOUT, Reply, ask
from bot.doctor.wanted_commands import wanted_commands
from bot.modelhunter import ModelHunterClient, Timeouts, open_client
from bot.outgoing import CertificatesUnusable, Outgoing
from bot.settings import Settings
from bot.web.own_address import own_address


class Bench:
    """What the checks share; nothing is sent before one of them asks."""

    def __init__(
        self,
        settings: Settings,
        outgoing: Outgoing,
        discord: DiscordSession,
        api: ModelHunterClient,
        *,
        certificates: str | None,
        answer_timeout: float,
    ) -> None:
        self.settings = settings
        self.outgoing = outgoing
        self.discord = discord
        self.api = api
        self.certificates = certificates  # what is wrong with them; then no server is asked
        self.answer_timeout = answer_timeout  # seconds
        self.discord_reply = Once(lambda: self._ask(f"{Route.BASE}/gateway"))
        self.cdn_reply = Once(lambda: self._ask(f"{Asset.BASE}/"))
        self.api_reply = Once(lambda: self._ask(f"{settings.modelhunter_url}/balance"))
        self.own_health = Once(self._own_health)
        self.user = Once(discord.log_in)
        self.application = Once(self._application)
        self.gateway = Once(discord.gateway)
        self.global_commands = Once(lambda: self._commands(None))
        self.server_commands = Once(lambda: self._commands(settings.discord_guild_id))
        self.wanted_commands = Once(lambda: wanted_commands(settings))
        self.balance: Once[Decimal | None] = Once(api.balance)

    async def bot_id(self) -> int:
        """Return the id of the bot's user."""
        return int(str((await self.user())["id"]))

    async def _ask(self, url: str) -> Reply:
        return await ask(self.outgoing, url, timeout=self.answer_timeout)

    async def _own_health(self) -> Reply:
        """Ask the bot that may run on this machine, which is never behind the proxy."""
        address = own_address(self.settings.http_host, self.settings.http_port or 0)
        return await ask(Outgoing(), f"{address}/healthz", timeout=self.answer_timeout)

    async def _application(self) -> Application:
        return Application.model_validate(await self.discord.application())

    async def _commands(self, guild_id: int | None) -> Sequence[Payload]:
        return await self.discord.commands((await self.application()).id, guild_id)


@asynccontextmanager
async def open_bench(
    settings: Settings, *, answer_timeout: float = TIMEOUT
) -> AsyncGenerator[Bench]:
    """Open what asks Discord and the API."""
    try:
        outgoing, problem = build_outgoing(settings), None
    except CertificatesUnusable as error:
        outgoing, problem = Outgoing(), str(error)
    use_rest_proxy(settings)
    timeouts = Timeouts(read=answer_timeout)
    async with (
        open_session(outgoing, settings.discord_token.get_secret_value()) as discord,
        open_client(
            settings.modelhunter_url,
            settings.modelhunter_key,
            outgoing=outgoing,
            timeouts=timeouts,
        ) as api,
    ):
        yield Bench(
            settings,
            outgoing,
            discord,
            api,
            certificates=problem,
            answer_timeout=answer_timeout,
        )
