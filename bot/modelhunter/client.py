"""Client of the API over HTTP: one method for each call, and no retry.

When to ask again is decided by the job's schedule alone. A client that repeated calls by itself
would add its retries to that, and would repeat a POST whose outcome is unknown.
"""

import asyncio
import dataclasses
import ssl
import time
import urllib.parse
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from decimal import Decimal

import aiohttp
import httpx
import yarl
from httpx_aiohttp import AiohttpTransport
from pydantic import SecretStr

from bot.modelhunter import responses
from bot.modelhunter.errors import (
    Malformed,
    NotProcessed,
    OutcomeUnknown,
    TaskNotFound,
    Unavailable,
)
from bot.modelhunter.file_uploads import (
    UploadPlace,
    completion_path,
    read_upload_place,
    read_uploaded,
)
from bot.modelhunter.late_creates import CreateTooLate, begin_create, refusing_late_creates
from bot.modelhunter.page_query import LARGEST_PAGE, PageQuery
from bot.modelhunter.request_pace import RequestPace, Urgency
from bot.modelhunter.responses import Answer
from bot.modelhunter.retry_after import read_retry_after
from bot.modelhunter.tasks import EntryPage, Task, TaskPage
from bot.outgoing import Outgoing, ProxyRefused, SpareConnector

# More than the lanes of the callers have places (`bot.jobs.worker.step_lanes`), so that calls which
# hang keep no other from a connection.
CONNECTIONS = 128
LARGEST_ANSWER = 8 * 1024 * 1024  # bytes; a page of 100 tasks has about 31 KB

# The transport translates most of aiohttp's errors into httpx's, and lets some through.
_TRANSPORT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError)
# aiohttp raises these before it has a connection, so nothing of the request can have been sent.
#
# httpx's own error does not show it: `httpx-aiohttp` turns each `aiohttp.ClientConnectionError`
# into `httpx.ConnectTimeout` (its AIOHTTP_EXC_MAP), be it a refused connection or one that broke
# after the server had read the request. So this client looks at aiohttp's error, its cause.
_NOT_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    ProxyRefused,
    CreateTooLate,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long to wait, in seconds."""

    connect: float = 5.0  # for a connection, including the wait for a free one
    read: float = 10.0  # for a whole call of any kind but a create
    create: float = 14.0  # for a whole create: less than half a lease of 30 s, so none outlasts it


class ModelHunterClient:
    """Client with one method for each call that the bot needs; made by `open_client`.

    Every method but `create_task` raises Unavailable, OperatorMustAct or Malformed besides what it
    names. `bot.modelhunter.errors` says what each error asks of the caller.
    """

    def __init__(
        self,
        *,
        reads: httpx.AsyncClient,
        creates: httpx.AsyncClient,
        timeouts: Timeouts,
        clock: Callable[[], float],
        read_date: Callable[[str | None], None],
        pace: RequestPace | None,
        expect: Callable[[], None],
    ) -> None:
        self._reads = reads
        self._creates = creates
        self._timeouts = timeouts
        self._clock = clock
        self._read_date = read_date
        self._pace = pace
        self._expect = expect

    def expect_create(self) -> None:
        """Prepare for a create that will come within moments: its connection is opened now."""
        self._expect()

    async def create_task(self, endpoint: str, body: Mapping[str, object]) -> Task:
        """Create a task at *endpoint*, such as "vidu/text-to-video".

        Raises:
            NotProcessed: Provably no task was made; may be sent again.
            OutcomeUnknown: A task may have been made; must not be sent again.
            Rejected: The request must change.
            OperatorMustAct: Key, balance or permission.
        """
        return responses.created_task(await self._create(endpoint, body))

    async def register_webhook(self, url: str, events: Sequence[str]) -> Mapping[str, object]:
        """Register *url* for signed webhooks, and return the answer, which may hold their secret.

        Raises as `create_task`, of a webhook.
        """
        answer = await self._create("webhooks", {"url": url, "events": list(events)})
        return responses.registered_webhook(answer)

    async def _create(self, path: str, body: Mapping[str, object]) -> Answer:
        """Send what must not be sent twice; raises NotProcessed or OutcomeUnknown."""
        self._spend()
        begin_create(self._clock)
        request = self._creates.build_request("POST", path, json=dict(body))
        try:
            async with asyncio.timeout(self._timeouts.create):
                return await self._exchange(self._creates, request)
        except _TRANSPORT_ERRORS as error:
            if isinstance(error.__cause__, _NOT_CONNECTED):
                raise NotProcessed from error
            raise OutcomeUnknown from error
        except Malformed as error:
            raise OutcomeUnknown from error

    async def get_task(self, task_id: str, *, urgency: Urgency = Urgency.QUESTION) -> Task:
        """Return the task, with fresh addresses of its results; raises TaskNotFound."""
        task = responses.read_task(await self._ask("GET", _path_of(task_id), urgency=urgency))
        if task.id != task_id:
            raise Malformed("the answer is about another task")
        return task

    async def list_tasks(
        self, *, start: datetime | None = None, cursor: str | None = None, limit: int = LARGEST_PAGE
    ) -> TaskPage:
        """Return a page of at most *limit* (1 to 100) tasks created after *start* by the API's clock, newest first."""
        query = PageQuery(start=start, cursor=cursor, limit=limit)
        answer = await self._ask("GET", "tasks", query.parameters(), urgency=Urgency.SEARCH)
        return responses.read_page(answer)

    async def list_entries(
        self, query: PageQuery, *, urgency: Urgency = Urgency.QUESTION
    ) -> EntryPage:
        """Return a page of the task list whose entries are yet to be read, newest first."""
        answer = await self._ask("GET", "tasks", query.parameters(), urgency=urgency)
        return responses.read_entries(answer)

    async def cancel_task(self, task_id: str) -> None:
        """Cancel the task; raises AlreadyFinished or TaskNotFound."""
        responses.read_cancelled(await self._ask("DELETE", _path_of(task_id), urgency=None))

    async def upload_place(self, *, name: str, media_type: str, size: int) -> UploadPlace:
        """Return where a file of *size* bytes is to be put; raises Rejected if it may not be."""
        body = {"filename": name, "contentType": media_type, "sizeBytes": size}
        return read_upload_place(await self._ask("POST", "files/upload-url", body=body))

    async def complete_upload(self, file_id: str) -> str:
        """Return the address of a file that was put in its place; raises Rejected if it was not."""
        return read_uploaded(await self._ask("POST", completion_path(file_id)))

    async def balance(self) -> Decimal | None:
        """Return the balance in US dollars, None if the API reports none that requests are paid from."""
        return responses.read_balance(await self._ask("GET", "balance"))

    def _spend(self) -> None:
        if self._pace is not None:
            self._pace.spend()

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: Mapping[str, object] | None = None,
        urgency: Urgency | None = Urgency.ENDING,
    ) -> Answer:
        """Send what may be sent twice without harm, in its turn; raises Unavailable or Malformed.

        Without an *urgency* it is sent at once.
        """
        if urgency is None:
            self._spend()
        elif self._pace is not None:
            await self._pace.wait(urgency)
        request = self._reads.build_request(method, path, params=query, json=body)
        try:
            async with asyncio.timeout(self._timeouts.read):
                return await self._exchange(self._reads, request)
        except _TRANSPORT_ERRORS as error:
            raise Unavailable from error

    async def _exchange(self, client: httpx.AsyncClient, request: httpx.Request) -> Answer:
        response = await client.send(request, stream=True)
        date = response.headers.get("date")
        self._read_date(date)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise Malformed("the answer is too long")
        finally:
            await response.aclose()
        return Answer(
            status=response.status_code,
            body=bytes(body),
            retry_after=read_retry_after(response.headers.get("retry-after"), date, self._clock),
        )


