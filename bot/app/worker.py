"""The worker's half: claims jobs and takes each to its end. Needs no gateway session."""

import dataclasses
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import aiohttp

from bot.app.announcements import withdrawing
from bot.app.shared import Shared
from bot.discord.client import GenerationBot
from bot.discord.messages.progress_edits import ProgressEdits
from bot.discord.messages.wanted_edits import WantedEdits
from bot.jobs.leases import LeaseKeeper
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.retention import RetentionSweep
from bot.jobs.worker.api_pause import ApiPause
from bot.jobs.worker.close import CloseStep
from bot.jobs.worker.deliver import DeliverStep
from bot.jobs.worker.input_sources import InputSources
from bot.jobs.worker.input_uploads import InputUploads
from bot.jobs.worker.list_searches import ListSearches
from bot.jobs.worker.lost_post import LostPostSearch
from bot.jobs.worker.missing_tasks import MissingTasks
from bot.jobs.worker.result_files import ResultFiles
from bot.jobs.worker.scheduler import Scheduler
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.step_lanes import StepLanes
from bot.jobs.worker.submit import SubmitStep
from bot.jobs.worker.task_adoption import TaskAdoption
from bot.jobs.worker.task_questions import TaskQuestions
from bot.jobs.worker.task_ticks import TaskTicks
from bot.jobs.worker.tracker import Steps, Tracker
from bot.jobs.worker.webhook_urls import WebhookUrls
from bot.media.measurement import Measurer
from bot.media.picture_fitting import PictureFitter
from bot.media.transcoding.transcoder import Transcoder
from bot.monitoring.api_health import ApiWatch
from bot.usage.balance_alarm import BalanceAlarm
from bot.usage.daily_line import DailyLine
from bot.usage.watch import UsageWatch
from db.records import Job, JobState
from db.repositories.claims import Claims
from db.repositories.drafts import Drafts
from db.repositories.key_values import KeyValues
from db.repositories.retention import Retention
from db.repositories.usage import Usage


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """The background work of this process, built and not yet running."""

    leases: LeaseKeeper
    progress_edits: ProgressEdits
    scheduler: Scheduler
    retention_sweep: RetentionSweep
    api_watch: ApiWatch
    usage_watch: UsageWatch

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the background work until the block is left; the bot must be logged in.

        Left in reverse: steps in flight end, then edits, and then the jobs are given back.
        """
        async with (
            self.leases.running(),
            self.progress_edits.running(),
            self.scheduler.running(),
            self.retention_sweep.running(),
            self.api_watch.running(),
            self.usage_watch.running(),
        ):
            yield


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJobs:
    """Takes up what the former owners of claimed jobs left undone; a `LeaseListener`."""

    bot: GenerationBot
    wanted_edits: WantedEdits
    processes_counted: Callable[[int], None]
    owned: OwnedJobs
    ticks: TaskTicks

    def jobs_claimed(self, jobs: Sequence[Job]) -> None:
        """Have unread ❌ read, and follow the tasks that need no step of their own."""
        self.owned.note_all(jobs)
        for job in jobs:
            if job.state is JobState.DELIVERING:
                self.wanted_edits.expect_result(job.id)
        self.bot.announce_claimed(jobs)
        self.ticks.take_up(jobs)

    def look_soon(self) -> None:
        """Look at the tasks that are followed since now."""
        self.ticks.look_soon()

    def compare_cards(self, job_ids: Sequence[int]) -> None:
        """Show states that were saved and not shown."""
        for job in filter(None, map(self.owned.get, job_ids)):
            # A card may have its result already, which is saved last: nothing is drawn over that.
            if job.state is not JobState.DELIVERING:
                self.wanted_edits.show(job, is_doubtful=True)

    def jobs_lost(self) -> None:
        """Know none of the jobs any more, so that each look reads its row."""
        self.owned.forget_all()

    def jobs_woken(self, jobs: Sequence[Job]) -> None:
        """Know the jobs as their rows are."""
        self.owned.note_all(jobs)
        # What a gateway stored may be a button in place of ❌, or where the job is tried again.
        self.compare_cards([job.id for job in jobs])


def build_worker(shared: Shared, downloads: aiohttp.ClientSession) -> Worker:
    """Build the worker's half."""
    missing, pause = MissingTasks(shared.health, shared.clock), shared.api_pause
    ticks = _build_ticks(shared, missing, pause)
    tracker = _build_tracker(shared, downloads, missing)
    usage_watch = _build_usage_watch(shared)
    return Worker(
        leases=_build_leases(shared, ticks),
        progress_edits=ProgressEdits(
            shared.wanted_edits,
            shared.cards,
            shared.jobs,
            shared.rate_limit,
            owner=shared.owner,
            give_way=shared.creates_first.give_way,
            on_deleted=shared.actions.card_deleted,
        ),
        scheduler=Scheduler(
            tracker,
            shared.due_times,
            ticks,
            shared.owned,
            pause,
            shared.looks,
            randomness=shared.runtime.randomness,
        ),
        retention_sweep=_build_retention(shared),
        api_watch=ApiWatch(
            shared.connections.api, shared.gate, balance_read=usage_watch.balance_read
        ),
        usage_watch=usage_watch,
    )


