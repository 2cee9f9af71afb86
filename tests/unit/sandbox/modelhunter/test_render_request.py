"""Render requests: from a task's input to the file that is made."""

import pytest

from sandbox.modelhunter.media import render_request
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
def test_the_shape_of_a_render_request_follows_the_input(
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
def test_the_length_of_a_render_request_follows_the_input(
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
def test_the_format_of_a_render_request_follows_the_input(
    path: str, given: dict[str, object], result: Result, expected: str
) -> None:
    """The script's format wins, then the input's where it can be made, then the kind's own."""
    assert render_request(record(request=new_task(path, given)), result, 0).format == expected
