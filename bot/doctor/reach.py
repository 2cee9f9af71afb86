"""Reach: one GET or POST to a server without any secret, and why there is no answer to it.

Where a server can't be reached, the error of the connection says which part of the way failed: the
name, the connection, the certificate, the proxy, or the time. That is one rule for all servers.
"""

import asyncio
import dataclasses
import ssl
import time
from collections.abc import Callable

import aiohttp

from bot.clock import read_http_date
from bot.doctor.findings import Finding
from bot.doctor.problems import WayProblem
from bot.outgoing import Outgoing, ProxyRefused

TIMEOUT = 10.0  # seconds for an answer
_HEAD = 64 * 1024  # bytes of an answer's body that are looked at


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer: `ahead` is by how many seconds the server's clock is ahead, if it says so."""

    status: int
    body: bytes
    is_json: bool
    seconds: float
    ahead: float | None


class Unreachable(Exception):
    """There is no answer; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.seen)
        self.finding = finding


async def ask(
    outgoing: Outgoing,
    url: str,
    *,
    method: str = "GET",
    timeout: float = TIMEOUT,
    wall: Callable[[], float] = time.time,
) -> Reply:
    """Return the answer at *url*; raises Unreachable."""
    try:
        async with (
            asyncio.timeout(timeout),
            aiohttp.ClientSession(
                connector=outgoing.connector(), cookie_jar=aiohttp.DummyCookieJar()
            ) as session,
        ):
            begun, sent = time.monotonic(), wall()
            async with session.request(method, url, allow_redirects=False) as response:
                took = time.monotonic() - begun
                return Reply(
                    status=response.status,
                    body=await response.content.read(_HEAD),
                    is_json=response.content_type == "application/json",
                    seconds=took,
                    ahead=_ahead(response.headers.get("Date"), sent + took / 2),
                )
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
        raise Unreachable(explain(error, timeout)) from error


def explain(error: BaseException, timeout: float = TIMEOUT) -> Finding:
    """Return which part of the way to a server failed. Pure."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return WayProblem.NAME_UNKNOWN.found(
                f"the name {error.host} is not known to the network"
            )
        case ProxyRefused() | aiohttp.ClientProxyConnectionError():
            return WayProblem.PROXY_REFUSES.found(f"the proxy makes no tunnel ({error})")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return WayProblem.CERTIFICATE_REFUSED.found(_of_certificate(error))
        case TimeoutError():
            return WayProblem.NO_ANSWER.found(f"no answer within {timeout:g} s")
        case OSError(strerror=str(reason)) if reason:
            return WayProblem.NOT_CONNECTED.found(f"no connection ({_words_of(error) or reason})")
    return WayProblem.NOT_CONNECTED.found(f"no connection ({type(error).__name__})")


def _of_certificate(error: BaseException) -> str:
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    words = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
    return f"its certificate is not trusted ({words or type(cause).__name__})"


def _words_of(error: OSError) -> str | None:
    """Return the system's words for an error, without the address that aiohttp adds."""
    cause = getattr(error, "os_error", error)
    return getattr(cause, "strerror", None)


def _ahead(date: str | None, now: float) -> float | None:
    """Return by how many seconds the header is ahead of *now*; it leaves out a second's fraction."""
    sent = read_http_date(date)
    return None if sent is None else sent + 0.5 - now
