"""How large the simulated Discord says a file's picture is."""

import io

import pytest
from PIL import Image

from sandbox.discord.media_sizes import media_size
from sandbox.discord.model import LoopbackCdn
from sandbox.modelhunter.media import RenderRequest
from sandbox.modelhunter.media.video import video


def picture(file_format: str) -> bytes:
    """Return a picture that is wider than high."""
    file = io.BytesIO()
    Image.new("RGB", (64, 32)).save(file, file_format)
    return file.getvalue()


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
def test_a_picture_has_its_size(file_format: str) -> None:
    """Width before height, in pixels."""
    assert media_size(picture(file_format), f"image/{file_format.lower()}") == (64, 32)


def test_a_video_has_the_size_of_its_picture() -> None:
    """So that its player has its place before it is loaded."""
    wanted = RenderRequest(text="a fox", format="mp4", size=(128, 64), seconds=0.5)
    assert media_size(video(wanted), "video/mp4") == (128, 64)


@pytest.mark.parametrize("content_type", ["image/png", "video/mp4", "audio/mpeg", "text/plain"])
@pytest.mark.parametrize("data", [b"", b"x" * 1000, picture("PNG")[:20]])
def test_what_has_no_picture_has_no_size(data: bytes, content_type: str) -> None:
    """A file that nothing opens is taken all the same."""
    assert media_size(data, content_type) is None


def test_an_attachment_tells_its_size() -> None:
    """Discord's attachment objects have width and height for pictures alone."""
    kept = LoopbackCdn().store_attachment(1, 2, "a.png", picture("PNG"), None)
    assert (kept["width"], kept["height"]) == (64, 32)
    other = LoopbackCdn().store_attachment(1, 2, "a.mp3", b"x", None)
    assert "width" not in other
