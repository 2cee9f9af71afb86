"""Limits that a process puts on itself before it opens a file of unknown making.

Set by the child for itself, because code between fork and exec is unsafe in a program with threads.
"""

import contextlib
import os
import resource
import signal
import threading
from pathlib import Path

# The bot's own work goes first.
_NICENESS = 10
_STANDARD_INPUT = 0


def confine(*, memory: int, processor_seconds: int, file_size: int) -> None:
    """Let this process take no more than this: bytes of address space, seconds, bytes per file."""
    # libav and glibc set memory aside for each processor: what fits on two must fit on sixty-four.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, share_of(os.sched_getaffinity(0), os.getpid()))
    _die_before_the_bot()
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, processor_seconds)
    _limit(resource.RLIMIT_FSIZE, file_size)
    _limit(resource.RLIMIT_CORE, 0)
    os.nice(_NICENESS)


def share_of(processors: set[int], process: int) -> set[int]:
    """Return the two of *processors* for *process*; the next process has two others, if it can."""
    ours = sorted(processors)
    return {ours[(2 * process + number) % len(ours)] for number in range(2)}


def live_as_long_as_the_parent() -> None:
    """End this process when the other end of its standard input is closed, however that came.

    The signals that ask the bot to stop often go to all of its processes. This one obeys only the
    bot, or an orderly stop would look like a file that can't be transcoded.
    """
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, name="lifeline", daemon=True).start()


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def _die_before_the_bot() -> None:
    """Have the kernel end this process first when memory runs out (proc(5), oom_score_adj)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _end_with_the_parent() -> None:
    with contextlib.suppress(OSError):
        # Not by `sys.stdin`, whose lock this thread would hold when the interpreter ends.
        while os.read(_STANDARD_INPUT, 1):
            pass
    os._exit(1)
