"""Two processes with a database each and one token: nothing is paid twice, and both say so."""

import contextlib
import json
import socket
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest

from bot.locales.answer_texts import PRICE_QUESTION_TEXT
from bot.locales.button_texts import BUTTON_GENERATE
from db.records import JobState
from sandbox.bot_process import BotProcess
from sandbox.modelhunter import Script
from tests.end_to_end.world import World

ANSWERS = "/interactions/*/callback"
DEAR = "0.0001"


class Apart:
    """Two bots that know nothing of each other, and what each has stored and says."""

    def __init__(self, world: World, bots: list[BotProcess], ports: list[int]) -> None:
        self._world = world
        self.bots = bots
        self._ports = ports

    def rows(self, query: str) -> list[list[tuple[object, ...]]]:
        """Return what each database answers."""
        base = self._world.database_path.removesuffix(".db")
        found = []
        for name in ("one", "two"):
            with contextlib.closing(sqlite3.connect(f"{base}-{name}.db")) as database:
                found.append(database.execute(query).fetchall())
        return found

    def spent(self) -> list[object]:
        """Return what the ledgers of both hold, in micro-dollars."""
        rows = self.rows("select amount from ledger")
        return [amount for each in rows for (amount,) in each]

    def taken_for_own(self) -> int:
        """Count the jobs whose card has the same mark in both, which is so of one in 511."""
        one, two = (set(rows) for rows in self.rows("select id, card_mark from jobs"))
        return len(one & two)

    async def reasons(self) -> list[list[str]]:
        """Return why each is not ready."""
        found = []
        async with aiohttp.ClientSession() as session:
            for port in self._ports:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as response:
                    found.append(json.loads(await response.text())["reasons"])
        return found

    async def until_both_say_so(self) -> None:
        """Wait until `/readyz` of both names the other process."""
        while not all("Another process" in str(each) for each in await self.reasons()):
            await self._world.pause(0.1)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@pytest.fixture
async def apart(world: World, tmp_path: Path) -> AsyncGenerator[Apart]:
    """Run two bots with a database each."""
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    world.environment |= {"MAX_RUNNING_PER_USER": "20"}
    ports = [_free_port(), _free_port()]
    async with contextlib.AsyncExitStack() as stack:
        bots = [
            await stack.enter_async_context(world.bot_apart(name, clock, HTTP_PORT=str(port)))
            for name, port in zip(("one", "two"), ports, strict=True)
        ]
        yield Apart(world, bots, ports)


async def test_twelve_commands_are_at_most_twelve_tasks(world: World, apart: Apart) -> None:
    """Each command is one task and one card, and the slower process has no row of it, nor money."""
    world.api.scripts.choose = lambda _: Script.quick(0.2)
    for _ in range(12):
        card = await world.ask("image")
        await world.until_state(card, JobState.DELIVERED)
    assert len(world.messages()) == 12
    # The slower process takes its row back once it has seen whose card it is.
    await world.until(
        lambda: len(apart.spent()) == 12 + apart.taken_for_own(), "one reservation of each command"
    )
    made = 12 + apart.taken_for_own()
    assert len(world.api.tasks) == len(world.api.calls("POST")) == made
    ids = [row for rows in apart.rows("select id from jobs") for row in rows]
    assert (len(set(ids)), len(ids)) == (12, made)
    await apart.until_both_say_so()
    said = world.words()
    assert said.count("Another process answers") == 2


async def test_a_price_question_needs_the_yes_to_it(world: World, tmp_path: Path) -> None:
    """No job is made that was not agreed to, where the two disagree about what is asked."""
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    world.api.scripts.choose = lambda _: Script.quick(0)
    cheap = {"CONFIRM_ABOVE_USD": DEAR, "DEFAULT_VIDEO_MODEL": "viduq3-turbo"}
    dear = {"CONFIRM_ABOVE_USD": DEAR, "DEFAULT_VIDEO_MODEL": "veo3"}
    async with world.bot_apart("one", clock, **cheap), world.bot_apart("two", clock, **dear):
        agreed = []
        for _ in range(6):
            question = await world.ask()
            assert PRICE_QUESTION_TEXT.english in question.words
            agreed.append("Veo" in question.words)
            answer = await world.robin.click(question, BUTTON_GENERATE.english)
            assert answer.message is not None
            await world.until_state(answer.message, JobState.DELIVERED)
    made = ["veo" in task.request.model for task in world.api.tasks.values()]
    assert made == agreed


async def test_a_question_is_no_card_of_the_other(world: World, tmp_path: Path) -> None:
    """Where one asks and the other does not, no question becomes the other's card."""
    clock = tmp_path / "clock"
    clock.write_text("0", encoding="ascii")
    asks, asks_not = {"CONFIRM_ABOVE_USD": DEAR}, {"CONFIRM_ABOVE_USD": "1000"}
    async with world.bot_apart("one", clock, **asks), world.bot_apart("two", clock, **asks_not):
        for _ in range(6):
            # What the slower of the two is answered leaves open whether its answer was taken.
            world.discord.faults.add("POST", ANSWERS, cut="before", skip=1)
            await world.ask()
            await world.pause(0.5)
            world.discord.faults.clear()
        await world.pause(2.0)
        cards = [message for message in world.messages() if message.embeds]
        assert len(world.api.tasks) == len(world.api.calls("POST")) == len(cards)


async def test_lost_answers_of_two_are_one_task(world: World, apart: Apart) -> None:
    """Of two whose answers are in doubt, only the one whose card is shown sends its job."""
    world.api.scripts.choose = lambda _: Script.quick(0)
    for skip in (0, 1, 0, 1):
        # One of the two answers is not acknowledged: the one that is taken, or the other.
        world.discord.faults.add("POST", ANSWERS, cut="after", skip=skip)
        card = await world.ask("image")
        await world.until_state(card, JobState.DELIVERED)
        world.discord.faults.clear()
    assert len(world.api.tasks) == len(world.api.calls("POST")) == len(world.messages()) == 4
    # The last card is shown before its row is settled, and the slower process takes its row back
    # once it has seen whose card it is.
    await world.until(lambda: apart.spent() == [40_000] * 4, "four settled jobs")
