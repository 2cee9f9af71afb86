"""How the files of a result come to disk, and what is left of them there."""

import asyncio
import os
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.jobs.worker import result_files as delivery_module
from bot.jobs.worker.result_files import ResultFiles
from bot.media.errors import DownloadFailed
from bot.media.scratch_folder import remove_stale_folders
from bot.media.transcoding.transcoder import Transcoder
from bot.modelhunter import Task
from tests.integration.media.site import MP4, PLENTY, Site, without_an_end
from tests.unit.jobs.builders import a_job


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the folders of this test apart from those of other processes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def never_before(_: int) -> bool:
    """Look at every file for the first time."""
    return False


@pytest.fixture
def result_files(session: aiohttp.ClientSession) -> ResultFiles:
    """Return a delivery that may fetch from the site."""
    return ResultFiles(session, Transcoder())


def a_task(site: Site, count: int = 1, size: int | None = None) -> Task:
    """Return a task that succeeded with *count* files, each of *size* bytes as it says."""
    result = [{"url": site.url(), "size_bytes": size}] * count
    return Task.model_validate({"id": "t", "status": "succeeded", "result": result})


@pytest.mark.parametrize("cap", [3 * len(MP4), 3 * len(MP4) - 1])
async def test_the_files_of_a_result_share_one_cap(
    site: Site, result_files: ResultFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    """Ten files are no way to put ten times as much on the disk."""
    monkeypatch.setattr(delivery_module, "LARGEST_RESULT", cap)
    site.answer()
    async with result_files.downloaded(a_job(), a_task(site, 3), PLENTY, never_before) as fetched:
        assert len(fetched.files) + fetched.left_out == 3
        assert fetched.left_out == (0 if cap == 3 * len(MP4) else 1)
        assert not fetched.bad_files
    assert os.listdir(tmp_path) == []


async def test_the_size_that_the_api_states_is_checked(
    site: Site, result_files: ResultFiles
) -> None:
    """What the API says about a file's size is not forgotten on the way."""
    without_an_end(site, MP4)
    with pytest.raises(DownloadFailed, match="32 of 99 bytes"):
        async with result_files.downloaded(a_job(), a_task(site, size=99), PLENTY, never_before):
            pass


async def test_uploads_hold_up_no_download(site: Site, result_files: ResultFiles) -> None:
    """However many files are being made smaller or uploaded, the next one is downloaded."""
    site.answer()
    async with asyncio.timeout(60), AsyncExitStack() as uploads:
        for _ in range(6):
            await uploads.enter_async_context(
                result_files.downloaded(a_job(), a_task(site), PLENTY, never_before)
            )


async def test_no_more_than_twelve_downloads_of_one_requester(
    site: Site, result_files: ResultFiles
) -> None:
    """Of fourteen results of one requester two wait until others are downloaded."""
    arrived, release = asyncio.Semaphore(0), asyncio.Event()
    site.hold(arrived, release)

    async def fetch() -> None:
        async with result_files.downloaded(a_job(), a_task(site), PLENTY, never_before):
            pass

    async with asyncio.timeout(60), asyncio.TaskGroup() as fetching:
        for _ in range(14):
            fetching.create_task(fetch())
        for _ in range(12):
            await arrived.acquire()
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(site.requests) == 12
        release.set()
    assert len(site.requests) == 14


async def test_a_sweep_deletes_no_file_of_its_own_process(
    site: Site, result_files: ResultFiles
) -> None:
    """A sweep takes no file from a delivery of the same process."""
    site.answer()
    async with result_files.downloaded(a_job(), a_task(site), PLENTY, never_before) as fetched:
        remove_stale_folders()
        assert fetched.files[0].path.read_bytes() == MP4


@pytest.mark.parametrize("stated", [None, len(MP4)])
async def test_a_result_larger_than_stated_is_downloaded_in_another_room(
    site: Site, result_files: ResultFiles, monkeypatch: pytest.MonkeyPatch, stated: int | None
) -> None:
    """A file that is too large for the room of small results is fetched again where it has room."""
    monkeypatch.setattr(delivery_module, "SMALL_RESULT", len(MP4) - 1)
    site.answer()
    task = a_task(site, 2, size=stated)
    async with result_files.downloaded(a_job(), task, PLENTY, never_before) as fetched:
        assert [file.size for file in fetched.files] == [len(MP4)] * 2
        assert fetched.left_out == 0
    assert len(site.requests) == 3
