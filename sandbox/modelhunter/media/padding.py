"""Padding: makes a file larger by bytes that players skip.

Where the zeros go: ISO/IEC 14496-12 (a `free` box), the PNG specification (a private chunk),
ID3v2.4 (a tag that is all padding). What follows the end of a jpg, webp or wav is ignored.
"""

import dataclasses
import zlib
from collections.abc import AsyncIterator

_CHUNK = bytes(65536)
_BOX_HEADER = 8  # bytes: length and name
_PNG_FRAME = 12  # bytes: length, name and checksum
_PNG_END = 12  # bytes of the last chunk, IEND
_ID3_HEADER = 10  # bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Padded:
    """A file with zeros inside, which are only made when they are sent."""

    before: bytes
    zeros: int = 0
    after: bytes = b""

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.before) + self.zeros + len(self.after)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file piece by piece."""
        yield self.before
        for start in range(0, self.zeros, len(_CHUNK)):
            yield _CHUNK[: self.zeros - start]
        if self.after:
            yield self.after


def padded(content: bytes, file_format: str, size: int | None) -> Padded:
    """Return *content* as a file of *size* bytes, or as it is where that is not larger.

    A gap that is too small for the format's own kind of padding is not filled.
    """
    gap = (size or 0) - len(content)
    match file_format:
        case "mp4" if gap >= _BOX_HEADER:
            return Padded(before=content + gap.to_bytes(4) + b"free", zeros=gap - _BOX_HEADER)
        case "png" if gap >= _PNG_FRAME:
            return _padded_png(content, gap - _PNG_FRAME)
        case "mp3" if gap >= _ID3_HEADER:
            return _padded_mp3(content, gap - _ID3_HEADER)
        case "jpg" | "webp" | "wav" if gap > 0:
            return Padded(before=content, zeros=gap)
        case _:
            return Padded(before=content)


def _padded_png(content: bytes, zeros: int) -> Padded:
    """Put a chunk that decoders may skip in front of the last one."""
    name = b"paDd"
    checksum = zlib.crc32(name)
    for start in range(0, zeros, len(_CHUNK)):
        checksum = zlib.crc32(_CHUNK[: zeros - start], checksum)
    return Padded(
        before=content[:-_PNG_END] + zeros.to_bytes(4) + name,
        zeros=zeros,
        after=checksum.to_bytes(4) + content[-_PNG_END:],
    )


def _padded_mp3(content: bytes, zeros: int) -> Padded:
    """Put an empty tag in front; its length has seven bits a byte."""
    length = bytes((zeros >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return Padded(before=b"ID3\x04\x00\x00" + length, zeros=zeros, after=content)
