"""Transcoder: the parent's side of transcoding, one confined child process for each file.

How the child is confined, and why, is said in `bot.media.transcoding`.
"""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Hashable
from pathlib import Path

from bot.lanes import Lane
from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.media_type import HEAD, detect_media_type

# `child.REFUSED`; importing it would load libav into the bot's process.
_REFUSED = 3
_LONGEST_REASON = 200  # bytes
_BLOCK = 4096  # bytes
# A minute of 1080p takes some twenty seconds of processor time, the largest image the same.
TIMEOUT = 300.0  # seconds
# Two seconds of 2160p and the largest image take 1.2 GB of address space, 0.7 GB of it real.
MEMORY = 1536 * 1024 * 1024  # bytes
AT_ONCE = 2


class Transcoder:
    """Transcodes files, at most *at_once* at a time, each within *timeout* and *memory*."""

    def __init__(
        self, *, timeout: float = TIMEOUT, memory: int = MEMORY, at_once: int = AT_ONCE
    ) -> None:
        self._timeout = timeout
        self._memory = memory
        self._slots = Lane(at_once, reserve=0)

    async def transcode(
        self, file: DownloadedFile, *, limit: int, sharer: Hashable = None
    ) -> DownloadedFile:
        """Return *file* as one of less than *limit* bytes, in the same folder.

        Files of different sharers take turns; the *sharer* is who asked for it. A file that fits is returned as it is. After an error nothing is left in the folder.

        Raises:
            CannotTranscode: It can't be made small enough; the text gives the reason.
        """
        if file.size < limit:
            return file
        target = file.path.with_name(f"{file.path.stem}-fitted")
        try:
            async with self._slots.place(sharer):
                await self._transcode(file, target, limit)
            return await asyncio.to_thread(_checked, target, limit)
        finally:
            target.unlink(missing_ok=True)

    async def _transcode(self, file: DownloadedFile, target: Path, limit: int) -> None:
        try:
            async with asyncio.timeout(self._timeout), self._child(file, target, limit) as child:
                output = await _read_output(child)
                code = await child.wait()
        except TimeoutError:
            raise CannotTranscode(f"it takes longer than {self._timeout:.0f} s") from None
        if code != 0:
            raise CannotTranscode(output if code == _REFUSED and output else _reason(code))

    @contextlib.asynccontextmanager
    async def _child(
        self, file: DownloadedFile, target: Path, limit: int
    ) -> AsyncGenerator[Process]:
        """Run the child process; it has ended when the block is left, however that is left."""
        child = await _start(
            sys.executable,
            *("-I", "-m", "bot.media.transcoding.child", str(file.path), str(target)),
            *("--media-type", file.media_type, "--limit", str(limit)),
            *("--memory", str(self._memory), "--seconds", str(round(self._timeout * 2) or 1)),
        )
        try:
            yield child
        finally:
            await _end(child)


async def _start(*command: str) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,  # never written to; it closes when this process ends
            stdout=PIPE,
            stderr=DEVNULL,
            env={},  # ours holds the bot's secrets
            start_new_session=True,  # Ctrl-C in the terminal is for the bot
        )
    except OSError as error:
        # Too many processes, or too little memory. A link to the original now is better than a
        # smaller file at some later time.
        raise CannotTranscode(f"no process can be started for it ({error.strerror})") from error


async def _read_output(child: Process) -> str:
    """Return the beginning of what the child writes, having read all of it."""
    output = b""
    while child.stdout is not None and (block := await child.stdout.read(_BLOCK)):
        output = (output + block)[:_LONGEST_REASON]
    return output.decode(errors="replace")


async def _end(child: Process) -> None:
    """Kill *child* if it still runs and wait for its end, also when cancelled while waiting."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    waiting = asyncio.create_task(_wait(child), name=f"end of process {child.pid}")
    try:
        await asyncio.shield(waiting)
    except asyncio.CancelledError:
        await asyncio.wait([waiting])
        raise


async def _wait(child: Process) -> None:
    # asyncio reports the end of a process only when its pipes have been read to the end.
    await _read_output(child)
    await child.wait()


def _reason(code: int) -> str:
    if code >= 0:
        return f"the transcoder failed (exit code {code})"
    if -code == signal.SIGXCPU:
        return "it takes too much work"
    return f"the transcoder was ended by signal {-code}"


def _checked(target: Path, limit: int) -> DownloadedFile:
    """Return the child's file under the extension of its contents; nothing else is trusted."""
    try:
        size = target.stat().st_size
        with target.open("rb") as file:
            media_type = detect_media_type(file.read(HEAD))
    except OSError:
        raise CannotTranscode("the transcoder wrote nothing") from None
    if media_type is None or not 0 < size < limit:
        raise CannotTranscode("the transcoder wrote nothing of use")
    path = target.rename(target.with_name(f"{target.name}.{media_type.extension}"))
    return DownloadedFile(
        path=path, size=size, media_type=media_type.name, extension=media_type.extension
    )
