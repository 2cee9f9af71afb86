"""Images come out as JPEG, or as WebP where something shines through."""

import struct
import zlib
from pathlib import Path

import pytest

from bot.media.errors import CannotTranscode
from bot.media.transcoding.transcoder import Transcoder
from tests.integration.media.transcoding.checks import colour_at, corners, first_picture, is_near
from tests.integration.media.transcoding.sample_media import (
    as_downloaded,
    four_colours,
    make_image,
    orient,
    pictures,
)

ORANGE = "color=c=0xE08020"
NOISE = (("noise", "alls=6"),)


async def test_a_png_of_twenty_megabytes_becomes_a_jpeg(tmp_path: Path) -> None:
    """It is under the limit at its full size and shows the same."""
    picture = next(pictures((3200, 2200), pixels="rgb24", source=ORANGE, steps=NOISE))
    file = make_image(tmp_path / "a.png", picture)
    assert file.size > 20_000_000

    fitted = await Transcoder().transcode(file, limit=8_000_000)
    shown = first_picture(fitted.path)

    assert fitted.size < 8_000_000
    assert fitted.media_type == "image/jpeg"
    assert (shown.width, shown.height) == (3200, 2200)
    assert is_near(colour_at(shown, across=0.5, down=0.5), (224, 128, 32), by=25)


async def test_an_image_that_is_still_too_large_loses_pixels(tmp_path: Path) -> None:
    """Where quality alone does not do, the size falls and the aspect stays."""
    picture = next(pictures((1600, 800), pixels="rgb24", steps=(("noise", "alls=100"),)))
    file = make_image(tmp_path / "a.png", picture)

    fitted = await Transcoder().transcode(file, limit=150_000)
    shown = first_picture(fitted.path)

    assert fitted.size < 150_000
    assert shown.width < 1600
    assert shown.width / shown.height == pytest.approx(2, rel=0.01)


async def test_a_transparent_image_stays_transparent(tmp_path: Path) -> None:
    """An image that something shines through becomes WebP, and it still does."""
    clear = (("format", "pix_fmts=rgba"), ("colorchannelmixer", "aa=0.5"), ("noise", "alls=6"))
    picture = next(pictures((800, 600), pixels="rgba", source=ORANGE, steps=clear))
    file = make_image(tmp_path / "a.png", picture)

    fitted = await Transcoder().transcode(file, limit=file.size // 4)
    shown = first_picture(fitted.path).reformat(format="rgba")

    assert fitted.media_type == "image/webp"
    assert 96 < bytes(shown.planes[0])[3] < 160
    assert is_near(colour_at(shown, across=0.5, down=0.5), (224, 128, 32), by=30)


async def test_an_opaque_image_with_alpha_becomes_a_jpeg(tmp_path: Path) -> None:
    """A PNG with an alpha that is opaque everywhere becomes a JPEG, which all clients show."""
    picture = next(pictures((801, 601), pixels="rgba", source=ORANGE, steps=NOISE))
    file = make_image(tmp_path / "a.png", picture)

    assert (await Transcoder().transcode(file, limit=file.size // 4)).media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("name", "encoder", "pixels"),
    [("a.jpg", "mjpeg", "yuvj420p"), ("a.webp", "libwebp", "yuv420p")],
)
async def test_compressed_image_formats_get_smaller(
    tmp_path: Path, name: str, encoder: str, pixels: str
) -> None:
    """JPEG and WebP are made smaller too."""
    picture = next(pictures((1201, 801), pixels=pixels))
    file = make_image(tmp_path / name, picture, encoder=encoder)

    fitted = await Transcoder().transcode(file, limit=file.size // 3)
    shown = first_picture(fitted.path)

    assert fitted.size < file.size // 3
    assert fitted.media_type == "image/jpeg"
    assert shown.width / shown.height == pytest.approx(1201 / 801, rel=0.01)


async def test_an_impossible_limit_for_an_image_is_refused(tmp_path: Path) -> None:
    """No picture of a million pixels fits into a kilobyte."""
    file = make_image(tmp_path / "a.png", next(pictures((1000, 1000), pixels="rgb24")))

    with pytest.raises(CannotTranscode, match="too large"):
        await Transcoder().transcode(file, limit=1000)


async def test_an_animated_png_is_not_made_to_stand_still(tmp_path: Path) -> None:
    """An animation that can't be decoded is refused, and so linked; it never becomes a picture."""
    file = make_image(tmp_path / "a.png", next(pictures((100, 100), pixels="rgb24")))
    contents = file.path.read_bytes()
    chunk = b"\x00\x00\x00\x08acTL\x00\x00\x00\x02\x00\x00\x00\x00\xf3\x8d\x93\x70"
    file.path.write_bytes(contents[:33] + chunk + contents[33:])

    with pytest.raises(CannotTranscode):
        await Transcoder().transcode(file, limit=5000)

    # Before the chunk that says so there may be any number of others, which say nothing.
    note = b"acTL" + b"x" * 70_000
    text = (
        struct.pack(">I", len(note))
        + b"tEXt"
        + note
        + struct.pack(">I", zlib.crc32(b"tEXt" + note))
    )
    file.path.write_bytes(contents[:33] + text + chunk + contents[33:])
    with pytest.raises(CannotTranscode):
        await Transcoder().transcode(as_downloaded(file.path), limit=5000)
    file.path.write_bytes(contents[:33] + text + contents[33:])
    assert (
        await Transcoder().transcode(as_downloaded(file.path), limit=5000)
    ).media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("orientation", "seen"),
    [
        (1, "rgb-"),
        (2, "gr-b"),
        (3, "-bgr"),
        (4, "b-rg"),
        (5, "rbg-"),
        (6, "br-g"),
        (7, "-gbr"),
        (8, "g-rb"),
    ],
)
async def test_a_turned_or_mirrored_image_is_shown_as_before(
    tmp_path: Path, orientation: int, seen: str
) -> None:
    """What a JPEG asks viewers to do to it is done for good."""
    picture = next(four_colours((400, 200), pixels="yuvj420p"))
    file = orient(make_image(tmp_path / "a.jpg", picture, encoder="mjpeg"), orientation)

    fitted = await Transcoder().transcode(file, limit=file.size - 1)
    shown = first_picture(fitted.path)

    assert (shown.width > shown.height) == (orientation < 5)
    assert corners(shown) == seen
