"""Transcoder processes, found in the system's list of processes."""

from collections.abc import Collection
from pathlib import Path

_MODULE = "bot.media.transcoding.child"


def transcoders(job_ids: Collection[int]) -> set[int]:
    """Return the processes that work on results of these jobs."""
    return {
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if _works_on(_arguments(entry), job_ids)
    }


def _arguments(entry: Path) -> list[str]:
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:  # it has just ended
        return []


def _works_on(arguments: list[str], job_ids: Collection[int]) -> bool:
    # The file's name is the bot's own: `<kind>-<job>-<number>`.
    return _MODULE in arguments and any(
        f"-{job_id}-" in argument for argument in arguments for job_id in job_ids
    )
