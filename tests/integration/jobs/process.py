"""A process of the bot without Discord's side, whose steps a test takes by hand."""

import random
from collections.abc import Callable, Iterable
from decimal import Decimal

import aiohttp

from bot.catalogue import load_catalogue
from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.due_times import DueTimes
from bot.jobs.errors import StaleJob
from bot.jobs.looks import Looks
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.recorder import JobRecorder
from bot.jobs.worker.api_pause import ApiPause
from bot.jobs.worker.close import CloseStep
from bot.jobs.worker.deliver import DeliverStep
from bot.jobs.worker.input_sources import InputSources
from bot.jobs.worker.input_uploads import InputUploads
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
from bot.media.measurement import Measurer
from bot.media.picture_fitting import PictureFitter
from bot.media.transcoding.transcoder import Transcoder
from bot.modelhunter import ModelHunterClient
from bot.monitoring.api_gate import ApiGate
from bot.monitoring.api_health import ApiWatch
from bot.monitoring.health import Health
from db.records import Job, SpendingLimits
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.expired_leases import claim_expired
from tests.giving_way import at_once
from tests.integration.jobs.recording_cards import RecordingCards
from tests.manual_clock import ManualClock

REQUESTS_PER_SECOND = 10
_MOST_STEPS = 400


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
        self.jobs = jobs = jobs or JobRepository(store, owner=owner)
        # As in the program, also where a test has a repository of its own.
        jobs._note, jobs._forget = self.owned.note, self.owned.forget
        self._rows = JobRepository(store)
        self.claims = Claims(store, owner)
        self.health = Health()
        self.gate = ApiGate(self.health, monotonic=clock)
        self.watch = ApiWatch(api, self.gate)
        self.gone: list[str] = []
        self.announced: set[int] = set()  # jobs about which a webhook has just come
        self.recorder = JobRecorder(jobs, show=cards.show, owned=self.owned, clock=clock)
        self.acceptance = Acceptance(
            jobs,
            limits=SpendingLimits(running_per_user=1000, daily_budget=Decimal(1000)),
            owned=self.owned,
            deadline=deadline,
        )
        self.looks, self.lanes = Looks(), StepLanes(give_way=at_once)
        context = self._context(api, cards, clock)
        self.missing = MissingTasks(self.health, clock)
        self.pause = ApiPause(clock)
        self.due_times = DueTimes(monotonic=clock, randomness=random.Random(1), looks=self.looks)
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
        self.questions = TaskQuestions(context, self.missing)
        steps = self._steps(context, downloads)
        self.submit = steps.submit
        self.tracker = Tracker(context, self.questions, steps)

    def _context(
        self, api: ModelHunterClient, cards: RecordingCards, clock: Callable[[], float]
    ) -> StepContext:
        return StepContext(
            api=api,
            gate=self.gate,
            recorder=self.recorder,
            cards=cards,
            health=self.health,
            searches=ListSearches(api),
            lanes=self.lanes,
            looks=self.looks,
            clock=clock,
            is_announced=lambda job_id: job_id in self.announced,
        )

    def _steps(self, context: StepContext, downloads: aiohttp.ClientSession) -> Steps:
        adoption = TaskAdoption(context, self.jobs)
        files = ResultFiles(downloads, Transcoder())
        return Steps(
            submit=SubmitStep(
                context,
                self.jobs,
                adoption,
                InputUploads(
                    context,
                    self.jobs,
                    InputSources(downloads, PictureFitter(), Measurer()),
                    downloads,
                    load_catalogue().input_limits,
                ),
                on_model_gone=lambda name, _endpoint: self.gone.append(name),
            ),
            lost_post=LostPostSearch(context, adoption),
            deliver=DeliverStep(context, files, self.questions),
            close=CloseStep(context),
        )

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
