"""Noise picture: a PNG that can't be compressed, written without a library. Pure."""

import random
import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB = 2  # the colour type (PNG specification, 11.2.1)


def noise_picture(side: int) -> bytes:
    """Return a square picture of so many pixels a side, about three bytes each."""
    randomness = random.Random(side)  # noqa: S311 - a picture, no secret
    rows = b"".join(b"\0" + randomness.randbytes(3 * side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, _RGB, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
