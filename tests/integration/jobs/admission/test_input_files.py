"""Files that are handed in are fetched, measured and answered, a few at a time."""

import asyncio
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from bot.catalogue import Capability, InputOutside, InvalidRequest, Slot
from bot.discord.interactions.error_texts import error_text
from bot.jobs.admission.input_checks import OfferedFile, check_claims
from bot.jobs.admission.input_files import CheckedInput, InputFiles
from bot.jobs.errors import (
    InputGone,
    InputsBusy,
    InputUnreachable,
    RequestDenied,
)
from bot.media.download import open_downloads
from bot.media.measurement import Measurer
from tests.integration.media import odd_files
from tests.integration.media.odd_files import Make
from tests.integration.media.site import Site
from tests.unit.catalogue.expected_bodies import CAPABILITIES

VIDU = CAPABILITIES["viduq3-turbo", "image-to-video"]  # what the upload takes: 50 MB, 4:1
SEEDANCE = CAPABILITIES["seedance-1-0-pro", "image-to-video"]  # 300 to 6000 pixels, 2.5:1
MULTIMODAL = CAPABILITIES["bytedance/seedance-2", "multimodal-video-reference"]
REQUESTER = 7


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Path]]:
    """Return a function that lists what scratch folders there are."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return lambda: list(folder.iterdir())


def offered(site: Site, slot: Slot = Slot.IMAGE, name: str = "fox.png") -> OfferedFile:
    """Return a file at the site, of which nothing much is said."""
    return OfferedFile(
        slot=slot, source=site.url(f"/attachments/{name}?hm=SECRET"), name=name, size=1
    )


async def answer(files: InputFiles, file: OfferedFile, way: Capability) -> CheckedInput | str:
    """Return what was checked, or the sentence that the requester reads."""
    try:
        (checked,) = await files.check([file], way, requester=REQUESTER)
    except (InvalidRequest, RequestDenied) as error:
        return error_text(error, "en-US")
    return checked


AS_IT_IS, FITTED = "as it is", "fitted"
VIDEO, SOUND = Slot.REFERENCE_VIDEO, Slot.REFERENCE_AUDIO


@pytest.mark.parametrize(
    ("make", "slot", "way", "said"),
    [
        (odd_files.plain_jpeg, Slot.IMAGE, VIDU, AS_IT_IS),
        (odd_files.rotated_jpeg, Slot.IMAGE, VIDU, FITTED),
        (odd_files.deep_png, Slot.IMAGE, VIDU, FITTED),
        (odd_files.cmyk_jpeg, Slot.IMAGE, VIDU, FITTED),
        (odd_files.animated_gif, Slot.IMAGE, VIDU, FITTED),
        (odd_files.animated_webp, Slot.IMAGE, VIDU, FITTED),
        (odd_files.heic, Slot.IMAGE, VIDU, FITTED),
        (odd_files.heavy_png, Slot.IMAGE, VIDU, FITTED),
        (odd_files.transparent_png, Slot.IMAGE, VIDU, AS_IT_IS),
        (odd_files.transparent_png, Slot.IMAGE, SEEDANCE, FITTED),
        (odd_files.wide_inside, Slot.IMAGE, VIDU, AS_IT_IS),
        (
            odd_files.wide_outside,
            Slot.IMAGE,
            VIDU,
            "what is 0.25 to 4 times as wide as high; .*1604x400",
        ),
        (odd_files.wide_inside, Slot.IMAGE, SEEDANCE, "what is 0.4 to 2.5 times as wide as high"),
        (odd_files.tiny, Slot.IMAGE, VIDU, r"at least \*\*128\*\* pixels a side .*\*\*127\*\*"),
        (odd_files.animated_gif, Slot.IMAGE, SEEDANCE, r"at least \*\*300\*\* pixels a side"),
        (odd_files.tiled_heic, Slot.IMAGE, VIDU, "HEIC in tiles, .* Save it as JPEG"),
        (odd_files.rotated_webp, Slot.IMAGE, VIDU, FITTED),
        (odd_files.rotated_png, Slot.IMAGE, VIDU, FITTED),
        (odd_files.animated_png, Slot.IMAGE, VIDU, FITTED),
        (odd_files.avif, Slot.IMAGE, VIDU, FITTED),
        (odd_files.bmp, Slot.IMAGE, VIDU, FITTED),
        (odd_files.tiff, Slot.IMAGE, VIDU, FITTED),
        (odd_files.long_panorama, Slot.IMAGE, VIDU, AS_IT_IS),
        (
            odd_files.pdf_named_png,
            Slot.IMAGE,
            VIDU,
            "takes PNG, JPEG, WEBP as `image`; this file is none",
        ),
        (odd_files.large_video, Slot.IMAGE, VIDU, "takes PNG, JPEG, WEBP as `image`"),
        (odd_files.broken_png, Slot.IMAGE, VIDU, "can't read the file in `image`"),
        (odd_files.bomb, Slot.IMAGE, VIDU, r"up to \*\*40 megapixels\*\* .* 30000x30000 pixels"),
        (odd_files.bomb, Slot.IMAGE, SEEDANCE, r"up to \*\*6000\*\* pixels a side .*\*\*30000\*\*"),
        (odd_files.large_video, VIDEO, MULTIMODAL, AS_IT_IS),
        (odd_files.upright_video, VIDEO, MULTIMODAL, AS_IT_IS),
        (odd_files.bomb, VIDEO, MULTIMODAL, "takes MP4 as `reference_video`"),
        (odd_files.heavy_video, VIDEO, MULTIMODAL, r"up to \*\*50 MB\*\* as `reference_video`"),
        (odd_files.quicktime, VIDEO, MULTIMODAL, "takes MP4 as `reference_video`"),
        (odd_files.sound_named_video, VIDEO, MULTIMODAL, "takes MP4 as `reference_video`"),
        (odd_files.plain_jpeg, VIDEO, MULTIMODAL, "takes MP4 as `reference_video`"),
        (odd_files.sound_with_cover, SOUND, MULTIMODAL, AS_IT_IS),
        (
            odd_files.plain_jpeg,
            SOUND,
            MULTIMODAL,
            "takes MP3, WAV, AAC, M4A, OGG as `reference_audio`",
        ),
    ],
    ids=lambda it: getattr(it, "__name__", None) or getattr(it, "model_label", None),
)
async def test_odd_files_are_answered(
    make: Make,
    slot: Slot,
    way: Capability,
    said: str,
    site: Site,
    session: aiohttp.ClientSession,
    tmp_path: Path,
    scratch: Callable[[], list[Path]],
) -> None:
    """A file is taken as it is, made to fit, or refused with what is taken; none is kept."""
    site.answer(await asyncio.to_thread(lambda: make(tmp_path).read_bytes()))

    found = await answer(InputFiles(session, Measurer()), offered(site, slot), way)

    if isinstance(found, CheckedInput):
        assert said == (FITTED if found.to_fit else AS_IT_IS)
        assert (found.slot, found.name) == (slot, "fox.png")
    else:
        assert re.search(said, found), found
    assert scratch() == []


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, InputGone), (403, InputGone), (500, InputUnreachable), (204, InputUnreachable)],
)
async def test_a_file_that_can_not_be_fetched_is_answered(
    status: int, error: type[Exception], site: Site, session: aiohttp.ClientSession
) -> None:
    """What is gone must be attached again; what is not reached now may be tried again."""
    site.answer(b"", status)

    with pytest.raises(error):
        await InputFiles(session, Measurer()).check([offered(site)], VIDU, requester=REQUESTER)


async def test_the_operators_network_is_no_source(site: Site) -> None:
    """An address inside it is not asked for anything, whatever message it was in."""
    async with open_downloads() as guarded:
        with pytest.raises(InputUnreachable):
            await InputFiles(guarded, Measurer()).check([offered(site)], VIDU, requester=REQUESTER)

    assert site.requests == []


async def test_several_files_come_back_in_their_order(
    site: Site, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """Each has its own slot; of one that is refused the others' are not waited for."""
    way = CAPABILITIES["viduq3-turbo", "first-last-frame"]
    site.answer(await asyncio.to_thread(odd_files.plain_jpeg(tmp_path).read_bytes))
    files = InputFiles(session, Measurer())
    both = [offered(site), offered(site, Slot.LAST_IMAGE)]

    checked = await files.check(both, way, requester=REQUESTER)
    assert [it.slot for it in checked] == [Slot.IMAGE, Slot.LAST_IMAGE]
    assert [it.source for it in checked] == [it.source for it in both]

    site.answer(b"%PDF-1.7 no picture")
    with pytest.raises(InputOutside):
        await files.check(both, way, requester=REQUESTER)


