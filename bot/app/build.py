"""The composition root: opens everything, builds both halves on it, and owns their lifetime."""

import dataclasses
import logging
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial

import aiohttp

from bot.app.announcements import watching_global_limit
from bot.app.background import Background, build_background
from bot.app.gateway import Gateway, build_gateway
from bot.app.measurement import api_trace, measured
from bot.app.outgoing import build_outgoing
from bot.app.shared import Connections, Runtime, Shared, ThisProcess, build_shared
from bot.app.worker import Worker, build_worker
from bot.catalogue import Catalogue, Kind, load_catalogue
from bot.clock import ServerClock, SteadyClock
from bot.discord.client import GenerationBot
from bot.discord.messages.rate_limit import BotRateLimit
from bot.discord.session_starts import SessionStarts
from bot.jobs.due_times import DueTimes
from bot.jobs.handover import Handover
from bot.jobs.process_names import process_name
from bot.jobs.webhook_addresses import KEY_BYTES, WebhookAddresses
from bot.media.download import open_downloads
from bot.modelhunter import ModelHunterClient, RequestPace, open_client
from bot.monitoring.clock_check import ClockCheck
from bot.monitoring.health import Health
from bot.monitoring.measured_store import MeasuredStore
from bot.monitoring.metrics import Metrics
from bot.monitoring.shared_notices import SharedNotices
from bot.outgoing import Outgoing
from bot.outgoing.measured_calls import Observe
from bot.settings import Settings
from bot.web.server import open_web
from bot.web.webhooks import WebhookReceiver
from db.engines.engine import open_database
from db.engines.instance_lock import instance_lock
from db.repositories.claims import release_all
from db.repositories.key_values import KeyValues
from db.repositories.leases import Leases
from db.repositories.notices import Notices
from db.store import Store
from db.tables import WEBHOOK_KEY

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The whole program, built and not yet running."""

    bot: GenerationBot
    health: Health
    clock: SteadyClock
    discord_clock: ServerClock
    due_times: DueTimes
    background: Background
    handover: Handover
    # A half that is not of this process's role is absent.
    gateway_half: Gateway | None
    worker_half: Worker | None

    @property
    def gateway(self) -> Gateway:
        """The gateway's half; raises LookupError in a process without."""
        if self.gateway_half is None:
            raise LookupError("this process is no gateway")
        return self.gateway_half

    @property
    def worker(self) -> Worker:
        """The worker's half; raises LookupError in a process without."""
        if self.worker_half is None:
            raise LookupError("this process is no worker")
        return self.worker_half

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the background work until the block is left; the bot must be logged in."""
        # Only now: the login has shown what time it is at Discord, and no job was looked at yet.
        if (now := self.discord_clock.now()) is not None:
            self.clock.set(now)
        # What keeps the lease is left last: then the jobs are given back.
        async with AsyncExitStack() as stack:
            if self.worker_half is None:
                await stack.enter_async_context(self.handover.running())
            else:
                await stack.enter_async_context(self.worker_half.running())
            await stack.enter_async_context(self.background.running())
            if self.gateway_half is not None:
                await stack.enter_async_context(self.gateway_half.running())
            yield


@asynccontextmanager
async def open_app(settings: Settings, runtime: Runtime) -> AsyncGenerator[App]:
    """Open the database, the connections and the port, and build the program on them.

    Raises:
        DatabaseUnusable, PortUnusable, CatalogueBroken, DefaultUnknown, EnabledUnknown: The text
            says what the operator must change.
    """
    health, outgoing, metrics = Health(), build_outgoing(settings), Metrics()
    discord_clock = _server_clock(runtime, health, "Discord")
    async with AsyncExitStack() as stack:
        store = MeasuredStore(
            await stack.enter_async_context(_open_own_database(settings.database_url)),
            metrics.database_called,
            monotonic=runtime.monotonic,
        )
        process = _this_process(settings, runtime, store)
        api_clock = _server_clock(runtime, health, "ModelHunter")
        trace = api_trace(metrics, settings)
        api = await stack.enter_async_context(
            _open_api(settings, runtime, process, outgoing, api_clock, trace)
        )
        downloads = await stack.enter_async_context(
            open_downloads(runtime.allowed_addresses, outgoing=outgoing)
        )
        bot = await stack.enter_async_context(
            _build_bot(
                settings,
                runtime,
                store,
                process,
                health,
                outgoing,
                discord_clock.read,
                metrics.discord_called,
            )
        )
        connections = Connections(store=store, api=api, bot=bot)
        catalogue = _load_catalogue(settings, runtime)
        addresses = await _webhook_addresses(settings, store)
        shared = build_shared(
            settings, runtime, connections, health, catalogue, addresses, process, metrics
        )
        if settings.http_port is not None:
            page = await stack.enter_async_context(measured(shared, process.pace))
            routes = [*page.routes(), *_webhook_receiver(shared, api_clock).routes()]
            await stack.enter_async_context(
                open_web(
                    settings.http_host,
                    settings.http_port,
                    health,
                    routes=routes,
                    counts=_counts(shared),
                    role=settings.role,
                )
            )
        background = build_background(shared)
        log.info("role: %s; this process is %s", settings.role, shared.owner)
        yield App(
            bot=bot,
            health=health,
            clock=shared.clock,
            discord_clock=discord_clock,
            due_times=shared.due_times,
            background=background,
            handover=shared.handover,
            gateway_half=await build_gateway(shared, background, downloads)
            if settings.role.has_gateway
            else None,
            worker_half=build_worker(shared, downloads) if settings.role.has_worker else None,
        )


@asynccontextmanager
async def _open_own_database(url: str) -> AsyncGenerator[Store]:
    """Open the database, under the lock that says whether another process uses it."""
    # A process that is alone need not wait for the leases of one that was killed.
    async with (
        open_database(url) as store,
        instance_lock(url, when_alone=partial(release_all, store)),
    ):
        yield store


def _this_process(settings: Settings, runtime: Runtime, store: Store) -> ThisProcess:
    clock = SteadyClock(wall=runtime.clock, monotonic=runtime.monotonic)
    return ThisProcess(
        owner=process_name(settings.role),
        clock=clock,
        notices=SharedNotices(Notices(store), clock=clock),
        rate_limit=BotRateLimit(is_kept_elsewhere=settings.discord_api_url is not None),
        pace=RequestPace(settings.modelhunter_requests_per_second, monotonic=runtime.monotonic),
    )


def _open_api(
    settings: Settings,
    runtime: Runtime,
    process: ThisProcess,
    outgoing: Outgoing,
    api_clock: ServerClock,
    trace: aiohttp.TraceConfig,
) -> AbstractAsyncContextManager[ModelHunterClient]:
    return open_client(
        settings.modelhunter_url,
        settings.modelhunter_key,
        outgoing=outgoing,
        clock=runtime.clock,
        pace=process.pace,
        read_date=api_clock.read,
        trace=trace,
    )


async def _webhook_addresses(settings: Settings, store: Store) -> WebhookAddresses | None:
    """Return the addresses of the jobs' webhooks, by the key that the database keeps."""
    if settings.public_url is None:
        return None
    fresh = secrets.token_hex(KEY_BYTES)
    key = bytes.fromhex(await KeyValues(store).value_or_put(WEBHOOK_KEY, fresh))
    return WebhookAddresses(settings.public_url, key)


