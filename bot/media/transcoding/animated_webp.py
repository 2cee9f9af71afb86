"""Animated WebP: take the first picture out of an animation, as libav decodes only still ones."""

import dataclasses
import struct
from fractions import Fraction
from pathlib import Path

import av
from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from bot.media.errors import CannotTranscode
from bot.media.transcoding.frames import FrameFilter
from bot.media.transcoding.plan import check_size
from bot.media.transcoding.source import DECODER_OPTIONS

_ALPHA = 0x10  # of the flags in a VP8X chunk
_MOST_CHUNKS = 1000
_HEADER_OF_FRAME = 16  # bytes: where, how large, how long, how it is drawn


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The first frame of an animation: a still WebP file, and where it is on the canvas."""

    still: bytes
    left: int
    top: int
    canvas: tuple[int, int]


def first_picture(path: Path) -> tuple[VideoFrame, int, int] | None:
    """Return the first picture of the WebP at *path*, with its size; None if it is a still one.

    Raises:
        CannotTranscode, ValueError, av.FFmpegError: It is broken, or too large.
    """
    frame = _first_frame(path.read_bytes())
    if frame is None:
        return None
    width, height = frame.canvas
    check_size(width, height)
    context = CodecContext.create("webp", "r")
    if not isinstance(context, VideoCodecContext):
        raise CannotTranscode("webp is no decoder of pictures")
    context.options = dict(DECODER_OPTIONS)
    drawn = next(iter(context.decode(av.Packet(frame.still))), None)
    if drawn is None:
        raise CannotTranscode("there is no picture in it")
    return _on_canvas(drawn, frame), width, height


def _on_canvas(drawn: VideoFrame, frame: _Frame) -> VideoFrame:
    width, height = frame.canvas
    if (drawn.width, drawn.height) == frame.canvas:
        return drawn
    place = f"{width}:{height}:{frame.left}:{frame.top}:color=black@0"
    steps = [("format", "pix_fmts=rgba"), ("pad", place)]
    return next(FrameFilter(drawn, Fraction(1, 25), steps).filtered(drawn))


def _first_frame(contents: bytes) -> _Frame | None:
    """Find the first ANMF chunk (RFC 9649, section 2.7), None in a still picture."""
    if contents[12:16] != b"VP8X" or len(contents) < 30:
        return None
    canvas = _whole(contents, 24) + 1, _whole(contents, 27) + 1
    at = 12
    for _ in range(_MOST_CHUNKS):
        if len(contents) < at + 8:
            break
        name, length = struct.unpack_from("<4sI", contents, at)
        if name == b"ANMF":
            frame = contents[at + 8 : at + 8 + length]
            if len(frame) <= _HEADER_OF_FRAME:
                raise ValueError("a frame is cut short")
            return _Frame(
                still=_still(frame),
                left=2 * _whole(frame, 0),
                top=2 * _whole(frame, 3),
                canvas=canvas,
            )
        at += 8 + length + length % 2
    return None


def _still(frame: bytes) -> bytes:
    """Return a still WebP file of the chunks of a frame."""
    chunks = frame[_HEADER_OF_FRAME:]
    if chunks.startswith(b"ALPH"):
        # What is transparent precedes the colours, and a head must announce it.
        head = struct.pack("<4sIB3x", b"VP8X", 10, _ALPHA) + frame[6:12]
        chunks = head + chunks
    return struct.pack("<4sI4s", b"RIFF", len(chunks) + 4, b"WEBP") + chunks


def _whole(contents: bytes, at: int) -> int:
    """Return a whole number of three bytes."""
    return int.from_bytes(contents[at : at + 3], "little")
