"""Checks of the machine: room on its disks, the transcoder, and what keeps hostile files in."""

import dataclasses
import functools
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.doctor.bench import Bench
from bot.doctor.daemon_thread import in_daemon_thread
from bot.doctor.findings import Finding, not_checked, ok
from bot.doctor.noise_picture import noise_picture
from bot.doctor.problems import MachineProblem
from bot.media.download import DownloadedFile
from bot.media.errors import CannotMeasure, CannotTranscode, DownloadFailed
from bot.media.measurement import Measurer
from bot.media.scratch_folder import scratch_folder
from bot.media.transcoding.child_process import MEMORY, run_child
from bot.media.transcoding.kernel_confinement import confinement
from bot.media.transcoding.transcoder import Transcoder
from db.engines.database_url import parse_database_url
from db.errors import DatabaseUnusable

_MEBIBYTE = 1024 * 1024
_SIDE = 256  # pixels
_LIMIT = 64 * 1024  # bytes: a third of the picture
_PNG = "image/png"
_PROBE_TIMEOUT = 30.0  # seconds


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder that the bot writes to, and how much room is least and enough there, in bytes."""

    what: str
    folder: Path
    least: int
    enough: int


async def check_disk(bench: Bench) -> Finding:
    """Look at the folder of the database and at that of the results."""
    return await in_daemon_thread(functools.partial(look_at, _places(bench.settings.database_url)))


def _places(address: str) -> Sequence[Place]:
    results = Place(
        what="results",
        folder=Path(tempfile.gettempdir()),
        least=256 * _MEBIBYTE,
        enough=512 * _MEBIBYTE,
    )
    try:
        path = parse_database_url(address).path
    except DatabaseUnusable:  # what the check of the database says
        path = None
    if path is None:
        return [results]
    folder = next(each for each in path.absolute().parents if each.is_dir())
    database = Place(
        what="the database", folder=folder, least=64 * _MEBIBYTE, enough=512 * _MEBIBYTE
    )
    return [database, results]


def look_at(places: Sequence[Place]) -> Finding:
    """Return whether each place can be written to and has room; blocks."""
    words = []
    low = False
    for place in places:
        try:
            tempfile.TemporaryFile(dir=place.folder).close()
            free = shutil.disk_usage(place.folder).free
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            return MachineProblem.FOLDER_UNWRITABLE.found(
                f"{place.folder}, for {place.what}: {reason}"
            )
        words.append(f"{free / _MEBIBYTE:,.0f} MiB free for {place.what} ({place.folder})")
        if free < place.least:
            return MachineProblem.DISK_FULL.found(words[-1])
        low = low or free < place.enough
    seen = ", ".join(words)
    return MachineProblem.DISK_LOW.found(seen) if low else ok(seen)


async def check_transcoder(_bench: Bench) -> Finding:
    """Have a picture measured and made smaller, as the bot does with results."""
    try:
        async with scratch_folder() as folder:
            path = folder / "picture.png"
            size = path.write_bytes(noise_picture(_SIDE))
            facts = await Measurer().measure(path)
            file = DownloadedFile(path=path, size=size, media_type=_PNG, extension="png")
            made = await Transcoder().transcode(file, limit=_LIMIT)
    except (CannotMeasure, CannotTranscode, DownloadFailed) as error:
        return MachineProblem.TRANSCODER_FAILS.found(
            f"a picture could not be made smaller: {error}"
        )
    if (facts.width, facts.height) != (_SIDE, _SIDE):
        return MachineProblem.TRANSCODER_FAILS.found("a picture was not measured as what it is")
    return ok(f"a picture of {size:,} bytes was made one of {made.size:,}")


async def check_isolation(_bench: Bench) -> Finding:
    """Have a child of the transcoder try what a hostile file might."""
    async with scratch_folder() as folder:
        path = folder / "picture.png"
        path.write_bytes(noise_picture(1))
        try:
            reached = await run_child(
                "probing_child", path, _PNG, timeout=_PROBE_TIMEOUT, memory=MEMORY
            )
        except CannotTranscode as error:
            return not_checked(f"the child could not try it: {error}")
    return isolation_finding(reached.split(), str(confinement()))


def isolation_finding(reached: Sequence[str], kernel: str) -> Finding:
    """Return what it means that a child reached these. Pure."""
    if reached:
        return MachineProblem.ISOLATION_PARTIAL.found(
            f"this kernel has {kernel}; a hostile file could reach: {', '.join(reached)}"
        )
    return ok(f"a hostile file reaches nothing: {kernel}")
