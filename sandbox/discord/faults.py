"""The ways Discord's REST interface can fail, as a table that tests fill."""

import asyncio
import dataclasses
import fnmatch
from collections.abc import Callable, Mapping
from typing import Literal

from sandbox.discord.calls import Call

Moment = Literal["before", "after"]


class Hold:
    """A call that waits in the middle, until it is let go or the caller dies."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let the call, and those that follow, go on."""
        self._released.set()

    async def pass_through(self) -> None:
        """Say that the call has come, and wait."""
        self.reached.set()
        await self._released.wait()


def _any_call(_call: Call) -> bool:
    return True


@dataclasses.dataclass(slots=True, kw_only=True)
class Fault:
    """One row of the table; `times` and `skip` count down."""

    method: str
    path: str
    status: int | None = None
    code: int = 0
    message: str = "an injected fault"
    body: str | None = None  # instead of JSON: what a proxy in between would say
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    retry_after: float | None = None
    scope: Literal["user", "shared", "global"] = "user"
    cut: Moment | None = None  # cut the connection before or after the effect
    delay: float = 0.0  # seconds before the effect
    hold: Hold | None = None
    hold_at: Moment = "before"
    times: int | None = 1  # None: for ever
    skip: int = 0  # let so many calls pass first
    wanted: Callable[[Call], bool] = _any_call  # what else a call must be

    def matches(self, call: Call) -> bool:
        """Whether the row is about this call."""
        is_named = self.method in (call.method, "*") and fnmatch.fnmatchcase(call.path, self.path)
        return is_named and self.wanted(call)


class Faults:
    """The table: the first row that matches a call and isn't used up decides."""

    def __init__(self) -> None:
        self._rows: list[Fault] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        code: int = 0,
        message: str = "an injected fault",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        cut: Moment | None = None,
        delay: float = 0.0,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Make the next *times* calls that match (fnmatch on the path) fail, after *skip* others."""
        return self._insert(
            Fault(
                method=method,
                path=path,
                status=status,
                code=code,
                message=message,
                body=body,
                headers=headers or {},
                cut=cut,
                delay=delay,
                times=times,
                skip=skip,
            )
        )

    def limit(
        self,
        method: str,
        path: str,
        *,
        retry_after: float,
        scope: Literal["user", "shared", "global"] = "user",
        code: int = 0,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Answer 429 as Discord does, with *retry_after* in seconds and, if given, a JSON *code*."""
        return self._insert(
            Fault(
                method=method,
                path=path,
                status=429,
                code=code,
                message="You are being rate limited.",
                retry_after=retry_after,
                scope=scope,
                times=times,
                skip=skip,
            )
        )

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
        fault = Fault(method=method, path=path, hold=hold, hold_at=at, skip=skip, wanted=wanted)
        self._insert(fault)
        return hold

    def remove(self, fault: Fault) -> None:
        """Take a row out; one that is used up is gone already."""
        if fault in self._rows:
            self._rows.remove(fault)

    def clear(self) -> None:
        """Let everything work again, held calls too."""
        for fault in self._rows:
            if fault.hold is not None:
                fault.hold.release()
        self._rows.clear()

    def take(self, call: Call) -> Fault | None:
        """Return the row that decides this call, using it up by one."""
        for fault in self._rows:
            if not fault.matches(call):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._rows.remove(fault)
            return fault
        return None

    def _insert(self, fault: Fault) -> Fault:
        self._rows.append(fault)
        return fault
