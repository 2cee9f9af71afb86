"""What libav says of a file."""

import dataclasses
from pathlib import Path

import av
from av.video.frame import VideoFrame

Colour = tuple[int, int, int]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A file that was decoded to its end; lengths in seconds."""

    formats: str
    length: float
    size: tuple[int, int] | None
    codecs: tuple[str, ...]
    pictures: int
    heard: float
    rate: float | None


def judge(path: Path) -> Verdict:
    """Decode *path* to its end."""
    with av.open(str(path)) as container:
        video = next(iter(container.streams.video), None)
        pictures, heard = 0, 0.0
        for packet in container.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    pictures += 1
                elif isinstance(frame, av.AudioFrame):
                    heard += frame.samples / frame.sample_rate
        return Verdict(
            formats=container.format.name,
            length=(container.duration or 0) / av.time_base,
            size=(video.width, video.height) if video else None,
            codecs=tuple(stream.codec_context.name for stream in container.streams),
            pictures=pictures,
            heard=heard,
            rate=float(video.average_rate) if video and video.average_rate else None,
        )


def first_picture(path: Path) -> VideoFrame:
    """Return the first picture of *path*."""
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def colour_at(picture: VideoFrame, *, across: float, down: float) -> Colour:
    """Return red, green and blue of the pixel so far *across* and *down*, as parts of the whole."""
    plane = picture.reformat(format="rgb24").planes[0]
    start = int(down * picture.height) * plane.line_size + int(across * picture.width) * 3
    red, green, blue = bytes(plane)[start : start + 3]
    return red, green, blue


def is_near(one: Colour, other: Colour, *, by: int = 12) -> bool:
    """Return whether two colours look the same."""
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def corners(picture: VideoFrame) -> str:
    """Name the colours of the four quarters by their first letters, from the top left."""
    spots = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
    names = ""
    for across, down in spots:
        parts = colour_at(picture, across=across, down=down)
        names += (
            "?" if max(parts) < 90 else "-" if min(parts) > 90 else "rgb"[parts.index(max(parts))]
        )
    return names
