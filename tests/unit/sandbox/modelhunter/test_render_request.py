"""From a task's input to the file that is made."""

import zlib

import pytest

from sandbox.modelhunter.media import render_request
from sandbox.modelhunter.media.padding import padded
from sandbox.modelhunter.script import Result
from tests.unit.sandbox.modelhunter.builders import new_task, record


@pytest.mark.parametrize(
    ("path", "given", "size"),
    [
        ("vidu/text-to-video", {}, (640, 360)),
        ("vidu/text-to-video", {"aspect_ratio": "9:16"}, (360, 640)),
        ("vidu/text-to-video", {"aspect_ratio": "1:1", "resolution": "540p"}, (540, 540)),
        ("seedance/text-to-video", {"ratio": "21:9", "resolution": "480p"}, (480, 206)),
        ("veo/text-to-video", {"aspect_ratio": "Auto"}, (640, 360)),
        ("seedream/text-to-image", {}, (640, 640)),
        ("seedream/text-to-image", {"size": "2K"}, (640, 640)),
        ("seedream/text-to-image", {"size": "1280x720"}, (640, 360)),
        ("seedream/text-to-image", {"width": 512, "height": 1024}, (320, 640)),
        ("seedream/text-to-image", {"size": "1x99999"}, (64, 640)),
        ("seedream/text-to-image", {"size": "0x10"}, (640, 640)),
    ],
)
def test_the_shape_follows_the_input(
    path: str, given: dict[str, object], size: tuple[int, int]
) -> None:
    """Aspect and resolution are kept in even pixels, the longer side at most 640."""
    wanted = render_request(record(request=new_task(path, given)), Result(), 0)
    assert wanted.size == size


@pytest.mark.parametrize(
    ("path", "given", "result", "seconds"),
    [
        ("vidu/text-to-video", {"duration": 8}, Result(), 8.0),
        ("vidu/text-to-video", {"duration": 16}, Result(), 10.0),
        ("grok/text-to-video", {"duration": "1"}, Result(), 1.0),
        ("veo/text-to-video", {}, Result(), 5.0),
        ("veo/text-to-video", {}, Result(duration=1.5), 1.5),
        ("elevenlabs/text-to-speech", {"dialogue": [{"text": "x" * 30}]}, Result(), 2.0),
        ("elevenlabs/text-to-speech", {"dialogue": [{"text": "x"}]}, Result(), 0.5),
        ("seedream/text-to-image", {"duration": 2}, Result(duration=1), None),
    ],
)
def test_the_length_follows_the_input(
    path: str, given: dict[str, object], result: Result, seconds: float | None
) -> None:
    """The duration is kept up to 10 seconds; speech is as long as its text; pictures have none."""
    assert render_request(record(request=new_task(path, given)), result, 0).seconds == seconds


@pytest.mark.parametrize(
    ("path", "given", "result", "expected"),
    [
        ("vidu/text-to-video", {"output_format": "png"}, Result(), "mp4"),
        ("seedream/text-to-image", {}, Result(), "png"),
        ("seedream/text-to-image", {"output_format": "jpeg"}, Result(), "jpg"),
        ("gemini/text-to-image", {"output_format": "webp"}, Result(), "webp"),
        ("gemini/text-to-image", {"output_format": "tiff"}, Result(), "png"),
        ("gemini/text-to-image", {}, Result(format="jpg"), "jpg"),
        ("elevenlabs/text-to-speech", {}, Result(), "mp3"),
    ],
)
def test_the_format_follows_the_input(
    path: str, given: dict[str, object], result: Result, expected: str
) -> None:
    """The script's format wins, then the input's where it can be made, then the kind's own."""
    assert render_request(record(request=new_task(path, given)), result, 0).format == expected


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
