"""Picture header: size and kind of a picture by its header alone, without decoding a pixel.

So a picture of 30,000 x 30,000 pixels costs as much as a small one. Each reader takes a file of one
media type and raises ValueError or struct.error for what makes no sense; none reads more than
it needs, nor takes more steps than `_MOST_PARTS`.
"""

import dataclasses
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from bot.media.transcoding.exif import orientation_in, read_directory

_MOST_PARTS = 10_000
# Of an ISO file's `meta` box, which lists the parts of a picture.
_LARGEST_META = 1024 * 1024  # bytes
_LARGEST_EXIF = 256 * 1024  # bytes
_UPRIGHT = 1
# The orientations of Exif that exchange width and height.
_ON_THEIR_SIDE = frozenset({5, 6, 7, 8})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PictureHeader:
    """A picture by its header: pixels before any rotation, and what is unusual about it."""

    width: int
    height: int
    orientation: int = _UPRIGHT  # as Exif counts it, 1 to 8
    is_animated: bool = False
    is_usual: bool = True  # eight bits a channel or fewer, in grey, RGB or a palette

    @property
    def size_as_shown(self) -> tuple[int, int]:
        """Width and height after the rotation that the file asks for."""
        if self.orientation in _ON_THEIR_SIDE:
            return self.height, self.width
        return self.width, self.height

    @property
    def is_plain(self) -> bool:
        """Whether every decoder draws it alike."""
        return self.is_usual and not self.is_animated and self.orientation == _UPRIGHT


def read_header(path: Path, media_type: str) -> PictureHeader | None:
    """Return the header of the picture at *path*, None if it is of a type that is not read.

    Raises:
        ValueError, struct.error: It is broken.
    """
    reader = _READERS.get(media_type)
    if reader is None:
        return None
    with path.open("rb") as file:
        header = reader(file)
    if header.width < 1 or header.height < 1:
        raise ValueError("a picture without pixels")
    return header


def _png(file: BinaryIO) -> PictureHeader:
    """Read a PNG (third edition, section 11): IHDR is first, acTL and eXIf precede the pixels."""
    file.seek(8)
    width = height = depth = 0
    orientation, is_animated = _UPRIGHT, False
    for name, length in _png_chunks(file):
        if name == b"IHDR":
            width, height, depth = struct.unpack(">IIB", file.read(9))
        elif name == b"acTL":
            is_animated = True
        elif name == b"eXIf":
            orientation = orientation_in(file.read(min(length, _LARGEST_EXIF)))
    return PictureHeader(
        width=width,
        height=height,
        orientation=orientation,
        is_animated=is_animated,
        is_usual=depth <= 8,
    )


def _png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield name and length of each chunk before the pixels, with *file* at its contents."""
    for _ in range(_MOST_PARTS):
        length, name = struct.unpack(">I4s", file.read(8))
        if name in {b"IDAT", b"IEND"}:
            return
        following = file.tell() + length + 4  # after contents and checksum
        yield name, length
        file.seek(following)
    raise ValueError("too many chunks")


def _jpeg(file: BinaryIO) -> PictureHeader:
    """Read a JPEG (ITU-T T.81, section B.2): the frame header says size, depth and components."""
    file.seek(2)
    orientation = _UPRIGHT
    for marker, length in _jpeg_segments(file):
        if marker == 0xE1:
            segment = file.read(min(length, _LARGEST_EXIF))
            if segment.startswith(b"Exif\x00\x00"):
                orientation = orientation_in(segment[6:])
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            depth, height, width, components = struct.unpack(">BHHB", file.read(6))
            return PictureHeader(
                width=width,
                height=height,
                orientation=orientation,
                # Baseline and progressive; others are lossless, hierarchical or arithmetic.
                is_usual=depth == 8 and components in {1, 3} and marker <= 0xC2,
            )
    raise ValueError("no frame header")


def _jpeg_segments(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield marker and length of each segment, with *file* at its contents."""
    for _ in range(_MOST_PARTS):
        mark, marker = struct.unpack("BB", file.read(2))
        if mark != 0xFF:
            raise ValueError("no marker")
        if marker == 0xFF:  # a fill byte
            file.seek(-1, os.SEEK_CUR)
            continue
        if marker in {0x01, *range(0xD0, 0xD8)}:  # have no contents
            continue
        if marker in {0xD9, 0xDA}:
            return
        (length,) = struct.unpack(">H", file.read(2))
        following = file.tell() + length - 2
        yield marker, length - 2
        file.seek(following)


