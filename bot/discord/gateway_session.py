"""Gateway session: the connection by which Discord sends events, kept up until the bot is closed.

discord.py's own loop ends the program when the first connection fails, or when a connection ends by
an error that it did not expect. This one ends only with the close codes after which no connection
can succeed (Discord docs: Opcodes and Status Codes, Gateway Close Event Codes). A session is resumed,
so that no event is lost, unless that has failed twice in a row: a new one is limited to 1,000 a day
(Discord docs: Gateway, Session Start Limit), so short sessions are followed by growing pauses.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import discord
from discord.gateway import ReconnectWebSocket

from bot.discord.gateway_socket import GatewaySocket
from bot.discord.resumption import Resumption

log = logging.getLogger(__name__)

FINAL_CLOSE_CODES = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
_DISALLOWED_INTENTS = 4014
# Close codes that end a session, so that it can't be resumed.
_SESSION_ENDED = frozenset({4003, 4007, 4009})
# Seconds.
_CONNECT_TIMEOUT = 60.0
_LONG_ENOUGH = 60.0
# Between two attempts; and between two sessions, of which a day has 1,000 at most.
_LONGEST_PAUSE = 60.0
_LONGEST_SESSION_PAUSE = 300.0
_ATTEMPTS_IN_A_ROW = 2
# With the first Discord ends the session, with the second it can be resumed (Discord docs: Gateway,
# Initiating a Disconnect).
_CLOSE, _LEAVE = 1000, 4000


async def _at_once() -> None:
    """Wait for nothing."""


class GatewaySession:
    """Loop over connections to the gateway."""

    def __init__(
        self,
        client: discord.Client,
        *,
        clock: Callable[[], float],
        shard: int | None = None,
        resumption: Resumption | None = None,
        before_new: Callable[[], Awaitable[None]] = _at_once,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """*resumption* is that of a session of this shard which another process has left."""
        self._client = client
        self._clock = clock
        self._shard = shard
        self._before_new = before_new  # waits until a new session may be started
        self._sleep = sleep
        self._is_first = True
        self._socket: GatewaySocket | None = None  # of the present attempt, once it is open
        self._resumption = resumption
        self._failures = 0  # attempts in a row that came to no session, or to a short one

    @property
    def resumption(self) -> Resumption | None:
        """What the session is resumed by as it is now, None if there is none."""
        socket = self._socket
        if socket is None or socket.session_id is None or not socket.is_established:
            return self._resumption
        return _resumption_of(socket)

    async def close(self, *, is_left: bool) -> None:
        """Close the connection; a session that *is_left* can be resumed by another process."""
        if self._socket is not None:
            with contextlib.suppress(Exception):
                await self._socket.close(code=_LEAVE if is_left else _CLOSE)

    async def run(self) -> None:
        """Keep the session until the client is closed.

        Raises:
            discord.ConnectionClosed: With a close code that is final.
        """
        while not self._client.is_closed():
            if self._resumption is None:
                await self._before_new()
            began = self._clock()
            try:
                await self._connect_and_read()
            except ReconnectWebSocket as error:
                self._ended(began, resume=error.resume)
            except discord.ConnectionClosed as error:
                if error.code in FINAL_CLOSE_CODES:
                    await self._close_for_good(error)
                self._ended(began, resume=True)
            except Exception as error:
                await self._abandon(error)
                self._ended(began, resume=True)
            if not self._client.is_closed():
                self._client.dispatch("disconnect")
                self._client.dispatch("shard_disconnect", self._shard or 0)
                await self._pause()

    async def _connect_and_read(self) -> None:
        client, resumption = self._client, self._resumption
        self._socket = None
        client.ws = self._socket = await asyncio.wait_for(
            GatewaySocket.from_client(
                client,
                initial=self._is_first,
                shard_id=client.shard_id if self._shard is None else self._shard,
                resume=resumption is not None,
                session=resumption.session if resumption else None,
                sequence=resumption.sequence if resumption else None,
                gateway=resumption.url if resumption else None,
            ),
            timeout=_CONNECT_TIMEOUT,
        )
        self._is_first = False
        while True:
            await self._socket.poll_event()

    async def _abandon(self, error: Exception) -> None:
        """Close a connection that ended by an error of any kind, so that its heartbeat ends too."""
        if not self._client.is_closed():
            log.warning("the connection to the gateway failed: %s", type(error).__name__)
        if self._socket is not None:
            with contextlib.suppress(Exception):
                await self._socket.close()

    def _ended(self, began: float, *, resume: bool) -> None:
        """Decide whether the session is resumed, and count what did not last."""
        socket, resumption = self._socket, self._resumption
        established = socket is not None and socket.is_established
        lasted = established and self._clock() - began >= _LONG_ENOUGH
        self._failures = 0 if lasted else self._failures + 1
        is_hopeless = not established and self._failures > _ATTEMPTS_IN_A_ROW
        if socket is None:
            if resumption is not None and is_hopeless:
                self._resumption = resumption.model_copy(update={"gateway": None})
        elif (
            not resume
            or is_hopeless
            or socket.session_id is None
            or socket.socket.close_code in _SESSION_ENDED
        ):
            self._resumption = None
        else:
            self._resumption = _resumption_of(socket)

    async def _pause(self) -> None:
        if pause := pause_after(self._failures, was_open=self._socket is not None):
            log.info("connecting to the gateway again in %d s", pause)
            await self._sleep(pause)

    async def _close_for_good(self, error: discord.ConnectionClosed) -> None:
        await self._client.close()
        if error.code == _DISALLOWED_INTENTS:
            raise discord.PrivilegedIntentsRequired(error.shard_id) from None
        raise error


def _resumption_of(socket: GatewaySocket) -> Resumption:
    gateway = None if socket.gateway is None else str(socket.gateway)
    return Resumption(session=socket.session_id, sequence=socket.sequence, gateway=gateway)


def pause_after(failures: int, *, was_open: bool) -> float:
    """Return the seconds until the next attempt after *failures* in a row. Pure."""
    if failures <= 1:
        return 0.0
    longest = _LONGEST_SESSION_PAUSE if was_open else _LONGEST_PAUSE
    return min(longest, 2.0 ** min(failures - 2, 10))
