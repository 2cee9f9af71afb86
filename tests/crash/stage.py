"""A small world for the bot to die in: Discord, the API, a database file and a clock."""

import asyncio
import dataclasses
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

from sandbox.bot_process import INHERITED, BotProcess
from sandbox.discord import Hold, Invocation, Person, SandboxDiscord, SeenMessage, open_discord
from sandbox.modelhunter import NewTask, SandboxApi, Script, Step, open_sandbox_api

HOUSE = Path(__file__).resolve().parents[2]
CANCEL = "\N{CROSS MARK}"
# Seconds until a starting bot must be connected, on a busy machine.
TIMEOUT = 60.0
# Bytes; Discord takes 10 MiB (docs: Reference, uploading files).
_TOO_BIG = 11 * 1024 * 1024
# The harness is about crashes: neither money nor a person's limit may end its jobs.
_GENEROUS = {
    "MAX_RUNNING_PER_USER": "1000",
    "DAILY_BUDGET_USD": "100000",
    "CONFIRM_ABOVE_USD": "1000",
}


class WorldClock:
    """The time of everybody in a world; it can jump forward while the bot is dead."""

    def __init__(self) -> None:
        self.ahead = 0.0  # seconds

    def __call__(self) -> float:
        """Return the world's time in Unix seconds."""
        return time.time() + self.ahead


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One command that somebody used."""

    invocation: Invocation
    person: Person
    prompt: str
    is_endless: bool  # runs until somebody cancels it
    is_big: bool  # has a result that Discord takes only when it is made smaller

    @property
    def job_id(self) -> int:
        """The id of the job that the command makes."""
        return int(self.invocation.id)


class Scene:
    """What the instants and the judge look at, and what people do in it."""

    def __init__(
        self,
        discord: SandboxDiscord,
        api: SandboxApi,
        clock: WorldClock,
        folder: Path,
        randomness: random.Random,
    ) -> None:
        self.discord = discord
        self.api = api
        self.clock = clock
        self.folder = folder
        self.database = folder / "bot.db"
        self.log = folder / "bot.monitoring.logs"
        self.randomness = randomness
        self.asked: list[Asked] = []
        self.held: list[Hold] = []  # calls that never take effect while the world lasts
        self.requests: set[int] = set()  # jobs whose requester tapped ❌
        self._fates: dict[str, Script] = {}
        self._people = [
            Person.join(discord, name) for name in ("Robin", "Sam", "Kit", "Noa", "Ari")
        ]
        discord.timeout = TIMEOUT
        api.balance = Decimal(100_000)
        api.scripts.choose = self._fate

    # The bot.

    async def spawn(self) -> BotProcess:
        """Start the bot and return at once."""
        with self.log.open("ab") as words:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.crash.launcher"),
                *("--discord", self.discord.url),
                *("--api-port", str(self.api.address[1])),
                *("--ahead", repr(self.clock.ahead)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=self.folder,
                env=self._environment(),
            )
        return BotProcess(process, self.log)

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
            raise RuntimeError(f"the bot ended by itself:\n{bot.words()[-3000:]}")
        await ready

    def words(self) -> str:
        """Return what all lives of the bot wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    # People.

    async def ask(self, count: int, *, endless: int = 0, big: int = 0, fails: bool = True) -> None:
        """Have people use *count* commands at once.

        The first *endless* of them are for what never ends, the next *big* for videos that are too
        big. Of the others some fail, if *fails*.
        """
        for number in range(count):
            is_endless, is_big = number < endless, endless <= number < endless + big
            prompt = f"a fox with {len(self.asked)} lanterns"
            self._fates[prompt] = (
                Script.endless()
                if is_endless
                else Script.too_big(_TOO_BIG)
                if is_big
                else self._draw_fate(fails)
            )
            command = self.randomness.choice(("image", "image", "image", "video"))
            await self._ask("video" if is_big else command, prompt, is_endless, is_big)

    async def _ask(self, command: str, prompt: str, is_endless: bool, is_big: bool) -> None:
        person = self.randomness.choice(self._people)
        invocation = await person.begin(self.discord.channel, command, {"prompt": prompt})
        self.asked.append(
            Asked(
                invocation=invocation,
                person=person,
                prompt=prompt,
                is_endless=is_endless,
                is_big=is_big,
            )
        )

    async def tap_cancel(self, *, offered: bool) -> None:
        """Have everybody whose job never ends tap ❌ on its card, once it is there or *offered*."""
        for asked in self.asked:
            card = self.card(asked)
            if card is None or (offered and CANCEL not in card.reactions):
                continue
            if asked.is_endless and asked.job_id not in self.requests:
                self.requests.add(asked.job_id)
                await asked.person.react(card, CANCEL)

    def card(self, asked: Asked) -> SeenMessage | None:
        """Return the card that answers a command, None if Discord never showed one."""
        message = asked.invocation.look().message
        return message if message is not None and message.embeds else None

    def titles(self) -> list[str]:
        """Return what the cards say now, without their markers."""
        cards = (self.card(asked) for asked in self.asked)
        return [title_of(card.payload) for card in cards if card is not None]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Look every few milliseconds until something is so."""
        while not is_so():  # noqa: ASYNC110 - neither files nor the sandbox API announce anything
            await asyncio.sleep(0.005)

    def _draw_fate(self, fails: bool) -> Script:
        seconds = round(self.randomness.uniform(0.0, 2.0), 3)
        if fails and self.randomness.random() < 0.15:
            return Script.failing("The provider ran out of paint.", seconds=seconds)
        if self.randomness.random() < 0.2:
            return Script(
                steps=(Step(0, "running", 5), Step(seconds, "succeeded")), cost=Decimal("0.04")
            )
        return Script.quick(seconds)

    def _fate(self, request: NewTask) -> Script:
        return self._fates[request.text]

    def _environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {
            **inherited,
            **_GENEROUS,
            "PYTHONPATH": str(HOUSE),
            "PYTHONUNBUFFERED": "1",
            "DISCORD_TOKEN": self.discord.token,
            "MODELHUNTER_KEY": self.api.key,
            "MODELHUNTER_URL": self.api.url,
            "DATABASE_URL": f"sqlite:///{self.database}",
        }


@asynccontextmanager
async def open_scene(randomness: random.Random) -> AsyncGenerator[Scene]:
    """Give a world without a bot, which lasts as long as the block."""
    clock = WorldClock()
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        async with open_discord(clock=clock) as discord, open_sandbox_api(clock=clock) as api:
            scene = Scene(discord, api, clock, Path(folder), randomness)
            try:
                yield scene
            finally:
                for hold in scene.held:
                    hold.release()


def title_of(payload: dict[str, object]) -> str:
    """Return the words of a card's title, without its marker; empty for what is no card."""
    embeds = payload.get("embeds")
    if not isinstance(embeds, list) or not embeds:
        return ""
    return str(embeds[0].get("title", "")).partition(" ")[2]
