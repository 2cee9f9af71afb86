"""The ways in which the simulated Discord's REST interface can fail, as a table that tests fill."""

import asyncio
import dataclasses
from collections.abc import Callable, Mapping
from typing import Literal, TypedDict, Unpack

from sandbox.discord.calls import Call
from sandbox.fault_table import Fault, FaultTable

Moment = Literal["before", "after"]
Scope = Literal["user", "shared", "global"]  # of a rate limit (Discord docs: Rate Limits)


class Hold:
    """A call that waits before or after its effect until it is released or its caller is gone."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let the call, and those that follow, go on."""
        self._released.set()

    async def pass_through(self) -> None:
        """Report that the call has come, and wait."""
        self.reached.set()
        await self._released.wait()


def _any_call(_call: Call) -> bool:
    return True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DiscordFaultEffect:
    """What a fault does to one call; without a status, a cut or a hold it is only late."""

    status: int | None = None
    code: int = 0  # Discord's JSON error code
    message: str = "an injected fault"
    body: str | None = None  # instead of JSON: the page of a proxy in between
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    retry_after: float | None = None  # seconds
    scope: Scope = "user"
    cut: Moment | None = None  # cut the connection before or after the effect
    delay: float = 0.0  # seconds before the effect
    hold: Hold | None = None
    hold_at: Moment = "before"
    wanted: Callable[[Call], bool] = _any_call  # what a call must be beside method and path


class DiscordFaultOptions(TypedDict, total=False):
    """The fields of `DiscordFaultEffect` that make a call fail, as keywords."""

    status: int | None
    code: int
    message: str
    body: str | None
    headers: Mapping[str, str]
    cut: Moment | None
    delay: float


class DiscordFaults(FaultTable[DiscordFaultEffect]):
    """The faults of one simulated Discord."""

    def add(
        self,
        method: str,
        path: str,
        *,
        times: int | None = 1,
        skip: int = 0,
        **options: Unpack[DiscordFaultOptions],
    ) -> Fault[DiscordFaultEffect]:
        """Make the next *times* calls that match fail, after *skip* others.

        The path is a pattern for what follows `/api/v10`. The other options are fields of
        `DiscordFaultEffect`.
        """
        return self.insert(method, path, DiscordFaultEffect(**options), times=times, skip=skip)

    def limit(
        self,
        method: str,
        path: str,
        *,
        retry_after: float,
        scope: Scope = "user",
        code: int = 0,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault[DiscordFaultEffect]:
        """Answer 429 as Discord does, with *retry_after* in seconds and, if given, a JSON *code*."""
        effect = DiscordFaultEffect(
            status=429,
            code=code,
            message="You are being rate limited.",
            retry_after=retry_after,
            scope=scope,
        )
        return self.insert(method, path, effect, times=times, skip=skip)

    def hold(
        self,
        method: str,
        path: str,
        *,
        at: Moment = "before",
        skip: int = 0,
        wanted: Callable[[Call], bool] = _any_call,
    ) -> Hold:
        """Stop the next matching call before or after its effect, until it is released."""
        hold = Hold()
        effect = DiscordFaultEffect(hold=hold, hold_at=at, wanted=wanted)
        self.insert(method, path, effect, skip=skip)
        return hold

    def take(self, call: Call) -> DiscordFaultEffect | None:
        """Return the effect on this call, if any, and count it."""
        return self.strike(call.method, call.path, lambda effect: effect.wanted(call))