def _webhook_receiver(shared: Shared, api_clock: ServerClock) -> WebhookReceiver:
    secret, wall = shared.settings.modelhunter_webhook_secret, shared.runtime.clock
    return WebhookReceiver(
        shared.hints,
        secret=secret.get_secret_value().encode() if secret else None,
        addresses=shared.addresses,
        # The API's own time, as its timestamps have it; this machine's until that is known.
        clock=lambda: wall() if (now := api_clock.now()) is None else now,
        monotonic=shared.runtime.monotonic,
        received=shared.metrics.webhook_received,
    )


def _counts(shared: Shared) -> Callable[[], Mapping[str, int]]:
    """Return what says how much there is to do, without looking through any of it."""
    monotonic = shared.runtime.monotonic
    start = monotonic()
    return lambda: {
        "jobs": len(shared.owned),
        "servers": len(shared.connections.bot.guilds),
        "seconds": round(monotonic() - start),
    }


def _load_catalogue(settings: Settings, runtime: Runtime) -> Catalogue:
    defaults = {Kind(kind): name for kind, name in settings.default_models.items()}
    enabled = settings.enable_undocumented_models
    return load_catalogue(defaults, enabled=enabled, monotonic=runtime.monotonic)


def _server_clock(runtime: Runtime, health: Health, server: str) -> ServerClock:
    """Return a server's clock, whose offset is checked whenever it is measured."""
    return ServerClock(
        wall=runtime.clock,
        monotonic=runtime.monotonic,
        report=ClockCheck(health, server).report,
    )


def _build_bot(
    settings: Settings,
    runtime: Runtime,
    store: Store,
    process: ThisProcess,
    health: Health,
    outgoing: Outgoing,
    read_date: Callable[[str | None], None],
    observe_call: Observe,
) -> GenerationBot:
    limits, clock, key_values = runtime.start_limits, runtime.clock, KeyValues(store)
    return GenerationBot(
        key_values,
        health,
        guild_id=settings.discord_guild_id,
        has_gateway=settings.role.has_gateway,
        leases=Leases(store, process.owner) if runtime.leases_shards else None,
        monotonic=runtime.monotonic,
        starts=SessionStarts(key_values, health, limits=limits, clock=clock),
        outgoing=outgoing,
        read_date=read_date,
        observe_call=observe_call,
        global_limit=watching_global_limit(process.notices, process.rate_limit),
    )
