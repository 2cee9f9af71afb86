"""Gateway socket: discord.py's, but a frame that can't be read costs that frame alone.

What breaks the session itself ends the connection instead, and the session is taken up again: a
compressed stream that can't be continued, a greeting or a READY that can't be read, and several
unreadable frames in a row.
"""

import asyncio
import logging

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure

from bot.discord.gateway_frames import FrameUnreadable, read_frame

log = logging.getLogger(__name__)

# So many frames in a row that can't be read are no accident of one frame.
_MOST_UNREADABLE = 3
# What the loop over frames is meant to see, and what a connection ends with.
_ENDINGS = (
    ReconnectWebSocket,
    WebSocketClosure,
    discord.ConnectionClosed,
    OSError,
    aiohttp.ClientError,
    TimeoutError,
)
_READY, _RESUMED = "READY", "RESUMED"


class GatewaySocket(DiscordWebSocket):
    """A connection to the gateway; frames come one at a time."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, *, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(socket, loop=loop)
        self.is_established = False  # whether Discord has said READY or RESUMED
        self._unreadable = 0  # frames in a row
        self._reported: set[tuple[str, str]] = set()

    async def received_message(self, msg: str | bytes, /) -> None:
        """Handle one frame, or leave it out.

        Raises:
            ReconnectWebSocket: The session can't go on by this connection.
        """
        try:
            text = self._decompressed(msg)
        except UnicodeDecodeError as error:
            await self._leave_out("a frame", error)
        except Exception as error:  # zlib's or zstandard's own: the stream can't be continued
            await self._give_up(error, resume=True)
        else:
            if text is not None:
                await self._handle(text)

    def _decompressed(self, msg: str | bytes) -> str | None:
        """Return the text of a frame, None until its last part has come."""
        return self._decompressor.decompress(msg) if isinstance(msg, bytes) else msg

    async def _handle(self, text: str) -> None:
        try:
            frame = read_frame(text)
        except FrameUnreadable as error:
            return await self._leave_out("a frame", error)
        self._unreadable = 0
        try:
            await super().received_message(frame.text)
        except _ENDINGS:
            raise
        except Exception as error:  # discord.py fails at an event in many ways
            await self._event_failed(frame.event, error)
        else:
            self.is_established = self.is_established or frame.event in {_READY, _RESUMED}
        return None

    async def _event_failed(self, event: str | None, error: Exception) -> None:
        if self._keep_alive is None or event == _READY:
            await self._give_up(error, resume=False)
        self._report(event or "a frame", error)

    async def _leave_out(self, what: str, error: Exception) -> None:
        """Leave out a frame that can't be read, but not one after the other."""
        self._unreadable += 1
        if self._keep_alive is None or self._unreadable >= _MOST_UNREADABLE:
            await self._give_up(error, resume=True)
        self._report(what, error)

    async def _give_up(self, error: Exception, *, resume: bool) -> None:
        log.warning("the gateway's stream can't be read (%s): connecting again", _describe(error))
        await self.close()
        raise ReconnectWebSocket(self.shard_id, resume=resume)

    def _report(self, what: str, error: Exception) -> None:
        """Log that something was left out, a kind of it once for each connection."""
        kind = (what, _describe(error))
        level = logging.DEBUG if kind in self._reported else logging.WARNING
        self._reported.add(kind)
        log.log(level, "left out %s of the gateway, which can't be read: %s", *kind)


def _describe(error: Exception) -> str:
    """Return what is wrong, without what a user has written."""
    if isinstance(error, FrameUnreadable | KeyError):
        return f"{type(error).__name__}: {error}"[:100]
    return type(error).__name__
