"""What goes wrong on purpose, and on which calls."""

import dataclasses
import fnmatch
from collections.abc import Mapping
from typing import Literal

Cut = Literal["before", "middle", "after"]
Body = Literal["html", "truncated", "huge", "wrong-type"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What happens to one call.

    Without a status or a body the genuine answer is given (late, or with more headers). With one
    of them the call has no effect, unless *effect* says that it has.
    """

    status: int | None = None
    code: str = "INTERNAL_ERROR"  # of the envelope that comes with the status
    message: str = "Something went wrong"
    body: Body | bytes | None = None  # instead of an envelope
    content_type: str = "application/json"  # of a body in bytes
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    delay: float = 0.0  # seconds between the effect and the answer
    cut: Cut | None = None  # connection lost before the effect, amid the answer, or instead of it
    effect: bool = False

    @property
    def reaches_the_api(self) -> bool:
        """Whether the call has its effect all the same."""
        if self.cut is not None:
            return self.cut != "before"
        return self.effect or (self.status is None and self.body is None)


class Fault:
    """A trouble, the calls that it hits, and how many it has hit."""

    def __init__(
        self, method: str, path: str, trouble: Trouble, *, times: int | None, skip: int
    ) -> None:
        self.method = method
        self.path = path
        self.trouble = trouble
        self.times = times
        self.skip = skip
        self.calls = 0  # that it matched, skipped ones included
        self.injected = 0

    def __repr__(self) -> str:
        return f"<Fault {self.method} {self.path} injected={self.injected} of {self.times}>"

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault is about such calls; `*` stands for any method or any text."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)

    def strike(self) -> bool:
        """Count a matching call and say whether the fault hits it."""
        self.calls += 1
        if self.calls <= self.skip or (self.times is not None and self.injected >= self.times):
            return False
        self.injected += 1
        return True


class FaultTable:
    """Faults in the order they were added; the first that hits a call is the only one."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    @property
    def injected(self) -> int:
        """How many calls were hit by all faults together, removed ones not counted."""
        return sum(fault.injected for fault in self.faults)

    def add(
        self,
        method: str,
        path: str,
        *,
        times: int | None = 1,
        skip: int = 0,
        status: int | None = None,
        code: str = "INTERNAL_ERROR",
        message: str = "Something went wrong",
        body: Body | bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        cut: Cut | None = None,
        effect: bool = False,
    ) -> Fault:
        """Let calls go wrong: *times* of them (None: all) after the first *skip*.

        The path stands below `/api/v1` (`/tasks/*`, `/*/text-to-video`, `/balance`); files are
        `/results/*`. The rest says what happens and is explained at `Trouble`.
        """
        trouble = Trouble(
            status=status,
            code=code,
            message=message,
            body=body,
            content_type=content_type,
            headers=headers or {},
            delay=delay,
            cut=cut,
            effect=effect,
        )
        fault = Fault(method, path, trouble, times=times, skip=skip)
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget every fault."""
        self.faults.clear()

    def strike(self, method: str, path: str) -> Trouble | None:
        """Return the trouble that this call gets into, if any, and count it."""
        for fault in self.faults:
            if fault.matches(method, path) and fault.strike():
                return fault.trouble
        return None