async def test_a_hundred_requests_do_not_fill_the_disk(
    site: Site, session: aiohttp.ClientSession, scratch: Callable[[], list[Path]]
) -> None:
    """Eight files are on disk at once; who waits too long is busy, and nothing is left."""
    arrived, release = asyncio.Semaphore(0), asyncio.Event()
    site.hold(arrived, release)
    files = InputFiles(session, Measurer(), longest_wait=0.01)

    async with asyncio.TaskGroup() as group:
        checks = [
            group.create_task(
                _outcome(files, [offered(site)], requester), name=f"request {requester}"
            )
            for requester in range(100)
        ]
        for _ in range(8):
            await arrived.acquire()
        await asyncio.wait(checks, return_when=asyncio.FIRST_COMPLETED)
        while sum(check.done() for check in checks) < 92:
            await asyncio.wait(
                [it for it in checks if not it.done()], return_when="FIRST_COMPLETED"
            )
        assert len(scratch()) == 8
        release.set()

    outcomes = [check.result() for check in checks]
    assert outcomes.count(InputsBusy) == 92
    assert len(site.requests) == 8
    assert scratch() == []


async def test_one_requesters_files_leave_places_for_others(
    site: Site, session: aiohttp.ClientSession
) -> None:
    """However many files one requester hands in, the next one's is looked at meanwhile."""
    arrived, release = asyncio.Semaphore(0), asyncio.Event()
    site.hold(arrived, release)
    files = InputFiles(session, Measurer())
    many = [offered(site) for _ in range(10)]

    async with asyncio.TaskGroup() as group:
        group.create_task(_outcome(files, many, 1), name="many")
        for _ in range(4):
            await arrived.acquire()
        group.create_task(_outcome(files, [offered(site)], 2), name="one")
        async with asyncio.timeout(60):
            await arrived.acquire()
        assert len(site.requests) == 5
        release.set()


