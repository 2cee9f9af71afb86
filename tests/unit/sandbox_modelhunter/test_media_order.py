"""From a task's input to the file that is made."""

import pytest

from sandbox.modelhunter.media import media_order
from sandbox.modelhunter.media.padding import padded
from sandbox.modelhunter.script import Result
from tests.unit.sandbox_modelhunter.builders import new_task, record


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
    order = media_order(record(request=new_task(path, given)), Result(), 0)
    assert order.size == size


@pytest.mark.parametrize(
    ("path", "given", "result", "seconds"),
    [
        ("vidu/text-to-video", {"duration": 2}, Result(), 2.0),
        ("vidu/text-to-video", {"duration": 16}, Result(), 3.0),
        ("grok/text-to-video", {"duration": "1"}, Result(), 1.0),
        ("veo/text-to-video", {}, Result(), 3.0),
        ("veo/text-to-video", {}, Result(duration=1.5), 1.5),
        ("elevenlabs/text-to-speech", {"dialogue": [{"text": "x" * 30}]}, Result(), 2.0),
        ("elevenlabs/text-to-speech", {"dialogue": [{"text": "x"}]}, Result(), 0.5),
        ("seedream/text-to-image", {"duration": 2}, Result(duration=1), None),
    ],
)
def test_the_length_follows_the_input(
    path: str, given: dict[str, object], result: Result, seconds: float | None
) -> None:
    """The duration is kept up to 3 seconds; speech is as long as its text; pictures have none."""
    assert media_order(record(request=new_task(path, given)), result, 0).seconds == seconds


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
    assert media_order(record(request=new_task(path, given)), result, 0).format == expected


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


async def test_the_pieces_are_the_whole() -> None:
    """What is sent is as long as what was announced."""
    file = padded(bytes(100), "png", 300_000)
    assert sum([len(chunk) async for chunk in file.chunks()]) == file.size == 300_000
