"""A sandbox API, a database and a clock, and processes that work on them as the bot does."""

import dataclasses
import datetime
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import aiohttp
from pydantic import SecretStr

from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.lifecycle import events
from bot.media.download import TIMEOUT, open_downloads
from bot.modelhunter import ModelHunterClient, Timeouts, open_client
from db.engines.engine import open_database
from db.records import Job, JobKind
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from db.store import Store
from sandbox.modelhunter import SandboxApi, open_sandbox_api
from tests.databases import open_memory_database
from tests.integration.jobs.process import Process
from tests.integration.jobs.recording_cards import RecordingCards
from tests.manual_clock import ManualClock

LEASE = 30.0
# Seconds that a busy machine may take for an answer of the database.
ANSWER_DEADLINE = 120.0
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
IMAGES = "/seedream/text-to-image"
REQUESTER = 11
_FIRST_ID = 1_234_567_890_000_000_000

_IMAGE = Job(
    id=_FIRST_ID,
    kind=JobKind.IMAGE,
    model="seedream-4-0",
    prompt="a fox in the snow",
    options={},
    endpoint="seedream/text-to-image",
    body={"model": "seedream-4-0", "input": {"prompt": "a fox in the snow"}},
    user_id=REQUESTER,
    guild_id=22,
    channel_id=33,
    price_low=Decimal("0.03"),
    price_high=Decimal("0.40"),
    created_at=0.0,
    interaction_token="a-token",
    application_id=5,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is outside of the process, and one process that a test begins with."""

    api: SandboxApi
    clock: ManualClock
    cards: RecordingCards
    store: Store
    client: ModelHunterClient
    downloads: aiohttp.ClientSession

    def process(
        self,
        owner: str = "one",
        *,
        jobs: JobRepository | None = None,
        store: Store | None = None,
        deadline: AnswerDeadline | None = None,
        clock: Callable[[], float] | None = None,
    ) -> Process:
        """Build another process on the same database; *clock* is what it takes for the time."""
        store = store or self.store
        return Process(
            owner,
            jobs,
            store,
            self.client,
            self.downloads,
            self.cards,
            self.clock,
            deadline or AnswerDeadline(ANSWER_DEADLINE),
            clock or self.clock,
        )

    async def ask(self, process: Process, number: int = 0, **changes: object) -> Job:
        """Accept a job and answer it with a card."""
        job = await self.accept(process, number, **changes)
        message_id = job.id + 1
        self.cards.message_ids[job.id] = message_id
        return await process.recorder.apply(job, events.Answered(message_id))

    async def accept(self, process: Process, number: int = 0, **changes: object) -> Job:
        """Accept a job that has no card yet."""
        job = dataclasses.replace(_IMAGE, id=_FIRST_ID + 10 * number, created_at=self.clock())
        return await process.acceptance.accept(
            dataclasses.replace(job, **changes)  # type: ignore[arg-type]
        )

    async def spent(self) -> Decimal:
        """Return what today's ledger holds."""
        day = datetime.datetime.fromtimestamp(self.clock(), datetime.UTC).date()
        return await Ledger(self.store).spent_on(day)

    def only_task(self) -> str:
        """Return the id of the one task there is."""
        (task_id,) = self.api.tasks
        return task_id


@asynccontextmanager
async def open_world(
    clock: ManualClock,
    *,
    ahead: float = 0.0,
    database_url: str | None = None,
    timeouts: Timeouts | None = None,
    download_timeout: aiohttp.ClientTimeout = TIMEOUT,
) -> AsyncGenerator[World]:
    """Open a sandbox API and a database, and what the bot needs to work with them.

    The bot's clock is *ahead* of the API's by so many seconds. The database is one in memory unless
    *database_url* names another one.
    """
    database = open_database(database_url) if database_url else open_memory_database()
    async with (
        open_sandbox_api(clock=lambda: clock.now - ahead, sleep=clock.sleep) as api,
        database as store,
        open_client(api.url, SecretStr(api.key), clock=clock, timeouts=timeouts) as client,
        open_downloads(frozenset({api.address}), timeout=download_timeout) as downloads,
    ):
        yield World(
            api=api,
            clock=clock,
            cards=RecordingCards(),
            store=store,
            client=client,
            downloads=downloads,
        )
