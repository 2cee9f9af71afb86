"""The one place that builds everything and owns its lifetime."""

import dataclasses
import functools
import os
import random
import secrets
import socket
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.catalogue import Kind, load_catalogue
from bot.discord.cards.card import looks
from bot.discord.client import GenerationBot, Parts
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.button_actions import ButtonActions
from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import MessageClient
from bot.discord.messages.rate_limit import BotRateLimit
from bot.discord.messages.replies import Replies
from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.answer_deadline import ANSWER_DEADLINE, AnswerDeadline
from bot.jobs.admission.price_confirmations import PriceConfirmations
from bot.jobs.leases import LeaseKeeper
from bot.jobs.recorder import JobRecorder
from bot.jobs.retention import RetentionSweep
from bot.jobs.service import JobService
from bot.jobs.worker.close import CloseStep
from bot.jobs.worker.deliver import DeliverStep
from bot.jobs.worker.missing_tasks import MissingTasks
from bot.jobs.worker.result_files import ResultFiles
from bot.jobs.worker.scheduler import Scheduler
from bot.jobs.worker.step_context import StepContext
from bot.jobs.worker.submit import SubmitStep
from bot.jobs.worker.tracker import Tracker
from bot.media.download import open_downloads
from bot.media.transcoding.transcoder import Transcoder
from bot.modelhunter import ModelHunterClient, open_client
from bot.monitoring.api_health import ApiWatch
from bot.monitoring.health import Health
from bot.settings import Settings
from bot.web.server import open_web
from db.engines.engine import open_database
from db.engines.instance_lock import instance_lock
from db.records import Job, JobState, SpendingLimits
from db.repositories.claims import Claims
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.key_values import KeyValues
from db.repositories.retention import Retention


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What the bot takes from the world around it, so that tests can give it another one."""

    clock: Callable[[], float] = time.time
    randomness: random.Random = dataclasses.field(default_factory=random.SystemRandom)
    answer_deadline: float = (
        ANSWER_DEADLINE  # seconds that the database has for an answer to a command
    )
    # Addresses beside the public ones from which results may be fetched: the sandbox's.
    allowed_addresses: frozenset[tuple[str, int]] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that runs, built and not yet running."""

    bot: GenerationBot
    cards: CardMessages
    scheduler: Scheduler
    leases: LeaseKeeper
    deadline: AnswerDeadline
    retention_sweep: RetentionSweep
    watch: ApiWatch
    health: Health

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the background work; the bot must be logged in.

        Left in reverse: steps in flight end, then edits, and then the jobs are given back.
        """
        async with (
            self.leases.running(),
            self.cards.running(),
            self.deadline.running(),
            self.scheduler.running(),
            self.retention_sweep.running(),
            self.watch.running(),
        ):
            yield


@asynccontextmanager
async def open_app(settings: Settings, runtime: Runtime) -> AsyncGenerator[App]:
    """Open the database, the connections and the port, and build the bot on them.

    Raises:
        DatabaseUnusable, PortUnusable, CatalogueBroken, DefaultUnknown: The text says what the
            operator must change.
    """
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_database(settings.database_url))
        # Who is alone need not wait for the leases of a life that was cut short.
        free_all = Claims(engine).release_all
        await stack.enter_async_context(instance_lock(settings.database_url, when_alone=free_all))
        api = await stack.enter_async_context(
            open_client(settings.modelhunter_url, settings.modelhunter_key, clock=runtime.clock)
        )
        downloads = await stack.enter_async_context(open_downloads(runtime.allowed_addresses))
        health = Health()
        if settings.http_port is not None:
            await stack.enter_async_context(
                open_web(settings.http_host, settings.http_port, health)
            )
        bot = await stack.enter_async_context(
            GenerationBot(KeyValues(engine), health, guild_id=settings.discord_guild_id)
        )
        builder = _Builder(settings, runtime, engine, api, health, bot)
        yield builder.build(ResultFiles(downloads, Transcoder()))


class _Builder:
    """Put the pieces together, each once."""

    def __init__(
        self,
        settings: Settings,
        runtime: Runtime,
        engine: AsyncEngine,
        api: ModelHunterClient,
        health: Health,
        bot: GenerationBot,
    ) -> None:
        self._settings = settings
        self._clock = runtime.clock
        self._randomness = runtime.randomness
        self._deadline = AnswerDeadline(runtime.answer_deadline)
        self._engine = engine
        self._api = api
        self._health = health
        self._bot = bot
        self._jobs = JobRepository(engine)
        self._rate_limit = BotRateLimit()
        self._catalogue = load_catalogue()
        for kind, name in settings.default_models.items():
            self._catalogue.check_default(Kind(kind), name)
        # Unique for each start, so that a lease of an earlier life is never taken for ours.
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    def build(self, result_files: ResultFiles) -> App:
        """Return the whole program."""
        cards = self._cards()
        recorder = JobRecorder(self._jobs, cards, owner=self._owner, clock=self._clock)
        scheduler = Scheduler(
            self._tracker(recorder, cards, result_files),
            clock=self._clock,
            randomness=self._randomness,
        )
        leases = LeaseKeeper(
            Claims(self._engine),
            scheduler,
            self._health,
            owner=self._owner,
            clock=self._clock,
            on_claimed=functools.partial(self._claimed, cards),
            on_counted=self._rate_limit.share_between,
        )
        acceptance = self._acceptance(leases)
        service = self._service(acceptance, recorder, scheduler)
        cards.when_deleted(service.card_deleted)
        cards.when_found(self._bot.announce_claimed)
        confirmations = self._confirmations()
        self._bot.parts = self._parts(service, confirmations, cards, leases)
        return App(
            bot=self._bot,
            cards=cards,
            scheduler=scheduler,
            leases=leases,
            deadline=self._deadline,
            retention_sweep=RetentionSweep(
                Retention(self._engine),
                Drafts(self._engine),
                retention_days=self._settings.retention_days,
                clock=self._clock,
            ),
            watch=ApiWatch(self._api, self._health, clock=self._clock),
            health=self._health,
        )

    def _cards(self) -> CardMessages:
        calls = DiscordCalls(self._rate_limit, clock=self._clock)
        return CardMessages(
            MessageClient(self._bot, calls, clock=self._clock),
            Replies(self._bot, calls, clock=self._clock),
            self._jobs,
            owner=self._owner,
            look=looks(self._catalogue.labels()),
            clock=self._clock,
        )

    def _claimed(self, cards: CardMessages, jobs: Sequence[Job]) -> None:
        """Take up what the owner before left undone: taps unread, states saved and not shown."""
        self._bot.announce_claimed(jobs)
        for job in jobs:
            # A card may have its result already, which is saved last: nothing is drawn over that.
            if job.state is not JobState.DELIVERING:
                cards.show(job)

    def _tracker(
        self, recorder: JobRecorder, cards: CardMessages, result_files: ResultFiles
    ) -> Tracker:
        context = StepContext(
            api=self._api,
            recorder=recorder,
            cards=cards,
            health=self._health,
            clock=self._clock,
        )
        missing = MissingTasks(self._health, self._clock)
        return Tracker(
            context,
            missing,
            submit=SubmitStep(context, self._jobs, on_model_gone=self._catalogue.withdraw),
            deliver=DeliverStep(context, result_files, missing),
            close=CloseStep(context),
        )

    def _acceptance(self, leases: LeaseKeeper) -> Acceptance:
        limits = SpendingLimits(
            running_per_user=self._settings.max_running_per_user,
            daily_budget=self._settings.daily_budget_usd,
            daily_budget_per_user=self._settings.daily_budget_per_user_usd,
        )
        return Acceptance(
            self._jobs,
            limits=limits,
            owner=self._owner,
            lease_until=leases.lease_until,
            deadline=self._deadline,
        )

    def _service(
        self, acceptance: Acceptance, recorder: JobRecorder, scheduler: Scheduler
    ) -> JobService:
        return JobService(
            catalogue=self._catalogue,
            defaults=self._settings.default_models,
            acceptance=acceptance,
            jobs=self._jobs,
            retention=Retention(self._engine),
            recorder=recorder,
            scheduler=scheduler,
            api=self._api,
            health=self._health,
            clock=self._clock,
        )

    def _confirmations(self) -> PriceConfirmations:
        return PriceConfirmations(
            Drafts(self._engine),
            confirm_above=self._settings.confirm_above_usd,
            clock=self._clock,
            deadline=self._deadline,
        )

    def _parts(
        self,
        service: JobService,
        confirmations: PriceConfirmations,
        cards: CardMessages,
        leases: LeaseKeeper,
    ) -> Parts:
        policy = AccessPolicy(
            allowed_guild_ids=self._settings.allowed_guild_ids,
            allow_adult=self._settings.allow_adult_modes,
        )
        requests = GenerationRequests(service, confirmations, cards, policy)
        return Parts(
            service=service,
            requests=requests,
            button_actions=ButtonActions(service, confirmations, requests, policy),
            autocomplete=Autocomplete(self._catalogue, self._settings.default_models, policy),
            cancel_reactions=CancelReactions(self._bot, service, self._rate_limit),
            own_jobs=leases.jobs,
        )
