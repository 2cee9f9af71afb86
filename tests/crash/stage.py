"""Stage: a simulated Discord, a sandbox API, a database file and a clock for the runs of a bot."""

import asyncio
import contextlib
import dataclasses
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

from sandbox.bot_process import BotProcess, bot_environment
from sandbox.demo.card_titles import card_title
from sandbox.discord import Hold, Invocation, Person, SandboxDiscord, SeenMessage, open_discord
from sandbox.discord.commands import OptionValue
from sandbox.modelhunter import NewTask, SandboxApi, Script, Step, open_sandbox_api
from tests.integration.jobs.handed_in import picture
from tests.postgresql import fresh_database

CANCEL = "\N{CROSS MARK}"
# Seconds until a starting bot must be connected, on a busy machine.
TIMEOUT = 60.0
# Bytes; Discord takes 10 MiB (docs: Reference, uploading files).
_TOO_BIG = 11 * 1024 * 1024
_PICTURE = ("fox.png", picture(400, 400))
# These tests are about kills: neither a budget nor a limit per user may end a job.
_GENEROUS = {
    "MAX_RUNNING_PER_USER": "1000",
    "DAILY_BUDGET_USD": "100000",
    "CONFIRM_ABOVE_USD": "1000",
}


class BotProcesses(BotProcess):
    """Processes of a bot that are killed and stopped together."""

    def __init__(
        self,
        first: asyncio.subprocess.Process,
        others: Sequence[asyncio.subprocess.Process],
        log: Path,
    ) -> None:
        super().__init__(first, log)
        self._others = [BotProcess(other, log) for other in others]

    async def kill(self) -> int:
        """End all at once with SIGKILL, and return the exit code of the first."""
        code, *_ = await asyncio.gather(super().kill(), *(it.kill() for it in self._others))
        return code

    async def terminate(self) -> int:
        """Ask all to end with SIGTERM, and return the exit code of the first."""
        code, *_ = await asyncio.gather(
            super().terminate(), *(it.terminate() for it in self._others)
        )
        return code


