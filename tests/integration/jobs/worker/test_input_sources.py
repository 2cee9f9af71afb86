"""Files that were handed in come to disk again as their model takes them, or are gone."""

import tempfile
from decimal import Decimal
from pathlib import Path

import aiohttp
import pytest

from bot.catalogue import InputLimits, Slot
from bot.jobs.errors import InputGone, InputUnreadable
from bot.jobs.worker.input_sources import InputSources
from bot.media.errors import DownloadError, NoProcess
from bot.media.measurement import Measurer
from bot.media.picture_fitting import PictureFitter
from db.job_inputs import JobInput
from tests.integration.media import odd_files
from tests.integration.media.odd_files import Make
from tests.integration.media.site import Site
from tests.integration.media.transcoding.checks import corners, first_picture

LIMITS = InputLimits(types=("image/png", "image/jpeg"), megabytes=Decimal(10))


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that scratch folders are made in."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def stored(path: Path, media_type: str, *, to_fit: bool = False) -> JobInput:
    """Return what is stored of the file at *path*, once it was checked."""
    return JobInput(
        slot=Slot.IMAGE,
        name=path.name,
        media_type=media_type,
        size=path.stat().st_size,
        to_fit=to_fit,
    )


def contents(path: Path) -> bytes:
    """Return the bytes of a file."""
    return path.read_bytes()


def left_in(folder: Path) -> list[Path]:
    """Return what is in a folder."""
    return list(folder.iterdir())


def sources(session: aiohttp.ClientSession) -> InputSources:
    """Return what the worker fetches files by."""
    return InputSources(session, PictureFitter(), Measurer())


async def test_a_file_comes_as_it_was_checked(
    site: Site, session: aiohttp.ClientSession, scratch: Path, tmp_path: Path
) -> None:
    """What needs no fitting is handed over byte by byte, and deleted afterwards."""
    path = odd_files.plain_jpeg(tmp_path)
    site.answer(path.read_bytes())

    async with sources(session).ready(
        site.url(), stored(path, "image/jpeg"), LIMITS, requester=1
    ) as ready:
        assert contents(ready.path) == contents(path)
        assert (ready.media_type, ready.size) == ("image/jpeg", path.stat().st_size)

    assert left_in(scratch) == []


async def test_a_marked_picture_is_made_to_fit(
    site: Site, session: aiohttp.ClientSession, scratch: Path, tmp_path: Path
) -> None:
    """It is turned upright, and type and size are those of what is handed over."""
    path = odd_files.rotated_jpeg(tmp_path)
    site.answer(path.read_bytes())
    file = stored(path, "image/jpeg", to_fit=True)

    async with sources(session).ready(site.url(), file, LIMITS, requester=1) as ready:
        assert corners(first_picture(ready.path)) == "br-g"
        assert (ready.media_type, ready.size) == ("image/jpeg", ready.path.stat().st_size)

    assert left_in(scratch) == []


@pytest.mark.parametrize("other", [odd_files.rotated_jpeg, odd_files.tiny, odd_files.pdf_named_png])
async def test_another_file_in_its_place_is_none(
    other: Make, site: Site, session: aiohttp.ClientSession, scratch: Path, tmp_path: Path
) -> None:
    """A server may answer otherwise than when the file was checked and its price agreed to."""
    path = odd_files.plain_jpeg(tmp_path)
    site.answer(other(tmp_path).read_bytes())

    with pytest.raises(InputGone):
        async with sources(session).ready(
            site.url(), stored(path, "image/jpeg"), LIMITS, requester=1
        ):
            raise AssertionError

    assert left_in(scratch) == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_file_that_is_gone_is_not_tried_again(
    status: int, site: Site, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """Discord's signed addresses expire, and a deleted message takes its files with it."""
    file = stored(odd_files.plain_jpeg(tmp_path), "image/jpeg")
    site.answer(b"", status)

    with pytest.raises(InputGone):
        async with sources(session).ready(site.url(), file, LIMITS, requester=1):
            raise AssertionError


@pytest.mark.parametrize("address", ["http://[", "no address", "https://10.0.0.1/a.png"])
async def test_an_address_that_never_works_is_not_tried_again(
    address: str, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """Nothing is tried for ever: what no time mends is gone."""
    file = stored(odd_files.plain_jpeg(tmp_path), "image/jpeg")

    with pytest.raises(InputGone):
        async with sources(session).ready(address, file, LIMITS, requester=1):
            raise AssertionError


async def test_a_server_in_trouble_is_tried_again(
    site: Site, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """An error of the server says nothing of the file."""
    file = stored(odd_files.plain_jpeg(tmp_path), "image/jpeg")
    site.answer(b"", 503)

    with pytest.raises(DownloadError):
        async with sources(session).ready(site.url(), file, LIMITS, requester=1):
            raise AssertionError


async def test_a_picture_that_can_not_be_made_to_fit_is_unreadable(
    site: Site, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """One that is cut short within its pixels shows that only when it is decoded."""
    path = odd_files.deep_png(tmp_path)
    path.write_bytes(path.read_bytes()[:60])
    site.answer(path.read_bytes())

    with pytest.raises(InputUnreadable):
        async with sources(session).ready(
            site.url(), stored(path, "image/png", to_fit=True), LIMITS, requester=1
        ):
            raise AssertionError


async def test_a_machine_in_trouble_is_no_fault_of_the_file(
    site: Site,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no process can be started, the file is tried again later, and not refused for good."""
    path = odd_files.rotated_jpeg(tmp_path)
    site.answer(path.read_bytes())
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))

    with pytest.raises(NoProcess):
        async with sources(session).ready(
            site.url(), stored(path, "image/jpeg", to_fit=True), LIMITS, requester=1
        ):
            raise AssertionError
