"""Media sizes: width and height of uploaded pictures and videos, which Discord's attachments have."""

import io

import av
from PIL import Image

# Pillow's errors for files that are no pictures, cut off or absurdly large, and libav's.
_UNREADABLE = (OSError, Image.DecompressionBombError, av.FFmpegError)


def media_size(data: bytes, content_type: str) -> tuple[int, int] | None:
    """Return width and height in pixels; None for what has none or can't be opened."""
    kind = content_type.partition("/")[0]
    try:
        if kind == "image":
            with Image.open(io.BytesIO(data)) as picture:
                return picture.size
        return _video_size(data) if kind == "video" else None
    except _UNREADABLE:
        return None


def _video_size(data: bytes) -> tuple[int, int] | None:
    with av.open(io.BytesIO(data), "r") as container:
        for stream in container.streams.video:
            if stream.width and stream.height:
                return stream.width, stream.height
    return None