def _path_of(task_id: str) -> str:
    """Return the path of a task, whose id may hold any character."""
    quoted = urllib.parse.quote(task_id, safe="")
    if quoted.strip(".") == "":  # "", "." and ".." would name another resource
        raise TaskNotFound
    return f"tasks/{quoted}"


@asynccontextmanager
async def open_client(
    url: str,
    key: SecretStr,
    *,
    clock: Callable[[], float] = time.time,
    read_date: Callable[[str | None], None] = lambda _date: None,
    timeouts: Timeouts | None = None,
    connections: int = CONNECTIONS,
    outgoing: Outgoing | None = None,
    pace: RequestPace | None = None,
    trace: aiohttp.TraceConfig | None = None,
) -> AsyncGenerator[ModelHunterClient]:
    """Open a client of the API at *url*, such as "https://api.modelhunter.ai/api/v1".

    *clock* returns Unix seconds, and *read_date* gets the `Date` of each response. Nothing of the
    environment is used: `.netrc` would carry the key to another server, as a redirect would, which
    is not followed. *outgoing* says which authorities are trusted, and whether there is a proxy.
    Without a *pace* requests are sent as they come. A *trace* is of all of them.
    """
    timeouts = timeouts or Timeouts()
    every = () if trace is None else (trace,)
    async with AsyncExitStack() as stack:
        network = outgoing or Outgoing()

        # The server may close an idle connection at the moment a request is sent on it. A read is
        # repeated then; a create would end as OutcomeUnknown, so none is sent on an idle one.
        creates = SpareConnector(
            network.connector(),
            yarl.URL(url),
            aiohttp.ClientTimeout(connect=timeouts.connect, sock_connect=timeouts.connect),
            limit=connections,
        )

        async def open_one(
            connector: aiohttp.BaseConnector, *traces: aiohttp.TraceConfig
        ) -> httpx.AsyncClient:
            return await stack.enter_async_context(
                _http_client(
                    url, key, _session(connector, (*traces, *every)), network.tls, timeouts
                )
            )

        yield ModelHunterClient(
            reads=await open_one(network.connector(limit=connections)),
            creates=await open_one(creates, refusing_late_creates(timeouts.create)),
            timeouts=timeouts,
            clock=clock,
            read_date=read_date,
            pace=pace,
            expect=creates.expect,
        )


def _session(
    connector: aiohttp.BaseConnector, traces: Sequence[aiohttp.TraceConfig]
) -> aiohttp.ClientSession:
    jar = aiohttp.DummyCookieJar()
    return aiohttp.ClientSession(connector=connector, cookie_jar=jar, trace_configs=list(traces))


def _http_client(
    url: str,
    key: SecretStr,
    session: aiohttp.ClientSession,
    context: ssl.SSLContext,
    timeouts: Timeouts,
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {key.get_secret_value()}"},
        transport=AiohttpTransport(verify=context, trust_env=False, client=session),
        # httpx's "pool" is the transport's name of aiohttp's limit on getting any connection, be it
        # a free one of the pool or a new one.
        timeout=httpx.Timeout(None, connect=timeouts.connect, pool=timeouts.connect),
        follow_redirects=False,
        trust_env=False,
    )
