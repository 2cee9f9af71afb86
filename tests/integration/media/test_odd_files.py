"""Odd files are measured as they are, and pictures among them are made plain and small enough."""

import asyncio
import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest

from bot.media.errors import CannotMeasure, CannotTranscode
from bot.media.facts import MediaFacts, PictureLimits
from bot.media.measurement import Measurer
from bot.media.picture_fitting import PictureFitter
from tests.integration.media import odd_files
from tests.integration.media.odd_files import Make
from tests.integration.media.transcoding.checks import (
    colour_at,
    corners,
    first_picture,
    is_near,
)
from tests.integration.media.transcoding.child_processes import children, until
from tests.integration.media.transcoding.sample_media import as_downloaded

LIMITS = PictureLimits(
    types=("image/jpeg", "image/webp", "image/png"), max_bytes=50_000_000, max_side=6000
)
# What is found of a picture beside its type and pixels.
PLAIN = {"is_plain", "can_be_fitted"}
ODD = {"can_be_fitted"}
ANIMATED = {"is_animated", "can_be_fitted"}


def picture(kind: str, width: int, height: int, marks: set[str]) -> MediaFacts:
    """Return what is to be found of a picture, apart from its size in bytes."""
    return MediaFacts(
        media_type=f"image/{kind}",
        size=0,
        width=width,
        height=height,
        is_animated="is_animated" in marks,
        is_plain="is_plain" in marks,
        can_be_fitted="can_be_fitted" in marks,
    )


def played(
    media_type: str, seconds: str, width: int | None = None, height: int | None = None
) -> MediaFacts:
    """Return what is to be found of a video or a sound."""
    return MediaFacts(
        media_type=media_type, size=0, width=width, height=height, seconds=Decimal(seconds)
    )


FACTS: dict[Make, MediaFacts] = {
    odd_files.plain_jpeg: picture("jpeg", 640, 480, PLAIN),
    odd_files.rotated_jpeg: picture("jpeg", 480, 640, ODD),
    odd_files.rotated_webp: picture("webp", 480, 640, ODD),
    odd_files.rotated_png: picture("png", 480, 640, ODD),
    odd_files.deep_png: picture("png", 640, 480, ODD),
    odd_files.cmyk_jpeg: picture("jpeg", 640, 480, ODD),
    odd_files.animated_gif: picture("gif", 320, 240, ANIMATED),
    odd_files.animated_webp: picture("webp", 320, 240, ANIMATED),
    odd_files.animated_png: picture("png", 320, 240, ANIMATED),
    odd_files.wide_inside: picture("png", 1600, 404, PLAIN),
    odd_files.wide_outside: picture("png", 1604, 400, PLAIN),
    odd_files.tiny: picture("png", 200, 127, PLAIN),
    odd_files.heic: picture("heic", 640, 480, ODD),
    odd_files.tiled_heic: picture("heic", 1280, 480, set()),
    odd_files.avif: picture("avif", 640, 480, ODD),
    odd_files.bmp: picture("bmp", 640, 480, PLAIN),
    odd_files.tiff: picture("tiff", 640, 480, PLAIN),
    odd_files.bomb: picture("png", 30_000, 30_000, {"is_plain"}),
    odd_files.sound_with_cover: played("audio/mpeg", "3.02"),
    odd_files.sound_named_video: played("audio/mp4", "2.15"),
    odd_files.large_video: played("video/mp4", "0.5", 3840, 2160),
    odd_files.upright_video: played("video/mp4", "1", 240, 320),
    odd_files.quicktime: played("video/quicktime", "1", 320, 240),
}


def name_of(make: object) -> str | None:
    """Return the name of what makes a file."""
    return getattr(make, "__name__", None)


def left_of_fitting(folder: Path) -> list[Path]:
    """Return the files that fittings have left in *folder*."""
    return sorted(folder.glob("*-fitted*"))


@pytest.mark.parametrize(("make", "expected"), FACTS.items(), ids=name_of)
async def test_odd_files_are_measured(make: Make, expected: MediaFacts, tmp_path: Path) -> None:
    """Kind, pixels as shown, seconds, and what is unusual; whatever name, header or marks say."""
    path = make(tmp_path)

    found = await Measurer().measure(path)

    assert found.size == path.stat().st_size
    assert dataclasses.replace(found, size=0) == expected


async def test_a_bomb_is_measured_in_the_memory_of_a_header(tmp_path: Path) -> None:
    """Of 900 million pixels none is decoded: there is room for libav and little else."""
    found = await Measurer(memory=200 * 1024 * 1024).measure(odd_files.bomb(tmp_path))

    assert (found.width, found.height) == (30_000, 30_000)
    with pytest.raises(CannotTranscode, match=r"too many|unknown"):
        await PictureFitter().fit(as_downloaded(odd_files.bomb(tmp_path)), LIMITS)


