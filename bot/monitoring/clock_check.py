"""Clock check: reports a machine whose clock is far from that of a server.

No job depends on it (`bot.clock` explains why), but what else runs there may, and the times on cards
and in logs are read by users who compare them.
"""

import logging

from bot.monitoring.health import Health

log = logging.getLogger(__name__)

# Seconds by which two clocks may differ without a report.
TOLERANCE = 30.0
_MINUTE = 60
_HOUR = 60 * _MINUTE


class ClockCheck:
    """Check of this machine's clock against that of one *server*."""

    def __init__(self, health: Health, server: str) -> None:
        self._health = health
        self._server = server
        self._name = f"clock of {server}"

    def report(self, ahead: float) -> None:
        """Report that the server's clock is so many seconds *ahead*, once until that is over."""
        if abs(ahead) <= TOLERANCE:
            self._health.clear(self._name)
            return
        sentence = (
            f"This machine's clock is {_words(abs(ahead))} {'behind' if ahead > 0 else 'ahead of'} "
            f"{self._server}'s: have it set by NTP."
        )
        if self._health.problem(self._name) is None:
            log.warning("%s", sentence)
        self._health.report(self._name, sentence)


def _words(seconds: float) -> str:
    """Return "45 s", "12 min" or "2 h 5 min"."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    hours, rest = divmod(round(seconds / _MINUTE) * _MINUTE, _HOUR)
    minutes = f"{rest // _MINUTE} min"
    return f"{hours} h {minutes}" if hours else minutes
