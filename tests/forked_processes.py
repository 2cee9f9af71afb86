"""Processes that are forked from one in which every import is done.

Most of what a bot needs to start is the second that its imports take. `multiprocessing`'s fork
server pays it once for each worker of pytest; a forked bot then runs the same module in a process
of its own, with its own environment, folder and output, and is signalled and killed as any other.
"""

import asyncio
import contextlib
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

# Not the modules that are run themselves: runpy warns of those that are imported already.
_PRELOADED = ["bot.__main__", "bot.app.run"]
_POLL_INTERVAL = 0.01  # seconds


class ForkedProcess:
    """Process of the fork server, with the methods of `asyncio.subprocess.Process`."""

    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None
        self._process = process
        self.pid = process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, or None while it runs; negative is the signal that killed it."""
        return self._process.exitcode

    def send_signal(self, signal: int) -> None:
        """Send a signal; raises ProcessLookupError if the process has ended."""
        if self.returncode is not None:
            raise ProcessLookupError(self.pid)
        os.kill(self.pid, signal)

    async def wait(self) -> int:
        """Wait until it ends, and return its exit code."""
        while self.returncode is None:  # noqa: ASYNC110 - the fork server has no event
            await asyncio.sleep(_POLL_INTERVAL)
        return self.returncode


async def start_forked(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], log: Path
) -> ForkedProcess:
    """Run `python -m MODULE ...` in a forked process; its output is appended to *log*."""
    option, module, *rest = arguments
    assert option == "-m"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    process = context.Process(
        target=_run, args=(module, rest, folder, dict(environment), log), daemon=True
    )
    process.start()
    return ForkedProcess(process)


def _run(
    module: str, arguments: list[str], folder: Path, environment: dict[str, str], log: Path
) -> None:
    """Become `python -m MODULE ...`."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with log.open("ab") as output, contextlib.suppress(AttributeError):
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