def _build_retention(shared: Shared) -> RetentionSweep:
    store = shared.connections.store
    return RetentionSweep(
        Retention(store, owner=shared.owner, token_cleared=shared.owned.token_cleared),
        Drafts(store),
        retention_days=shared.settings.retention_days,
        clock=shared.clock,
    )


def _build_usage_watch(shared: Shared) -> UsageWatch:
    store = shared.connections.store
    usage = Usage(store)
    return UsageWatch(
        DailyLine(usage, KeyValues(store)),
        BalanceAlarm(usage, shared.health),
        clock=shared.clock,
        monotonic=shared.runtime.monotonic,
    )


def _build_leases(shared: Shared, ticks: TaskTicks) -> LeaseKeeper:
    return LeaseKeeper(
        Claims(shared.connections.store, shared.owner),
        shared.due_times,
        shared.health,
        ClaimedJobs(
            bot=shared.connections.bot,
            wanted_edits=shared.wanted_edits,
            processes_counted=shared.processes_counted,
            owned=shared.owned,
            ticks=ticks,
        ),
        clock=shared.clock,
        monotonic=shared.runtime.monotonic,
    )


def _build_ticks(shared: Shared, missing: MissingTasks, pause: ApiPause) -> TaskTicks:
    runtime = shared.runtime
    return TaskTicks(
        shared.connections.api,
        shared.owned,
        shared.due_times,
        pause,
        clock=shared.clock,
        monotonic=runtime.monotonic,
        randomness=runtime.randomness,
        requests_per_second=shared.settings.modelhunter_requests_per_second,
        floor=shared.liveness.poll_interval_floor,
        is_announced=shared.hints.is_announced,
        on_known=missing.note_known,
        looked=shared.metrics.list_read,
    )


def _build_tracker(
    shared: Shared, downloads: aiohttp.ClientSession, missing: MissingTasks
) -> Tracker:
    context = StepContext(
        api=shared.connections.api,
        gate=shared.gate,
        recorder=shared.recorder,
        cards=shared.cards,
        health=shared.health,
        searches=ListSearches(shared.connections.api),
        lanes=StepLanes(give_way=shared.answers_first.give_way, expect=shared.creates_first.expect),
        looks=shared.looks,
        clock=shared.clock,
        poll_interval_floor=shared.liveness.poll_interval_floor,
        is_announced=shared.hints.is_announced,
    )
    questions = TaskQuestions(context, missing)
    adoption = TaskAdoption(context, shared.jobs)
    steps = Steps(
        submit=SubmitStep(
            context,
            shared.jobs,
            adoption,
            InputUploads(
                context,
                shared.jobs,
                InputSources(downloads, PictureFitter(), Measurer()),
                downloads,
                shared.catalogue.input_limits,
            ),
            on_model_gone=withdrawing(shared.notices, shared.catalogue),
            webhook_urls=WebhookUrls(
                shared.addresses, shared.health, monotonic=shared.runtime.monotonic
            ),
        ),
        lost_post=LostPostSearch(context, adoption),
        deliver=DeliverStep(context, ResultFiles(downloads, Transcoder()), questions),
        close=CloseStep(context),
    )
    return Tracker(context, questions, steps)