class StageClock:
    """The time of a stage, for all its parts; it can jump forward between two runs."""

    def __init__(self) -> None:
        self.ahead = 0.0  # seconds

    def __call__(self) -> float:
        """Return the stage's time in Unix seconds."""
        return time.time() + self.ahead


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command that a user sent."""

    invocation: Invocation
    person: Person
    prompt: str
    is_endless: bool  # its task runs until it is cancelled
    is_big: bool  # Discord takes its result only when it is transcoded

    @property
    def job_id(self) -> int:
        """The id of the job that the command makes."""
        return int(self.invocation.id)


class Stage:
    """Everything outside of the bot, as kill points and checks see it, and what users do there."""

    def __init__(
        self,
        discord: SandboxDiscord,
        api: SandboxApi,
        clock: StageClock,
        folder: Path,
        randomness: random.Random,
    ) -> None:
        self.discord = discord
        self.api = api
        self.clock = clock
        self.folder = folder
        self.database: Path | str = folder / "bot.db"  # or an address of PostgreSQL
        self.processes = 1  # that run at once
        self.log = folder / "bot.log"
        self.randomness = randomness
        self.requests: list[Request] = []
        self.held: list[Hold] = []  # calls that must not take effect before the stage ends
        self.cancelled: set[int] = set()  # jobs whose requester reacted with ❌
        self._scripts: dict[str, Script] = {}
        self._users = [Person.join(discord, name) for name in ("Robin", "Sam", "Kit", "Noa", "Ari")]
        discord.timeout = TIMEOUT
        api.balance = Decimal(100_000)
        api.scripts.choose = self._script_of

    # The bot.

    async def spawn(self) -> BotProcess:
        """Start the bot, in as many processes as there are to be, and return at once."""
        first, *others = [await self._spawn() for _ in range(self.processes)]
        return BotProcesses(first, others, self.log)

    async def _spawn(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.crash.launcher"),
                *("--discord", self.discord.url),
                *("--api-port", str(self.api.address[1])),
                *("--ahead", repr(self.clock.ahead)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env=bot_environment(
                    self.discord,
                    self.api.url,
                    self.api.key,
                    self.database
                    if isinstance(self.database, str)
                    else f"sqlite:///{self.database}",
                    _GENEROUS,
                ),
            )

    async def until_ready(self, bot: BotProcess, identifies: int) -> None:
        """Wait until the bot is connected, having identified more often than *identifies*."""
        ready = asyncio.create_task(
            self.discord.gateway.until_ready(TIMEOUT, identifies=identifies), name="bot ready"
        )
        ended = asyncio.create_task(bot.wait(), name="bot ended")
        await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not ready.done():
            ready.cancel()
            raise RuntimeError(f"the bot ended by itself:\n{bot.output()[-3000:]}")
        await ready

    def output(self) -> str:
        """Return what all runs of the bot wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    # Users.

    async def ask(
        self, count: int, *, endless: int = 0, big: int = 0, pictures: int = 0, fails: bool = True
    ) -> None:
        """Let users send *count* commands at once.

        The first *endless* of them get endless tasks, the next *big* get videos that are too big. Of
        the others some fail, if *fails*. The last *pictures* hand in a picture.
        """
        for number in range(count):
            is_endless, is_big = number < endless, endless <= number < endless + big
            prompt = f"a fox with {len(self.requests)} lanterns"
            self._scripts[prompt] = (
                Script.endless()
                if is_endless
                else Script.too_big(_TOO_BIG)
                if is_big
                else self._draw_script(fails)
            )
            command = self.randomness.choice(("image", "image", "image", "video"))
            options: dict[str, OptionValue] = {"prompt": prompt}
            if number >= count - pictures:
                options["image"] = _PICTURE
            await self._ask("video" if is_big else command, options, is_endless, is_big)

    async def _ask(
        self, command: str, options: dict[str, OptionValue], is_endless: bool, is_big: bool
    ) -> None:
        person = self.randomness.choice(self._users)
        invocation = await person.begin(self.discord.channel, command, options)
        self.requests.append(
            Request(
                invocation=invocation,
                person=person,
                prompt=str(options["prompt"]),
                is_endless=is_endless,
                is_big=is_big,
            )
        )

    async def add_cancel_reactions(self, *, offered: bool) -> None:
        """Let the requesters of endless tasks react with ❌, where the bot does so too if *offered*."""
        for request in self.requests:
            card = self.card(request)
            if card is None or (offered and CANCEL not in card.reactions):
                continue
            if request.is_endless and request.job_id not in self.cancelled:
                self.cancelled.add(request.job_id)
                await request.person.react(card, CANCEL)

    def card(self, request: Request) -> SeenMessage | None:
        """Return the card that answers a command, None if Discord never showed one."""
        message = request.invocation.look().message
        return message if message is not None and message.embeds else None

    def titles(self) -> list[str]:
        """Return the titles of all cards as they are now, without their markers."""
        cards = (self.card(request) for request in self.requests)
        return [title_of(card.payload) for card in cards if card is not None]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Ask every few milliseconds until something is so."""
        while not is_so():  # noqa: ASYNC110 - neither files nor the sandbox API announce anything
            await asyncio.sleep(0.005)

    def _draw_script(self, fails: bool) -> Script:
        seconds = round(self.randomness.uniform(0.0, 2.0), 3)
        if fails and self.randomness.random() < 0.15:
            return Script.failing("The provider ran out of paint.", seconds=seconds)
        if self.randomness.random() < 0.2:
            return Script(
                steps=(Step(0, "running", 5), Step(seconds, "succeeded")), cost=Decimal("0.04")
            )
        return Script.quick(seconds)

    def _script_of(self, request: NewTask) -> Script:
        return self._scripts[request.text]


@asynccontextmanager
async def open_stage(
    randomness: random.Random, *, on_postgresql: bool = False, processes: int = 1
) -> AsyncGenerator[Stage]:
    """Open a stage without a bot, and close it with the block."""
    clock = StageClock()
    database = fresh_database() if on_postgresql else contextlib.nullcontext()
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        async with (
            database as address,
            open_discord(clock=clock) as discord,
            open_sandbox_api(clock=clock) as api,
        ):
            stage = Stage(discord, api, clock, Path(folder), randomness)
            stage.database, stage.processes = address or stage.database, processes
            try:
                yield stage
            finally:
                for hold in stage.held:
                    hold.release()


def title_of(payload: dict[str, object]) -> str:
    """Return a card's title without its marker; empty for what is no card."""
    embeds = payload.get("embeds")
    if not isinstance(embeds, list) or not embeds:
        return ""
    return card_title(embeds).partition(" ")[2]
