"""Files are known by their first bytes."""

import io
import wave

import pytest
from PIL import Image

from bot.media.media_type import detect_media_type


def box(brand: bytes, compatible: bytes = b"mif1") -> bytes:
    """Return the ftyp box that begins an MP4 or one of its relatives."""
    size = 16 + len(compatible)
    return size.to_bytes(4, "big") + b"ftyp" + brand + bytes(4) + compatible


def adts() -> bytes:
    """Return a frame of AAC with its header."""
    return b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)


def ogg(packet: bytes) -> bytes:
    """Return the first page of an Ogg file."""
    return b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x1e" + packet + b"\x00" * 30


@pytest.mark.parametrize(
    ("head", "name", "extension"),
    [
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "video/mp4", "mp4"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4", "mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime", "mov"),
        (b"\x00\x00\x00\x1cftypM4A \x00", "audio/mp4", "m4a"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm", "webm"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png", "png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", "jpg"),
        (b"GIF89a\x01\x00", "image/gif", "gif"),
        (b"GIF87a\x01\x00", "image/gif", "gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp", "webp"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav", "wav"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00", "audio/mpeg", "mp3"),
        (b"\xff\xfb\x90\x64\x00", "audio/mpeg", "mp3"),
        (b"\xff\xf3\x40\xc4\x00", "audio/mpeg", "mp3"),
        (ogg(b"OpusHead\x01"), "audio/ogg", "ogg"),
        (ogg(b"\x01vorbis\x00"), "audio/ogg", "ogg"),
        (b"fLaC\x00\x00\x00\x22", "audio/flac", "flac"),
        (ogg(b"\x80theora"), "video/ogg", "ogv"),
        (ogg(b"fishead\x00"), "audio/ogg", "ogg"),
        (box(b"avif"), "image/avif", "avif"),
        (box(b"avis"), "image/avif", "avif"),
        (box(b"mif1", b"mif1avifmiaf"), "image/avif", "avif"),
        (box(b"mif1", b"mif1heic"), "image/heic", "heic"),
        (box(b"heic"), "image/heic", "heic"),
        (box(b"hevx"), "image/heic", "heic"),
        (box(b"3gp4"), "video/3gpp", "3gp"),
        (box(b"3gp5"), "video/3gpp", "3gp"),
        (box(b"3g2a"), "video/3gpp2", "3g2"),
        (box(b"M4V "), "video/mp4", "mp4"),
        (box(b"f4v "), "video/mp4", "mp4"),
        (box(b"XAVC"), "video/mp4", "mp4"),
        (b"\x00\x00\x00\x18stypmsdh", "video/mp4", "mp4"),
        (b"\x00\x00\x00\x08wide\x00\x10\x00\x00mdat", "video/quicktime", "mov"),
        (b"\x00\x00\x10\x00moov\x00\x00\x00\x6cmvhd", "video/quicktime", "mov"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "video/x-matroska", "mkv"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video/x-msvideo", "avi"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "audio/wav", "wav"),
        (b"BW64\xff\xff\xff\xffWAVEds64", "audio/wav", "wav"),
        (b"FORM\x00\x00\x10\x00AIFFCOMM", "audio/aiff", "aiff"),
        (b"FORM\x00\x00\x10\x00AIFCFVER", "audio/aiff", "aiff"),
        (adts(), "audio/aac", "aac"),
        (adts() * 3, "audio/aac", "aac"),
        (b"ADIF\x00", "audio/aac", "aac"),
        (b"\xff\xfd\xa4\x04\x00", "audio/mpeg", "mp3"),
        ((b"\x47" + bytes(187)) * 3, "video/mp2t", "ts"),
        ((bytes(4) + b"\x47" + bytes(187)) * 3, "video/mp2t", "ts"),
        (b"\x00\x00\x01\xba\x44\x00", "video/mpeg", "mpg"),
        (b"FLV\x01\x05", "video/x-flv", "flv"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "video/x-ms-wmv", "wmv"),
        (b"II*\x00\x08\x00", "image/tiff", "tiff"),
        (b"MM\x00*\x00\x00", "image/tiff", "tiff"),
        (b"\xff\x0a\xfa", "image/jxl", "jxl"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl", "jxl"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2", "jp2"),
        (
            b"BM\x36\x00\x00\x00" + bytes(4) + b"\x36\x00\x00\x00\x28\x00\x00\x00",
            "image/bmp",
            "bmp",
        ),
        (b"P6\n# made\n16 16\n255\n", "image/x-portable-anymap", "pnm"),
        (b"caff\x00\x01", "audio/x-caf", "caf"),
        (b"#!AMR\n", "audio/amr", "amr"),
    ],
)
def test_known_media_types(head: bytes, name: str, extension: str) -> None:
    """Each kind of picture, video and sound is recognised, also what Discord does not play."""
    told = detect_media_type(head)

    assert told is not None
    assert (told.name, told.extension) == (name, extension)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"<!DOCTYPE html><html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b'{"error": "expired"}',
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01\x01",
        b"#!/bin/sh\n",
        b"PK\x03\x04",
        b"\x1f\x8b\x08\x00",
        b"%PDF-1.7",
        b"\xff\xfe<\x00h\x00t\x00m\x00l\x00",  # text in UTF-16
        b"\xff\xf1\x50\x80",  # too little to be AAC
        adts() + b"<html></html>",  # one frame of AAC and no second
        b"\xff\xf1\xfc\x80\x02\x1f\xfc",  # AAC of a sample rate that does not exist
        b"BMW drivers know, that this is a text",
        b"P6 is a picture, and this is not",
        b"G" * 100,
        b"FORM\x00\x00\x10\x00ILBM",
        b"\xff\xfb\xf0\x64",  # a bit rate that does not exist
        b"\xff\xfb\x9c\x64",  # a sample rate that does not exist
        b"\xff\xeb\x90\x64",  # a version that does not exist
        b" GIF89a",
    ],
)
def test_unknown_media_types(head: bytes) -> None:
    """Pages, programs, archives and texts are not recognised."""
    assert detect_media_type(head) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_media_types_of_encoded_pictures(kind: str) -> None:
    """Pictures that a real encoder wrote are recognised."""
    written = io.BytesIO()
    Image.new("RGB", (16, 16), "orange").save(written, kind)

    told = detect_media_type(written.getvalue())

    assert told is not None
    assert told.name == f"image/{kind.lower()}"


def test_media_type_of_encoded_sound() -> None:
    """A sound that a real encoder wrote is recognised."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x00" * 800)

    told = detect_media_type(written.getvalue())

    assert told is not None
    assert told.extension == "wav"
