"""Clocks: where the bot's time comes from, and the one place in which clocks are compared.

Three clocks meet in the bot: this machine's, Discord's and the API's. Each may be hours off, and this
machine's may be set at any moment, by its operator or by NTP. So none is taken for another:

- Intervals (due times, pauses, leases, the spacing of edits) are measured by `monotonic`, which no
  one can set.
- Times that are stored, and compared after a restart or by another process, come from `SteadyClock`:
  Unix seconds by Discord's clock, read once at the start and moved on by `monotonic`. So a job is as
  old for the next process as it was for the last one, whatever their machines' clocks show.
- The API's times are compared with the API's alone. Where only a time of ours is known, the task
  list is read from `LARGEST_OFFSET` before it.
- `Stopwatch` notices that the machine was suspended between a decision and what carries it out.
- `ServerClock` measures how far a server's clock is ahead of this machine's.
"""

import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

# Seconds by which any two of the clocks may differ. A TLS certificate is refused by a clock that is
# off by months; what is left are wrong time zones (12 hours at most) and seconds.
LARGEST_OFFSET = 12 * 60 * 60.0
# Seconds by which two measurements of one clock may differ: a header counts whole seconds, and a
# response may be slow.
_AGREEMENT = 10.0


def monotonic() -> float:
    """Return seconds since some moment, by a clock that can't be set.

    On Linux the time during which the machine was suspended counts, unlike in `time.monotonic`.
    """
    boottime: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class SteadyClock:
    """Clock in Unix seconds that is read from *wall* once, and then moves with *monotonic* alone."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._start = wall() - monotonic()

    def __call__(self) -> float:
        """Return the time."""
        return self._start + self._monotonic()

    def set(self, now: float) -> None:
        """Set the clock, before any time was read from it that matters."""
        self._start = now - self._monotonic()


class Stopwatch:
    """Seconds since it was started, by that of two clocks which has moved on the most.

    *clock* may stand still while the machine is suspended: `time.monotonic` does, and in a virtual
    machine the other ones do. Then the machine's own, *wall*, is set on waking. If that was set
    forward for another reason, too much is shown, so that a stopwatch is only asked whether it is
    too late for something that can be decided anew.
    """

    def __init__(
        self, clock: Callable[[], float], *, wall: Callable[[], float] = time.time
    ) -> None:
        self._starts = [(each, each()) for each in (clock, wall)]

    def __call__(self) -> float:
        """Return the seconds."""
        return max(clock() - start for clock, start in self._starts)


def surely_before(ours: float, *, seen: float, stamped: float) -> float:
    """Return a time of a server's clock that is before *ours*, a time of our clock.

    It is known from a moment that our clock showed as *seen* and the server's as *stamped*. All are
    Unix seconds.
    """
    return ours + min(0.0, stamped - seen)


class ServerClock:
    """A server's clock, as the `Date` headers of its responses show it."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = monotonic,
        report: Callable[[float], None],
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._report = report
        self._last: float | None = None  # the server's time when `monotonic` was 0
        self._agreed: float | None = None

    def read(self, date: str | None) -> None:
        """Measure by the `Date` of a response that has just arrived.

        One odd header proves nothing: what two in a row agree upon is reported.
        """
        sent = read_http_date(date)
        if sent is None:
            return
        sent += 0.5  # the header leaves out the fraction of its second
        start, last = sent - self._monotonic(), self._last
        self._last = start
        if last is not None and abs(start - last) <= _AGREEMENT:
            self._agreed = start
            self._report(sent - self._wall())

    def now(self) -> float | None:
        """Return the server's time in Unix seconds, None while it is not known."""
        return None if self._agreed is None else self._agreed + self._monotonic()


def read_http_date(value: str | None) -> float | None:
    """Return an HTTP date (RFC 9110, section 5.6.7) in Unix seconds, None if it makes no sense."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
