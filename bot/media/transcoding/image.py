"""Images: transcode to JPEG, or to WebP where pixels are transparent."""

import os
import struct
from fractions import Fraction
from pathlib import Path

from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from bot.media.errors import CannotTranscode
from bot.media.transcoding.frames import FrameFilter, size_as_shown
from bot.media.transcoding.plan import ImagePlan, check_size, plan_image
from bot.media.transcoding.source import THREADS, open_source

_TIME_BASE = Fraction(1, 25)  # an image has no time, but filters and encoders ask for it
_OPAQUE = 255


def fit_image(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the image at *path* to *target*, in less than *limit* bytes.

    Raises:
        CannotTranscode: It is damaged, or too large.
        av.FFmpegError: It is broken.
    """
    image, width, height = decode_picture(path, media_type)
    encode = to_webp if is_transparent(image) else to_jpeg
    for plan in plan_image(width, height):
        encoded = encode(image, plan)
        if len(encoded) < limit:
            target.write_bytes(encoded)
            return
    raise CannotTranscode("it stays too large at every quality")


def is_animated(path: Path) -> bool:
    """Whether a PNG is an animation: its acTL chunk precedes the pixels (PNG, third edition)."""
    with path.open("rb") as file:
        file.seek(len(b"\x89PNG\r\n\x1a\n"))
        while len(head := file.read(8)) == 8:
            length, chunk = struct.unpack(">I4s", head)
            if chunk in {b"acTL", b"IDAT"}:
                return bool(chunk == b"acTL")
            file.seek(length + 4, os.SEEK_CUR)  # contents and checksum
    return False


def decode_picture(path: Path, media_type: str) -> tuple[VideoFrame, int, int]:
    """Return the first picture in a file, with its width and height as they are shown.

    Raises:
        CannotTranscode: There is none, or it is too large.
        av.FFmpegError: It is broken.
    """
    with open_source(path, media_type) as source:
        image = next(source.container.decode(video=0), None)
    if image is None:
        raise CannotTranscode("there is no picture in it")
    width, height = size_as_shown(image, None)
    check_size(width, height)
    return image, width, height


def is_transparent(image: VideoFrame) -> bool:
    """Whether any pixel is less than opaque; most images with an alpha channel have none."""
    pixel_format = image.format
    if not pixel_format.has_palette and not any(part.is_alpha for part in pixel_format.components):
        return False
    plane = image.reformat(format="rgba").planes[0]
    pixels = memoryview(plane)
    rows = (line * plane.line_size for line in range(plane.height))
    # The fourth byte of each pixel is its alpha. A row's are counted at once, which runs in C.
    return any(
        bytes(pixels[row + 3 : row + 4 * plane.width : 4]).count(_OPAQUE) < plane.width
        for row in rows
    )


def to_jpeg(image: VideoFrame, plan: ImagePlan) -> bytes:
    """Return *image* as a JPEG file; transparent parts are not kept."""
    # The encoder's quantizer counts eighths of the table that JPEG calls quality 50.
    quantizer = str(max(1, round((100 - plan.quality) * 8 / 50)))
    context = _encoder("mjpeg", "yuvj420p", {"qmin": quantizer, "qmax": quantizer})
    return _encoded(image, plan, context, "out_range=pc")


def to_webp(image: VideoFrame, plan: ImagePlan) -> bytes:
    """Return *image* as a WebP file."""
    context = _encoder("libwebp", "yuva420p", {"quality": str(plan.quality)})
    return _encoded(image, plan, context, "out_range=tv")


def to_png(image: VideoFrame, plan: ImagePlan) -> bytes:
    """Return *image* as a PNG file, which loses nothing at any quality."""
    return _encoded(image, plan, _encoder("png", "rgba", {}), "out_range=pc")


def _encoder(name: str, pixel_format: str, options: dict[str, str]) -> VideoCodecContext:
    context = CodecContext.create(name, "w")
    if not isinstance(context, VideoCodecContext):
        raise CannotTranscode(f"{name} is no encoder of pictures")
    context.pix_fmt = pixel_format
    context.time_base = _TIME_BASE
    context.thread_count = THREADS
    context.options = options
    return context


def _encoded(image: VideoFrame, plan: ImagePlan, context: VideoCodecContext, levels: str) -> bytes:
    """Return a whole file: the packets of these encoders are complete files."""
    context.width, context.height = plan.width, plan.height
    # Both formats define their colours as BT.601's, at every size.
    size = f"{plan.width}:{plan.height}:flags=area:out_color_matrix=bt601:{levels}"
    steps = [("scale", size), ("format", f"pix_fmts={context.pix_fmt}")]
    frames = FrameFilter(image, _TIME_BASE, steps)
    packets = [
        packet
        for frame in (*frames.filtered(image), *frames.filtered(None), None)
        for packet in context.encode(frame)
    ]
    return b"".join(bytes(packet) for packet in packets)
