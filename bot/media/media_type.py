"""Media types: recognise a file by its first bytes, as name and header can't be trusted.

Every picture, video and sound is recognised, also what Discord's clients don't play: such a file is
uploaded to be saved, or linked. Recognised is not the same as decoded: what may be made smaller is
decided in `bot.media.transcoding.source`.
"""

import dataclasses
import re
from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True)
class MediaType:
    """A type of file that may be sent; the extension has no dot."""

    name: str
    extension: str


# Bytes, enough to recognise every type below.
HEAD = 4096

_PNG = MediaType("image/png", "png")
_JPEG = MediaType("image/jpeg", "jpg")
_GIF = MediaType("image/gif", "gif")
_TIFF = MediaType("image/tiff", "tiff")
_JXL = MediaType("image/jxl", "jxl")
_JP2 = MediaType("image/jp2", "jp2")
_AVIF = MediaType("image/avif", "avif")
_HEIC = MediaType("image/heic", "heic")
_WEBP = MediaType("image/webp", "webp")
_BMP = MediaType("image/bmp", "bmp")

_MP4 = MediaType("video/mp4", "mp4")
_MOV = MediaType("video/quicktime", "mov")
_3GP = MediaType("video/3gpp", "3gp")
_3G2 = MediaType("video/3gpp2", "3g2")
_WEBM = MediaType("video/webm", "webm")
_MKV = MediaType("video/x-matroska", "mkv")
_AVI = MediaType("video/x-msvideo", "avi")
_OGV = MediaType("video/ogg", "ogv")
_MPEG_TS = MediaType("video/mp2t", "ts")
_MPEG = MediaType("video/mpeg", "mpg")

_M4A = MediaType("audio/mp4", "m4a")
_WAV = MediaType("audio/wav", "wav")
_AIFF = MediaType("audio/aiff", "aiff")
_OGG = MediaType("audio/ogg", "ogg")
_MP3 = MediaType("audio/mpeg", "mp3")
_AAC = MediaType("audio/aac", "aac")

# What begins with these bytes, whatever follows.
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": _PNG,
    b"\xff\xd8\xff": _JPEG,
    b"GIF87a": _GIF,
    b"GIF89a": _GIF,
    b"II*\x00": _TIFF,
    b"MM\x00*": _TIFF,
    b"II+\x00": _TIFF,
    b"MM\x00+": _TIFF,
    b"\xff\x0a": _JXL,
    b"\x00\x00\x00\x0cJXL \r\n\x87\n": _JXL,
    b"\x00\x00\x00\x0cjP  \r\n\x87\n": _JP2,
    b"\xff\x4f\xff\x51": MediaType("image/j2c", "j2c"),
    b"8BPS\x00": MediaType("image/vnd.adobe.photoshop", "psd"),
    b"v/1\x01": MediaType("image/x-exr", "exr"),
    b"#?RADIANCE\n": MediaType("image/vnd.radiance", "hdr"),
    b"qoif": MediaType("image/qoi", "qoi"),
    b"FLV\x01": MediaType("video/x-flv", "flv"),
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": MediaType("video/x-ms-wmv", "wmv"),
    b"\x00\x00\x01\xba": _MPEG,
    b"\x00\x00\x01\xb3": _MPEG,
    b"YUV4MPEG2 ": MediaType("video/x-raw-yuv4mpeg", "y4m"),
    b"fLaC": MediaType("audio/flac", "flac"),
    b"ID3": _MP3,
    b"ADIF": _AAC,
    b"caff\x00": MediaType("audio/x-caf", "caf"),
    b".snd\x00\x00": MediaType("audio/basic", "au"),
    b"#!AMR": MediaType("audio/amr", "amr"),
    b"wvpk": MediaType("audio/wavpack", "wv"),
    b"MAC \x96\x0f": MediaType("audio/x-ape", "ape"),
    b"TTA1": MediaType("audio/x-tta", "tta"),
    b"MThd\x00\x00\x00\x06": MediaType("audio/midi", "mid"),
    b"riff\x2e\x91\xcf\x11": MediaType("audio/x-w64", "w64"),
}

# By the brand in the ftyp box (ISO/IEC 14496-12; mp4ra.org lists the brands). Those of one type
# begin alike; all others are taken for MP4, as players do.
_BRANDS = {
    b"qt  ": _MOV,
    b"M4A": _M4A,
    b"M4B": _M4A,
    b"F4A": _M4A,
    b"avif": _AVIF,
    b"avis": _AVIF,
    b"hei": _HEIC,
    b"hev": _HEIC,
    b"3g2": _3G2,
    b"3g": _3GP,
    b"jxl ": _JXL,
    b"jp": _JP2,
}
# A brand that says no more than "a picture"; the list of compatible brands says of which kind.
_PICTURE_BRANDS = (b"mif1", b"msf1", b"miaf")
# Boxes that begin QuickTime files older than the ftyp box.
_FIRST_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_IN_RIFF = {b"WEBP": _WEBP, b"WAVE": _WAV, b"AVI ": _AVI}
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}  # bytes
_PACKET_OF_TS = (188, 192)  # bytes; the second begins with a time of four bytes (Blu-ray)


