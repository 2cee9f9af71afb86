"""Calls to the sandbox API, in a short form for tests."""

import dataclasses
from typing import Any

import aiohttp

from sandbox.modelhunter import SandboxApi, Script
from tests.manual_clock import ManualClock

FOX = {"model": "viduq3-turbo", "input": {"prompt": "a fox", "duration": 1}}


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON of an answer."""

    status: int
    body: Any  # JSON of any shape: the tests look into it


@dataclasses.dataclass(frozen=True, slots=True)
class Caller:
    """A client with the right key."""

    api: SandboxApi
    clock: ManualClock
    session: aiohttp.ClientSession

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Answer:
        """Send a call to *path*, below the API's address."""
        headers = headers or {"Authorization": f"Bearer {self.api.key}"}
        async with self.session.request(
            method, f"{self.api.url}{path}", json=body, headers=headers, params=query
        ) as response:
            return Answer(response.status, await response.json())

    async def create(self, script: Script | None = None, **more: object) -> str:
        """Create a task with *script* and return its id."""
        if script is not None:
            self.api.scripts.next(script)
        answer = await self.call("POST", "/vidu/text-to-video", {**FOX, **more})
        assert answer.status == 202
        return str(answer.body["data"]["id"])

    async def task(self, task_id: str) -> Any:
        """Return a task's data."""
        answer = await self.call("GET", f"/tasks/{task_id}")
        assert answer.status == 200
        return answer.body["data"]

    async def download(self, url: str) -> tuple[int, str, bytes]:
        """Fetch a result without a key; return status, content type and bytes."""
        async with self.session.get(url) as response:
            return response.status, response.content_type, await response.read()
