"""HEIF: write HEVC pictures as phones do (ISO/IEC 23008-12), in one piece or as tiles."""

import struct
from base64 import b64decode
from pathlib import Path

_PRIMARY = 1
_SIZE = (640, 480)
# The decoder's configuration and the one picture, as libx265 has made them. It is not asked each time,
# because its streams can't always be put into a file by libav ("not yet implemented").
_CONFIGURATION = b64decode(
    "AQFgAAAAkAAAAAAAWvAA/P34+AAADwMgAAEAGEABDAH//wFgAAADAJAAAAMAAAMAWpWYCSEAAQApQgEBAWAA"
    "AAMAkAAAAwAAAwBaoAUCAeFllZpJMrmgIAAAAwAgAAADACEiAAEAB0QBwXK0YkA="
)
_PICTURE = b64decode(
    "AAABFCgBrxMQILBAMihMLCrlMlH/9dqP/ivPDzLW0AIIsYPlK289gA9AUx/6t3GJf6mV/8UHbLwAAAMAFvCl"
    "jHZQArwKcPReKgAAAwA3IJMCDiWAAJgOwAAAhYBfyQIDPVSwzSZU4M7rE6iy4Eg///Au/TaKplY2FZnhNAn/"
    "yEvxC1fe8QVB/yvS7zEq0uc3apjwHi1G+uzBToXptRglSiiR6SNWJQ2HvPi1V316Rbs/zqc1mjxknH7Zyi8t"
    "sZ2/xJL/yZc4+9zgIarSh6hmFvwWWsgWJDEx0Q92wSUgzkpr7iJVqaBQymfI7NFOCKM+lZFETRazHpc4crIA"
    "AAMAAAn5owAAKmAAAAMAAUnJAAAUUAAArpYLqA=="
)


def write_heic(path: Path, *, tiles: int = 1) -> Path:
    """Write red, green, blue and grey quarters to *path*; several *tiles* are each all of it."""
    ids = [_PRIMARY] if tiles == 1 else [_PRIMARY + 1 + number for number in range(tiles)]
    size = _SIZE
    grid = b""
    if tiles > 1:
        grid = struct.pack(">4BHH", 0, 0, 0, tiles - 1, size[0] * tiles, size[1])
    properties = _box("hvcC", _CONFIGURATION) + _ispe(*size) + _ispe(size[0] * tiles, size[1])
    linked: list[tuple[int, tuple[int, ...]]] = [(item, (1, 2)) for item in ids]
    if grid:
        linked.append((_PRIMARY, (3,)))
    ftyp = _box("ftyp", b"heic\0\0\0\0mif1heic")
    contents = [(item, _PICTURE) for item in ids] + ([(_PRIMARY, grid)] if grid else [])
    meta = b""
    for start in (0, len(ftyp) + 8):  # the second time the length of the box is known
        meta = _meta(contents, linked, properties, ids if grid else [], start + len(meta))
    path.write_bytes(ftyp + meta + _box("mdat", b"".join(part for _, part in contents)))
    return path


def _meta(
    contents: list[tuple[int, bytes]],
    linked: list[tuple[int, tuple[int, ...]]],
    properties: bytes,
    tiles: list[int],
    start: int,
) -> bytes:
    entries, at = b"", start
    for item, part in contents:
        entries += struct.pack(">HHHII", item, 0, 1, at, len(part))
        at += len(part)
    kinds = b"".join(
        _full(
            "infe",
            struct.pack(">HH", item, 0)
            + (b"grid" if tiles and item == _PRIMARY else b"hvc1")
            + b"\0",
            2,
        )
        for item, _ in contents
    )
    links = b"".join(
        struct.pack(">HB", item, len(which)) + bytes(0x80 | each for each in which)
        for item, which in linked
    )
    parts = (
        _full("hdlr", bytes(4) + b"pict" + bytes(13)),
        _full("pitm", struct.pack(">H", _PRIMARY)),
        _full("iinf", struct.pack(">H", len(contents)) + kinds),
        _references(tiles),
        _box(
            "iprp", _box("ipco", properties) + _full("ipma", struct.pack(">I", len(linked)) + links)
        ),
        _full("iloc", b"\x44\x00" + struct.pack(">H", len(contents)) + entries),
    )
    return _full("meta", b"".join(parts))


def _references(tiles: list[int]) -> bytes:
    if not tiles:
        return b""
    listed = struct.pack(f">HH{len(tiles)}H", _PRIMARY, len(tiles), *tiles)
    return _full("iref", _box("dimg", listed))


def _ispe(width: int, height: int) -> bytes:
    return _full("ispe", struct.pack(">II", width, height))


def _full(name: str, contents: bytes, version: int = 0) -> bytes:
    return _box(name, struct.pack(">I", version << 24) + contents)


def _box(name: str, contents: bytes) -> bytes:
    return struct.pack(">I4s", len(contents) + 8, name.encode()) + contents
