"""Check of Discord's gateway: it greets, and allows more sessions to be started."""

import asyncio
import math

import aiohttp

from bot.discord.session_starts import StartLimits, read_count
from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, ok
from bot.doctor.problems import DiscordProblem
from bot.doctor.reach import explain

_HELLO = 10  # Discord docs: Gateway Opcodes


async def check_gateway(bench: Bench) -> Finding:
    """Connect, read the greeting and leave; no session is begun, as nothing is sent."""
    answer = await bench.gateway()
    try:
        is_greeted = await _is_greeted(bench, str(answer.get("url")))
    except (aiohttp.ClientError, OSError, ValueError, TypeError, TimeoutError) as error:
        reason = explain(error, bench.answer_timeout).seen
        return DiscordProblem.GATEWAY_CLOSED.found(
            f"REST answers, but the gateway does not: {reason}"
        )
    if not is_greeted:
        return DiscordProblem.GATEWAY_CLOSED.found("REST answers, but the gateway does not greet")
    return starts_finding(answer.get("session_start_limit"))


def starts_finding(answer: object) -> Finding:
    """Return what Discord's count of session starts means. Pure."""
    count = read_count(answer)
    if count is None:
        return ok("it greets; how many sessions may be started is not said")
    if count.remaining <= StartLimits().kept:
        return DiscordProblem.STARTS_SPENT.found(
            f"{count.remaining} more sessions may be started, until {math.ceil(count.reset_after / 60)} min from now"
        )
    return ok(f"it greets, and {count.remaining} more sessions may be started today")


async def _is_greeted(bench: Bench, url: str) -> bool:
    async with (
        asyncio.timeout(bench.answer_timeout),
        aiohttp.ClientSession(
            connector=bench.outgoing.connector(), cookie_jar=aiohttp.DummyCookieJar()
        ) as session,
        session.ws_connect(f"{url}?v=10&encoding=json") as socket,
    ):
        greeting = await socket.receive_json()
        return isinstance(greeting, dict) and greeting.get("op") == _HELLO
