"""Breaker: stops sending creates while their outcomes are unknown. Pure.

A create whose outcome is unknown holds its upper price until its task is found or ruled out, so an
API that answers each of them with the page of a broken proxy would hold the whole budget within
minutes. There is one breaker for each route, and one for all of them together.

closed      creates are sent; the second unknown outcome in a row opens the breaker, and one is
            enough while the balance can't be read
open        no create is sent
half-open   one create at a time is sent, as a trial: a known outcome closes the breaker, an unknown
            one opens it for twice as long

A known outcome is an answer in the API's own envelope, whatever it says. An open breaker is made
half-open by the probe, a readable answer to another call, once its pause is over: 30 s at first,
an hour at most. Where nothing was readable while it was open, a readable answer is reason enough to
close it the first time, and a readable one proves nothing about creates where reading always worked.
"""

import dataclasses

# Seconds. A trial that has had no outcome for so long makes room for another one.
_TRIAL_LASTS = 60.0
_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 60 * 60.0
OPENS_AT = 2  # unknown outcomes in a row


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """State of one breaker; times are in seconds."""

    unknown: int = 0  # outcomes since the last known one
    openings: int = 0  # likewise
    opened_at: float | None = None  # None: closed
    was_unreadable: bool = False  # no other call could be read either, when or while it was open
    is_half_open: bool = False
    trial_at: float | None = None  # when the trial that is under way was sent

    def refuses(self, now: float) -> bool:
        """Return whether no create is to be sent now."""
        if self.opened_at is None:
            return False
        is_tried = self.trial_at is not None and now - self.trial_at < _TRIAL_LASTS
        return is_tried or not self.is_half_open

    @property
    def pause(self) -> float:
        """Seconds from the opening until a probe counts."""
        if self.was_unreadable and self.openings == 1:
            return 0.0
        return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self.openings - 1, 10))


CLOSED = Breaker()


def after_unknown(
    breaker: Breaker, now: float, *, is_unreadable: bool, opens_at: int | None = OPENS_AT
) -> Breaker:
    """Return *breaker* after an unknown outcome.

    It opens at *opens_at* of them in a row, never for None; *is_unreadable*: no other call can be
    read either.
    """
    counted = dataclasses.replace(breaker, unknown=breaker.unknown + 1)
    if breaker.opened_at is not None and not breaker.is_half_open:
        return counted  # sent before it was opened
    if opens_at is None:
        return dataclasses.replace(counted, trial_at=None)
    if counted.unknown < opens_at:
        return counted
    return opened(counted, now, is_unreadable=is_unreadable)


def opened(breaker: Breaker, now: float, *, is_unreadable: bool) -> Breaker:
    """Return *breaker* opened now."""
    return Breaker(
        unknown=breaker.unknown,
        openings=breaker.openings + 1,
        opened_at=now,
        was_unreadable=is_unreadable,
    )


def after_probe(breaker: Breaker, now: float, *, is_readable: bool) -> Breaker:
    """Return *breaker* after an answer to another call than a create."""
    if breaker.opened_at is None or breaker.is_half_open:
        return breaker
    if not is_readable:
        return dataclasses.replace(breaker, was_unreadable=True)
    if now - breaker.opened_at < breaker.pause:
        return breaker
    if breaker.was_unreadable and breaker.openings == 1:
        # Closed, and the next unknown outcome opens it again.
        return Breaker(unknown=breaker.unknown, openings=1)
    return dataclasses.replace(breaker, is_half_open=True)


def after_sending(breaker: Breaker, now: float) -> Breaker:
    """Return *breaker* when a create is about to be sent: the trial, if it is half-open."""
    return dataclasses.replace(breaker, trial_at=now) if breaker.is_half_open else breaker
