"""Video: transcode to H.264 and AAC, in an mp4 file that plays while it loads."""

import dataclasses
import itertools
from fractions import Fraction
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.errors import CannotTranscode
from bot.media.transcoding.frame_times import sampling_of, typical_interval
from bot.media.transcoding.frames import FrameFilter, size_as_shown
from bot.media.transcoding.plan import VideoFacts, VideoPlan, check_size, plan_video
from bot.media.transcoding.source import SAME_LENGTH, THREADS, Extent, Source, measure, open_source

# Shares of the limit. The second is for content of which x264 writes more than it was asked for.
_ATTEMPTS = (1.0, 0.6)
# Frames a second, for the encoder's sums; no frame is kept or dropped by them.
_SLOWEST, _FASTEST = Fraction(1, 1000), 240
_TIME_BASE = Fraction(1, 90_000)  # every usual rate has whole numbers in it
# Seconds. B-frames come out of order, so that a long last one would not be the last in the file.
_LONG_FRAME = Fraction(1, 8)
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
            frame_rate=_frame_rate(extent),
            duration=extent.duration,
            has_audio=source.audio is not None,
        )
    return _Examined(facts=facts, first=first, extent=extent)


def _frame_rate(extent: Extent) -> Fraction:
    """Return the frames a second, counted; the rate in the header is often a guess."""
    counted = Fraction(len(extent.frame_times) / (extent.video_end or 1.0)).limit_denominator(1001)
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
        self._extent = examined.extent
        self._bytes_left = limit
        time_base = self._video.time_base or Fraction(1, 1000)
        self._frames = FrameFilter(examined.first, time_base, _steps(plan, examined.first))
        self._first, self._plan = examined.first, plan
        self._sampling = sampling_of(typical_interval(examined.extent.frame_times))
        self._last = 0  # in units of _TIME_BASE
        self._waiting: tuple[VideoFrame, Fraction] | None = None  # until the next frame's time

    def write(self, target: Path) -> None:
        """Decode everything and encode it into *target*; raises _LimitExceeded."""
        with av.open(
            str(target.absolute()), "w", format="mp4", options={"movflags": "+faststart"}
        ) as container:
            video = _h264(container, self._plan, self._first, self._video)
            if _longest(self._extent) > _LONG_FRAME:
                video.codec_context.options = {**video.codec_context.options, "bf": "0"}
            audio = _aac(container, self._plan, self._source.audio)
            for packet in self._source.container.demux(self._streams()):
                if packet.stream is self._video:
                    for picture in self._video.decode(packet):
                        self._take_picture(container, picture, video)
                elif audio is not None and self._source.audio is not None:
                    for sound in self._source.audio.decode(packet):
                        self._encode_audio(container, sound, audio)
            self._end_video(container, video)
            if audio is not None:
                self._encode_audio(container, None, audio)

    def _take_picture(
        self, container: OutputContainer, decoded: VideoFrame, stream: VideoStream
    ) -> None:
        """Encode the frame before *decoded*, now that it is known how long that is shown."""
        time_base = decoded.time_base or self._video.time_base
        if decoded.pts is None or time_base is None:
            return
        start = decoded.pts * time_base - self._extent.start
        if self._waiting is not None:
            if start <= self._waiting[1]:
                return
            self._encode_waiting(container, stream, start)
        self._waiting = decoded, start

    def _end_video(self, container: OutputContainer, stream: VideoStream) -> None:
        """Encode the last frame, which stays on screen until the end of the video."""
        end, newest = Fraction(self._extent.video_end), max(self._extent.frame_times)
        seen = self._waiting[1] if self._waiting is not None else Fraction(0)
        if newest - seen > SAME_LENGTH:
            raise CannotTranscode(
                f"it is damaged: pictures of {float(seen):.1f} of {float(newest):.1f} s can be decoded"
            )
        last = self._encode_waiting(container, stream, end)
        packets = stream.encode(None)
        self._count(sum(packet.size for packet in packets))
        for packet in packets:
            if packet.pts == last:
                packet.duration = max(1, round(end / _TIME_BASE) - last)
        container.mux(packets)

    def _encode_waiting(
        self, container: OutputContainer, stream: VideoStream, end: Fraction
    ) -> int:
        """Encode the frame that waits, if it is to be kept; return the time of the last one."""
        if self._waiting is not None and self._sampling.keeps(self._waiting[1], end):
            decoded, start = self._waiting
            for frame in self._frames.filtered(decoded):
                frame.pts, frame.time_base = round(start / _TIME_BASE), _TIME_BASE
                frame.pict_type = 0  # the encoder chooses its own key frames
                self._last = frame.pts
                packets = stream.encode(frame)
                self._count(sum(packet.size for packet in packets))
                container.mux(packets)
        return self._last

    def _streams(self) -> list[VideoStream | AudioStream]:
        audio = self._source.audio
        return [self._video] if audio is None else [self._video, audio]

    def _encode_audio(
        self, container: OutputContainer, frame: AudioFrame | None, stream: AudioStream
    ) -> None:
        if frame is not None and frame.pts is not None and frame.time_base:
            # The file's start becomes 0; the offset between its streams stays what it was.
            frame.pts -= round(self._extent.start / frame.time_base)
        packets = stream.encode(frame)
        self._count(sum(packet.size for packet in packets))
        container.mux(packets)

    def _count(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left <= 0:
            raise _LimitExceeded


def _longest(extent: Extent) -> Fraction:
    """Return how long the frame that is shown longest is shown."""
    times = [*sorted(extent.frame_times), Fraction(extent.video_end)]
    return max(after - before for before, after in itertools.pairwise(times))


def _steps(plan: VideoPlan, first: VideoFrame) -> list[tuple[str, str]]:
    """Return the filters that give a frame its final size and pixel format."""
    size = f"{plan.width}:{plan.height}:flags=bicubic:out_range=tv"
    if _is_rgb(first):
        size += ":out_color_matrix=bt709"
    return [
        *_on_black(first),
        ("scale", size),
        ("setsar", "1"),
        ("format", "pix_fmts=yuv420p"),
    ]


def _on_black(frame: VideoFrame) -> list[tuple[str, str]]:
    """Return the filters that show transparent pixels as black, not as what hides behind them."""
    pixels = frame.format
    if not pixels.has_palette and not any(part.is_alpha for part in pixels.components):
        return []
    return [("format", "pix_fmts=gbrap"), ("premultiply", "inplace=1"), ("format", "pix_fmts=gbrp")]


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
    stream.codec_context.time_base = _TIME_BASE
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
