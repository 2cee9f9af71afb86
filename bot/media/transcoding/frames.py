"""Bring decoded pictures upright and to size."""

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
from av.buffer import Buffer
from av.filter import Graph
from av.video.frame import VideoFrame

from bot.media.errors import CannotTranscode

_IDENTITY = (1, 0, 0, 0, 1)


def size_as_shown(frame: VideoFrame, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Return width and height in square pixels, after the rotation that the file asks for."""
    width = round(frame.width * (pixel_aspect or 1))
    return (frame.height, width) if _quarters(frame) % 2 else (width, frame.height)


class Pictures:
    """A chain of filters for pictures that are all like *first*.

    Each of *steps* is a filter's name and arguments; pictures come to them upright.
    """

    def __init__(
        self, first: VideoFrame, time_base: Fraction, steps: Sequence[tuple[str, str]]
    ) -> None:
        self._kind = _kind(first)
        self._graph = Graph()
        source = self._graph.add(
            "buffer",
            video_size=f"{first.width}x{first.height}",
            pix_fmt=first.format.name,
            time_base=str(time_base),
            pixel_aspect="1/1",
            colorspace=str(int(first.colorspace)),
            range=str(int(first.color_range)),
        )
        chain = [
            self._graph.add(name, arguments or None)
            for name, arguments in (*_upright(first), *steps)
        ]
        self._graph.link_nodes(source, *chain, self._graph.add("buffersink")).configure()

    def through(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Push *frame*, or the end if it is None, and yield what comes out.

        Raises:
            CannotTranscode: The picture is not like the first.
        """
        if frame is not None and _kind(frame) != self._kind:
            raise CannotTranscode("its pictures change their size or format")
        self._graph.push(frame)
        while True:
            try:
                picture = self._graph.vpull()
            except (av.BlockingIOError, av.EOFError):
                return
            yield picture


def _kind(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _quarters(frame: VideoFrame) -> int:
    return round(frame.rotation / 90) % 4


def _upright(frame: VideoFrame) -> tuple[tuple[str, str], ...]:
    """Return the filters that do what the file asks a player for, mirrors included.

    As ffmpeg does it (fftools/ffmpeg_filter.c): a rotation alone does not tell a mirror.
    """
    across, _, _, down, along = _matrix(frame)
    match _quarters(frame):
        case 1:
            return (("transpose", "clock_flip" if down < 0 else "cclock"),)
        case 3:
            return (("transpose", "cclock_flip" if down > 0 else "clock"),)
        case _:
            mirrors = (("hflip", across < 0), ("vflip", along < 0))
            return tuple((name, "") for name, needed in mirrors if needed)


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int, int]:
    """Return the first five numbers of the display matrix (ISO/IEC 14496-12, section 6.2.2)."""
    found = frame.side_data.get("DISPLAYMATRIX")
    return struct.unpack("=5i", bytes(found)[:20]) if isinstance(found, Buffer) else _IDENTITY
