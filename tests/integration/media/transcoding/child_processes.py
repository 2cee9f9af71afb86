"""What the system says of the processes that were started."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

TIMEOUT = 60.0  # seconds, for a machine under load


def children(parent: int | None = None) -> set[int]:
    """Return the processes that *parent*, else this process, started and has not waited for."""
    wanted = parent or os.getpid()
    return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _parent(entry) == wanted}


def _parent(entry: Path) -> int | None:
    try:
        stat = (entry / "stat").read_text()
    except OSError:  # it has just ended
        return None
    return int(stat.rpartition(")")[2].split()[1])


def is_running(process: int) -> bool:
    """Return whether *process* is there and not just waiting for its burial."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def until(holds: Callable[[], bool]) -> None:
    """Wait until *holds* does; the system has no event for it."""
    async with asyncio.timeout(TIMEOUT):
        while not holds():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


def environment_of(process: int) -> bytes:
    """Return the environment that *process* was started with."""
    return Path(f"/proc/{process}/environ").read_bytes()


def limits_of(process: int) -> dict[str, list[str]]:
    """Return the soft and the hard limit of each resource that *process* may use."""
    lines = Path(f"/proc/{process}/limits").read_text().splitlines()
    return {line[:25].strip(): line[25:].split()[:2] for line in lines}


def oom_score_adjustment_of(process: int) -> int:
    """Return how much sooner than others *process* is killed when memory runs out."""
    return int(Path(f"/proc/{process}/oom_score_adj").read_text())


def is_at_work(process: int) -> bool:
    """Return whether *process* has put limits on itself, which is the last thing before work."""
    try:
        return os.getpriority(os.PRIO_PROCESS, process) >= 10
    except ProcessLookupError:
        return False
