"""Frames: rotate decoded frames upright and pass them through libav's filters."""

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
from av.buffer import Buffer
from av.filter import Graph
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame

from bot.media.errors import CannotTranscode

_IDENTITY = (1, 0, 0, 0, 1)
# PyAV's list of what a frame may carry is shorter than libav's (AVFrameSideDataType, which has some
# thirty), and it raises ValueError for each that it does not name, such as Exif.
_UNNAMED_SIDE_DATA = sorted(set(range(64)) - {named.value for named in SideDataType})


def size_as_shown(frame: VideoFrame, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Return width and height in square pixels, after the rotation that the file asks for."""
    width = round(frame.width * (pixel_aspect or 1))
    return (frame.height, width) if _quarter_turns(frame) % 2 else (width, frame.height)


class FrameFilter:
    """A chain of filters for frames of the same size and pixel format as *first*.

    Each of *steps* is a filter's name and arguments; they see frames that are upright.
    """

    def __init__(
        self, first: VideoFrame, time_base: Fraction, steps: Sequence[tuple[str, str]]
    ) -> None:
        self._layout = _layout_of(first)
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
            for name, arguments in (*_to_upright(first), *steps)
        ]
        self._graph.link_nodes(source, *chain, self._graph.add("buffersink")).configure()

    def filtered(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Push *frame*, or the end if it is None, and yield what comes out.

        Raises:
            CannotTranscode: The frame's size or pixel format is not that of the first.
        """
        if frame is not None and _layout_of(frame) != self._layout:
            raise CannotTranscode("its pictures change their size or format")
        self._graph.push(frame)
        while True:
            try:
                result = self._graph.vpull()
            except (av.BlockingIOError, av.EOFError):
                return
            yield result


def _layout_of(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _quarter_turns(frame: VideoFrame) -> int:
    return round(frame.rotation / 90) % 4


def _to_upright(frame: VideoFrame) -> tuple[tuple[str, str], ...]:
    """Return the filters that do what the file asks of a player: rotations and mirrors.

    The same choice as ffmpeg's (fftools/ffmpeg_filter.c): `frame.rotation` alone can't express a
    mirror, so the signs of the display matrix are looked at.
    """
    across, _, _, down, along = _display_matrix(frame)
    match _quarter_turns(frame):
        case 1:
            return (("transpose", "clock_flip" if down < 0 else "cclock"),)
        case 3:
            return (("transpose", "cclock_flip" if down > 0 else "clock"),)
        case _:
            mirrors = (("hflip", across < 0), ("vflip", along < 0))
            return tuple((name, "") for name, needed in mirrors if needed)


def _display_matrix(frame: VideoFrame) -> tuple[int, int, int, int, int]:
    """Return the first five numbers of the display matrix (ISO/IEC 14496-12, section 6.2.2)."""
    try:
        side_data = frame.side_data
    except ValueError:
        side_data = _without_unnamed_side_data(frame).side_data
    found = side_data.get("DISPLAYMATRIX")
    return struct.unpack("=5i", bytes(found)[:20]) if isinstance(found, Buffer) else _IDENTITY


def _without_unnamed_side_data(frame: VideoFrame) -> VideoFrame:
    """Return *frame* with only that side data which PyAV can read."""
    graph = Graph()
    source = graph.add(
        "buffer",
        video_size=f"{frame.width}x{frame.height}",
        pix_fmt=frame.format.name,
        time_base="1/1",
        colorspace=str(int(frame.colorspace)),
        range=str(int(frame.color_range)),
    )
    deletions = [
        graph.add("sidedata", f"mode=delete:type={number}") for number in _UNNAMED_SIDE_DATA
    ]
    graph.link_nodes(source, *deletions, graph.add("buffersink")).configure()
    graph.vpush(frame)
    return graph.vpull()
