"""Gateway state: which shards have a session with Discord, as the metrics show it."""

from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import TypeAlias

from bot.monitoring.metrics import Metrics

Listener: TypeAlias = Callable[[int], Coroutine[object, object, None]]

# What becomes of a session, and whether there is one after it.
_EVENTS = {"ready": True, "resumed": True, "disconnect": False}


class GatewayState:
    """Counter of what becomes of sessions, which knows which shards have one now."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._connected: set[int] = set()

    def connected(self, shards: Collection[int]) -> int:
        """Return how many of *shards* have a session."""
        return len(self._connected.intersection(shards))

    def listeners(self) -> Mapping[str, Listener]:
        """Return what is to be called with each event of discord.py, by its name."""
        return {f"on_shard_{event}": self._listener(event) for event in _EVENTS}

    def _listener(self, event: str) -> Listener:
        async def happened(shard_id: int) -> None:
            if _EVENTS[event]:
                self._connected.add(shard_id)
            else:
                self._connected.discard(shard_id)
            self._metrics.gateway_event(event)

        return happened