@pytest.mark.parametrize("make", [odd_files.pdf_named_png, odd_files.broken_png], ids=name_of)
async def test_what_is_no_medium_is_not_measured(make: Make, tmp_path: Path) -> None:
    """A document that is called a picture, and a picture that ends too soon, are none."""
    with pytest.raises(CannotMeasure):
        await Measurer().measure(make(tmp_path))


@pytest.mark.parametrize(
    ("make", "size", "shown"),
    [
        (odd_files.rotated_jpeg, (480, 640), "br-g"),
        (odd_files.rotated_webp, (480, 640), "br-g"),
        (odd_files.rotated_png, (480, 640), "br-g"),
        (odd_files.deep_png, (640, 480), "rgb-"),
        (odd_files.cmyk_jpeg, (640, 480), "rrrr"),
        (odd_files.animated_gif, (320, 240), "rrrr"),
        (odd_files.animated_webp, (320, 240), "rrrr"),
        (odd_files.animated_png, (320, 240), "rrrr"),
        (odd_files.heic, (640, 480), "rgb-"),
        (odd_files.avif, (640, 480), "rgb-"),
        (odd_files.bmp, (640, 480), "rgb-"),
        (odd_files.tiff, (640, 480), "rgb-"),
        (odd_files.long_panorama, (6000, 1501), "gggg"),
    ],
    ids=name_of,
)
async def test_odd_pictures_become_plain_ones(
    make: Make, size: tuple[int, int], shown: str, tmp_path: Path
) -> None:
    """They are upright, of one frame and eight bits, inside the limits, and show the same."""
    file = as_downloaded(make(tmp_path))

    fitted = await PictureFitter().fit(file, LIMITS)
    found = await Measurer().measure(fitted.path)

    assert (found.width, found.height) == size
    assert found.is_plain
    assert fitted.media_type == found.media_type == "image/jpeg"
    assert fitted.size == found.size <= LIMITS.max_bytes
    assert corners(first_picture(fitted.path)) == shown
    assert left_of_fitting(tmp_path) == [fitted.path]


async def test_a_picture_for_print_keeps_its_colours(tmp_path: Path) -> None:
    """Cyan, magenta, yellow and black are turned into the red that they print."""
    fitted = await PictureFitter().fit(as_downloaded(odd_files.cmyk_jpeg(tmp_path)), LIMITS)

    colour = colour_at(first_picture(fitted.path), across=0.5, down=0.5)
    assert is_near(colour, (195, 0, 0))


async def test_an_animation_that_begins_with_a_part_is_drawn_whole(tmp_path: Path) -> None:
    """The first frame of an animated WebP may be smaller than its canvas, and placed on it."""
    path = odd_files.animation_with_a_small_frame(tmp_path)

    fitted = await PictureFitter().fit(as_downloaded(path), LIMITS)
    picture = first_picture(fitted.path)

    assert (picture.width, picture.height) == (320, 240)
    assert is_near(colour_at(picture, across=0.75, down=0.75), (255, 0, 0))


@pytest.mark.parametrize(
    ("types", "becomes"),
    [
        (("image/jpeg", "image/webp", "image/png"), "image/webp"),
        (("image/jpeg", "image/png"), "image/png"),
        (("image/jpeg",), "image/jpeg"),
    ],
)
async def test_a_transparent_picture_stays_so_where_it_can(
    types: tuple[str, ...], becomes: str, tmp_path: Path
) -> None:
    """Of the formats that are taken it becomes the best that has transparency, if one has."""
    file = as_downloaded(odd_files.transparent_png(tmp_path))
    limits = PictureLimits(types=types, max_bytes=10_000_000, max_side=1000)

    fitted = await PictureFitter().fit(file, limits)

    assert fitted.media_type == becomes
    assert first_picture(fitted.path).width == 1000


async def test_a_picture_of_51_megabytes_is_made_to_fit(tmp_path: Path) -> None:
    """It keeps its pixels, as bytes are what is too many."""
    file = as_downloaded(odd_files.heavy_png(tmp_path))

    fitted = await PictureFitter().fit(file, LIMITS)
    picture = first_picture(fitted.path)

    assert fitted.size <= LIMITS.max_bytes < file.size
    assert (picture.width, picture.height) == (4128, 4120)


async def test_no_picture_is_made_smaller_than_it_may_be(tmp_path: Path) -> None:
    """Where only fewer pixels than are taken would do, the picture is refused, not shrunk."""
    file = as_downloaded(odd_files.rotated_jpeg(tmp_path))
    limits = PictureLimits(types=("image/jpeg",), max_bytes=9_000, min_side=480)

    with pytest.raises(CannotTranscode, match="stays too large"):
        await PictureFitter().fit(file, limits)

    assert left_of_fitting(tmp_path) == []


async def test_cancelled_measurements_leave_no_process(tmp_path: Path) -> None:
    """A measurement that is given up ends its process before it is through."""
    before, path = children(), odd_files.plain_jpeg(tmp_path)
    task = asyncio.create_task(Measurer().measure(path), name="measure")
    await until(lambda: children() != before)
    task.cancel()
    await asyncio.wait([task])

    assert children() == before
