"""Page server: a channel of the simulated Discord as a web page, on which the bot can be tried."""

import asyncio
import contextlib
import errno
import json
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from simcord.backend.models import Message

from sandbox.discord import view
from sandbox.discord.actions import act
from sandbox.discord.people import Person
from sandbox.discord.server import SandboxDiscord
from sandbox.discord.suggestions import Suggestion

FOLDER = Path(__file__).parent / "page"
LARGEST_MESSAGE = 64 * 1024 * 1024
PAUSE = 0.05  # seconds in which changes are collected


class Viewer:
    """An open page: its user, and the messages that it has yet to show."""

    def __init__(self, person: Person, socket: web.WebSocketResponse) -> None:
        self.person = person
        self.socket = socket
        self.changed: dict[int, Message] = {}


class Page:
    """Serves the page and keeps every open copy up to date."""

    def __init__(
        self, discord: SandboxDiscord, people: list[Person], suggestions: Sequence[Suggestion]
    ) -> None:
        self._discord = discord
        self._people = people
        self._suggestions = suggestions
        self._viewers: set[Viewer] = set()
        discord.model.observers.append(self._note)

    def application(self) -> web.Application:
        """Return the web application."""
        app = web.Application()
        app.router.add_get("/", self._index)
        app.router.add_get("/socket", self._serve)
        app.router.add_get(
            "/attachments/{channel}/{attachment}/{name}", self._discord.serve_attachment
        )
        app.router.add_static("/page", FOLDER)
        return app

    async def close(self) -> None:
        """Close the connections of all open pages."""
        for viewer in list(self._viewers):
            await viewer.socket.close()

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(FOLDER / "index.html", headers={"Cache-Control": "no-store"})

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE, heartbeat=20)
        await socket.prepare(request)
        viewer = Viewer(self._person(request.query.get("as")), socket)
        self._viewers.add(viewer)
        try:
            async with asyncio.TaskGroup() as group:
                shower = group.create_task(self._show(viewer), name="page-shower")
                async for message in socket:
                    if message.type is WSMsgType.TEXT:
                        page_request = json.loads(message.data)
                        group.create_task(self._do(viewer, page_request), name="page-request")
                shower.cancel()
        finally:
            self._viewers.discard(viewer)
        return socket

    async def _do(self, viewer: Viewer, page_request: dict[str, Any]) -> None:
        result = await act(self._discord, viewer.person, page_request)
        await _send(viewer, {"type": "result", "id": page_request.get("id"), **result})

    async def _show(self, viewer: Viewer) -> None:
        """Send the whole channel once, then what changes."""
        seen = self._discord.changes.count
        shown = self._frame(viewer)
        await _send(viewer, {"type": "frame", "frame": shown})
        found = view.messages(self._discord, viewer.person)
        await _send(viewer, {"type": "messages", "messages": found})
        while not viewer.socket.closed:
            await self._discord.changes.after(seen)
            await asyncio.sleep(PAUSE)
            seen = self._discord.changes.count
            frame = self._frame(viewer)
            if frame != shown:
                shown = frame
                await _send(viewer, {"type": "frame", "frame": shown})
            await self._show_changed(viewer)

    def _frame(self, viewer: Viewer) -> dict[str, Any]:
        return view.frame(self._discord, viewer.person, self._people, self._suggestions)

    async def _show_changed(self, viewer: Viewer) -> None:
        changed, viewer.changed = viewer.changed, {}
        for message in changed.values():
            found = self._discord.find(message.id, viewer.person.id)
            if found is None:
                await _send(viewer, {"type": "gone", "message": str(message.id)})
            elif view.can_see(self._discord, viewer.person, message):
                await _send(viewer, {"type": "messages", "messages": [found.payload]})

    def _note(self, message: Message, _what: str) -> None:
        for viewer in self._viewers:
            viewer.changed[message.id] = message

    def _person(self, wanted: str | None) -> Person:
        for person in self._people:
            if str(person.id) == wanted:
                return person
        return self._people[0]


async def _send(viewer: Viewer, message: dict[str, Any]) -> None:
    with contextlib.suppress(ConnectionError):  # the page was closed
        await viewer.socket.send_json(message)


@contextlib.asynccontextmanager
async def open_page(
    discord: SandboxDiscord,
    people: list[Person],
    *,
    suggestions: Sequence[Suggestion] = (),
    host: str = "127.0.0.1",
    port: int = 0,
) -> AsyncGenerator[str]:
    """Serve the page while the block runs, and yield its address; a free port replaces a taken one."""
    page = Page(discord, people, suggestions)
    runner = web.AppRunner(page.application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            await web.TCPSite(runner, host, 0).start()
        yield f"http://{host}:{runner.addresses[0][1]}/"
    finally:
        await page.close()
        await runner.cleanup()
