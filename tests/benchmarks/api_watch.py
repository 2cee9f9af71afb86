"""API watch: which calls the sandbox API got, when, and which tasks each answer reported."""

import asyncio
import dataclasses
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

_TASK_IDS = re.compile(rb'"id": "(task_[0-9a-f]+)"')


@dataclasses.dataclass(frozen=True, slots=True)
class ApiCall:
    """One call; `at` is when it arrived and `answered_at` when it was, in monotonic seconds."""

    at: float
    answered_at: float
    method: str
    path: str
    status: int


class ApiWatch:
    """Record of all calls; `looks` has the times at which each task was reported by a read."""

    def __init__(self) -> None:
        self.calls: list[ApiCall] = []
        self.looks: dict[str, list[float]] = defaultdict(list)
        # A call for which this returns True is answered once `release` is called.
        self.hangs: Callable[[web.Request], bool] = _never
        self._released = asyncio.Event()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record a call."""
        arrived = time.monotonic()
        if self.hangs(request):
            await self._released.wait()
        response = await handler(request)
        self.calls.append(
            ApiCall(arrived, time.monotonic(), request.method, request.path, response.status)
        )
        body = response.body if isinstance(response, web.Response) else None
        if request.method == "GET" and isinstance(body, bytes):
            self._note_looks(body)
        return response

    def release(self) -> None:
        """Let no call hang any more, and answer those that do."""
        self.hangs = _never
        self._released.set()
        self._released = asyncio.Event()

    def since(self, moment: float, method: str, part: str = "") -> Sequence[ApiCall]:
        """Return the calls from *moment* on whose path contains *part*."""
        return [
            call
            for call in self.calls
            if call.at >= moment and call.method == method and part in call.path
        ]

    def _note_looks(self, body: bytes) -> None:
        now = time.monotonic()
        for found in _TASK_IDS.findall(body):
            self.looks[found.decode()].append(now)


def _never(_request: web.Request) -> bool:
    return False
