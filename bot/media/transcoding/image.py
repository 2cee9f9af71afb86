"""Transcode an image: JPEG, or WebP where something shines through."""

import os
import struct
from fractions import Fraction
from pathlib import Path

from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from bot.media.errors import CannotTranscode
from bot.media.transcoding.frames import Pictures, size_as_shown
from bot.media.transcoding.plan import ImagePlan, plan_image, refuse_huge
from bot.media.transcoding.source import THREADS, open_source

_TIME_BASE = Fraction(1, 25)  # a picture has no time, but filters and encoders ask for it
_OPAQUE = 255


def fit_image(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the image at *path* to *target*, in less than *limit* bytes.

    Raises:
        CannotTranscode: It is damaged, too large, or moves.
        av.FFmpegError: It is broken.
    """
    if media_type == "image/png" and _moves(path):
        raise CannotTranscode("it is an animation")
    picture, width, height = _decode(path, media_type)
    encode = _webp if _is_transparent(picture) else _jpeg
    for plan in plan_image(width, height):
        encoded = encode(picture, plan)
        if len(encoded) < limit:
            target.write_bytes(encoded)
            return
    raise CannotTranscode("it stays too large at every quality")


def _moves(path: Path) -> bool:
    """Tell an animated PNG by its acTL, which stands before the pixels (PNG, third edition)."""
    with path.open("rb") as file:
        file.seek(len(b"\x89PNG\r\n\x1a\n"))
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind in {b"acTL", b"IDAT"}:
                return bool(kind == b"acTL")
            file.seek(length + 4, os.SEEK_CUR)  # its contents and their checksum
    return False


def _decode(path: Path, media_type: str) -> tuple[VideoFrame, int, int]:
    with open_source(path, media_type) as source:
        picture = next(source.container.decode(video=0), None)
    if picture is None:
        raise CannotTranscode("there is no picture in it")
    width, height = size_as_shown(picture, None)
    refuse_huge(width, height)
    return picture, width, height


def _is_transparent(picture: VideoFrame) -> bool:
    """Return whether any pixel is less than opaque; most pictures with an alpha have none."""
    kind = picture.format
    if not kind.has_palette and not any(part.is_alpha for part in kind.components):
        return False
    plane = picture.reformat(format="rgba").planes[0]
    pixels = memoryview(plane)
    rows = (line * plane.line_size for line in range(plane.height))
    return any(
        bytes(pixels[row + 3 : row + 4 * plane.width : 4]).count(_OPAQUE) < plane.width
        for row in rows
    )


def _jpeg(picture: VideoFrame, plan: ImagePlan) -> bytes:
    # The encoder's quantizer counts eighths of the table that JPEG calls quality 50.
    quantizer = str(max(1, round((100 - plan.quality) * 8 / 50)))
    context = _encoder("mjpeg", "yuvj420p", {"qmin": quantizer, "qmax": quantizer})
    return _encoded(picture, plan, context, "out_range=pc")


def _webp(picture: VideoFrame, plan: ImagePlan) -> bytes:
    context = _encoder("libwebp", "yuva420p", {"quality": str(plan.quality)})
    return _encoded(picture, plan, context, "out_range=tv")


def _encoder(name: str, pixels: str, options: dict[str, str]) -> VideoCodecContext:
    context = CodecContext.create(name, "w")
    if not isinstance(context, VideoCodecContext):
        raise CannotTranscode(f"{name} is no encoder of pictures")
    context.pix_fmt = pixels
    context.time_base = _TIME_BASE
    context.thread_count = THREADS
    context.options = options
    return context


def _encoded(
    picture: VideoFrame, plan: ImagePlan, context: VideoCodecContext, levels: str
) -> bytes:
    """Return a whole file: the packets of these encoders are files already."""
    context.width, context.height = plan.width, plan.height
    # Both formats mean the colours of BT.601, whatever the size.
    size = f"{plan.width}:{plan.height}:flags=area:out_color_matrix=bt601:{levels}"
    steps = [("scale", size), ("format", f"pix_fmts={context.pix_fmt}")]
    pictures = Pictures(picture, _TIME_BASE, steps)
    packets = [
        packet
        for frame in (*pictures.through(picture), *pictures.through(None), None)
        for packet in context.encode(frame)
    ]
    return b"".join(bytes(packet) for packet in packets)
