"""The process that transcodes ends with its work, its limits or its parent."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.transcoding.child_process import _NO_ROOM, _REFUSED, MEMORY
from bot.media.transcoding.confined_work import NO_ROOM, REFUSED
from bot.media.transcoding.transcoder import Transcoder
from tests.integration.media.transcoding.child_processes import (
    TIMEOUT,
    children,
    environment_of,
    is_at_work,
    is_running,
    limits_of,
    oom_score_adjustment_of,
    until,
)
from tests.integration.media.transcoding.sample_media import make_image, make_video, pictures

TEN_MEBIBYTES = 10 * 1024 * 1024


@asynccontextmanager
async def at_work(
    transcoder: Transcoder, file: DownloadedFile, *, limit: int = TEN_MEBIBYTES
) -> AsyncGenerator[tuple[asyncio.Task[DownloadedFile], int]]:
    """Start to fit *file* and yield the task and its process, once that has begun to decode."""
    before = children()
    task = asyncio.create_task(transcoder.transcode(file, limit=limit), name="fit")
    try:
        await until(lambda: any(is_at_work(child) for child in children() - before))
        yield task, (children() - before).pop()
    finally:
        task.cancel()
        await asyncio.wait([task])


def left_beside(file: DownloadedFile) -> list[str]:
    """Return what a fitting in progress writes beside *file*."""
    return [path.name for path in file.path.parent.iterdir() if path.suffix == ""]


def test_transcoder_and_child_share_the_exit_code() -> None:
    """The parent does not import libav, so it keeps a copy of the child's code."""
    assert (REFUSED, NO_ROOM) == (_REFUSED, _NO_ROOM)


async def test_a_transcoder_that_can_not_start_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system without room for another process makes a link of the result, and no endless job."""
    file = make_image(tmp_path / "a.png", next(pictures((100, 100), pixels="rgb24")))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))

    with pytest.raises(CannotTranscode, match="no process can be started"):
        await Transcoder().transcode(file, limit=1000)


async def test_a_timeout_ends_the_transcoding_process(minute: DownloadedFile) -> None:
    """What takes too long is refused, and its process and half-made file are gone."""
    before = children()

    with pytest.raises(CannotTranscode, match="longer than"):
        await Transcoder(timeout=1).transcode(minute, limit=TEN_MEBIBYTES)

    assert children() == before
    assert left_beside(minute) == []


async def test_a_cancellation_ends_the_transcoding_process(minute: DownloadedFile) -> None:
    """When the cancellation is through there is no process any more, neither running nor a zombie."""
    before = children()
    async with at_work(Transcoder(), minute) as (task, _):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert children() == before
        assert left_beside(minute) == []


async def test_a_second_cancellation_changes_nothing(minute: DownloadedFile) -> None:
    """The process is waited for also by a task that is cancelled while it waits."""
    before = children()
    async with at_work(Transcoder(), minute) as (task, _):
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

        assert task.cancelled()
        assert not [other for other in asyncio.all_tasks() if "process" in other.get_name()]
        assert children() == before


async def test_too_little_memory_ends_the_transcoding(tmp_path: Path) -> None:
    """A picture that needs more than it may is refused; with the usual memory it fits."""
    picture = next(pictures((5000, 5000), pixels="rgb24", steps=()))
    file = make_image(tmp_path / "a.png", picture)
    limit = 4_000_000

    with pytest.raises(CannotTranscode, match="memory"):
        await Transcoder(memory=400 * 1024 * 1024).transcode(file, limit=limit)

    assert (await Transcoder().transcode(file, limit=limit)).size < limit


async def test_a_killed_transcoding_process_is_a_refusal(minute: DownloadedFile) -> None:
    """When the system takes the process away, for its memory say, the file is linked."""
    async with at_work(Transcoder(), minute) as (task, process):
        os.kill(process, signal.SIGKILL)
        with pytest.raises(CannotTranscode, match="signal 9"):
            await task


async def test_the_transcoding_process_ignores_stop_signals(tmp_path: Path) -> None:
    """A signal to all processes of the bot does not make a good file look like a bad one."""
    file = make_video(tmp_path / "a.mp4", pictures((960, 540), seconds=4), bit_rate=8_000_000)
    async with at_work(Transcoder(), file, limit=1_000_000) as (task, process):
        assert os.getsid(process) == process
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(process, sign)

        assert (await task).size < 1_000_000


async def test_the_transcoding_process_has_no_secret(
    minute: DownloadedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment, where the bot's token is, does not reach the process."""
    monkeypatch.setenv("DISCORD_TOKEN", "planted")
    async with at_work(Transcoder(), minute) as (_, process):
        environment = environment_of(process)

    assert b"planted" not in environment
    assert b"DISCORD_TOKEN" not in environment


