"""Padding: files that are made larger by bytes that players skip."""

import zlib

import pytest

from sandbox.modelhunter.media.padding import padded


@pytest.mark.parametrize("file_format", ["mp4", "png", "jpg", "webp", "mp3", "wav"])
def test_padding_reaches_the_size_to_the_byte(file_format: str) -> None:
    """A file is padded to exactly what was asked, and never cut."""
    content = bytes(range(100))
    assert padded(content, file_format, 1_000_003).size == 1_000_003
    assert padded(content, file_format, 50).size == 100
    assert padded(content, file_format, None).before == content


def test_padding_is_not_held_in_memory() -> None:
    """Of a gigabyte only the real file and the header of the padding exist before sending."""
    file = padded(bytes(100), "mp4", 2**30)
    assert len(file.before) + len(file.after) == 108


async def _sent(content: bytes, file_format: str, size: int) -> bytes:
    return b"".join([chunk async for chunk in padded(content, file_format, size).chunks()])


async def test_an_mp4_is_padded_by_a_box_that_players_skip() -> None:
    """The padding is one `free` box behind the file, whose length reaches exactly to the end."""
    sent = await _sent(b"x" * 100, "mp4", 300_000)
    assert sent[:100] == b"x" * 100
    assert (int.from_bytes(sent[100:104]), sent[104:108]) == (300_000 - 100, b"free")
    assert len(sent) == 300_000


async def test_a_png_is_padded_by_a_sound_chunk() -> None:
    """The padding is a private chunk before the last one, with the right length and checksum."""
    end = bytes(4) + b"IEND" + zlib.crc32(b"IEND").to_bytes(4)
    sent = await _sent(b"x" * 100 + end, "png", 300_000)
    length = int.from_bytes(sent[100:104])
    chunk = sent[104 : 108 + length]
    assert chunk[:4] == b"paDd"
    assert sent[108 + length :] == zlib.crc32(chunk).to_bytes(4) + end
    assert len(sent) == 300_000


async def test_an_mp3_is_padded_by_an_empty_tag() -> None:
    """The padding is an ID3 tag before the sound, whose length has seven bits a byte."""
    sent = await _sent(b"x" * 100, "mp3", 300_000)
    length = sum(byte << shift for byte, shift in zip(sent[6:10], (21, 14, 7, 0), strict=True))
    assert sent[:3] == b"ID3"
    assert max(sent[6:10]) < 0x80
    assert sent[10 + length :] == b"x" * 100
