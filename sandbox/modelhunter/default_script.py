"""Default script of a task, and the queue of scripts that come before it."""

import random
from collections import deque
from collections.abc import Callable, Iterator
from decimal import ROUND_UP, Decimal
from functools import partial

from sandbox.modelhunter.endpoints import Kind, PriceUnit
from sandbox.modelhunter.records import NewTask
from sandbox.modelhunter.script import Script, Step

_QUEUED_AFTER = 1.0
_RUNNING_AFTER = 2.0
_SECONDS = {Kind.VIDEO: 8.0, Kind.IMAGE: 4.0, Kind.SPEECH: 3.0}
_PROGRESS_EVERY = 0.5  # seconds
_DEFAULT_DURATION = 5.0  # seconds that are billed when the input names none


class Scripts:
    """Chooses the script of each new task: queued ones first, then what `choose` returns."""

    def __init__(self, randomness: random.Random) -> None:
        self.choose: Callable[[NewTask], Script] = partial(default_script, randomness=randomness)
        self._queue: deque[Script] = deque()

    def next(self, *scripts: Script) -> None:
        """Queue *scripts* for the next tasks that are created, one for each."""
        self._queue.extend(scripts)

    def peek(self, request: NewTask) -> Script:
        """Return the script that *request* gets if it becomes a task."""
        return self._queue[0] if self._queue else self.choose(request)

    def used(self, script: Script) -> None:
        """Take *script* off the queue, if it came from there."""
        if self._queue and self._queue[0] is script:
            self._queue.popleft()


def default_script(request: NewTask, randomness: random.Random) -> Script:
    """Return a script with the usual statuses, rising progress and a plausible price."""
    end = _SECONDS[request.kind] * randomness.uniform(0.95, 1.05)
    return Script(
        steps=(
            Step(0, "pending"),
            Step(_QUEUED_AFTER, "queued"),
            *_running(_RUNNING_AFTER, end),
            Step(end, "succeeded", 100),
        ),
        cost=plausible_cost(request),
    )


def plausible_cost(request: NewTask) -> Decimal:
    """Return what *request* costs in US dollars, rounded up to a hundredth of a cent."""
    match request.price.unit:
        case PriceUnit.SECOND:
            units = Decimal(str(_billed_seconds(request)))
        case PriceUnit.THOUSAND_CHARACTERS:
            units = Decimal(max(1, len(request.text))) / 1000
        case PriceUnit.REQUEST:
            units = Decimal(1)
    return (request.price.amount * units).quantize(Decimal("0.0001"), ROUND_UP)


def _billed_seconds(request: NewTask) -> float:
    """Return the duration that was asked for; an input that is no number counts as none."""
    duration = request.input.get("duration")
    if not isinstance(duration, int | float | str):
        return _DEFAULT_DURATION
    try:
        return float(duration)
    except ValueError:
        return _DEFAULT_DURATION


def _running(start: float, end: float) -> Iterator[Step]:
    """Yield steps from *start* until just before *end*, with progress from 5 to 95 percent."""
    count = max(2, int((end - start) / _PROGRESS_EVERY))
    for number in range(count):
        yield Step(
            start + number * (end - start) / count,
            "running",
            round(5 + 90 * number / (count - 1)),
        )
