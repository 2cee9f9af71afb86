"""Child process, the parent's side: start it confined, read what it prints, end it.

How the child is confined, and why, is said in `bot.media.transcoding`.
"""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

from bot.media.errors import CannotTranscode, NoProcess

# Those of `confined_work`; importing it would load libav into the bot's process.
_REFUSED = 3
_NO_ROOM = 4
_LONGEST_OUTPUT = 200  # bytes
_BLOCK = 4096  # bytes
# Two seconds of 2160p and the largest image take 1.2 GB of address space, 0.7 GB of it real.
MEMORY = 1536 * 1024 * 1024  # bytes


async def run_child(
    module: str, source: Path, media_type: str, *arguments: str, timeout: float, memory: int
) -> str:
    """Have a child process run *module* on the file *source*, and return what it printed.

    *timeout* is in seconds, *memory* in bytes of address space. When this returns, or raises, the
    process has ended.

    Raises:
        CannotTranscode: It refused the file or was ended; the text gives the reason.
        NoProcess: It could not be started, was killed by the system, or found the disk full.
    """
    command = (
        *("-I", "-m", f"bot.media.transcoding.{module}", str(source), *arguments),
        *("--media-type", media_type, "--memory", str(memory)),
        *("--seconds", str(round(timeout * 2) or 1)),
    )
    try:
        async with asyncio.timeout(timeout), _started(command) as child:
            output = await _read_output(child)
            code = await child.wait()
    except TimeoutError:
        raise CannotTranscode(f"it takes longer than {timeout:.0f} s") from None
    if code != 0:
        raise _refusal(code, output)
    return output


@contextlib.asynccontextmanager
async def _started(command: tuple[str, ...]) -> AsyncGenerator[Process]:
    """Run the child process; it has ended when the block is left, however that is left."""
    child = await _start(sys.executable, *command)
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
        raise NoProcess(f"no process can be started for it ({error.strerror})") from error


async def _read_output(child: Process) -> str:
    """Return the beginning of what the child writes, having read all of it."""
    output = b""
    while child.stdout is not None and (block := await child.stdout.read(_BLOCK)):
        output = (output + block)[:_LONGEST_OUTPUT]
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


def _refusal(code: int, output: str) -> CannotTranscode:
    """Return what it means that a child ended with *code*, having printed *output*."""
    if code == _REFUSED and output:
        return CannotTranscode(output)
    if code == _NO_ROOM:
        return NoProcess("there is no room on the disk for a smaller one")
    # Nothing but the system, or its operator, kills a process; limits of its own end it otherwise.
    kind = NoProcess if -code == signal.SIGKILL else CannotTranscode
    return kind(_reason(code))


def _reason(code: int) -> str:
    if code >= 0:
        return f"the transcoder failed (exit code {code})"
    if -code == signal.SIGXCPU:
        return "it takes too much work"
    return f"the transcoder was ended by signal {-code}"
