"""Webhooks: `POST /webhooks/modelhunter`, signed, and below it one address for each job, unsigned.

Each is answered as soon as it is read, before anything is done, because a sender that waits too long
sends it again. What it leads to is a hint (`bot.jobs.task_hints`), which is no work: the loop of due
times does the rest. The answer depends on signature and address alone, so that it does not show which
tasks the bot knows.

    200  the signature or the address is right, whatever the body says
    401  it is not signed with the secret, or not within five minutes, or has the id of another event
    404  no job has that address
    408  the body takes longer than a few seconds
    413  the body has more than 64 KiB
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from aiohttp import web

from bot.jobs.task_hints import TaskHints
from bot.jobs.webhook_addresses import WEBHOOK_PATH, WebhookAddresses
from bot.modelhunter.webhooks import (
    ID_HEADER,
    LARGEST_BODY,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    is_genuine,
    names_another_event,
    read_subject,
)

log = logging.getLogger(__name__)

Receive: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]

# What became of a webhook, by the status of the answer, as the metrics name it.
_OUTCOMES = {200: "accepted", 401: "not_signed", 404: "unknown", 408: "too_slow", 413: "too_long"}
_OTHER = "other"

_BODY_TIMEOUT = 5.0  # seconds
# Seconds between two lines of the log about webhooks that are not accepted: any stranger sends them.
_COMPLAINT_INTERVAL = 60 * 60.0


class WebhookReceiver:
    """Receiver of both kinds of webhooks; without a secret or addresses, of that kind none is right."""

    def __init__(
        self,
        hints: TaskHints,
        *,
        secret: bytes | None,
        addresses: WebhookAddresses | None,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        body_timeout: float = _BODY_TIMEOUT,
        received: Callable[[str, str], None] = lambda _way, _outcome: None,
    ) -> None:
        """*received* is called with the way and the outcome of each webhook."""
        self._hints = hints
        self._secret = secret
        self._addresses = addresses
        self._clock = clock  # the API's time, in Unix seconds
        self._monotonic = monotonic
        self._body_timeout = body_timeout
        self._received = received
        self._quiet_until = 0.0

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes that there is a setting for."""
        routes = []
        if self._secret is not None:
            routes.append(web.post(WEBHOOK_PATH, self._counted("signed", self._receive_signed)))
        if self._addresses is not None:
            of_job = self._counted("of_job", self._receive_of_job)
            routes.append(web.post(f"{WEBHOOK_PATH}/{{segment}}", of_job))
        return routes

    def _counted(self, way: str, receive: Receive) -> Receive:
        """Return *receive*, which then reports by its answer what became of the webhook."""

        async def receive_and_count(request: web.Request) -> web.Response:
            try:
                response = await receive(request)
            except web.HTTPException as error:
                self._received(way, _OUTCOMES.get(error.status, _OTHER))
                raise
            self._received(way, _OUTCOMES.get(response.status, _OTHER))
            return response

        return receive_and_count

    async def _receive_signed(self, request: web.Request) -> web.Response:
        body = await self._read(request)
        if not self._is_genuine(request, body):
            self._complain()
            return web.Response(status=401)
        subject = read_subject(body)
        if subject is not None:
            self._hints.hint_task(subject.task_id, subject.job_id)
        return web.Response()

    async def _receive_of_job(self, request: web.Request) -> web.Response:
        await self._read(request)  # what it says is not needed: its address names the job
        addresses, segment = self._addresses, request.match_info["segment"]
        job_id = None if addresses is None else addresses.job_of(segment)
        if job_id is None:
            return web.Response(status=404)
        self._hints.hint_job(job_id)
        return web.Response()

    async def _read(self, request: web.Request) -> bytes:
        """Return the body as it was sent.

        Raises:
            HTTPRequestEntityTooLarge: It is too long, by its head or while it is read.
            HTTPRequestTimeout: It comes too slowly.
        """
        limited = request.clone(client_max_size=LARGEST_BODY)
        if (request.content_length or 0) > LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(LARGEST_BODY)
        try:
            async with asyncio.timeout(self._body_timeout):
                return await limited.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None

    def _is_genuine(self, request: web.Request, body: bytes) -> bool:
        timestamps = request.headers.getall(TIMESTAMP_HEADER, [])
        signatures = request.headers.getall(SIGNATURE_HEADER, [])
        if self._secret is None or len(timestamps) != 1 or len(signatures) != 1:
            return False
        is_signed = is_genuine(
            self._secret,
            timestamp=timestamps[0],
            signature=signatures[0],
            body=body,
            now=self._clock(),
        )
        return is_signed and not names_another_event(request.headers.getall(ID_HEADER, []), body)

    def _complain(self) -> None:
        now = self._monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + _COMPLAINT_INTERVAL
            log.warning(
                "a webhook is not signed with MODELHUNTER_WEBHOOK_SECRET, or not within 5 minutes,"
                " or its X-Webhook-ID is not the one in its body: compare the secret with that of the"
                " webhook that is registered"
            )
