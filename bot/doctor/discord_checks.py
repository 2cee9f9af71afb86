"""Checks of Discord's side: reachable, token."""

from collections.abc import Awaitable, Callable

import aiohttp
import discord

from bot.discord.messages.discord_errors import MALFORMED_RESPONSE, ban_seconds
from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, ok
from bot.doctor.problems import DiscordProblem, WayProblem
from bot.doctor.reach import Unreachable, explain


async def check_reach(bench: Bench) -> Finding:
    """Ask for the gateway's address, which needs no token."""
    try:
        reply = await bench.discord_reply()
    except Unreachable as error:
        return error.finding
    if reply.status == 429:
        return DiscordProblem.ADDRESS_BLOCKED.found(
            "HTTP 429: it takes nothing from this address now"
        )
    if reply.status >= 500:
        return WayProblem.AWAY.found(f"HTTP {reply.status}")
    if reply.status != 200 or not reply.is_json:
        return WayProblem.WRONG_SERVER.found(f"what answers is not Discord (HTTP {reply.status})")
    return ok(f"it answers after {reply.seconds * 1000:.0f} ms")


async def check_cdn(bench: Bench) -> Finding:
    """Ask where members' files are for nothing: an answer of any kind shows that the way is open."""
    try:
        reply = await bench.cdn_reply()
    except Unreachable as error:
        return error.finding
    if reply.status >= 500:
        return WayProblem.AWAY.found(f"HTTP {reply.status}")
    return ok(f"it answers after {reply.seconds * 1000:.0f} ms")


async def check_token(bench: Bench) -> Finding:
    """Ask who the bot is, by its token."""
    try:
        user = await bench.user()
    except discord.LoginFailure:
        return DiscordProblem.TOKEN_REFUSED.found("Discord refuses it (401)")
    return ok(f"it is that of {user.get('username')} ({user.get('id')})")


def of_discord(
    look: Callable[[Bench], Awaitable[Finding]],
) -> Callable[[Bench], Awaitable[Finding]]:
    """Return the check with a refusal of Discord, a lost connection or an odd answer as its finding."""

    async def look_or_explain(bench: Bench) -> Finding:
        try:
            return await look(bench)
        except discord.HTTPException as error:
            return refused(error)
        except discord.RateLimited as error:
            return DiscordProblem.ADDRESS_BLOCKED.found(
                f"it asks to wait {error.retry_after:.0f} s"
            )
        except (aiohttp.ClientError, OSError) as error:
            return explain(error)
        except (discord.InvalidData, *MALFORMED_RESPONSE) as error:
            return WayProblem.WRONG_SERVER.found(
                f"Discord's answer makes no sense ({type(error).__name__})"
            )

    return look_or_explain


def refused(error: discord.HTTPException) -> Finding:
    """Return what a refusal means that is none of the check's own. Pure."""
    if ban_seconds(error) is not None or error.status == 429:
        return DiscordProblem.ADDRESS_BLOCKED.found(f"HTTP {error.status}, code {error.code}")
    if error.status >= 500:
        return WayProblem.AWAY.found(f"HTTP {error.status}")
    return DiscordProblem.DISCORD_REFUSES.found(f"HTTP {error.status}, code {error.code}")
