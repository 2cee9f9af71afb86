"""Checks of the way to the internet: certificates, proxy, and the clocks at both ends."""

import asyncio
import contextlib
import os

import yarl
from discord.http import Route

from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, not_checked, ok
from bot.doctor.problems import MachineProblem, SettingsProblem, WayProblem
from bot.monitoring.clock_check import TOLERANCE
from bot.outgoing import Proxy

_OTHER_PROXIES = ("HTTP_PROXY", "ALL_PROXY")
_LONGEST_LINE = 1024  # bytes
_TUNNEL = "200"


async def check_certificates(bench: Bench) -> Finding:
    """Say which authorities are trusted; `open_bench` has read them."""
    if bench.certificates is not None:
        return SettingsProblem.CERTIFICATES_WRONG.found(bench.certificates)
    own = bench.settings.ssl_cert_file or bench.settings.ssl_cert_dir
    return ok(f"those of {own}" if own else "the public ones")


async def check_proxy(bench: Bench) -> Finding:
    """Have the proxy make a tunnel to a server, and send nothing through it."""
    proxy = bench.outgoing.proxy
    if proxy is None:
        return _other_proxies({name.upper() for name, value in os.environ.items() if value})
    servers = (bench.settings.modelhunter_url, Route.BASE)
    server = next((url for url in map(yarl.URL, servers) if proxy.is_for(url)), None)
    if server is None:
        return ok(f"{proxy.url.host}, and NO_PROXY excepts both servers")
    try:
        async with asyncio.timeout(bench.answer_timeout):
            status = await _tunnel(proxy, f"{server.host}:{server.port}")
    except (OSError, TimeoutError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return WayProblem.PROXY_UNREACHABLE.found(f"{proxy.url.host}:{proxy.url.port}: {reason}")
    if status != _TUNNEL:
        return WayProblem.PROXY_REFUSES.found(
            f"{proxy.url.host} makes no tunnel to {server.host} (HTTP {status})"
        )
    return ok(f"{proxy.url.host} makes tunnels")


def _other_proxies(names: set[str]) -> Finding:
    """Return whether the environment names a proxy that the bot does not use. Pure."""
    found = [name for name in _OTHER_PROXIES if name in names]
    if found:
        return WayProblem.PROXY_UNUSED.found(
            f"the environment has {' and '.join(found)}, and HTTPS_PROXY is not set"
        )
    return ok("none")


async def _tunnel(proxy: Proxy, target: str) -> str:
    """Ask for a tunnel to *target* and return the status of the answer; raises ValueError."""
    reader, writer = await asyncio.open_connection(
        proxy.url.host, proxy.url.port, limit=_LONGEST_LINE
    )
    try:
        headers = {"Host": target, **(proxy.headers or {})}
        lines = [f"CONNECT {target} HTTP/1.1", *(f"{key}: {headers[key]}" for key in headers)]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        words = (await reader.readline()).decode("latin-1").split()
        if len(words) < 2 or not words[0].startswith("HTTP/"):
            raise ValueError("no HTTP")
        return words[1]
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def check_clock(bench: Bench) -> Finding:
    """Compare this machine's clock with those of the servers that have answered."""
    replies = {"Discord": bench.discord_reply.known, "ModelHunter": bench.api_reply.known}
    return clock_finding(
        {name: reply.ahead for name, reply in replies.items() if reply and reply.ahead is not None}
    )


def clock_finding(ahead: dict[str, float]) -> Finding:
    """Return what it means that each server's clock is so many seconds ahead of ours. Pure."""
    if not ahead:
        return not_checked("no server has said its time")
    off = {name: seconds for name, seconds in ahead.items() if abs(seconds) > TOLERANCE}
    if off:
        return MachineProblem.CLOCK_OFF.found(
            "; ".join(f"{_words(seconds)} {name}'s" for name, seconds in off.items())
        )
    return ok(f"as {' and '.join(ahead)} have it")


def _words(ahead: float) -> str:
    return f"{abs(ahead):.0f} s {'behind' if ahead > 0 else 'ahead of'}"
