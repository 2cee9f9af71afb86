"""Routes of the API, one handler each."""

import dataclasses
import re
from collections.abc import Callable

from aiohttp import web

from sandbox.modelhunter import responses
from sandbox.modelhunter.errors import ApiError
from sandbox.modelhunter.file_routes import FileRoutes
from sandbox.modelhunter.listing import page, parse_query
from sandbox.modelhunter.media import CONTENT_TYPES
from sandbox.modelhunter.results import Results
from sandbox.modelhunter.store import TaskStore
from sandbox.modelhunter.streamed import StreamedResponse
from sandbox.modelhunter.timestamps import to_iso
from sandbox.modelhunter.validation import new_task, new_webhook
from sandbox.modelhunter.webhooks import Webhooks

API = "/api/v1"
_FILE_NAME = re.compile(r"(?P<task>task_[0-9a-f]+)-(?P<number>[0-9]{1,4})\.(?P<format>[a-z0-9]+)")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The handlers, and what they share."""

    store: TaskStore
    results: Results
    clock: Callable[[], float]
    webhooks: Webhooks
    files: FileRoutes

    def table(self) -> list[web.RouteDef]:
        """Return every route; fixed paths come before the pattern that matches them too."""
        return [
            web.get(f"{API}/balance", self.balance),
            web.get(f"{API}/tasks", self.list_tasks),
            web.get(f"{API}/tasks/{{id}}", self.get_task),
            web.delete(f"{API}/tasks/{{id}}", self.cancel_task),
            web.post(f"{API}/webhooks", self.register_webhook),
            *self.files.table(),
            web.post(f"{API}/{{provider}}/{{capability}}", self.create_task),
            web.get("/results/{name}", self.result),
        ]

    async def create_task(self, request: web.Request) -> web.Response:
        """Create a task."""
        wanted = new_task(
            request.match_info["provider"],
            request.match_info["capability"],
            await request.read(),
        )
        self.files.check_addresses(wanted, request.url.origin())
        record = self.store.create(wanted)
        self.webhooks.expect(record)
        return _success(responses.accepted(record), status=202)

    async def register_webhook(self, request: web.Request) -> web.Response:
        """Register an address for signed webhooks; its secret is shown this once."""
        url, events = new_webhook(await request.read())
        endpoint = self.webhooks.register(url, events)
        created_at = to_iso(self.clock())
        return _success({**dataclasses.asdict(endpoint), "created_at": created_at}, status=201)

    async def get_task(self, request: web.Request) -> web.Response:
        """Return one task; each answer has fresh result addresses."""
        record = self.store.get(request.match_info["id"])
        moment = record.at(self.clock())
        if moment.status == "expired" and record.expired_answers < record.script.expired_answers:
            self.store.said_expired(record)
        # The host that the client used, so that the address also works from outside a container.
        return _success(await self.results.describe(record, moment, str(request.url.origin())))

    async def list_tasks(self, request: web.Request) -> web.Response:
        """Return a page of the list."""
        now = self.clock()
        found = page(self.store.tasks.values(), parse_query(request.query), now)
        return web.json_response(
            {
                "success": True,
                "data": [responses.listed(record, record.at(now)) for record in found.records],
                "pagination": {
                    "cursor": found.cursor,
                    "hasMore": found.has_more,
                    "total": found.total,
                },
            }
        )

    async def cancel_task(self, request: web.Request) -> web.Response:
        """Cancel a task."""
        record = self.store.cancel(request.match_info["id"])
        return _success(responses.detailed(record, record.at(self.clock()), []))

    async def balance(self, _: web.Request) -> web.Response:
        """Return the account's balance in US dollars."""
        return _success(
            {
                "balance": float(self.store.balance),
                "billingMode": "prepaid",
                "monthlySpendLimit": None,
                "autoTopUpEnabled": False,
                "autoTopUpThreshold": None,
                "autoTopUpAmount": None,
            }
        )

    async def result(self, request: web.Request) -> web.StreamResponse:
        """Send a file to a client with a valid signature; no key is needed."""
        name = request.match_info["name"]
        if not self.results.links.accepts(name, request.query):
            return web.Response(status=403, text="AccessDenied")
        found = _FILE_NAME.fullmatch(name)
        record = self.store.tasks.get(found["task"]) if found else None
        result = record.script.result if record else None
        if found is None or record is None or result is None or result.missing:
            return web.Response(status=404, text="NoSuchKey")
        file = await self.results.file(record, result, int(found["number"]))
        return StreamedResponse(file.chunks, file.size, CONTENT_TYPES[found["format"]])


def _success(data: responses.Json, *, status: int = 200) -> web.Response:
    return web.json_response({"success": True, "data": data}, status=status)


def not_found(path: str) -> ApiError:
    """Return the error for a path that does not exist."""
    return ApiError(404, "NOT_FOUND", f"No such resource: {path}")
