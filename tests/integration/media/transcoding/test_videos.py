"""Videos come out smaller, and otherwise as they were."""

from fractions import Fraction
from pathlib import Path

import pytest

from bot.media.download import DownloadedFile
from bot.media.errors import CannotTranscode
from bot.media.transcoding.transcoder import Transcoder
from tests.integration.media.transcoding.checks import (
    colour_at,
    corners,
    first_picture,
    is_near,
    judge,
)
from tests.integration.media.transcoding.sample_media import (
    four_colours,
    hide,
    make_video,
    pictures,
    place,
    turn,
)

TEN_MEBIBYTES = 10 * 1024 * 1024


async def test_a_minute_of_1080p_fits_into_ten_mebibytes(minute: DownloadedFile) -> None:
    """It is under the limit, as long, as wide for its height, and plays to the end with sound."""
    assert minute.size > 2 * TEN_MEBIBYTES

    fitted = await Transcoder().transcode(minute, limit=TEN_MEBIBYTES)
    verdict = judge(fitted.path)

    assert TEN_MEBIBYTES // 2 < fitted.size < TEN_MEBIBYTES
    assert fitted.size == fitted.path.stat().st_size
    assert fitted.path.parent == minute.path.parent
    assert fitted.media_type == "video/mp4"
    assert verdict.codecs == ("h264", "aac")
    assert verdict.length == pytest.approx(60, abs=0.2)
    assert verdict.heard == pytest.approx(60, abs=0.2)
    assert verdict.pictures == 60 * 10
    assert verdict.size is not None
    assert verdict.size[0] / verdict.size[1] == pytest.approx(16 / 9, rel=0.01)
    assert _plays_while_it_loads(fitted.path)


def _plays_while_it_loads(path: Path) -> bool:
    head = path.read_bytes()
    return head.index(b"moov") < head.index(b"mdat")


@pytest.mark.parametrize(
    ("size", "rate", "seconds", "limit", "becomes"),
    [
        ((360, 640), Fraction(30), 2.0, 200_000, 30),
        ((321, 241), Fraction(25), 2.0, 100_000, 25),
        ((320, 240), Fraction(1), 6.0, 300_000, 1),
        ((320, 240), Fraction(60), 2.0, 200_000, 30),
        ((320, 240), Fraction(30), 0.2, 40_000, 30),
    ],
    ids=["upright", "odd", "one a second", "sixty a second", "a fifth of a second"],
)
async def test_videos_of_every_shape_and_rate(
    tmp_path: Path,
    size: tuple[int, int],
    rate: Fraction,
    seconds: float,
    limit: int,
    becomes: int,
) -> None:
    """A video of any shape, speed and length keeps its length and aspect, and gets no sound."""
    frames = pictures(size, rate=rate, seconds=seconds)
    file = make_video(tmp_path / "a.mp4", frames, rate=rate, bit_rate=8_000_000)
    assert file.size > limit

    fitted = await Transcoder().transcode(file, limit=limit)
    verdict = judge(fitted.path)

    assert fitted.size < limit
    assert verdict.length == pytest.approx(seconds, abs=0.2)
    assert verdict.rate == pytest.approx(becomes)
    assert verdict.pictures == pytest.approx(seconds * becomes, abs=1)
    assert verdict.size is not None
    assert verdict.size[0] / verdict.size[1] == pytest.approx(size[0] / size[1], rel=0.02)
    assert verdict.codecs == ("h264",)


async def test_webm_becomes_mp4_with_its_sound(tmp_path: Path) -> None:
    """A WebM file becomes one that every client plays."""
    frames = pictures((320, 240), seconds=2)
    file = make_video(tmp_path / "a.webm", frames, tone=2, encoder="libvpx", sound="libopus")

    fitted = await Transcoder().transcode(file, limit=150_000)
    verdict = judge(fitted.path)

    assert (file.media_type, fitted.media_type) == ("video/webm", "video/mp4")
    assert verdict.codecs == ("h264", "aac")
    assert verdict.length == pytest.approx(2, abs=0.2)
    assert verdict.heard == pytest.approx(2, abs=0.2)


