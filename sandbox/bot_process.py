"""Bot process: the real bot as a child process, against a simulated Discord and a sandbox API."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from sandbox.discord import SandboxDiscord

TIMEOUT = 40.0  # seconds until a starting bot must be connected
# Environment variables that the child inherits; all others would make runs differ.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")
# What a bot without a session at Discord writes when it has begun its work.
_READY = ("works without a session at Discord", "this one waits to take over")
_SOURCE = Path(__file__).resolve().parent.parent


class ChildProcess(Protocol):
    """What a running bot needs of its process; `asyncio.subprocess.Process` has it."""

    @property
    def pid(self) -> int:
        """The id of the process."""

    @property
    def returncode(self) -> int | None:
        """How it ended, or None while it runs."""

    def send_signal(self, signal: int) -> None:
        """Send a signal; raises ProcessLookupError if the process has ended."""

    async def wait(self) -> int:
        """Wait until it ends, and return its exit code."""


class StartProcess(Protocol):
    """Way to start Python in a process of its own."""

    async def __call__(
        self, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
    ) -> ChildProcess:
        """Start Python with *arguments* in *folder*; its output is appended to *log*."""


async def start_python(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> ChildProcess:
    """Start Python as the command line does."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=environment,
            # Ctrl-C at a terminal goes to all of a session; the bot is ended by its owner.
            start_new_session=True,
        )


class BotProcess:
    """A running bot; its output goes to the file `log`."""

    def __init__(self, process: ChildProcess, log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while it runs; negative is the signal that killed it."""
        return self._process.returncode

    async def kill(self) -> int:
        """End it at once with SIGKILL, and return its exit code."""
        return await self._end(signal.SIGKILL)

    async def terminate(self) -> int:
        """Ask it to end with SIGTERM, and return its exit code."""
        return await self._end(signal.SIGTERM)

    async def wait(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        return await self._process.wait()

    def output(self) -> str:
        """Return what it has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    async def until_output(self, wanted: str, timeout: float = 15.0) -> None:
        """Wait until it has written *wanted*.

        Raises:
            TimeoutError: it did not; holds its last output.
        """
        try:
            async with asyncio.timeout(timeout):
                while wanted not in self.output():  # noqa: ASYNC110 - a file has no event
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(f"no {wanted!r} in:\n{self.output()[-4000:]}") from None

    async def _end(self, number: signal.Signals) -> int:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return await self._process.wait()


class BotEndedError(RuntimeError):
    """The bot ended before it was connected; holds its last output."""


@contextlib.asynccontextmanager
async def open_bot_process(
    discord: SandboxDiscord,
    api_url: str,
    api_address: tuple[str, int],
    key: str,
    *,
    database_url: str,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str] = ("-m", "sandbox.launcher"),
    log: Path | None = None,
    start: StartProcess = start_python,
) -> AsyncGenerator[BotProcess]:
    """Start the bot, wait until it is connected to Discord, and end it with the block.

    Raises:
        BotEndedError: it ended instead of connecting.
        TimeoutError: it did not connect in time.
    """
    with tempfile.TemporaryDirectory(prefix="bot-process-") as folder:
        path = log or Path(folder) / "bot.log"
        identifies, ready = discord.gateway.identifies, _count_ready(path)
        process = await start(
            [
                *command,
                "--discord",
                discord.url,
                "--allow",
                f"{api_address[0]}:{api_address[1]}",
                "--allow",  # files that users hand in
                urlsplit(discord.url).netloc,
            ],
            folder=Path(folder),
            environment=bot_environment(discord, api_url, key, database_url, environment or {}),
            log=path,
        )
        bot = BotProcess(process, path)
        try:
            await _until_connected(discord, bot, identifies, ready)
            yield bot
        finally:
            if bot.exit_code is None:
                await _end_gently(bot)


async def _until_connected(
    discord: SandboxDiscord, bot: BotProcess, identifies: int, ready_before: int
) -> None:
    """Wait until the bot has a session, or says that it works without one."""
    ended = asyncio.create_task(bot.wait(), name="bot-process-ended")
    ready = asyncio.create_task(
        discord.gateway.until_ready(TIMEOUT, identifies=identifies), name="bot-process-ready"
    )
    waiting = asyncio.create_task(_until_waiting(bot, ready_before), name="bot-process-waiting")
    try:
        await asyncio.wait((ended, ready, waiting), return_when=asyncio.FIRST_COMPLETED)
        if waiting.done() and not ended.done() and not ready.done():
            return
        if ended.done() and not ready.done():
            raise BotEndedError(f"exit code {bot.exit_code}\n{bot.output()[-4000:]}")
        try:
            await ready
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{bot.output()[-4000:]}") from None
    finally:
        for task in (ended, ready, waiting):
            task.cancel()
        await asyncio.gather(ended, ready, waiting, return_exceptions=True)


async def _until_waiting(bot: BotProcess, before: int) -> None:
    while _count_ready(bot.log) <= before:  # noqa: ASYNC110 - a file has no event
        await asyncio.sleep(0.05)


def _count_ready(log: Path) -> int:
    """Count how often a bot without a session has said in the log that it works."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return sum(text.count(words) for words in _READY)


async def _end_gently(bot: BotProcess) -> None:
    try:
        async with asyncio.timeout(10):
            await bot.terminate()
    except TimeoutError:
        await bot.kill()


def bot_environment(
    discord: SandboxDiscord,
    api_url: str,
    key: str,
    database_url: str,
    more: Mapping[str, str],
) -> dict[str, str]:
    """Return the whole environment of a bot; its working folder must have no `.env`."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        "PYTHONPATH": str(_SOURCE),
        "PYTHONUNBUFFERED": "1",
        "DISCORD_TOKEN": discord.token,
        "MODELHUNTER_KEY": key,
        "MODELHUNTER_URL": api_url,
        "DATABASE_URL": database_url,
        **more,
    }
