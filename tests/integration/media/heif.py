"""HEIF: write HEVC pictures as phones do (ISO/IEC 23008-12), in one piece or as tiles."""

import struct
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_PRIMARY = 1


def heic_of(path: Path, frame: VideoFrame, *, tiles: int = 1) -> Path:
    """Write *frame* to *path*; several *tiles* are each all of it, beside each other."""
    configuration, picture = _encoded(frame, path.with_suffix(".mp4"))
    ids = [_PRIMARY] if tiles == 1 else [_PRIMARY + 1 + number for number in range(tiles)]
    size = frame.width, frame.height
    grid = b""
    if tiles > 1:
        grid = struct.pack(">4BHH", 0, 0, 0, tiles - 1, size[0] * tiles, size[1])
    properties = _box("hvcC", configuration) + _ispe(*size) + _ispe(size[0] * tiles, size[1])
    linked: list[tuple[int, tuple[int, ...]]] = [(item, (1, 2)) for item in ids]
    if grid:
        linked.append((_PRIMARY, (3,)))
    ftyp = _box("ftyp", b"heic\0\0\0\0mif1heic")
    contents = [(item, picture) for item in ids] + ([(_PRIMARY, grid)] if grid else [])
    meta = b""
    for start in (0, len(ftyp) + 8):  # the second time the length of the box is known
        meta = _meta(contents, linked, properties, ids if grid else [], start + len(meta))
    path.write_bytes(ftyp + meta + _box("mdat", b"".join(part for _, part in contents)))
    return path


def _encoded(frame: VideoFrame, path: Path) -> tuple[bytes, bytes]:
    """Return the decoder's configuration and the one packet of *frame* as HEVC."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx265", rate=1, options={"x265-params": "log-level=0:info=0"}
        )
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, frame.format.name
        frame.pts = 0
        for part in (frame, None):
            container.mux(stream.encode(part))
    with av.open(str(path)) as container:
        (source,) = container.streams.video
        configuration = bytes(source.codec_context.extradata or b"")
        return configuration, bytes(next(container.demux(source)))


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
