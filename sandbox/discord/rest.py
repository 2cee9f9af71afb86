"""REST interface: parse a call, inject faults, check the rules, ask the model, answer."""

import asyncio
import dataclasses
import io
import json
import logging
from collections.abc import Callable
from typing import Any

import simcord.http.routes  # noqa: F401 - importing it registers simcord's routes
from aiohttp import BodyPartReader, web
from simcord.backend import serializers
from simcord.backend.errors import BackendError
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch

from sandbox.discord.calls import Call, Upload
from sandbox.discord.changes import Changes
from sandbox.discord.faults import DiscordFaultEffect, DiscordFaults
from sandbox.discord.model import Model
from sandbox.discord.payloads import sent_message
from sandbox.discord.rate_limits import Excess, RateLimits
from sandbox.discord.routes import own_route
from sandbox.discord.rules import Rules

_log = logging.getLogger(__name__)
PREFIX = "/api/v10"


@dataclasses.dataclass(slots=True)
class _File:
    """An uploaded file in the shape simcord reads."""

    filename: str
    data: bytes
    description: str | None = None

    @property
    def fp(self) -> io.BytesIO:
        return io.BytesIO(self.data)


class ConnectionCutError(Exception):
    """The connection was cut by a fault, so that no answer can be sent."""


class Rest:
    """Answers every call of the bot, and records it."""

    def __init__(
        self,
        model: Model,
        rules: Rules,
        faults: DiscordFaults,
        changes: Changes,
        *,
        clock: Callable[[], float],
        token: str,
    ) -> None:
        self._model = model
        self._rules = rules
        self._faults = faults
        self._changes = changes
        self._clock = clock
        self._token = token
        self.limits = RateLimits()
        self.calls: list[Call] = []
        self.gaps: list[str] = []  # calls of the bot that this Discord can't answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request below /api/v10."""
        body, files = await _parse(request)
        call = Call(
            time=self._clock(),
            method=request.method,
            path=request.path.removeprefix(PREFIX),
            json=body,
            query=dict(request.query),
            uploads=[Upload(name=file.filename, size=len(file.data)) for file in files],
            reason=request.headers.get("X-Audit-Log-Reason"),
            with_bot_token="Authorization" in request.headers,
        )
        self.calls.append(call)
        try:
            return await self._answer(request, call, files)
        except ConnectionCutError:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        finally:
            self._changes.announce()

    async def _answer(
        self, request: web.Request, call: Call, files: list[_File]
    ) -> web.StreamResponse:
        if (excess := self.limits.excess(call)) is not None:
            return self._finish(call, _refusal(_as_fault(excess)))
        fault = self._faults.take(call)
        if fault is not None:
            await _before(fault)
            if fault.status is not None and fault.cut is None:
                return self._finish(call, _refusal(fault))
        response = self._respond(request, call, files)
        if fault is not None:
            if fault.hold is not None and fault.hold_at == "after":
                self._changes.announce()
                await fault.hold.pass_through()
            if fault.cut == "after":
                raise ConnectionCutError
        return response

    def _respond(self, request: web.Request, call: Call, files: list[_File]) -> web.Response:
        if _needs_bot_token(call.path) and not self._is_authorized(request):
            return self._finish(call, _json({"message": "401: Unauthorized", "code": 0}, 401))
        try:
            answer = self._perform(call, files)
        except (RouteNotImplemented, UnsupportedField, ValueError) as error:
            _log.error("the sandbox can't answer %s %s: %s", call.method, call.path, error)
            self.gaps.append(f"{call.method} {call.path}: {error}")
            return self._finish(call, _json({"message": str(error), "code": 0}, 501))
        except BackendError as error:
            return self._finish(call, _json(error.to_json(), error.status))
        call.happened = True
        if answer is None or (call.path.endswith("/callback") and not _wants_answer(call)):
            return self._finish(call, web.Response(status=204))
        return self._finish(call, _json(answer))

    def _perform(self, call: Call, files: list[_File]) -> Any:
        self._rules.check(call)
        own = own_route(call)
        if own is not None:
            handler, names = own
            return handler(self._model, call, names)
        earlier = self._rules.earlier_message(call)
        if earlier is not None:
            return sent_message(serializers.message_payload(self._model, earlier))
        answer = dispatch(
            self._model,
            call.method,
            call.path,
            json=call.json,
            params=call.query,
            files=list(files),
            reason=call.reason,
        )
        self._rules.remember_nonce(call, answer)
        return _sent(answer)

    def _is_authorized(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bot {self._token}"

    def _finish(self, call: Call, response: web.Response) -> web.Response:
        call.status = response.status
        call.answered = self._clock()
        if response.status >= 400 and isinstance(response.body, bytes):
            try:
                call.code = json.loads(response.body).get("code")
            except ValueError:
                call.code = None
        return response


def _sent(answer: Any) -> Any:
    """Return an answer as Discord sends it: each message, alone, in a list or in a callback's."""
    if isinstance(answer, list):
        return [_sent(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    if "attachments" in answer and "author" in answer:
        return sent_message(answer)
    resource = answer.get("resource")
    if isinstance(resource, dict) and "message" in resource:
        return {**answer, "resource": {**resource, "message": sent_message(resource["message"])}}
    return answer


def _as_fault(excess: Excess) -> DiscordFaultEffect:
    return DiscordFaultEffect(
        status=429, retry_after=round(excess.retry_after, 3), scope=excess.scope
    )


async def _before(fault: DiscordFaultEffect) -> None:
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.hold is not None and fault.hold_at == "before":
        await fault.hold.pass_through()
    if fault.cut == "before":
        raise ConnectionCutError


def _needs_bot_token(path: str) -> bool:
    """Whether a path needs the bot token; callbacks and webhooks carry a token of their own.

    The gateway's address needs none (Discord docs: Get Gateway).
    """
    parts = path.strip("/").split("/")
    if parts == ["gateway"]:
        return False
    return parts[0] != "interactions" and not (parts[0] == "webhooks" and len(parts) > 2)


def _wants_answer(call: Call) -> bool:
    return call.query.get("with_response", "").lower() in ("1", "true")


def _json(answer: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer JSON as exactly application/json, which discord.py compares."""
    return web.Response(
        body=json.dumps(answer).encode(),
        status=status,
        headers={"Content-Type": "application/json", "Via": "1.1 google", **(headers or {})},
    )


def _refusal(fault: DiscordFaultEffect) -> web.Response:
    status = fault.status or 500
    if fault.body is not None:
        return web.Response(
            body=fault.body.encode(),
            status=status,
            headers={"Content-Type": "text/html", **fault.headers},
        )
    if fault.retry_after is None:
        return _json({"message": fault.message, "code": fault.code}, status, dict(fault.headers))
    is_global = fault.scope == "global"
    answer: dict[str, Any] = {
        "message": fault.message,
        "retry_after": fault.retry_after,
        "global": is_global,
    }
    if fault.code:
        answer["code"] = fault.code
    return _json(
        answer, status, {**_limit_headers(fault.retry_after, fault.scope), **fault.headers}
    )


def _limit_headers(retry_after: float, scope: str) -> dict[str, str]:
    """Return the headers of a 429 (Discord docs: Rate Limits, header format)."""
    headers = {"Retry-After": str(max(1, round(retry_after))), "X-RateLimit-Scope": scope}
    if scope == "global":
        return {**headers, "X-RateLimit-Global": "true"}
    return {
        **headers,
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": f"{retry_after:.3f}",
        "X-RateLimit-Bucket": "sandbox",
    }


async def _parse(request: web.Request) -> tuple[Any, list[_File]]:
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), []
    body: Any = None
    files: list[_File] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename is not None:
            files.append(_File(part.filename, bytes(await part.read())))
        elif part.name == "payload_json":
            body = json.loads(await part.text())
    _describe(files, body)
    return body, files


def _describe(files: list[_File], body: Any) -> None:
    """Add to the files the descriptions from the JSON that was sent with them."""
    data = (body or {}).get("data", body) or {}
    for entry in data.get("attachments") or ():
        index = str(entry.get("id", ""))
        if index.isdigit() and int(index) < len(files):
            files[int(index)].description = entry.get("description")
