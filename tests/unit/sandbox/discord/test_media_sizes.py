"""Media sizes that the simulated Discord announces."""

import io

import pytest
from PIL import Image

from sandbox.discord.cdn import LoopbackCdn
from sandbox.discord.media_sizes import media_size
from sandbox.modelhunter.media import RenderRequest
from sandbox.modelhunter.media.video import video


def picture(file_format: str) -> bytes:
    """Return a picture that is wider than high."""
    file = io.BytesIO()
    Image.new("RGB", (64, 32)).save(file, file_format)
    return file.getvalue()


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_measured_in_pixels(file_format: str) -> None:
    """The size is width before height, in pixels."""
    assert media_size(picture(file_format), f"image/{file_format.lower()}") == (64, 32)


def test_a_video_has_the_size_of_its_picture() -> None:
    """A video has width and height too, so that its player has its space before it is loaded."""
    wanted = RenderRequest(text="a fox", format="mp4", size=(128, 64), seconds=0.5)
    assert media_size(video(wanted), "video/mp4") == (128, 64)


@pytest.mark.parametrize("content_type", ["image/png", "video/mp4", "audio/mpeg", "text/plain"])
@pytest.mark.parametrize("data", [b"", b"x" * 1000, picture("PNG")[:20]])
def test_a_file_without_a_picture_has_no_size(data: bytes, content_type: str) -> None:
    """A file that can't be opened is accepted, without a size."""
    assert media_size(data, content_type) is None


def test_an_attachment_of_a_picture_has_its_size() -> None:
    """Discord's attachment objects have width and height for pictures alone."""
    kept = LoopbackCdn().store_attachment(1, 2, "a.png", picture("PNG"), None)
    assert (kept["width"], kept["height"]) == (64, 32)
    other = LoopbackCdn().store_attachment(1, 2, "a.mp3", b"x", None)
    assert "width" not in other
