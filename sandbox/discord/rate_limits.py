"""Rate limits: Discord's global one and that of a channel's messages, where they are enforced.

Discord counts 50 calls a second by all processes with the bot's token (Discord docs: Rate Limits, Global
Rate Limit), and does not publish how many messages a channel takes; observed are five in five seconds.
What an interaction's token pays for is not counted.
"""

import dataclasses
import re
from collections import defaultdict, deque

from sandbox.discord.calls import Call
from sandbox.discord.faults import Scope

GLOBAL, OF_CHANNEL = 50, 5
_SECOND, _WINDOW = 1.0, 5.0  # seconds
_MESSAGES = re.compile(r"/channels/(\d+)/messages(?:/\d+)?")


@dataclasses.dataclass(frozen=True, slots=True)
class Excess:
    """A call that is one too many."""

    retry_after: float  # seconds
    scope: Scope


class RateLimits:
    """Counts of the bot's calls; nothing is refused until `is_enforced`."""

    def __init__(self) -> None:
        self.is_enforced = False
        self.refused = 0
        self._calls: deque[float] = deque()
        self._messages: defaultdict[str, deque[float]] = defaultdict(deque)

    def excess(self, call: Call) -> Excess | None:
        """Count a call; return why it is refused, None if it is not."""
        if not self.is_enforced or not call.with_bot_token:
            return None
        found = _over(self._calls, call.time, GLOBAL, _SECOND, "global")
        channel = _MESSAGES.fullmatch(call.path)
        if found is None and channel is not None and call.method in {"POST", "PATCH"}:
            found = _over(self._messages[channel[1]], call.time, OF_CHANNEL, _WINDOW, "user")
        self.refused += found is not None
        return found


def _over(times: deque[float], now: float, most: int, window: float, scope: Scope) -> Excess | None:
    while times and now - times[0] >= window:
        times.popleft()
    if len(times) >= most:
        return Excess(times[0] + window - now, scope)
    times.append(now)
    return None
