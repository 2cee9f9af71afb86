"""Many commands at once, through Discord, pass no limit."""

from collections import Counter
from decimal import Decimal

import pytest

from bot.locales.answer_texts import TOO_MANY_RUNNING
from sandbox.discord import Person, SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.world import World, title_of
from tests.stored_database import read_rows

pytestmark = pytest.mark.both_engines

PEOPLE = 5
COMMANDS = 30
RUNNING = 2


def _people(world: World) -> list[Person]:
    return [Person.join(world.discord, f"Person {number}") for number in range(PEOPLE)]


def _texts(answers: list[SeenMessage]) -> Counter[str]:
    """Count the sentences with which commands were refused."""
    return Counter(answer.words for answer in answers if not title_of(answer))


def _ledger(world: World) -> list[Decimal]:
    rows = read_rows(world.database_url, "select amount from ledger")
    return [Decimal(row[0]) / 1_000_000 for row in rows]


async def test_thirty_commands_by_five_users(world: World) -> None:
    """Commands can't pass a user's limit by being many at once; each gets an answer that says so."""
    world.api.scripts.next(*(Script.endless() for _ in range(COMMANDS)))
    async with world.bot(MAX_RUNNING_PER_USER=str(RUNNING)):
        answers = await world.ask_at_once(_people(world), COMMANDS, "image")
        tasks = await world.until_tasks(PEOPLE * RUNNING)
        refused = _texts(answers)
        assert refused.total() == COMMANDS - PEOPLE * RUNNING
        assert [it for it in refused if not says(it, TOO_MANY_RUNNING, limit=RUNNING)] == []
        assert len(tasks) == len(world.messages()) == PEOPLE * RUNNING


async def test_thirty_commands_against_a_budget(world: World) -> None:
    """Commands can't spend past the bot's budget of the day by being many at once."""
    world.api.scripts.next(*(Script.endless() for _ in range(COMMANDS)))
    async with world.bot(MAX_RUNNING_PER_USER="1000") as bot:
        await world.ask("image")
        (price,) = _ledger(world)
        await bot.terminate()
    budget = price * 8 - price / 2  # seven fit, the first of them is there
    async with world.bot(MAX_RUNNING_PER_USER="1000", DAILY_BUDGET_USD=str(budget)):
        await world.ask_at_once(_people(world), COMMANDS, "image")
        await world.until_tasks(7)
        assert len(world.api.calls("POST")) == len(world.messages()) == 7
    assert sum(_ledger(world)) <= budget
