"""What both halves of the program are built on: connections, stores, and the state between loops.

State is apart from the loops that use it (`DueTimes` from the scheduler, `WantedEdits` from the
progress edits), so that everything is constructed once, in order, and nothing is set afterwards.
"""

import dataclasses
import random
import time
from collections.abc import Callable

from bot.app.announcements import (
    announcing_ban,
    announcing_pauses,
    announcing_refusals,
    listen,
)
from bot.catalogue import Catalogue
from bot.clock import SteadyClock, monotonic
from bot.discord.client import GenerationBot
from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import MessageClient
from bot.discord.messages.rate_limit import BotRateLimit
from bot.discord.messages.refusals import Refusals
from bot.discord.messages.replies import Replies
from bot.discord.messages.wanted_edits import WantedEdits
from bot.discord.session_starts import StartLimits
from bot.discord.session_watch import SESSION_INTERVAL
from bot.jobs.actions import JobActions
from bot.jobs.admission.answer_deadline import ANSWER_DEADLINE
from bot.jobs.due_times import DueTimes
from bot.jobs.handover import Handover
from bot.jobs.hints_elsewhere import HintsElsewhere
from bot.jobs.looks import Looks
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.queries import JobQueries
from bot.jobs.recorder import JobRecorder
from bot.jobs.task_hints import TaskHints
from bot.jobs.webhook_addresses import WebhookAddresses
from bot.jobs.webhook_liveness import WebhookLiveness
from bot.jobs.worker.api_pause import ApiPause
from bot.modelhunter import ModelHunterClient, RequestPace
from bot.monitoring.api_gate import ApiGate
from bot.monitoring.health import Health
from bot.monitoring.measured_store import MeasuredStore
from bot.monitoring.metrics import Metrics
from bot.monitoring.shared_notices import SharedNotices
from bot.settings import Settings
from bot.urgent_first import UrgentFirst
from db.engines.integrity import CHECK_AFTER
from db.records import Job
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.repositories.retention import Retention

# Seconds: a thousand creates in a burst take about as long on one core. Their progress has time.
_GIVE_WAY_TO_CREATES = 10.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What the program takes from the world around it, so that tests can give it another one."""

    clock: Callable[[], float] = time.time  # this machine's, which may be set at any moment
    monotonic: Callable[[], float] = monotonic  # one that can't be set
    randomness: random.Random = dataclasses.field(default_factory=random.SystemRandom)
    answer_deadline: float = ANSWER_DEADLINE  # seconds that the database has for an answer
    start_limits: StartLimits = dataclasses.field(default_factory=StartLimits)
    # Seconds between a token that Discord refuses and the end of the process, which Docker or
    # systemd start again: each start is a refused call, and too many of those end in a ban.
    refused_token_pause: float = 300.0
    leases_shards: bool = True  # whether sessions are shared out; else each process has all events
    session_interval: float = SESSION_INTERVAL  # seconds between two counts of sessions
    database_check_after: float = CHECK_AFTER  # seconds from the start, of a large file
    # Addresses beside the public ones from which results may be fetched: the sandbox's.
    allowed_addresses: frozenset[tuple[str, int]] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """What has been opened, and is closed in reverse by who opened it."""

    store: MeasuredStore
    api: ModelHunterClient
    bot: GenerationBot


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ThisProcess:
    """What this process is among those that share its database, and what they share."""

    owner: str  # the name under which it owns jobs
    clock: SteadyClock
    notices: SharedNotices
    rate_limit: BotRateLimit
    pace: RequestPace  # of requests to the API


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the gateway's half and the worker's half have in common."""

    settings: Settings
    runtime: Runtime
    clock: SteadyClock
    owner: str  # the name under which this process owns jobs
    connections: Connections
    health: Health
    gate: ApiGate
    catalogue: Catalogue
    jobs: JobRepository
    owned: OwnedJobs
    hints: TaskHints
    hints_elsewhere: HintsElsewhere
    liveness: WebhookLiveness
    addresses: WebhookAddresses | None
    due_times: DueTimes
    answers_first: UrgentFirst
    creates_first: UrgentFirst  # and answers before them
    looks: Looks
    wanted_edits: WantedEdits
    recorder: JobRecorder
    queries: JobQueries
    actions: JobActions
    notices: SharedNotices
    api_pause: ApiPause
    handover: Handover  # of a process without a worker
    accepted: Callable[[int], None]  # sends a job that Discord shows on its way
    processes_counted: Callable[[int], None]
    rate_limit: BotRateLimit
    calls: DiscordCalls
    messages: MessageClient
    cards: CardMessages
    metrics: Metrics


