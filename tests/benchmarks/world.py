"""World of a benchmark: the lean Discord, the sandbox API, and one bot at a time between them."""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from decimal import Decimal
from pathlib import Path

from sandbox.bot_process import BotProcess, start_python
from sandbox.modelhunter import SandboxApi, open_sandbox_api
from tests.benchmarks.api_watch import ApiWatch
from tests.benchmarks.authority import write_authority
from tests.benchmarks.bots import Bot
from tests.benchmarks.discord import LeanDiscord, open_lean_discord
from tests.benchmarks.discord.server import TOKEN
from tests.benchmarks.process_usage import memory, processor_seconds

SOURCE = Path(__file__).resolve().parent.parent.parent
_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 10.0


class RunningBot:
    """A bot's process, and what it has used."""

    def __init__(self, process: BotProcess, started_at: float) -> None:
        self._process = process
        self.started_at = started_at  # monotonic seconds

    @property
    def processor(self) -> float:
        """Processor seconds so far."""
        return processor_seconds(self._process.pid)

    @property
    def memory(self) -> int:
        """Bytes of memory that it holds."""
        return memory(self._process.pid)

    def output(self) -> str:
        """Return what it has written."""
        return self._process.output()


class World:
    """Discord and the API, each watched on the wire."""

    def __init__(
        self, discord: LeanDiscord, api: SandboxApi, watch: ApiWatch, authority: Path, folder: Path
    ) -> None:
        self.discord = discord
        self.api = api
        self.watch = watch
        self.folder = folder
        self._authority = authority

    @contextlib.asynccontextmanager
    async def running(
        self, bot: Bot, database: Path, *, profile: Path | None = None
    ) -> AsyncGenerator[RunningBot]:
        """Run *bot* on a database file while the block lasts."""
        log = self.folder / f"{bot.name}.log"
        log.unlink(missing_ok=True)
        started_at = time.monotonic()
        process = await start_python(
            [*_profiling(profile), *bot.command, *self._addresses()],
            folder=self.folder,
            environment=self._environment(bot, database),
            log=log,
        )
        running = BotProcess(process, log)
        try:
            await self._until_greeted(running)
            yield RunningBot(running, started_at)
        finally:
            await _stop(running)

    async def until(self, is_so: Callable[[], bool], timeout: float) -> bool:
        """Wait until something is so; return whether it ever was."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not is_so():  # noqa: ASYNC110 - the wire has no event
                    await asyncio.sleep(0.02)
        return is_so()

    def _addresses(self) -> list[str]:
        host, port = self.api.address
        return ["--discord", self.discord.url, "--allow", f"{host}:{port}"]

    def _environment(self, bot: Bot, database: Path) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(SOURCE),
            "PYTHONUNBUFFERED": "1",
            "DISCORD_TOKEN": TOKEN,
            "MODELHUNTER_KEY": self.api.key,
            "MODELHUNTER_URL": self.api.url,
            "DATABASE_URL": f"sqlite:///{database}",
            "SSL_CERT_FILE": str(self._authority),
            **bot.environment,
        }

    async def _until_greeted(self, bot: BotProcess) -> None:
        async with asyncio.timeout(_START_TIMEOUT):
            while not self.discord.gateway.greeted.is_set():
                if bot.exit_code is not None:
                    raise RuntimeError(f"exit code {bot.exit_code}\n{bot.output()[-4000:]}")
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def open_world() -> AsyncGenerator[World]:
    """Open Discord and the API over TLS, with an authority that both bots trust."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        file, tls = write_authority(folder)
        watch = ApiWatch()
        async with (
            open_lean_discord(tls) as discord,
            open_sandbox_api(
                tls=tls, middlewares=[watch.middleware], balance=Decimal(10_000_000)
            ) as api,
        ):
            yield World(discord, api, watch, file, folder)


def _profiling(profile: Path | None) -> Sequence[str]:
    return () if profile is None else ("-m", "cProfile", "-o", str(profile))


async def _stop(bot: BotProcess) -> None:
    if bot.exit_code is not None:
        sys.stderr.write(bot.output()[-4000:])
        return
    try:
        async with asyncio.timeout(_STOP_TIMEOUT):
            await bot.terminate()
    except TimeoutError:
        await bot.kill()
