"""Files are known by their first bytes."""

import io
import wave

import pytest
from PIL import Image

from bot.media.media_type import detect_media_type


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
    ],
)
def test_known_media_types(head: bytes, name: str, extension: str) -> None:
    """Each kind that Discord plays or shows is recognised."""
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
        b"\xff\xf1\x50\x80",  # bare AAC
        b"\xff\xfb\xf0\x64",  # a bit rate that does not exist
        b"\xff\xfb\x9c\x64",  # a sample rate that does not exist
        b"\xff\xeb\x90\x64",  # a version that does not exist
        b"\x00\x00\x00\x1cftypavif",
        b"\x00\x00\x00\x1cftypheic",
        b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska",
        b"RIFF\x24\x00\x00\x00AVI LIST",
        ogg(b"\x80theora"),
        b" GIF89a",
    ],
)
def test_unknown_media_types(head: bytes) -> None:
    """Pages, programs, archives, and kinds that can't be shown are not recognised."""
    assert detect_media_type(head) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
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
