"""The composition root: opens everything, builds both halves on it, and owns their lifetime."""

import dataclasses
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial

import aiohttp

from bot.app.gateway import Gateway, build_gateway
from bot.app.measurement import api_trace, measured
from bot.app.outgoing import build_outgoing
from bot.app.shared import Connections, Runtime, Shared, build_shared
from bot.app.worker import Worker, build_worker
from bot.catalogue import Catalogue, Kind, load_catalogue
from bot.clock import ServerClock, SteadyClock
from bot.discord.client import GenerationBot
from bot.discord.session_starts import SessionStarts
from bot.jobs.due_times import DueTimes
from bot.jobs.webhook_addresses import KEY_BYTES, WebhookAddresses
from bot.media.download import open_downloads
from bot.modelhunter import ModelHunterClient, RequestPace, open_client
from bot.monitoring.clock_check import ClockCheck
from bot.monitoring.health import Health
from bot.monitoring.measured_store import MeasuredStore
from bot.monitoring.metrics import Metrics
from bot.outgoing import Outgoing
from bot.outgoing.measured_calls import Observe
from bot.settings import Settings
from bot.web.server import open_web
from bot.web.webhooks import WebhookReceiver
from db.engines.engine import open_database
from db.engines.instance_lock import instance_lock
from db.repositories.claims import release_all
from db.repositories.key_values import KeyValues
from db.store import Store
from db.tables import WEBHOOK_KEY


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The whole program, built and not yet running."""

    health: Health
    clock: SteadyClock
    discord_clock: ServerClock
    due_times: DueTimes
    gateway: Gateway
    worker: Worker

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the background work until the block is left; the bot must be logged in."""
        # Only now: the login has shown what time it is at Discord, and no job was looked at yet.
        if (now := self.discord_clock.now()) is not None:
            self.clock.set(now)
        async with self.worker.running(), self.gateway.running():
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
        api_clock = _server_clock(runtime, health, "ModelHunter")
        pace = RequestPace(settings.modelhunter_requests_per_second, monotonic=runtime.monotonic)
        api = await stack.enter_async_context(
            _open_api(settings, runtime, outgoing, api_clock, pace, api_trace(metrics, settings))
        )
        downloads = await stack.enter_async_context(
            open_downloads(runtime.allowed_addresses, outgoing=outgoing)
        )
        bot = await stack.enter_async_context(
            _build_bot(
                settings,
                runtime,
                KeyValues(store),
                health,
                outgoing,
                discord_clock.read,
                metrics.discord_called,
            )
        )
        connections = Connections(store=store, api=api, bot=bot)
        catalogue = _load_catalogue(settings, runtime)
        addresses = await _webhook_addresses(settings, store)
        shared = build_shared(settings, runtime, connections, health, catalogue, addresses, metrics)
        if settings.http_port is not None:
            page = await stack.enter_async_context(measured(shared, pace))
            routes = [*page.routes(), *_webhook_receiver(shared, api_clock).routes()]
            await stack.enter_async_context(
                open_web(
                    settings.http_host,
                    settings.http_port,
                    health,
                    routes=routes,
                    counts=_counts(shared),
                )
            )
        yield App(
            health=health,
            clock=shared.clock,
            discord_clock=discord_clock,
            due_times=shared.due_times,
            gateway=await build_gateway(shared, downloads),
            worker=build_worker(shared, downloads),
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


def _open_api(
    settings: Settings,
    runtime: Runtime,
    outgoing: Outgoing,
    api_clock: ServerClock,
    pace: RequestPace,
    trace: aiohttp.TraceConfig,
) -> AbstractAsyncContextManager[ModelHunterClient]:
    return open_client(
        settings.modelhunter_url,
        settings.modelhunter_key,
        outgoing=outgoing,
        clock=runtime.clock,
        pace=pace,
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
    key_values: KeyValues,
    health: Health,
    outgoing: Outgoing,
    read_date: Callable[[str | None], None],
    observe_call: Observe,
) -> GenerationBot:
    limits, clock = runtime.start_limits, runtime.clock
    return GenerationBot(
        key_values,
        health,
        guild_id=settings.discord_guild_id,
        starts=SessionStarts(key_values, health, limits=limits, clock=clock),
        outgoing=outgoing,
        read_date=read_date,
        observe_call=observe_call,
    )
