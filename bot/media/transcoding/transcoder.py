"""Make a file fit without trusting it: each in a process of its own, inside limits.

A process and not a thread, because decoders of other people's files crash, hang and eat memory, and
only a process can be stopped.
"""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.media_type import HEAD, tell_media_type

# `transcode.REFUSED`, which can't be imported without libav.
_REFUSED = 3
_LONGEST_REASON = 200  # bytes
_BLOCK = 4096  # bytes
# A minute of 1080p takes some twenty seconds of processor time, the largest picture the same.
TIMEOUT = 300.0  # seconds
# Two seconds of 2160p and the largest picture take 1.2 GB of address space, 0.7 GB of it real.
MEMORY = 1536 * 1024 * 1024  # bytes
AT_ONCE = 2


class Transcoder:
    """Transcodes files, a few at a time."""

    def __init__(
        self, *, timeout: float = TIMEOUT, memory: int = MEMORY, at_once: int = AT_ONCE
    ) -> None:
        self._timeout = timeout
        self._memory = memory
        self._lane = asyncio.Semaphore(at_once)

    async def transcode(self, file: DownloadedFile, *, limit: int) -> DownloadedFile:
        """Return *file* as one of less than *limit* bytes, in the same folder.

        A file that fits already is returned as it is. Nothing is left in the folder after an error.

        Raises:
            CannotTranscode: It stays as it is; the text says why.
        """
        if file.size < limit:
            return file
        target = file.path.with_name(f"{file.path.stem}-fitted")
        try:
            async with self._lane:
                await self._transcode(file, target, limit)
            return await asyncio.to_thread(_named, target, limit)
        finally:
            target.unlink(missing_ok=True)

    async def _transcode(self, file: DownloadedFile, target: Path, limit: int) -> None:
        try:
            async with asyncio.timeout(self._timeout), self._child(file, target, limit) as child:
                said = await _last_words(child)
                code = await child.wait()
        except TimeoutError:
            raise CannotTranscode(f"it takes longer than {self._timeout:.0f} s") from None
        if code != 0:
            raise CannotTranscode(said if code == _REFUSED and said else _ending(code))

    @contextlib.asynccontextmanager
    async def _child(
        self, file: DownloadedFile, target: Path, limit: int
    ) -> AsyncGenerator[Process]:
        """Run the transcoder, and be sure that it has ended afterwards."""
        child = await _started(
            sys.executable,
            *("-I", "-m", "bot.media.transcoding.child", str(file.path), str(target)),
            *("--media-type", file.media_type, "--limit", str(limit)),
            *("--memory", str(self._memory), "--seconds", str(round(self._timeout * 2) or 1)),
        )
        try:
            yield child
        finally:
            await _end(child)


async def _started(*command: str) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,  # never written to: it closes when this process dies
            stdout=PIPE,
            stderr=DEVNULL,
            env={},  # the bot's secrets are there
            start_new_session=True,  # Ctrl-C is for the bot
        )
    except OSError as error:
        # Too many processes, or too little memory. A link now is worth more than a film some day.
        raise CannotTranscode(f"no process can be started for it ({error.strerror})") from error


async def _last_words(child: Process) -> str:
    """Return the little that a sane transcoder says, having read all that any says."""
    said = b""
    while child.stdout is not None and (block := await child.stdout.read(_BLOCK)):
        said = (said + block)[:_LONGEST_REASON]
    return said.decode(errors="replace")


async def _end(child: Process) -> None:
    """Kill *child* if it still runs and wait until it is gone, also when cancelled meanwhile."""
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
    # Its end is not seen by asyncio before the pipe is empty.
    await _last_words(child)
    await child.wait()


def _ending(code: int) -> str:
    if code >= 0:
        return f"the transcoder failed (exit code {code})"
    if -code == signal.SIGXCPU:
        return "it takes too much work"
    return f"the transcoder was ended by signal {-code}"


def _named(target: Path, limit: int) -> DownloadedFile:
    """Give the transcoder's file the name that its contents deserve, and trust nothing else."""
    try:
        size = target.stat().st_size
        with target.open("rb") as file:
            media_type = tell_media_type(file.read(HEAD))
    except OSError:
        raise CannotTranscode("the transcoder wrote nothing") from None
    if media_type is None or not 0 < size < limit:
        raise CannotTranscode("the transcoder wrote nothing of use")
    path = target.rename(target.with_name(f"{target.name}.{media_type.extension}"))
    return DownloadedFile(
        path=path, size=size, media_type=media_type.name, extension=media_type.extension
    )