def detect_media_type(head: bytes) -> MediaType | None:
    """Return the type of a file that begins with *head*, or None if it is no medium."""
    for signature, media_type in _SIGNATURES.items():
        if head.startswith(signature):
            return media_type
    found = (detect(head) for detect in _DETECTORS)
    return next((media_type for media_type in found if media_type is not None), None)


def _detect_iso(head: bytes) -> MediaType | None:
    """Recognise MP4 and its relatives by their brand (ISO/IEC 14496-12, ftyp box)."""
    size, box = int.from_bytes(head[:4], "big"), head[4:8]
    if box in _FIRST_BOXES:
        return _MOV if size == 1 or size >= 8 else None
    if box not in {b"ftyp", b"styp"}:
        return None
    brand = head[8:12]
    if brand in _PICTURE_BRANDS:
        return _AVIF if b"avif" in head[12 : max(12, size)] else _HEIC
    return next((kind for start, kind in _BRANDS.items() if brand.startswith(start)), _MP4)


def _detect_matroska(head: bytes) -> MediaType | None:
    """Recognise Matroska and WebM by the document type in the EBML header (RFC 8794)."""
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return _WEBM if b"webm" in head[:64] else _MKV


def _detect_iff(head: bytes) -> MediaType | None:
    """Recognise RIFF, its 64-bit forms (EBU Tech 3306, ITU-R BS.2088) and AIFF."""
    if head.startswith((b"RF64", b"BW64")):
        return _WAV if head[8:12] == b"WAVE" else None
    if head.startswith(b"FORM"):
        return _AIFF if head[8:12] in {b"AIFF", b"AIFC"} else None
    return _IN_RIFF.get(head[8:12]) if head.startswith((b"RIFF", b"RIFX")) else None


def _detect_ogg(head: bytes) -> MediaType | None:
    """Recognise Ogg; the codec's name begins the first packet of a stream (RFC 3533)."""
    if not head.startswith(b"OggS\x00"):
        return None
    return _OGV if b"\x80theora" in head or b"BBCD\x00" in head[:64] else _OGG


def _detect_mpeg_audio(head: bytes) -> MediaType | None:
    """Recognise an MPEG frame without ID3 (ISO/IEC 11172-3, section 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    is_frame = version != 1 and layer in {1, 2} and bitrate not in {0, 15} and rate != 3
    return _MP3 if is_frame else None


def _detect_aac(head: bytes) -> MediaType | None:
    """Recognise AAC by the header of an ADTS frame (ISO/IEC 13818-7, section 6.2)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    is_frame = head[2] >> 2 & 15 < 13 and length >= 7
    # Two bytes are little evidence, so the next frame must begin alike, where it is in sight.
    following = head[length : length + 2]
    return _AAC if is_frame and (len(following) < 2 or following == head[:2]) else None


def _detect_ac3(head: bytes) -> MediaType | None:
    """Recognise AC-3 and Enhanced AC-3 by a frame's header (ATSC A/52, section 5.3)."""
    is_frame = head.startswith(b"\x0b\x77") and len(head) > 5 and head[5] >> 3 <= 16
    return MediaType("audio/ac3", "ac3") if is_frame and any(head[2:5]) else None


def _detect_transport_stream(head: bytes) -> MediaType | None:
    """Recognise MPEG-TS: each packet begins with 0x47 (ISO/IEC 13818-1, section 2.4.3.2)."""
    for size in _PACKET_OF_TS:
        starts = head[size - 188 :: size]
        if len(starts) >= 2 and set(starts) == {0x47}:
            return _MPEG_TS
    return None


def _detect_bitmap(head: bytes) -> MediaType | None:
    """Recognise BMP, icons and Netpbm, whose signatures alone could begin a text."""
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return _BMP if head[6:10] == bytes(4) else None
    if head.startswith(b"\x00\x00\x01\x00") and head[9:10] == b"\x00" and head[4:6] != bytes(2):
        return MediaType("image/x-icon", "ico")
    is_netpbm = re.match(
        rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+\d+|P7\nWIDTH \d+\n|P[Ff]\n\d+ \d+\n", head
    )
    return MediaType("image/x-portable-anymap", "pnm") if is_netpbm else None


_DETECTORS: tuple[Callable[[bytes], MediaType | None], ...] = (
    _detect_iso,
    _detect_matroska,
    _detect_iff,
    _detect_ogg,
    _detect_aac,
    _detect_mpeg_audio,
    _detect_ac3,
    _detect_transport_stream,
    _detect_bitmap,
)
