"""A sandbox API, a database and a clock, and processes that work on them as the bot does."""

import dataclasses
import datetime
import random
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal

import aiohttp
from pydantic import SecretStr

from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.due_times import DueTimes
from bot.jobs.errors import StaleJob
from bot.jobs.lifecycle import events
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.recorder import JobRecorder
from bot.jobs.worker.api_pause import ApiPause
from bot.jobs.worker.close import CloseStep
from bot.jobs.worker.deliver import DeliverStep
from bot.jobs.worker.list_searches import ListSearches
from bot.jobs.worker.lost_post import LostPostSearch
from bot.jobs.worker.missing_tasks import MissingTasks
from bot.jobs.worker.result_files import ResultFiles
from bot.jobs.worker.retry_later import RetryLater
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.step_lanes import StepLanes
from bot.jobs.worker.submit import SubmitStep
from bot.jobs.worker.task_adoption import TaskAdoption
from bot.jobs.worker.task_questions import TaskQuestions
from bot.jobs.worker.task_ticks import TaskTicks
from bot.jobs.worker.tracker import Steps, Tracker
from bot.media.download import TIMEOUT, open_downloads
from bot.media.transcoding.transcoder import Transcoder
from bot.modelhunter import ModelHunterClient, Timeouts, open_client
from bot.monitoring.api_gate import ApiGate
from bot.monitoring.api_health import ApiWatch
from bot.monitoring.health import Health
from db.engines.engine import open_database
from db.records import Job, JobKind, SpendingLimits
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.repositories.ledger import Ledger
from db.store import Store
from sandbox.modelhunter import SandboxApi, open_sandbox_api
from tests.databases import open_memory_database
from tests.expired_leases import claim_expired
from tests.integration.jobs.recording_cards import RecordingCards
from tests.manual_clock import ManualClock

LEASE = 30.0
REQUESTS_PER_SECOND = 10
# Seconds that a busy machine may take for an answer of the database.
ANSWER_DEADLINE = 120.0
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
IMAGES = "/seedream/text-to-image"
REQUESTER = 11
_FIRST_ID = 1_234_567_890_000_000_000
_MOST_STEPS = 400

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


def is_closed(job: Job) -> bool:
    """Whether nothing is left to do."""
    return not job.open


class Process:
    """Process of the bot without Discord's side: everything between the commands and the outside."""

    def __init__(
        self,
        owner: str,
        jobs: JobRepository | None,
        store: Store,
        api: ModelHunterClient,
        downloads: aiohttp.ClientSession,
        cards: RecordingCards,
        time: ManualClock,
        deadline: AnswerDeadline,
        clock: Callable[[], float],
    ) -> None:
        self.owner = owner
        self.clock = time
        self.owned = OwnedJobs(owner)
        self.jobs = jobs = jobs or JobRepository(store, owner=owner, note=self.owned.note)
        self._rows = JobRepository(store)
        self.claims = Claims(store, owner)
        self.health = Health()
        self.gate = ApiGate(self.health, monotonic=clock)
        self.watch = ApiWatch(api, self.gate)
        self.gone: list[str] = []
        self.recorder = JobRecorder(jobs, show=cards.show, owned=self.owned, clock=clock)
        self.acceptance = Acceptance(
            jobs,
            limits=SpendingLimits(running_per_user=1000, daily_budget=Decimal(1000)),
            owned=self.owned,
            deadline=deadline,
        )
        context = StepContext(
            api=api,
            gate=self.gate,
            recorder=self.recorder,
            cards=cards,
            health=self.health,
            searches=ListSearches(api),
            lanes=StepLanes(),
            clock=clock,
        )
        self.missing = MissingTasks(self.health, clock)
        self.pause = ApiPause(clock)
        self.due_times = DueTimes(monotonic=clock, randomness=random.Random(1))
        self.ticks = TaskTicks(
            api,
            self.owned,
            self.due_times,
            self.pause,
            clock=clock,
            monotonic=clock,
            randomness=random.Random(1),
            requests_per_second=REQUESTS_PER_SECOND,
            on_known=self.missing.note_known,
        )
        questions = self.questions = TaskQuestions(context, self.missing)
        adoption = TaskAdoption(context, jobs)
        self.submit = SubmitStep(context, jobs, adoption, on_model_gone=self.gone.append)
        steps = Steps(
            submit=self.submit,
            lost_post=LostPostSearch(context, adoption),
            deliver=DeliverStep(context, ResultFiles(downloads, Transcoder()), questions),
            close=CloseStep(context),
        )
        self.tracker = Tracker(context, questions, steps)

    async def step(self, job_id: int) -> float | None:
        """Take one step as the schedule does; return the seconds to the next, None at the end."""
        await self.read_woken()
        try:
            return await self.tracker.step(job_id)
        except RetryLater as later:
            return later.retry_after or 5.0
        except StaleJob:
            return 0.0

    async def look_together(self, job_ids: Iterable[int]) -> list[int]:
        """Look at the jobs ten seconds later, and take the steps of it; return whose they were."""
        jobs = [await self.recorder.read(job_id) for job_id in job_ids]
        for job in [*jobs, *jobs]:  # the first of many young ones are followed with the others
            if self.ticks.adopt(job):
                self.due_times.keep(job.id)
        self.clock.now += 10.0
        await self.ticks.look()
        woken = self.due_times.take_due()
        for job_id in woken:
            await self.tracker.step(job_id, self.ticks.take_listed(job_id))
            self.ticks.step_ended(job_id, was_taken=True)
            self.due_times.release(job_id, None)
        return woken

    async def read_woken(self) -> None:
        """Read the rows in which other processes have stored something, as the lease keeper does."""
        self.owned.note_all(await self.claims.take_woken())

    async def check_api(self) -> None:
        """Ask whether the API is well again, as the watch does when there is a doubt."""
        if self.gate.check_wanted.is_set() or not self.gate.is_open:
            await self.watch.check()
            self.gate.check_wanted.clear()

    async def run_until(self, job_id: int, condition: Callable[[Job], bool] = is_closed) -> Job:
        """Take the steps of the job, each in its time, until *condition* holds."""
        delay: float | None = 0.0
        for _ in range(_MOST_STEPS):
            job = await self.read(job_id)
            if condition(job):
                return job
            self.clock.now += delay or 0.0
            await self.check_api()
            delay = await self.step(job_id)
        raise AssertionError(f"after {_MOST_STEPS} steps: {await self.read(job_id)}")

    async def read(self, job_id: int) -> Job:
        """Return the job as the database has it."""
        job = await self._rows.get(job_id)
        assert job is not None
        return job

    async def take_over(self) -> list[int]:
        """Claim the jobs whose leases have ended and return their ids."""
        claimed = await claim_expired(self.claims)
        self.owned.note_all(claimed)
        return [job.id for job in claimed]


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