def _gif(file: BinaryIO) -> PictureHeader:
    """Read a GIF (GIF89a, section 15): it is animated if it has a second picture."""
    file.seek(6)
    width, height, flags = struct.unpack("<HHB", file.read(5))
    file.seek(2, os.SEEK_CUR)
    _skip_palette(file, flags)
    found = 0
    while found < 2 and (kind := file.read(1)) not in {b"", b";"}:
        if kind == b",":
            found += 1
            _skip_palette(file, struct.unpack("<8xB", file.read(9))[0])
        elif kind != b"!":
            raise ValueError("no block")
        file.seek(1, os.SEEK_CUR)  # the label of an extension, or the code size of a picture
        while (length := file.read(1)) not in {b"", b"\x00"}:
            file.seek(length[0], os.SEEK_CUR)
    if not found:
        raise ValueError("no picture")
    return PictureHeader(width=width, height=height, is_animated=found > 1)


def _skip_palette(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 * 2 ** ((flags & 7) + 1), os.SEEK_CUR)


def _webp(file: BinaryIO) -> PictureHeader:
    """Read a WebP (RFC 9649, section 2): one of three first chunks, each with a size of its own."""
    file.seek(12)
    name, length, head = struct.unpack("<4sI10s", file.read(18))
    if name == b"VP8 ":
        across, down = struct.unpack("<6xHH", head)
        return PictureHeader(width=across & 0x3FFF, height=down & 0x3FFF)
    if name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return PictureHeader(width=(bits & 0x3FFF) + 1, height=(bits >> 14 & 0x3FFF) + 1)
    if name != b"VP8X":
        raise ValueError("no first chunk")
    file.seek(20 + length + length % 2)
    return PictureHeader(
        width=int.from_bytes(head[4:7], "little") + 1,
        height=int.from_bytes(head[7:10], "little") + 1,
        orientation=_webp_orientation(file) if head[0] & 0x08 else _UPRIGHT,
        is_animated=bool(head[0] & 0x02),
    )


def _webp_orientation(file: BinaryIO) -> int:
    for _ in range(_MOST_PARTS):
        if len(head := file.read(8)) < 8:
            break
        name, length = struct.unpack("<4sI", head)
        if name == b"EXIF":
            exif = file.read(min(length, _LARGEST_EXIF))
            return orientation_in(exif.removeprefix(b"Exif\x00\x00"))
        file.seek(length + length % 2, os.SEEK_CUR)
    return _UPRIGHT


def _bmp(file: BinaryIO) -> PictureHeader:
    """Read a BMP; one that is stored from the top has a negative height."""
    file.seek(14)
    (length,) = struct.unpack("<I", file.read(4))
    width, height = struct.unpack(
        "<HH" if length == 12 else "<ii", file.read(4 if length == 12 else 8)
    )
    return PictureHeader(width=width, height=abs(height))


def _tiff(file: BinaryIO) -> PictureHeader:
    """Read the first picture of a TIFF (TIFF 6.0, section 8)."""
    tags = read_directory(file)
    return PictureHeader(
        width=tags.get(256, 0),
        height=tags.get(257, 0),
        orientation=tags.get(274, _UPRIGHT),
        is_usual=tags.get(258, 1) <= 8 and tags.get(262, 2) <= 3,
    )


def _iso(file: BinaryIO) -> PictureHeader:
    """Read HEIC or AVIF (ISO/IEC 23008-12, section 6.5): sizes and turns are in the `meta` box.

    The largest size of the listed parts is the picture's: the others are tiles and thumbnails.
    """
    file.seek(0)
    length, box, brand = struct.unpack(">I4s4s", file.read(12))
    animated = box == b"ftyp" and brand in {b"avis", b"msf1", b"hevc", b"hevx"}
    file.seek(length)
    for _ in range(_MOST_PARTS):
        start = file.tell()
        length, box = struct.unpack(">I4s", file.read(8))
        if box == b"meta":
            return _iso_meta(file.read(min(length - 8, _LARGEST_META)), is_animated=animated)
        if length < 8:
            break
        file.seek(start + length)
    raise ValueError("no list of parts")


def _iso_meta(meta: bytes, *, is_animated: bool) -> PictureHeader:
    sizes = [
        struct.unpack(">II", meta[at + 8 : at + 16]) for at in _found(meta, b"\x00\x00\x00\x14ispe")
    ]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    turns = [meta[at + 4] & 3 for at in _found(meta, b"\x00\x00\x00\x09irot")]
    return PictureHeader(
        width=width,
        height=height,
        orientation=6 if any(turn % 2 for turn in turns) else _UPRIGHT,
        is_animated=is_animated,
        is_usual=False,
    )


def _found(meta: bytes, box: bytes) -> Iterator[int]:
    """Yield where the names of boxes that begin with *box*, their length and name, are."""
    at = meta.find(box)
    while at >= 0:
        yield at + 4
        at = meta.find(box, at + len(box))


_READERS: Mapping[str, Callable[[BinaryIO], PictureHeader]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/bmp": _bmp,
    "image/tiff": _tiff,
    "image/heic": _iso,
    "image/avif": _iso,
}
