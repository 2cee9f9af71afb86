"""Tell what a file is by its first bytes: neither its name nor its header is to be trusted."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True)
class MediaType:
    """A kind of file that may be shown."""

    name: str
    extension: str


# Enough to see the type of every kind below.
HEAD = 4096

_MP4 = MediaType("video/mp4", "mp4")
_MOV = MediaType("video/quicktime", "mov")
_M4A = MediaType("audio/mp4", "m4a")
_WEBM = MediaType("video/webm", "webm")
_WEBP = MediaType("image/webp", "webp")
_WAV = MediaType("audio/wav", "wav")
_OGG = MediaType("audio/ogg", "ogg")
_MP3 = MediaType("audio/mpeg", "mp3")

_STARTS = {
    b"\x89PNG\r\n\x1a\n": MediaType("image/png", "png"),
    b"\xff\xd8\xff": MediaType("image/jpeg", "jpg"),
    b"GIF87a": MediaType("image/gif", "gif"),
    b"GIF89a": MediaType("image/gif", "gif"),
    b"fLaC": MediaType("audio/flac", "flac"),
    b"ID3": _MP3,
}
_MP4_BRANDS = (b"iso", b"mp4", b"avc", b"M4V", b"MSNV", b"dash", b"mmp4", b"f4v")


def tell_media_type(head: bytes) -> MediaType | None:
    """Return the type of a file that begins with *head*, or None if it may not be shown."""
    for start, media_type in _STARTS.items():
        if head.startswith(start):
            return media_type
    found = (tell(head) for tell in _TELLERS)
    return next((media_type for media_type in found if media_type is not None), None)


def _tell_iso(head: bytes) -> MediaType | None:
    """Tell the relatives of MP4 by their brand (ISO/IEC 14496-12, ftyp box)."""
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand == b"qt  ":
        return _MOV
    if brand in {b"M4A ", b"M4B "}:
        return _M4A
    return _MP4 if brand.startswith(_MP4_BRANDS) else None


def _tell_webm(head: bytes) -> MediaType | None:
    """Tell WebM by the document type in its EBML header (RFC 8794)."""
    return _WEBM if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64] else None


def _tell_riff(head: bytes) -> MediaType | None:
    if not head.startswith(b"RIFF"):
        return None
    return {b"WEBP": _WEBP, b"WAVE": _WAV}.get(head[8:12])


def _tell_ogg(head: bytes) -> MediaType | None:
    """Tell Ogg with sound in it: the codec's name begins the first packet (RFC 3533)."""
    names = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")
    packet = head[28:40]
    return _OGG if head.startswith(b"OggS") and packet.startswith(names) else None


def _tell_mp3(head: bytes) -> MediaType | None:
    """Tell a bare MPEG frame of layer III by its header (ISO/IEC 11172-3, section 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return _MP3 if version != 1 and layer == 1 and bitrate not in {0, 15} and rate != 3 else None


_TELLERS: tuple[Callable[[bytes], MediaType | None], ...] = (
    _tell_iso,
    _tell_webm,
    _tell_riff,
    _tell_ogg,
    _tell_mp3,
)
