"""Video: transcode to H.264 and AAC, in an mp4 file that plays while it loads."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.errors import CannotTranscode
from bot.media.transcoding.frames import FrameFilter, size_as_shown
from bot.media.transcoding.plan import VideoFacts, VideoPlan, check_size, plan_video
from bot.media.transcoding.source import SAME_LENGTH, THREADS, Extent, Source, measure, open_source

# Shares of the limit. The second is for content of which x264 writes more than it was asked for.
_ATTEMPTS = (1.0, 0.6)
# A frame rate outside of these is a mistake in the file's header, and frames are counted instead.
_SLOWEST, _FASTEST = Fraction(1, 10), 240
_BT709 = 1  # ITU-T H.273, table 4: what players assume of HD


class _LimitExceeded(Exception):
    """The file became larger than its limit."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Examined:
    """What the first pass over a video found: facts, first frame, extent of its packets."""

    facts: VideoFacts
    first: VideoFrame
    extent: Extent


def fit_video(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the video at *path* to *target*, in less than *limit* bytes.

    Raises:
        CannotTranscode: It is damaged, too large, or too long for that.
        av.FFmpegError: It is broken.
    """
    examined = _examine(path, media_type)
    for share in _ATTEMPTS:
        plan = plan_video(examined.facts, limit, share=share)
        try:
            with open_source(path, media_type) as source:
                _Transcoding(source, examined, plan, limit).write(target)
        except _LimitExceeded:
            continue
        if target.stat().st_size < limit:
            return _check_length(target, examined.extent)
    raise CannotTranscode("it stays too large at every quality")


def _examine(path: Path, media_type: str) -> _Examined:
    with open_source(path, media_type) as source:
        extent = measure(source, media_type)
    with open_source(path, media_type) as source:
        stream = _video_of(source)
        first = next(source.container.decode(stream), None)
        if first is None:
            raise CannotTranscode("it has no pictures")
        width, height = size_as_shown(first, stream.sample_aspect_ratio)
        check_size(width, height)
        facts = VideoFacts(
            width=width,
            height=height,
            frame_rate=_frame_rate(stream.guessed_rate, extent.frames, extent.duration),
            duration=extent.duration,
            has_audio=source.audio is not None,
        )
    return _Examined(facts=facts, first=first, extent=extent)


def _frame_rate(declared: Fraction | None, frames: int, duration: float) -> Fraction:
    if declared is not None and _SLOWEST <= declared <= _FASTEST:
        return declared
    counted = Fraction(frames / duration if duration else 0).limit_denominator(1001)
    return min(max(counted, _SLOWEST), Fraction(_FASTEST))


def _video_of(source: Source) -> VideoStream:
    if source.video is None:
        raise CannotTranscode("it has no pictures")
    return source.video


class _Transcoding:
    """The second pass over a video: decode, filter, encode."""

    def __init__(self, source: Source, examined: _Examined, plan: VideoPlan, limit: int) -> None:
        self._source = source
        self._video = _video_of(source)
        self._start = examined.extent.start
        self._bytes_left = limit
        time_base = self._video.time_base or Fraction(1, 1000)
        self._frames = FrameFilter(examined.first, time_base, _steps(plan, examined.first))
        self._first, self._plan = examined.first, plan

    def write(self, target: Path) -> None:
        """Decode everything and encode it into *target*; raises _LimitExceeded."""
        with av.open(
            str(target.absolute()), "w", format="mp4", options={"movflags": "+faststart"}
        ) as container:
            video = _h264(container, self._plan, self._first, self._video)
            audio = _aac(container, self._plan, self._source.audio)
            for packet in self._source.container.demux(self._streams()):
                if packet.stream is self._video:
                    for picture in self._video.decode(packet):
                        self._encode_video(container, picture, video)
                elif audio is not None and self._source.audio is not None:
                    for sound in self._source.audio.decode(packet):
                        self._encode_audio(container, sound, audio)
            self._encode_video(container, None, video)
            if audio is not None:
                self._encode_audio(container, None, audio)

    def _streams(self) -> list[VideoStream | AudioStream]:
        audio = self._source.audio
        return [self._video] if audio is None else [self._video, audio]

    def _encode_video(
        self, container: OutputContainer, decoded: VideoFrame | None, stream: VideoStream
    ) -> None:
        """Filter and encode a frame, or the end if it is None."""
        if decoded is not None:
            self._shift(decoded)
        frames: list[VideoFrame | None] = [*self._frames.filtered(decoded)]
        for frame in frames if decoded is not None else [*frames, None]:
            if frame is not None:
                frame.pict_type = 0  # the encoder chooses its own key frames
            packets = stream.encode(frame)
            self._count(sum(packet.size for packet in packets))
            container.mux(packets)

    def _encode_audio(
        self, container: OutputContainer, frame: AudioFrame | None, stream: AudioStream
    ) -> None:
        if frame is not None:
            self._shift(frame)
        packets = stream.encode(frame)
        self._count(sum(packet.size for packet in packets))
        container.mux(packets)

    def _shift(self, frame: VideoFrame | AudioFrame) -> None:
        """Move the file's start to 0; the offset between its streams stays what it was."""
        if frame.pts is not None and frame.time_base:
            frame.pts -= round(self._start / frame.time_base)

    def _count(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left <= 0:
            raise _LimitExceeded


def _steps(plan: VideoPlan, first: VideoFrame) -> list[tuple[str, str]]:
    """Return the filters; frames are dropped before the rest are scaled, which saves work."""
    size = f"{plan.width}:{plan.height}:flags=bicubic:out_range=tv"
    if _is_rgb(first):
        size += ":out_color_matrix=bt709"
    return [
        ("fps", f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}"),
        ("scale", size),
        ("setsar", "1"),
        ("format", "pix_fmts=yuv420p"),
    ]


def _is_rgb(frame: VideoFrame) -> bool:
    return frame.format.is_rgb or frame.format.has_palette


def _h264(
    container: OutputContainer, plan: VideoPlan, first: VideoFrame, source: VideoStream
) -> VideoStream:
    stream = container.add_stream(
        "libx264",
        rate=plan.frame_rate,
        options={
            "preset": "veryfast",
            "profile": "high",
            "maxrate": str(plan.video_rate * 3 // 2),
            "bufsize": str(plan.video_rate * 2),
        },
    )
    stream.width, stream.height = plan.width, plan.height
    stream.pix_fmt = "yuv420p"
    stream.bit_rate = plan.video_rate
    stream.thread_count = THREADS
    rgb = _is_rgb(first)
    stream.colorspace = _BT709 if rgb else int(first.colorspace)
    stream.color_primaries = _BT709 if rgb else int(source.color_primaries)
    stream.color_trc = _BT709 if rgb else int(source.color_trc)
    return stream


def _aac(
    container: OutputContainer, plan: VideoPlan, source: AudioStream | None
) -> AudioStream | None:
    if source is None or plan.audio_rate is None:
        return None
    layout = "mono" if source.channels == 1 else "stereo"
    stream = container.add_stream("aac", rate=min(source.sample_rate, 48_000), layout=layout)
    stream.bit_rate = plan.audio_rate
    return stream


def _check_length(target: Path, expected: Extent) -> None:
    """Raise if *target* is not as long as its source: then something could not be decoded.

    The end of the video is compared too, because audio would hide that video ends early.
    """
    with open_source(target, "video/mp4") as source:
        written = measure(source, "video/mp4")
    if (
        abs(written.duration - expected.duration) > SAME_LENGTH
        or abs(written.video_end - expected.video_end) > SAME_LENGTH
    ):
        raise CannotTranscode(
            f"it is damaged: pictures of {written.video_end:.1f} and in all"
            f" {written.duration:.1f} of {expected.duration:.1f} s can be decoded"
        )