def build_shared(
    settings: Settings,
    runtime: Runtime,
    connections: Connections,
    health: Health,
    catalogue: Catalogue,
    addresses: WebhookAddresses | None,
    process: ThisProcess,
    metrics: Metrics,
) -> Shared:
    """Build what both halves have in common, in the order of what needs what."""
    monotonic = runtime.monotonic
    owner, clock = process.owner, process.clock
    notices, rate_limit = process.notices, process.rate_limit
    owned = OwnedJobs(owner)
    jobs = JobRepository(connections.store, owner=owner, note=owned.note, forget=owned.forget)
    looks = Looks()
    due_times = DueTimes(
        monotonic=monotonic,
        randomness=runtime.randomness,
        looks=looks,
        taken=metrics.step_begun,
    )
    has_worker = settings.role.has_worker
    wanted_edits = WantedEdits(clock=clock, monotonic=monotonic, are_made=has_worker)
    liveness = WebhookLiveness(monotonic=monotonic)
    claims = Claims(connections.store, owner)
    hints_elsewhere = HintsElsewhere(claims.wake_other)
    hints = TaskHints(owned, due_times, liveness, hints_elsewhere, monotonic=monotonic)
    recorder = JobRecorder(
        jobs,
        show=wanted_edits.show,
        owned=owned,
        clock=clock,
        changed=_each_of(hints.job_changed, metrics.job_changed),
    )
    queries = JobQueries(jobs)

    def processes_counted(count: int) -> None:
        """Leave the other processes their part of all limits, and their hints."""
        rate_limit.share_between(count)
        process.pace.share_between(count)
        hints_elsewhere.processes_counted(count)
        notices.processes_counted(count)

    handover = Handover(
        claims,
        owned,
        health,
        processes_counted=processes_counted,
        clock=clock,
        monotonic=monotonic,
    )
    answers_first = UrgentFirst(monotonic=monotonic)
    creates_first = UrgentFirst(
        monotonic=monotonic,
        before=answers_first,
        longest=_GIVE_WAY_TO_CREATES,
        awaited_for=_GIVE_WAY_TO_CREATES,
    )
    calls = DiscordCalls(rate_limit, monotonic=monotonic, announce_ban=announcing_ban(notices))
    gate = ApiGate(health, monotonic=monotonic, announce=announcing_refusals(notices))
    api_pause = ApiPause(monotonic, announce=announcing_pauses(notices))
    listen(notices, calls=calls, gate=gate, pause=api_pause, catalogue=catalogue)
    messages = MessageClient(
        connections.bot, calls, clock=clock, is_listed=connections.bot.lists_guild
    )
    return Shared(
        settings=settings,
        runtime=runtime,
        clock=clock,
        owner=owner,
        connections=connections,
        health=health,
        gate=gate,
        notices=notices,
        api_pause=api_pause,
        catalogue=catalogue,
        jobs=jobs,
        owned=owned,
        hints=hints,
        hints_elsewhere=hints_elsewhere,
        liveness=liveness,
        addresses=addresses,
        due_times=due_times,
        answers_first=answers_first,
        creates_first=creates_first,
        looks=looks,
        wanted_edits=wanted_edits,
        recorder=recorder,
        queries=queries,
        # Another process's job is woken by its row.
        actions=JobActions(
            queries,
            recorder,
            Retention(connections.store),
            wake=due_times.wake if has_worker else _leave,
        ),
        handover=handover,
        accepted=due_times.wake if has_worker else handover.hand_over,
        processes_counted=processes_counted,
        rate_limit=rate_limit,
        calls=calls,
        messages=messages,
        cards=CardMessages(
            messages,
            Replies(connections.bot, calls, clock=clock),
            jobs,
            wanted_edits,
            Refusals(monotonic=monotonic),
            labels=catalogue.labels(),
            known=owned.get,
            give_way=creates_first.give_way,
        ),
        metrics=metrics,
    )


def _each_of(*listeners: Callable[[Job, Job], None]) -> Callable[[Job, Job], None]:
    def changed(before: Job, after: Job) -> None:
        for listener in listeners:
            listener(before, after)

    return changed


def _leave(_job_id: int) -> None:
    """Leave a job to its owner."""
