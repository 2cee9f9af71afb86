"""Content coding: undo the compression in which a file arrives (RFC 9110, section 8.4).

Downloads ask for none, but stores send a file as they keep it, and headers may be wrong: compressed
bytes without a header, a header over plain bytes, one coding over another. So the contents decide,
and the header is asked only where they say nothing. What comes out has a cap, because a few
kilobytes can be compressed gigabytes.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.media.errors import NotWhole, TooLarge, Undecodable
from bot.media.media_type import HEAD, detect_media_type

_GZIP = b"\x1f\x8b\x08"
_MOST_LAYERS = 3
_BLOCK = 256 * 1024  # bytes
# zlib's names for its formats (zlib manual: inflateInit2).
_AS_GZIP, _AS_ZLIB, _AS_RAW = 31, 15, -15
_FORMATS: Mapping[str, tuple[int, ...]] = {
    "deflate": (_AS_ZLIB, _AS_RAW),
    "gzip": (),
    "x-gzip": (),
    "identity": (),
    "": (),
}


class _NotCompressed(Exception):
    """The bytes are not of the format that was tried."""


def codings_of(header: str) -> Sequence[str]:
    """Return the codings that a Content-Encoding names, in the order in which they were applied."""
    return [coding.strip().lower() for coding in header.split(",")]


def undo_codings(path: Path, codings: Sequence[str], cap: int) -> None:
    """Replace the file at *path* by what its *codings* hold, of *cap* bytes at most; blocks.

    Raises:
        TooLarge, NotWhole, Undecodable: The file is left as it was.
    """
    left = list(codings)
    for _ in range(_MOST_LAYERS):
        head = _head_of(path)
        if detect_media_type(head) is not None:
            return
        coding = left.pop() if left else ""
        formats = (_AS_GZIP,) if head.startswith(_GZIP) else _FORMATS.get(coding)
        if formats is None:
            raise Undecodable(coding)
        if not any(_is_inflated(path, each, cap) for each in formats) and not left:
            return


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _is_inflated(path: Path, window_bits: int, cap: int) -> bool:
    """Replace the file by its decompressed contents, unless it is not of this format."""
    target = path.with_name(f"{path.name}-inflated")
    try:
        with target.open("wb") as file:
            size = 0
            for block in _inflated(path, window_bits):
                size += len(block)
                if size > cap:
                    raise TooLarge(f"more than {cap} bytes when decompressed")
                file.write(block)
        target.replace(path)
    except _NotCompressed:
        return False
    finally:
        target.unlink(missing_ok=True)
    return True


def _inflated(path: Path, window_bits: int) -> Iterator[bytes]:
    """Yield what the file holds in blocks; of gzip also several members in a row (RFC 1952)."""
    decompressor, is_begun = zlib.decompressobj(window_bits), False
    with path.open("rb") as file:
        data = file.read(_BLOCK)
        # A block may leave output behind, so that the end is asked for with no input at all.
        while data or not decompressor.eof:
            try:
                block = decompressor.decompress(data, _BLOCK)
            except zlib.error:
                if is_begun:
                    raise NotWhole("its compressed contents are damaged") from None
                raise _NotCompressed from None
            if not (data or block):
                raise NotWhole("its compressed contents break off")
            is_begun = is_begun or bool(block)
            yield block
            data = decompressor.unconsumed_tail or file.read(_BLOCK)
            if decompressor.eof:
                data = decompressor.unused_data + data
                if window_bits != _AS_GZIP or not data.startswith(_GZIP):
                    return  # what follows the end is no part of it
                decompressor = zlib.decompressobj(window_bits)
