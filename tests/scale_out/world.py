"""World of several processes: a Discord that enforces its limits, the API, and PostgreSQL."""

import asyncio
import dataclasses
import random
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import asyncpg

from sandbox.bot_process import BotProcess, bot_environment
from sandbox.discord import Person, SandboxDiscord, SeenMessage, open_discord
from sandbox.discord.invocations import Invocation
from sandbox.modelhunter import SandboxApi, Script, open_sandbox_api
from tests.postgresql import Server

GATEWAY, WORKER = "gateway", "worker"
_CHANNELS, _PEOPLE = 40, 20
# Seconds for which a task of this scenario goes on.
_SHORTEST, _LONGEST = 1.0, 20.0
_START_TIMEOUT = 90.0
_GENEROUS = {
    "MAX_RUNNING_PER_USER": "100000",
    "DAILY_BUDGET_USD": "1000000",
    "CONFIRM_ABOVE_USD": "1000",
    "MODELHUNTER_REQUESTS_PER_SECOND": "100",
}


@dataclasses.dataclass(slots=True)
class Member:
    """One of the processes, and what it was started as."""

    role: str
    process: BotProcess


class World:
    """What is outside of the processes, the processes, and what users asked for."""

    def __init__(
        self, discord: SandboxDiscord, api: SandboxApi, server: Server, folder: Path, seed: int
    ) -> None:
        self.discord = discord
        self.api = api
        self.server = server
        self.randomness = random.Random(seed)
        self.members: list[Member] = []
        self.asked: list[Invocation] = []
        self._folder = folder
        self._people = [Person.join(discord, f"Member {n}") for n in range(_PEOPLE)]
        self._channels = [discord.create_channel(f"channel-{n}") for n in range(_CHANNELS)]
        api.balance = Decimal(1_000_000)
        api.scripts.choose = lambda _request: Script.quick(self._duration())

    def _duration(self) -> float:
        return round(self.randomness.uniform(_SHORTEST, _LONGEST), 2)

    async def start(self, role: str) -> Member:
        """Start a process, and wait until it works."""
        log = self._folder / f"{role}-{len(list(self._folder.iterdir()))}.log"
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "sandbox.launcher", "--discord", self.discord.url),
                *("--allow", f"{self.api.address[0]}:{self.api.address[1]}"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                env=bot_environment(
                    self.discord,
                    self.api.url,
                    self.api.key,
                    self.server.address,
                    {**_GENEROUS, "ROLE": role},
                ),
                start_new_session=True,
            )
        member = Member(role, BotProcess(process, log))
        self.members.append(member)
        words = "takes shard" if role == GATEWAY else "works without a session"
        await member.process.until_output(words, _START_TIMEOUT)
        return member

    async def ask(self, count: int, *, at_once: int) -> None:
        """Have members use so many commands, some *at_once*, as fast as they are answered."""
        turns = asyncio.Semaphore(at_once)

        async def one(number: int) -> None:
            async with turns:
                person = self._people[number % _PEOPLE]
                channel = self._channels[number % _CHANNELS]
                await self.until_connected()
                begun = await person.begin(channel, "image", {"prompt": f"a fox, number {number}"})
                try:
                    async with asyncio.timeout(10):
                        await begun.answer()
                except TimeoutError:
                    return  # no process was there, so that the user asks for another
                self.asked.append(begun)

        await asyncio.gather(*(one(number) for number in range(count)))

    async def until_connected(self) -> None:
        """Wait until a gateway has its session."""
        while not self.discord.gateway.is_connected:  # noqa: ASYNC110 - it may change hands
            await asyncio.sleep(0.1)

    def cards(self) -> list[SeenMessage]:
        """Return the cards that answered commands."""
        found = (begun.look().message for begun in self.asked)
        return [card for card in found if card is not None and card.embeds]

    async def query(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Return the rows of a statement, by a connection of its own."""
        connection = await asyncpg.connect(self.server.address, timeout=5)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def owned_by(self, member: Member) -> int:
        """Return how many open jobs a process has."""
        mark = f"%:{member.process.pid}:%"
        rows = await self.query("select count(*) from jobs where open and owner like $1", mark)
        return int(rows[0][0])

    async def end(self) -> None:
        """End the processes that run."""
        for member in self.members:
            if member.process.exit_code is None:
                await member.process.kill()


@asynccontextmanager
async def open_world(server: Server, folder: Path, seed: int) -> AsyncGenerator[World]:
    """Open a world without processes; those that are started end with the block."""
    async with open_discord(clock=time.time) as discord, open_sandbox_api(clock=time.time) as api:
        discord.rest.limits.is_enforced = True
        discord.timeout = 60.0
        world = World(discord, api, server, folder, seed)
        try:
            yield world
        finally:
            await world.end()
