"""Process limits: what the transcoder's child puts on itself before it opens a file.

The child does so itself, after its start: a `preexec_fn` would run between fork and exec, which is
not safe in a program with threads (Python docs: subprocess). Why each limit is there is said in
`bot.media.transcoding`.
"""

import contextlib
import os
import resource
import signal
import threading
from pathlib import Path

# The bot's own work goes first (nice(2), 0 to 19).
_NICENESS = 10
_STANDARD_INPUT = 0


def confine(*, memory: int, processor_seconds: int, file_size: int) -> None:
    """Limit this process: bytes of address space, seconds of processor time, bytes per file."""
    # libav and glibc reserve memory for each processor. With two of them the same limit of memory
    # is enough on machines of any size.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, share_of(os.sched_getaffinity(0), os.getpid()))
    _end_first_without_memory()
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, processor_seconds)
    _limit(resource.RLIMIT_FSIZE, file_size)
    _limit(resource.RLIMIT_CORE, 0)
    os.nice(_NICENESS)


def share_of(processors: set[int], process: int) -> set[int]:
    """Return the two of *processors* for *process*; the next process has two others, if it can."""
    ours = sorted(processors)
    return {ours[(2 * process + number) % len(ours)] for number in range(2)}


def exit_with_parent() -> None:
    """Exit once the other end of standard input is closed, which is when the parent has ended.

    Signals that ask the bot to stop are often sent to all of its processes, as systemd does to a
    service's control group. They are ignored, or an orderly stop would look like a file that can't
    be transcoded.
    """
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    threading.Thread(target=_exit_at_end_of_input, name="parent watch", daemon=True).start()


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def _end_first_without_memory() -> None:
    """Have the kernel end this process first when memory runs out (proc(5), oom_score_adj)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _exit_at_end_of_input() -> None:
    with contextlib.suppress(OSError):
        # Not by `sys.stdin`, whose lock this thread would hold when the interpreter ends.
        while os.read(_STANDARD_INPUT, 1):
            pass
    os._exit(1)