async def test_a_server_that_does_not_answer_ends_the_look(
    site: Site, session: aiohttp.ClientSession, scratch: Callable[[], list[Path]]
) -> None:
    """A file that does not come in time is denied, and holds no place any more."""
    release = asyncio.Event()
    site.hold(asyncio.Semaphore(0), release)
    files = InputFiles(session, Measurer(), longest_look=0.05)

    for _ in range(9):
        assert await _outcome(files, [offered(site)], REQUESTER) is InputUnreachable
    assert scratch() == []
    release.set()


async def _outcome(
    files: InputFiles, handed_in: list[OfferedFile], requester: int
) -> type[Exception] | None:
    try:
        await files.check(handed_in, VIDU, requester=requester)
    except (InvalidRequest, RequestDenied) as error:
        return type(error)
    return None


@pytest.mark.parametrize("address", ["http://[", "ftp://example.org/a.png", "", "no address"])
async def test_addresses_that_make_no_sense_are_denied(
    address: str, session: aiohttp.ClientSession
) -> None:
    """Whatever stands where an address should, the requester gets a sentence."""
    file = OfferedFile(slot=Slot.IMAGE, source=address, name="a.png", size=1)

    assert await _outcome(InputFiles(session, Measurer()), [file], REQUESTER) is InputUnreachable


def test_claims_are_checked_without_a_fetch() -> None:
    """What Discord says is enough to refuse a document."""
    document = OfferedFile(
        slot=Slot.IMAGE, source="", name="a.pdf", size=1, media_type="application/pdf"
    )
    with pytest.raises(InputOutside):
        check_claims([document], VIDU)