async def test_process_limits_are_set_before_the_transcoding(minute: DownloadedFile) -> None:
    """Memory, processor time and file size have ends that the system enforces."""
    async with at_work(Transcoder(timeout=77, memory=1_000_000_000), minute) as (_, process):
        limits = limits_of(process)

    assert limits["Max address space"] == ["1000000000", "1000000000"]
    assert limits["Max cpu time"] == ["154", "154"]
    assert limits["Max file size"] == [str(2 * TEN_MEBIBYTES)] * 2
    assert limits["Max core file size"] == ["0", "0"]


async def test_the_transcoding_process_is_killed_before_the_bot(minute: DownloadedFile) -> None:
    """When memory runs out, the kernel takes this process; it has two processors at most."""
    async with at_work(Transcoder(), minute) as (_, process):
        assert oom_score_adjustment_of(process) == 1000
        assert len(os.sched_getaffinity(process)) <= 2


async def test_a_full_disk_is_reported_by_the_transcoder(
    minute: DownloadedFile, tmp_path: Path
) -> None:
    """What can't be written for want of room is not called broken."""
    picture = make_image(tmp_path / "a.png", next(pictures((300, 300), pixels="rgb24")))
    for file in (picture, minute):
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.media.transcoding.child", str(file.path), "/dev/full"),
            *("--media-type", file.media_type, "--limit", str(TEN_MEBIBYTES)),
            *("--memory", str(MEMORY), "--seconds", "600"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdout is not None
        assert await child.stdout.read() == b""
        assert await child.wait() == NO_ROOM


async def test_no_more_than_two_transcodings_at_once(tmp_path: Path) -> None:
    """Of four files two wait; all of them are made to fit."""
    files = [
        make_video(tmp_path / f"{name}.mp4", pictures((640, 360)), bit_rate=8_000_000)
        for name in "abcd"
    ]
    before, transcoder = children(), Transcoder(at_once=2)
    counts: list[int] = []

    async def count() -> None:
        while True:
            counts.append(len(children() - before))
            await asyncio.sleep(0.005)

    counting = asyncio.create_task(count(), name="count")
    fitted = await asyncio.gather(*(transcoder.transcode(file, limit=300_000) for file in files))
    counting.cancel()
    await asyncio.wait([counting])

    assert max(counts) == 2
    assert all(file.size < 300_000 for file in fitted)
    assert len({file.path for file in fitted}) == 4


_BOT = """
import asyncio, sys
from pathlib import Path
from bot.media.download import DownloadedFile
from bot.media.transcoding.transcoder import Transcoder

path = Path(sys.argv[1])
file = DownloadedFile(
    path=path, size=path.stat().st_size, media_type="video/mp4", extension="mp4"
)
asyncio.run(Transcoder().transcode(file, limit=10 * 1024 * 1024))
"""


async def test_the_transcoding_process_ends_with_a_killed_bot(
    tmp_path: Path, minute: DownloadedFile
) -> None:
    """A bot that is killed can't clean up, and its processes must not work on."""
    copy = tmp_path / "a.mp4"
    copy.hardlink_to(minute.path)
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", _BOT, str(copy))
    await until(lambda: any(is_at_work(child) for child in children(bot.pid)))
    (orphan,) = children(bot.pid)

    bot.kill()
    async with asyncio.timeout(TIMEOUT):
        await bot.wait()

    await until(lambda: not is_running(orphan))


async def test_transcoding_leaves_the_event_loop_free(minute: DownloadedFile) -> None:
    """While a file is made to fit, everything else goes on."""
    async with at_work(Transcoder(), minute) as (task, _):
        for _ in range(100):
            await asyncio.sleep(0)

        assert not task.done()
