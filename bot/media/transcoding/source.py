"""Open a file of unknown making, with as little of libav as the file needs, and look at it."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from bot.media.errors import CannotTranscode
from bot.media.transcoding.plan import MOST_PIXELS, refuse_huge

# Two frames in work at once: there may be two of these processes, on a small machine.
THREADS = 2
# Seconds by which a length may differ from another and still be called the same.
SAME_LENGTH = 0.2
_FIRST_PACKETS = 64

# Each type has one demuxer: none is guessed, so none of the hundred others is ever reached.
_DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "audio/mp4": "mov",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "image/gif": "gif",
    "image/png": "png_pipe",
    "image/jpeg": "jpeg_pipe",
    "image/webp": "webp_pipe",
}
_PICTURES = "h264 hevc vp8 vp9 libdav1d mpeg4 prores gif png mjpeg webp"
_SOUNDS = "aac mp3 mp3float opus libopus vorbis flac alac"
_PLAIN_SOUNDS = "pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_s16be"
_DECODERS = frozenset(f"{_PICTURES} {_SOUNDS} {_PLAIN_SOUNDS}".split())
# These say in their head how long they are, so that a file cut short gives itself away.
_KNOW_THEIR_LENGTH = frozenset({"video/mp4", "video/quicktime", "video/webm", "audio/mp4"})

_CONTAINER_OPTIONS = {
    "protocol_whitelist": "file",
    "codec_whitelist": ",".join(sorted(_DECODERS)),
    "max_streams": "16",
}
_DECODER_OPTIONS = {"max_pixels": str(MOST_PIXELS), "threads": str(THREADS)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open file and the streams of it that are worth keeping."""

    container: InputContainer
    video: VideoStream | None
    sound: AudioStream | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far the packets of a file reach, in seconds, and how many of them have pictures.

    `duration` counts from `start`, and so does `pictures_end`, nought where there are none.
    """

    start: Fraction
    duration: float
    pictures_end: float
    pictures: int


@contextmanager
def open_source(path: Path, media_type: str) -> Iterator[Source]:
    """Open *path* as what *media_type* says it is, ready to decode and to be trusted no further.

    Raises:
        CannotTranscode: It holds nothing that may be decoded, or too much of it.
        av.FFmpegError: It is broken.
    """
    demuxer = _DEMUXERS.get(media_type)
    if demuxer is None:
        raise CannotTranscode(f"{media_type} is not transcoded")
    with av.open(
        str(path.absolute()),
        "r",
        format=demuxer,
        options=_DECODER_OPTIONS,
        container_options=_CONTAINER_OPTIONS,
    ) as container:
        source = Source(container=container, video=_video(container), sound=_sound(container))
        if source.video is None and source.sound is None:
            raise CannotTranscode("there is nothing to see or hear in it")
        yield source


def measure(source: Source, media_type: str) -> Extent:
    """Return how far *source* reaches by its packets, whatever its head says.

    The source is read to its end by this.

    Raises:
        CannotTranscode: It is cut short.
        av.FFmpegError: It is broken.
    """
    starts: list[Fraction] = []
    end, pictures_end, pictures = Fraction(0), Fraction(0), 0
    for packet in source.container.demux(
        [stream for stream in (source.video, source.sound) if stream is not None]
    ):
        if packet.pts is None or packet.is_discard:
            continue
        start = packet.pts * packet.time_base
        # Only the first packets can hold the earliest time, B-frames considered.
        if len(starts) < _FIRST_PACKETS:
            starts.append(start)
        end = max(end, start + (packet.duration or 0) * packet.time_base)
        if packet.stream is source.video:
            pictures += 1
            pictures_end = max(pictures_end, start + (packet.duration or 0) * packet.time_base)
    first = min(starts, default=Fraction(0))
    _refuse_cut(source.container.duration, float(end - first), media_type)
    return Extent(
        start=first,
        duration=float(end - first),
        pictures_end=float(pictures_end - first) if pictures else 0.0,
        pictures=pictures,
    )


def _refuse_cut(declared: int | None, duration: float, media_type: str) -> None:
    """Raise if a file that knows its length, *declared* in microseconds, is shorter than that."""
    if declared is None or media_type not in _KNOW_THEIR_LENGTH:
        return
    if declared / av.time_base - duration > SAME_LENGTH:
        raise CannotTranscode(f"it is cut short: {duration:.1f} of {declared / av.time_base:.1f} s")


def _video(container: InputContainer) -> VideoStream | None:
    """Return the film or picture in *container*, which the cover of an album is not."""
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            continue
        _refuse_decoder(stream)
        refuse_huge(stream.codec_context.width, stream.codec_context.height)
        stream.codec_context.options = _DECODER_OPTIONS
        stream.thread_count = THREADS
        return stream
    return None


def _sound(container: InputContainer) -> AudioStream | None:
    for stream in container.streams.audio:
        _refuse_decoder(stream)
        return stream
    return None


def _refuse_decoder(stream: VideoStream | AudioStream) -> None:
    # A stream that libav has no decoder for has no codec context, whatever its type says.
    name = getattr(stream.codec_context, "name", "an unknown codec")
    if name not in _DECODERS:
        raise CannotTranscode(f"{name} is not decoded")
