"""World of the real bot: Discord, the API, users and a database file."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp
import pytest

from bot.locales.answer_texts import DATABASE_BUSY
from bot.locales.button_texts import BUTTON_GENERATE
from bot.locales.card_texts import STATES, STATUSES
from db.records import JobState
from sandbox.bot_process import (
    BotEndedError,
    BotProcess,
    StartProcess,
    open_bot_process,
    start_python,
)
from sandbox.demo.card_titles import card_title
from sandbox.discord import SandboxDiscord, SeenMessage, open_discord
from sandbox.discord.commands import OptionValue
from sandbox.discord.invocations import Invocation
from sandbox.discord.people import Person
from sandbox.discord.server import TOKEN
from sandbox.modelhunter import SandboxApi, open_sandbox_api
from sandbox.modelhunter.records import TaskRecord
from tests.end_to_end.delays import Delays, WorldClock
from tests.forked_processes import start_forked
from tests.stored_database import read_rows

PROMPT = "a fox with seventeen lanterns"
# The path of every result at the API.
RESULTS = "/results/*"
CANCEL = "\N{CROSS MARK}"
# Seconds that a test waits for what must happen; far longer than it takes. On PostgreSQL the jobs of a
# killed process are free once its lease has expired.
TIMEOUT = 75.0 if os.environ.get("TEST_ENGINE") == "postgresql" else 30.0


class World:
    """Discord, the API and the bot between them."""

    def __init__(
        self,
        discord: SandboxDiscord,
        api: SandboxApi,
        delays: Delays,
        folder: Path,
        clock: WorldClock,
    ) -> None:
        self.discord = discord
        self.clock = clock
        self._delays = delays
        self.api = api
        self.log = folder / "bot.log"
        self.database_url = f"sqlite:///{folder}/bot.db"
        self.environment: dict[str, str] = {}
        self.robin = Person.join(discord, "Robin")
        discord.timeout = TIMEOUT

    def bot(self, **environment: str) -> AbstractAsyncContextManager[BotProcess]:
        """Run the bot on this world's database while the block lasts."""
        return self._run(("-m", "sandbox.launcher"), environment)

    def bot_ahead(self, clock: Path, **environment: str) -> AbstractAsyncContextManager[BotProcess]:
        """Run a bot whose time is ahead by the seconds in the file *clock*."""
        command = ("-m", "tests.end_to_end.launcher", "--clock", str(clock))
        return self._run(command, environment)

    def bot_beside(
        self, clock: Path, **environment: str
    ) -> AbstractAsyncContextManager[BotProcess]:
        """Run a bot that gets every event, as two do while a session changes hands."""
        command = ("-m", "tests.end_to_end.launcher", "--all-events", "--clock", str(clock))
        return self._run(command, environment)

    def bot_set(self, wall: Path, **environment: str) -> AbstractAsyncContextManager[BotProcess]:
        """Run a bot whose machine's clock is wrong by the seconds in the file *wall*."""
        command = ("-m", "tests.end_to_end.launcher", "--wall", str(wall))
        return self._run(command, environment)

    def bot_apart(
        self, name: str, clock: Path, **environment: str
    ) -> AbstractAsyncContextManager[BotProcess]:
        """Run a bot on a database of its own; it looks for others with its token all the time."""
        command = ("-m", "tests.end_to_end.launcher", "--clock", str(clock))
        database = f"sqlite:///{self.database_path.removesuffix('.db')}-{name}.db"
        return self._run(
            (*command, "--session-interval", "0.2"), {"DATABASE_URL": database, **environment}
        )

    def _run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        start: StartProcess = start_forked,
    ) -> AbstractAsyncContextManager[BotProcess]:
        return open_bot_process(
            self.discord,
            self.api.url,
            self.api.address,
            self.api.key,
            database_url=self.database_url,
            environment={**self.environment, **environment},
            command=command,
            log=self.log,
            start=start,
        )

    async def refused_start(self, **environment: str) -> tuple[int, str]:
        """Start the bot as the command line does; it must end by itself.

        Returns its exit code and its output.
        """
        before = self.words()
        try:
            async with self._run(("-m", "sandbox.launcher"), environment, start_python):
                raise AssertionError("the bot started")
        except BotEndedError as error:
            code = str(error).splitlines()[0].removeprefix("exit code ")
        return int(code), self.words().removeprefix(before)

    def words(self) -> str:
        """Return what the bot's processes wrote, all of them one after the other."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    async def ask(
        self, command: str = "video", by: Person | None = None, **options: OptionValue
    ) -> SeenMessage:
        """Use a command and return the message that answers it."""
        person = by or self.robin
        answer = await person.slash(self.discord.channel, command, **_request(command, options))
        assert answer.message is not None
        return answer.message

    async def agree(self, question: SeenMessage) -> SeenMessage:
        """Say yes to the question about a price, and return the card that answers."""
        answer = await self.robin.click(question, BUTTON_GENERATE.english)
        assert answer.message is not None
        assert answer.message.id != question.id
        return answer.message

    async def ask_at_once(
        self, people: Sequence[Person], count: int, command: str = "video", **options: OptionValue
    ) -> list[SeenMessage]:
        """Have *people* use *count* commands at once, and return the messages that answer them.

        A person who is answered that the bot is busy asks again, as the answer says.
        """
        request = _request(command, options)

        async def ask(person: Person) -> SeenMessage:
            while True:
                begun = await person.begin(self.discord.channel, command, request)
                message = (await begun.answer()).message
                assert message is not None
                if message.content != DATABASE_BUSY.english:
                    return message

        return await asyncio.gather(*(ask(people[n % len(people)]) for n in range(count)))

    async def begin(self, command: str = "video", **options: OptionValue) -> Invocation:
        """Use a command without waiting for an answer."""
        request = _request(command, options)
        return await self.robin.begin(self.discord.channel, command, request)

    def hold_answer(self, method: str, path: str) -> None:
        """Let the API's next answer to such a call wait for `release_answers`."""
        self.api.faults.add(method, path, delay=TIMEOUT)

    def release_answers(self) -> None:
        """Let the answers that are held come through."""
        self._delays.release()

    async def until_title(self, card: SeenMessage | int, *titles: str) -> SeenMessage:
        """Wait until the card's title is one of these, and return it."""
        wanted = card if isinstance(card, int) else card.id
        return await self.discord.until_message(wanted, lambda it: title_of(it).endswith(titles))

    async def until_state(self, card: SeenMessage | int, *states: JobState) -> SeenMessage:
        """Wait until the card says that its job is in one of these states, and return it."""
        return await self.until_title(card, *(STATES[state].title.english for state in states))

    async def until_done(self, card: SeenMessage | int) -> SeenMessage:
        """Wait until the card shows its result and ❌ is gone, and return it."""
        await self.until_state(card, JobState.DELIVERED)
        return await self.until_tidy(card)

    async def until_tidy(self, card: SeenMessage | int) -> SeenMessage:
        """Wait until the bot has taken its ❌ off the card, and return it."""
        wanted = card if isinstance(card, int) else card.id
        return await self.discord.until_message(wanted, lambda it: CANCEL not in it.reactions)

    async def until_offered(self, card: SeenMessage) -> SeenMessage:
        """Wait until the bot's ❌ is under the card, and return it."""
        return await self.discord.until_message(card.id, lambda it: CANCEL in it.reactions)

    async def until_following(self, card: SeenMessage) -> SeenMessage:
        """Wait until the card says that the API has the job, and return it."""
        return await self.until_title(card, *(said.title.english for said in STATUSES.values()))

    async def pause(self, seconds: float) -> None:
        """Let time pass in which something might happen that must not."""
        await asyncio.sleep(seconds)

    async def until_tasks(self, count: int) -> list[TaskRecord]:
        """Wait until the API has taken so many tasks, and return them."""
        await self.until(lambda: len(self.api.tasks) >= count, f"{count} tasks")
        return list(self.api.tasks.values())

    async def until_api_status(self, task_id: str, status: str) -> None:
        """Wait until the task's status at the API is this."""
        await self.until(lambda: self.api.status(task_id) == status, f"{task_id} to be {status}")

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something that has no event is so.

        Raises:
            TimeoutError: It never was.
        """
        try:
            async with asyncio.timeout(TIMEOUT):
                while not is_so():  # noqa: ASYNC110 - the sandbox API announces nothing
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise TimeoutError(f"waited {TIMEOUT:g} s for {what}") from None

    @property
    def database_path(self) -> str:
        """The path of the database file; a test that is about it is skipped on PostgreSQL."""
        if not self.database_url.startswith("sqlite:///"):
            pytest.skip("about SQLite's file")
        return self.database_url.removeprefix("sqlite:///")

    def saved_states(self) -> list[str]:
        """Return the state of each job in the database file."""
        return [str(state) for _, state in self._saved()]

    def saved_ids(self) -> list[int]:
        """Return the id of each job in the database file."""
        return [int(job_id) for job_id, _ in self._saved()]

    def _saved(self) -> list[tuple[int, str]]:
        found = read_rows(self.database_url, "select id, state from jobs order by id")
        return [(job_id, state) for job_id, state in found]

    def forget_looks(self) -> None:
        """Have every card look otherwise than the database says, as after another version drew it."""
        read_rows(self.database_url, "update jobs set shown = 'otherwise'")

    @contextlib.contextmanager
    def locked_database(self) -> Generator[None]:
        """Keep every other program from writing to the database while the block lasts."""
        path = self.database_path
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield

    def messages(self) -> list[SeenMessage]:
        """Return the messages of the channel that every user sees."""
        return self.discord.messages()


@contextlib.asynccontextmanager
async def open_world(
    folder: Path, *, token: str = TOKEN, key: str = "river_test_sandbox"
) -> AsyncGenerator[World]:
    """Open Discord and the API, with a place for the bot in *folder*."""
    delays, clock = Delays(), WorldClock()
    async with (
        open_discord(token=token, clock=clock) as discord,
        open_sandbox_api(sleep=delays.sleep, key=key, clock=clock) as api,
    ):
        yield World(discord, api, delays, folder, clock)


def title_of(message: SeenMessage) -> str:
    """Return the title of a card, empty for a message without one."""
    return card_title(message.embeds)


async def fetch(address: str) -> bytes:
    """Download what lies at *address*."""
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        response.raise_for_status()
        return await response.read()


def _request(command: str, options: dict[str, OptionValue]) -> dict[str, OptionValue]:
    return {"text" if command == "speech" else "prompt": PROMPT, **options}
