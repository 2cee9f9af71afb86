"""The sandbox API as one object, served on loopback."""

import asyncio
import fnmatch
import random
import secrets
import ssl
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from aiohttp import web
from aiohttp.typedefs import Middleware

from sandbox.modelhunter.access_checks import (
    below_api,
    envelope_middleware,
    key_middleware,
    log_middleware,
)
from sandbox.modelhunter.default_script import Scripts
from sandbox.modelhunter.fault_effects import fault_middleware
from sandbox.modelhunter.faults import ApiFaults
from sandbox.modelhunter.file_routes import FileRoutes
from sandbox.modelhunter.files import Files
from sandbox.modelhunter.links import Links
from sandbox.modelhunter.media import MediaCache
from sandbox.modelhunter.records import LoggedRequest, TaskRecord
from sandbox.modelhunter.responses import Json
from sandbox.modelhunter.results import Results
from sandbox.modelhunter.routes import API, Routes
from sandbox.modelhunter.script import Moment
from sandbox.modelhunter.store import TaskStore
from sandbox.modelhunter.webhook_faults import WebhookFaults
from sandbox.modelhunter.webhooks import Webhooks
from sandbox.response_dates import stamp_responses

_REQUESTS_KEPT = 100_000
_TIMEOUT = 0.01  # seconds that open calls get at close; to aiohttp, 0 means no limit
_LARGEST_BODY = 128 * 1024 * 1024  # bytes; files are handed over, or posted as data URIs


class SandboxApi:
    """A running sandbox API: its key, scripts, faults, tasks and the calls that it received."""

    def __init__(
        self,
        *,
        key: str,
        scripts: Scripts,
        store: TaskStore,
        results: Results,
        files: Files,
        clock: Callable[[], float],
        scheme: str = "http",
    ) -> None:
        self.key = key
        self.scripts = scripts
        self.faults = ApiFaults()
        self.barred_keys: dict[str, str] = {}  # key to code of the 403, such as KEY_REVOKED
        self.requests: deque[LoggedRequest] = deque(maxlen=_REQUESTS_KEPT)
        self.webhook_faults = WebhookFaults()
        self.address = ("", 0)
        self._store = store
        self._clock = clock
        self._scheme = scheme
        self._results = results
        self.files = files
        self.webhooks = Webhooks(store, self.webhook_faults, self._describe, clock)

    @property
    def url(self) -> str:
        """Where the API begins, without a slash at the end."""
        host, port = self.address
        return f"{self._scheme}://{host}:{port}{API}"

    @property
    def tasks(self) -> Mapping[str, TaskRecord]:
        """Every task by its id, oldest first."""
        return self._store.tasks

    async def _describe(self, record: TaskRecord, moment: Moment) -> Json:
        """Return a task as a webhook has it."""
        return await self._results.describe(record, moment, self.url.removesuffix(API))

    @property
    def balance(self) -> Decimal:
        """The account's balance in US dollars."""
        return self._store.balance

    @balance.setter
    def balance(self, dollars: Decimal) -> None:
        self._store.balance = dollars

    def add(self, record: TaskRecord) -> None:
        """Add a task that was created before; the order of the tasks is that of their creation."""
        self._store.tasks[record.id] = record

    def status(self, task_id: str) -> str:
        """Return the status of a task at this moment.

        Raises:
            KeyError: There is no such task.
        """
        return self._store.tasks[task_id].at(self._clock()).status

    def calls(self, method: str, path: str = "*") -> Sequence[LoggedRequest]:
        """Return the calls so far that match, such as `calls("POST", "/*/text-to-video")`."""
        return [
            request
            for request in self.requests
            if method in ("*", request.method) and fnmatch.fnmatchcase(request.path, path)
        ]


@asynccontextmanager
async def open_sandbox_api(
    *,
    clock: Callable[[], float] = time.time,
    host: str = "127.0.0.1",
    port: int = 0,
    key: str = "river_test_sandbox",
    balance: Decimal = Decimal(100),
    randomness: random.Random | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    tls: ssl.SSLContext | None = None,
    middlewares: Sequence[Middleware] = (),
) -> AsyncGenerator[SandboxApi]:
    """Serve a sandbox API on *host* until the block ends; port 0 picks a free one.

    The clock counts Unix seconds and decides the status of every task and the age of every result
    address, so it may be moved by hand. Only faults with a delay use *sleep*. With *tls* it is served
    over TLS; *middlewares* come before its own.

    Raises:
        OSError: The port is taken.
    """
    randomness = randomness or random.Random()
    scripts = Scripts(randomness)
    store = TaskStore(clock=clock, randomness=randomness, scripts=scripts, balance=balance)
    scheme = "http" if tls is None else "https"
    results = Results(links=Links(secrets.token_bytes(), clock), media=MediaCache())
    files = Files(secrets.token_bytes(), clock=clock, randomness=randomness)
    sandbox_api = SandboxApi(
        key=key,
        scripts=scripts,
        store=store,
        results=results,
        files=files,
        clock=clock,
        scheme=scheme,
    )
    routes = Routes(
        store=store,
        results=results,
        clock=clock,
        webhooks=sandbox_api.webhooks,
        files=FileRoutes(files=files, api=API),
    )
    application = _application(sandbox_api, routes, sleep, middlewares)
    runner = web.AppRunner(application, shutdown_timeout=_TIMEOUT)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        sandbox_api.address = runner.addresses[0][:2]
        async with sandbox_api.webhooks.running():
            yield sandbox_api
    finally:
        await runner.cleanup()


def _application(
    sandbox_api: SandboxApi,
    routes: Routes,
    sleep: Callable[[float], Awaitable[None]],
    middlewares: Sequence[Middleware],
) -> web.Application:
    application = web.Application(
        client_max_size=_LARGEST_BODY,
        middlewares=[
            *middlewares,
            log_middleware(sandbox_api.requests),
            fault_middleware(sandbox_api.faults, sleep, below_api),
            envelope_middleware,
            key_middleware(sandbox_api.key, sandbox_api.barred_keys),
        ],
    )
    application.add_routes(routes.table())
    stamp_responses(application, routes.clock)
    return application
