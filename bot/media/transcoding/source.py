"""Source: open a file that is not trusted, with as little of libav as it needs, and measure it."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from bot.media.errors import CannotTranscode
from bot.media.transcoding.frame_times import typical_interval
from bot.media.transcoding.plan import MOST_PIXELS, check_size

# Frames that are decoded at once. Two children may run at a time, on a small machine.
THREADS = 2
# Two lengths that differ by no more than this many seconds count as equal.
SAME_LENGTH = 0.2
_FIRST_PACKETS = 64
_MOST_STREAMS = 16

# Each type has one demuxer. libav guesses none, so that its hundred others are never reached.
_DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/3gpp2": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "audio/mp4": "mov",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/aac": "aac",
    "audio/aiff": "aiff",
    "image/gif": "gif",
    "image/png": "png_pipe",
    "image/apng": "apng",  # our name for a PNG that is found to be an animation
    "image/jpeg": "jpeg_pipe",
    "image/webp": "webp_pipe",
    "image/bmp": "bmp_pipe",
    "image/tiff": "tiff_pipe",
    "image/heic": "mov",
    "image/avif": "mov",
}
_VIDEO = "h264 hevc vp8 vp9 libdav1d mpeg4 prores gif png apng mjpeg webp bmp tiff"
_AUDIO = "aac mp3 mp3float opus libopus vorbis flac alac"
_PLAIN_AUDIO = "pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_s16be pcm_s24be"
_DECODERS = frozenset(f"{_VIDEO} {_AUDIO} {_PLAIN_AUDIO}".split())
# Their header holds their length, which shows whether the file is cut short.
_LENGTH_IN_HEADER = frozenset(
    {"video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "audio/mp4"}
)

_CONTAINER_OPTIONS = {
    "protocol_whitelist": "file",
    "codec_whitelist": ",".join(sorted(_DECODERS)),
    # libav stops at this many, some demuxers without an error; `open_source` takes one less.
    "max_streams": str(_MOST_STREAMS + 1),
}
DECODER_OPTIONS = {"max_pixels": str(MOST_PIXELS), "threads": str(THREADS)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open file, with the stream of each kind that players choose."""

    container: InputContainer
    video: VideoStream | None
    audio: AudioStream | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far the packets of a file reach, in seconds.

    `duration` and `video_end` count from `start`; `video_end` is 0 where there is no video.
    `frame_times` are when its frames begin.
    """

    start: Fraction
    duration: float
    video_end: float
    frame_times: Sequence[Fraction]


@contextmanager
def open_source(path: Path, media_type: str) -> Iterator[Source]:
    """Open *path* with the demuxer of *media_type* and the decoders that are allowed.

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
        options=DECODER_OPTIONS,
        container_options=_CONTAINER_OPTIONS,
    ) as container:
        if len(container.streams) > _MOST_STREAMS:
            raise CannotTranscode("it has too many streams")
        source = Source(container=container, video=_video_of(container), audio=_audio_of(container))
        if source.video is None and source.audio is None:
            raise CannotTranscode("there is nothing to see or hear in it")
        yield source


def measure(source: Source, media_type: str) -> Extent:
    """Return how far *source* reaches by its packets; its header is not believed.

    Reads the source to its end, all streams of it: the length in a header is that of the longest.

    Raises:
        CannotTranscode: It is cut short.
        av.FFmpegError: It is broken.
    """
    starts: list[Fraction] = []
    frames: list[Fraction] = []
    discarded: list[tuple[Fraction, Fraction]] = []
    end, video_end, end_of_all = Fraction(0), Fraction(0), Fraction(0)
    for packet in source.container.demux():
        if packet.pts is None:
            continue
        start = packet.pts * packet.time_base
        after = start + (packet.duration or 0) * packet.time_base
        if packet.is_discard:
            discarded.append((start, after))
            continue
        end_of_all = max(end_of_all, after)
        if packet.stream not in (source.video, source.audio):
            continue
        # B-frames make packets come out of order of time, but the earliest is among the first.
        if len(starts) < _FIRST_PACKETS:
            starts.append(start)
        end = max(end, after)
        if packet.stream is source.video:
            frames.append(start)
            video_end = max(video_end, after)
    first = min(starts, default=Fraction(0))
    # An edit list may begin within a frame. libav, and players with it, leave that frame out whole,
    # but it is part of the length in the header.
    partial = max(
        (after - start for start, after in discarded if start < first <= after), default=0
    )
    _check_not_cut(source.container.duration, float(end_of_all - first + partial), media_type)
    if frames and video_end <= max(frames):
        # How long the last frame is shown is not said: as long as most are, as in players.
        video_end = max(frames) + (typical_interval(frames) or 0)
    return Extent(
        start=first,
        duration=float(max(end, video_end) - first),
        video_end=float(video_end - first) if frames else 0.0,
        frame_times=[time - first for time in frames],
    )


def _check_not_cut(declared: int | None, duration: float, media_type: str) -> None:
    """Raise if the packets end before the length in the header, *declared* in microseconds."""
    if declared is None or media_type not in _LENGTH_IN_HEADER:
        return
    if declared / av.time_base - duration > SAME_LENGTH:
        raise CannotTranscode(f"it is cut short: {duration:.1f} of {declared / av.time_base:.1f} s")


def _video_of(container: InputContainer) -> VideoStream | None:
    """Return the video or image in *container*; an album's cover (attached picture) is neither."""
    for stream in sorted(container.streams.video, key=_is_not_default):
        if stream.disposition & Disposition.attached_pic:
            continue
        _check_decoder(stream)
        check_size(stream.codec_context.width, stream.codec_context.height)
        stream.codec_context.options = DECODER_OPTIONS
        stream.thread_count = THREADS
        return stream
    return None


def _audio_of(container: InputContainer) -> AudioStream | None:
    for stream in sorted(container.streams.audio, key=_is_not_default):
        _check_decoder(stream)
        return stream
    return None


def _is_not_default(stream: VideoStream | AudioStream) -> bool:
    """Sort the streams that players choose first before the others, which keep their order."""
    return not stream.disposition & Disposition.default


def _check_decoder(stream: VideoStream | AudioStream) -> None:
    # A stream that libav has no decoder for has no codec context, although its type says so.
    name = getattr(stream.codec_context, "name", "an unknown codec")
    if name not in _DECODERS:
        raise CannotTranscode(f"{name} is not decoded")
