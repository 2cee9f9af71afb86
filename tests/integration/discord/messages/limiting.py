"""A Discord that keeps to its rate limits as the real one does (Discord docs: Rate Limits)."""

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.discord import SandboxDiscord
from sandbox.discord.rest import PREFIX

GLOBAL_CALLS, GLOBAL_WINDOW = 50, 1.0
# Discord does not publish these: calls and seconds that bots report of edits and of reactions.
EDITS, EDIT_WINDOW = 5, 5.0
REACTIONS, REACTION_WINDOW = 1, 0.25
# Seconds that a call takes, so that calls overlap.
LATENCY = 0.06


class Limiting:
    """Rate limits that are announced in headers, and enforced by a 429 for each call above them."""

    def __init__(self) -> None:
        self.refused: list[str] = []  # paths that were answered with 429
        self.most_in_flight = 0  # edits in one channel
        self._all: deque[float] = deque()
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._in_flight: dict[str, int] = defaultdict(int)

    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a call through, or refuse it."""
        now = asyncio.get_running_loop().time()
        parts = request.path.removeprefix(PREFIX).strip("/").split("/")
        if parts[0] != "channels":
            return await handler(request)
        while self._all and now - self._all[0] >= GLOBAL_WINDOW:
            self._all.popleft()
        self._all.append(now)
        if len(self._all) > GLOBAL_CALLS:
            return self._refuse(request, GLOBAL_WINDOW, {"X-RateLimit-Global": "true"})
        return await self._within_bucket(request, handler, parts, now)

    async def _within_bucket(
        self, request: web.Request, handler: Handler, parts: list[str], now: float
    ) -> web.StreamResponse:
        is_reaction = "reactions" in parts
        most, window = (REACTIONS, REACTION_WINDOW) if is_reaction else (EDITS, EDIT_WINDOW)
        kind, channel = "reactions" if is_reaction else "messages", parts[1]
        end, used = self._windows.get((kind, channel), (0.0, 0))
        if now >= end:
            end, used = now + window, 0
        self._windows[(kind, channel)] = (end, used + 1)
        headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, most - used - 1)),
            "X-RateLimit-Reset-After": f"{end - now:.3f}",
            "X-RateLimit-Bucket": kind,
        }
        if used >= most:
            return self._refuse(request, end - now, headers)
        self._in_flight[channel] += 0 if is_reaction else 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight[channel])
        try:
            await asyncio.sleep(LATENCY)
            response = await handler(request)
        finally:
            self._in_flight[channel] -= 0 if is_reaction else 1
        response.headers.update(headers)
        return response

    def _refuse(
        self, request: web.Request, wait: float, headers: dict[str, str]
    ) -> web.StreamResponse:
        self.refused.append(request.path)
        answer = {
            "message": "You are being rate limited.",
            "retry_after": wait,
            "global": "X-RateLimit-Global" in headers,
        }
        more = {"Content-Type": "application/json", "Via": "1.1 google", **headers}
        return web.Response(body=json.dumps(answer).encode(), status=429, headers=more)


@contextlib.asynccontextmanager
async def open_limiting_discord(
    clock: Callable[[], float],
) -> AsyncGenerator[tuple[SandboxDiscord, Limiting]]:
    """Serve the REST half of a Discord that enforces its limits."""
    world, limiting = SandboxDiscord(clock=clock), Limiting()

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await limiting.handle(request, handler)

    app = web.Application(middlewares=[limited])
    app.router.add_route("*", PREFIX + "/{path:.*}", world.rest.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        world.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        world.model.attachments.base = world.url
        yield world, limiting
    finally:
        await runner.cleanup()
