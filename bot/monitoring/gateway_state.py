"""Gateway state: whether the bot has a session with Discord, as the metrics show it."""

from collections.abc import Callable, Coroutine, Mapping
from typing import TypeAlias

from bot.monitoring.metrics import Metrics

Listener: TypeAlias = Callable[[], Coroutine[object, object, None]]

# The events of discord.py that a connection has, and whether there is a session after each.
_EVENTS = {"ready": True, "resumed": True, "disconnect": False}


class GatewayState:
    """Counter of what becomes of connections, which knows whether there is a session now."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.is_connected = False

    def listeners(self) -> Mapping[str, Listener]:
        """Return what is to be called with each event of discord.py, by its name."""
        return {f"on_{event}": self._listener(event) for event in _EVENTS}

    def _listener(self, event: str) -> Listener:
        async def happened() -> None:
            self.is_connected = _EVENTS[event]
            self._metrics.gateway_event(event)

        return happened
