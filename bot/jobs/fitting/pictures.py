"""Bring decoded pictures upright and to size."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
from av.filter import Graph
from av.video.frame import VideoFrame

from bot.jobs.fitting.errors import CannotFit

# How to undo a rotation, by the counterclockwise quarters that the file asks a player for.
_UPRIGHT: dict[int, tuple[tuple[str, str], ...]] = {
    0: (),
    1: (("transpose", "cclock"),),
    2: (("hflip", ""), ("vflip", "")),
    3: (("transpose", "clock"),),
}


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
            for name, arguments in (*_UPRIGHT[_quarters(first)], *steps)
        ]
        self._graph.link_nodes(source, *chain, self._graph.add("buffersink")).configure()

    def through(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Push *frame*, or the end if it is None, and yield what comes out.

        Raises:
            CannotFit: The picture is not like the first.
        """
        if frame is not None and _kind(frame) != self._kind:
            raise CannotFit("its pictures change their size or format")
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
