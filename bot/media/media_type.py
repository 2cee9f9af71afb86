"""Media types: recognise a file by its first bytes, as name and header can't be trusted."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True)
class MediaType:
    """A type of file that may be shown; the extension has no dot."""

    name: str
    extension: str


# Bytes, enough to recognise every type below.
HEAD = 4096

_MP4 = MediaType("video/mp4", "mp4")
_MOV = MediaType("video/quicktime", "mov")
_M4A = MediaType("audio/mp4", "m4a")
_WEBM = MediaType("video/webm", "webm")
_WEBP = MediaType("image/webp", "webp")
_WAV = MediaType("audio/wav", "wav")
_OGG = MediaType("audio/ogg", "ogg")
_MP3 = MediaType("audio/mpeg", "mp3")

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": MediaType("image/png", "png"),
    b"\xff\xd8\xff": MediaType("image/jpeg", "jpg"),
    b"GIF87a": MediaType("image/gif", "gif"),
    b"GIF89a": MediaType("image/gif", "gif"),
    b"fLaC": MediaType("audio/flac", "flac"),
    b"ID3": _MP3,
}
_MP4_BRANDS = (b"iso", b"mp4", b"avc", b"M4V", b"MSNV", b"dash", b"mmp4", b"f4v")


def detect_media_type(head: bytes) -> MediaType | None:
    """Return the type of a file that begins with *head*, or None if it may not be shown."""
    for signature, media_type in _SIGNATURES.items():
        if head.startswith(signature):
            return media_type
    found = (detect(head) for detect in _DETECTORS)
    return next((media_type for media_type in found if media_type is not None), None)


def _detect_iso(head: bytes) -> MediaType | None:
    """Recognise MP4 and its relatives by their brand (ISO/IEC 14496-12, ftyp box)."""
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand == b"qt  ":
        return _MOV
    if brand in {b"M4A ", b"M4B "}:
        return _M4A
    return _MP4 if brand.startswith(_MP4_BRANDS) else None


def _detect_webm(head: bytes) -> MediaType | None:
    """Recognise WebM by the document type in its EBML header (RFC 8794)."""
    return _WEBM if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64] else None


def _detect_riff(head: bytes) -> MediaType | None:
    if not head.startswith(b"RIFF"):
        return None
    return {b"WEBP": _WEBP, b"WAVE": _WAV}.get(head[8:12])


def _detect_ogg(head: bytes) -> MediaType | None:
    """Recognise Ogg with audio: the codec's name begins the first packet (RFC 3533)."""
    names = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ")
    packet = head[28:40]
    return _OGG if head.startswith(b"OggS") and packet.startswith(names) else None


def _detect_mp3(head: bytes) -> MediaType | None:
    """Recognise an MPEG frame of layer III without ID3 (ISO/IEC 11172-3, section 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return _MP3 if version != 1 and layer == 1 and bitrate not in {0, 15} and rate != 3 else None


_DETECTORS: tuple[Callable[[bytes], MediaType | None], ...] = (
    _detect_iso,
    _detect_webm,
    _detect_riff,
    _detect_ogg,
    _detect_mp3,
)