async def test_a_moving_gif_goes_on_moving(tmp_path: Path) -> None:
    """A GIF becomes a video of the same length."""
    frames = pictures((200, 150), rate=Fraction(10), seconds=3, pixels="rgb8")
    file = make_video(tmp_path / "a.gif", frames, rate=Fraction(10), encoder="gif")

    fitted = await Transcoder().transcode(file, limit=100_000)

    assert fitted.media_type == "video/mp4"
    assert judge(fitted.path).length == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize(
    ("cosine", "sine", "size", "red", "blue"),
    [
        (0, 1, (240, 320), (0.5, 0.25), (0.5, 0.75)),
        (0, -1, (240, 320), (0.5, 0.75), (0.5, 0.25)),
        (-1, 0, (320, 240), (0.75, 0.5), (0.25, 0.5)),
    ],
    ids=["clockwise", "counterclockwise", "upside down"],
)
async def test_a_turned_video_is_shown_as_before(
    tmp_path: Path,
    cosine: int,
    sine: int,
    size: tuple[int, int],
    red: tuple[float, float],
    blue: tuple[float, float],
) -> None:
    """What a file asks players to turn is turned in the pictures themselves, and keeps its colours."""
    left_red = (("drawbox", "x=160:y=0:w=160:h=240:color=0x0000C0:t=fill"), ("noise", "alls=8"))
    frames = pictures((320, 240), source="color=c=0xC00000", steps=left_red)
    file = make_video(tmp_path / "a.mp4", frames, bit_rate=6_000_000)

    fitted = await Transcoder().transcode(
        turn(file, cosine=cosine, sine=sine), limit=file.size // 2
    )
    shown = first_picture(fitted.path)

    assert (shown.width, shown.height) == size
    assert shown.rotation == 0
    assert is_near(colour_at(shown, across=red[0], down=red[1]), (192, 0, 0), by=25)
    assert is_near(colour_at(shown, across=blue[0], down=blue[1]), (0, 0, 192), by=25)


@pytest.mark.parametrize(
    ("matrix", "seen"),
    [
        ((-1, 0, 0, 1), "gr-b"),
        ((1, 0, 0, -1), "b-rg"),
        ((0, 1, 1, 0), "rbg-"),
        ((0, -1, -1, 0), "-gbr"),
    ],
)
async def test_a_mirrored_video_is_shown_as_before(
    tmp_path: Path, matrix: tuple[int, int, int, int], seen: str
) -> None:
    """A mirror is no rotation: it is done in the pictures themselves as well."""
    frames = four_colours((320, 240), pixels="yuv420p")
    file = make_video(tmp_path / "a.mp4", frames, bit_rate=6_000_000)

    fitted = await Transcoder().transcode(place(file, matrix), limit=file.size // 2)

    assert corners(first_picture(fitted.path)) == seen


@pytest.mark.parametrize("tone", [None, 2.0], ids=["silent", "with sound"])
async def test_a_video_that_loses_its_pictures_is_refused(
    tmp_path: Path, tone: float | None
) -> None:
    """Pictures that can't be decoded are missed, even where the sound goes on and no error came."""
    whole = make_video(
        tmp_path / "a.webm",
        pictures((320, 240), seconds=2),
        tone=tone,
        encoder="libvpx",
        sound="libopus",
    )
    file = hide(whole, tmp_path / "b.webm", after=1)

    with pytest.raises(CannotTranscode, match="damaged"):
        await Transcoder().transcode(file, limit=150_000)


async def test_a_video_that_fits_is_left_alone(tmp_path: Path) -> None:
    """What fits already is returned as it is; one byte less of limit and it is made smaller."""
    file = make_video(tmp_path / "a.mp4", pictures((160, 120)))

    assert await Transcoder().transcode(file, limit=file.size + 1) is file
    assert (await Transcoder().transcode(file, limit=file.size)).size < file.size


async def test_a_video_cut_short_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    """A file that lacks its second half is no result to show."""
    file = make_video(tmp_path / "a.mp4", pictures((320, 240), seconds=4))
    file.path.write_bytes(file.path.read_bytes()[: file.size // 2])

    with pytest.raises(CannotTranscode, match="cut short"):
        await Transcoder().transcode(file, limit=100_000)

    assert _names_in(tmp_path) == ["a.mp4"]


def _names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_video_without_its_index_is_refused(tmp_path: Path) -> None:
    """A file whose index was to come at the end, and never came, is broken."""
    file = make_video(tmp_path / "a.mp4", pictures((320, 240)))
    whole = file.path.read_bytes()
    file.path.write_bytes(whole.replace(b"moov", b"none"))

    with pytest.raises(CannotTranscode, match="broken"):
        await Transcoder().transcode(file, limit=50_000)


async def test_a_video_too_long_for_the_limit_is_refused(tmp_path: Path) -> None:
    """Where too few bits are left for a second, the answer is a link and not a blur."""
    file = make_video(tmp_path / "a.mp4", pictures((320, 240), seconds=4), tone=4)

    with pytest.raises(CannotTranscode, match="too long"):
        await Transcoder().transcode(file, limit=50_000)
