"""Script of a task: its statuses over time, its result and its price. Pure."""

import dataclasses
from decimal import Decimal
from typing import Self

_WITH_RESULT = frozenset({"succeeded", "completed"})
_FINAL = _WITH_RESULT | {"failed", "cancelled", "expired"}


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A status that begins *after* seconds from the task's creation.

    The status is free text, so that words which are not documented can be tried.
    """

    after: float
    status: str
    progress: float | None = None  # percent


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed, in the API's words."""

    message: str
    code: str = "PROVIDER_ERROR"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a task makes; fields that are None follow from the task's input."""

    count: int = 1
    size: int | None = None  # bytes to which smaller files are padded
    duration: float | None = None  # seconds
    format: str | None = None  # "mp4", "png", "jpg", "webp", "mp3" or "wav"
    missing: bool = False  # the task has a URL, but its file does not exist


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The state of a task at one moment; times are seconds after its creation."""

    status: str
    progress: float | None = None
    started_after: float | None = None
    finished_after: float | None = None

    @property
    def is_final(self) -> bool:
        """Whether the task has ended."""
        return self.status in _FINAL

    @property
    def has_result(self) -> bool:
        """Whether the task has something to show."""
        return self.status in _WITH_RESULT


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything that will happen to a task, unless it is cancelled.

    Raises:
        ValueError: There is no step at 0 seconds, or the steps are not in order of time.
    """

    steps: tuple[Step, ...]
    result: Result | None = Result()  # None: it succeeds and shows no result at all
    error: Failure | None = None
    cost: Decimal | None = None  # US dollars, shown once the task has ended
    cancelled_cost: Decimal | None = None  # what it costs although it is cancelled
    cancellable: bool = True  # False: a DELETE is answered by 409
    cancel_seconds: float = 0.0  # from the answer to a DELETE until it is carried out
    running_cost: Decimal | None = None  # what is shown as its cost while it goes on
    expired_answers: int = 0  # so many GETs of the finished task are answered `expired`
    detailed: bool = True  # False: only the list has progress and cost
    echoes_metadata: bool = True

    def __post_init__(self) -> None:
        times = [step.after for step in self.steps]
        if not times or times[0] != 0:
            raise ValueError("a script begins with a step at 0 seconds")
        if times != sorted(times):
            raise ValueError("the steps of a script are in order of time")

    @property
    def ends_after(self) -> float | None:
        """Seconds from the creation to the end, None if it has none."""
        return _first(list(self.steps), _FINAL)

    def status_at(self, elapsed: float) -> str:
        """Return the status *elapsed* seconds after the creation of a task."""
        for step in reversed(self.steps):
            if step.after <= elapsed:
                return step.status
        return self.steps[0].status

    def at(self, elapsed: float) -> Moment:
        """Return the state of a task *elapsed* seconds after its creation."""
        reached = [step for step in self.steps if step.after <= elapsed] or [self.steps[0]]
        last = reached[-1]
        return Moment(
            status=last.status,
            progress=last.progress,
            started_after=_first(reached, frozenset({"running", "processing"})),
            finished_after=_first(reached, _FINAL),
        )

    def cancelled(self, elapsed: float) -> Moment:
        """Return the state of a task that was cancelled *elapsed* seconds after its creation."""
        return dataclasses.replace(self.at(elapsed), status="cancelled", finished_after=elapsed)

    @classmethod
    def quick(cls, seconds: float = 0.0) -> Self:
        """Return a script that succeeds after *seconds* with a small result."""
        return cls(
            steps=(*_steps_until(seconds), Step(seconds, "succeeded", 100)),
            result=Result(duration=1.0),
            cost=Decimal("0.04"),
        )

    @classmethod
    def failing(cls, message: str, *, code: str = "PROVIDER_ERROR", seconds: float = 0.0) -> Self:
        """Return a script that fails after *seconds* and costs nothing."""
        return cls(
            steps=(*_steps_until(seconds), Step(seconds, "failed")),
            result=None,
            error=Failure(message, code),
        )

    @classmethod
    def too_big(cls, size: int, *, seconds: float = 0.0) -> Self:
        """Return a script whose result has *size* bytes."""
        return dataclasses.replace(cls.quick(seconds), result=Result(duration=1.0, size=size))

    @classmethod
    def endless(cls) -> Self:
        """Return a script that stays at 50 percent until it is cancelled."""
        return cls(
            steps=(Step(0, "pending"), Step(1, "queued"), Step(2, "running", 50)),
            cost=Decimal("0.04"),
        )

    @classmethod
    def expiring(cls, answers: int = 1, *, seconds: float = 0.0) -> Self:
        """Return a script whose result says `expired` to the first *answers* GETs."""
        return dataclasses.replace(cls.quick(seconds), expired_answers=answers)


def _steps_until(seconds: float) -> tuple[Step, ...]:
    """Return the steps of a task that will end after *seconds*."""
    return (Step(0, "pending"), Step(seconds / 4, "queued"), Step(seconds / 2, "running", 50))


def _first(reached: list[Step], statuses: frozenset[str]) -> float | None:
    return next((step.after for step in reached if step.status in statuses), None)
