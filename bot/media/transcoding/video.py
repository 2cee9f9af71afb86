"""Transcode a video: H.264 and AAC in an mp4 file that plays while it loads."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.errors import CannotTranscode
from bot.media.transcoding.frames import Pictures, size_as_shown
from bot.media.transcoding.plan import VideoFacts, VideoPlan, plan_video, refuse_huge
from bot.media.transcoding.source import SAME_LENGTH, THREADS, Extent, Source, measure, open_source

# Of the bits that the limit allows; the second attempt is for what x264 can't foresee.
_ATTEMPTS = (1.0, 0.6)
# A frame rate outside of these is a mistake in the file's head; frames are counted instead.
_SLOWEST, _FASTEST = Fraction(1, 10), 240
_BT709 = 1  # ITU-T H.273, table 4: what players assume of HD


class _Overshot(Exception):
    """The file became larger than its limit."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A video's facts, its first picture, and how far its packets reach."""

    facts: VideoFacts
    first: VideoFrame
    extent: Extent


def fit_video(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the video at *path* to *target*, in less than *limit* bytes.

    Raises:
        CannotTranscode: It is damaged, too large, or too long for that.
        av.FFmpegError: It is broken.
    """
    look = _look(path, media_type)
    for share in _ATTEMPTS:
        plan = plan_video(look.facts, limit, share=share)
        try:
            with open_source(path, media_type) as source:
                _Transcoding(source, look, plan, limit).write(target)
        except _Overshot:
            continue
        if target.stat().st_size < limit:
            return _check_length(target, look)
    raise CannotTranscode("it stays too large at every quality")


def _look(path: Path, media_type: str) -> _Look:
    with open_source(path, media_type) as source:
        extent = measure(source, media_type)
    with open_source(path, media_type) as source:
        stream = _video_of(source)
        first = next(source.container.decode(stream), None)
        if first is None:
            raise CannotTranscode("it has no pictures")
        width, height = size_as_shown(first, stream.sample_aspect_ratio)
        refuse_huge(width, height)
        facts = VideoFacts(
            width=width,
            height=height,
            frame_rate=_frame_rate(stream.guessed_rate, extent.pictures, extent.duration),
            duration=extent.duration,
            has_sound=source.sound is not None,
        )
    return _Look(facts=facts, first=first, extent=extent)


def _frame_rate(declared: Fraction | None, pictures: int, duration: float) -> Fraction:
    if declared is not None and _SLOWEST <= declared <= _FASTEST:
        return declared
    counted = Fraction(pictures / duration if duration else 0).limit_denominator(1001)
    return min(max(counted, _SLOWEST), Fraction(_FASTEST))


def _video_of(source: Source) -> VideoStream:
    if source.video is None:
        raise CannotTranscode("it has no pictures")
    return source.video


class _Transcoding:
    """One pass over a video."""

    def __init__(self, source: Source, look: _Look, plan: VideoPlan, limit: int) -> None:
        self._source = source
        self._video = _video_of(source)
        self._start = look.extent.start
        self._room = limit
        time_base = self._video.time_base or Fraction(1, 1000)
        self._pictures = Pictures(look.first, time_base, _steps(plan, look.first))
        self._first, self._plan = look.first, plan

    def write(self, target: Path) -> None:
        """Decode everything and encode it into *target*."""
        with av.open(
            str(target.absolute()), "w", format="mp4", options={"movflags": "+faststart"}
        ) as container:
            pictures = _h264(container, self._plan, self._first, self._video)
            sounds = _aac(container, self._plan, self._source.sound)
            for packet in self._source.container.demux(self._streams()):
                if packet.stream is self._video:
                    self._pass_pictures(container, packet, pictures)
                elif sounds is not None:
                    self._pass_sounds(container, packet, sounds)
            for picture in self._pictures.through(None):
                self._mux(container, pictures.encode(picture))
            self._mux(container, pictures.encode(None))
            if sounds is not None:
                self._mux(container, sounds.encode(None))

    def _streams(self) -> list[VideoStream | AudioStream]:
        sound = self._source.sound
        return [self._video] if sound is None else [self._video, sound]

    def _pass_pictures(
        self, container: OutputContainer, packet: Packet, stream: VideoStream
    ) -> None:
        for frame in self._video.decode(packet):
            self._shift(frame)
            for picture in self._pictures.through(frame):
                picture.pict_type = 0  # the encoder chooses which are whole
                self._mux(container, stream.encode(picture))

    def _pass_sounds(self, container: OutputContainer, packet: Packet, stream: AudioStream) -> None:
        if self._source.sound is None:
            return
        for frame in self._source.sound.decode(packet):
            self._shift(frame)
            self._mux(container, stream.encode(frame))

    def _shift(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        """Let the file start at nought, and its streams as far apart as they were."""
        if frame.pts is not None and frame.time_base:
            frame.pts -= round(self._start / frame.time_base)

    def _mux(self, container: OutputContainer, packets: list[Packet]) -> None:
        self._room -= sum(packet.size for packet in packets)
        if self._room <= 0:
            raise _Overshot
        container.mux(packets)


def _steps(plan: VideoPlan, first: VideoFrame) -> list[tuple[str, str]]:
    """Return the filters: fewer frames before smaller ones, which saves work."""
    size = f"{plan.width}:{plan.height}:flags=bicubic:out_range=tv"
    if _is_rgb(first):
        size += ":out_color_matrix=bt709"
    return [
        ("fps", f"{plan.frame_rate.numerator}/{plan.frame_rate.denominator}"),
        ("scale", size),
        ("setsar", "1"),
        ("format", "pix_fmts=yuv420p"),
    ]


def _is_rgb(picture: VideoFrame) -> bool:
    return picture.format.is_rgb or picture.format.has_palette


def _h264(
    container: OutputContainer, plan: VideoPlan, first: VideoFrame, source: VideoStream
) -> VideoStream:
    stream = container.add_stream(
        "libx264",
        rate=plan.frame_rate,
        options={
            "preset": "veryfast",
            "profile": "high",
            "maxrate": str(plan.picture_rate * 3 // 2),
            "bufsize": str(plan.picture_rate * 2),
        },
    )
    stream.width, stream.height = plan.width, plan.height
    stream.pix_fmt = "yuv420p"
    stream.bit_rate = plan.picture_rate
    stream.thread_count = THREADS
    rgb = _is_rgb(first)
    stream.colorspace = _BT709 if rgb else int(first.colorspace)
    stream.color_primaries = _BT709 if rgb else int(source.color_primaries)
    stream.color_trc = _BT709 if rgb else int(source.color_trc)
    return stream


def _aac(
    container: OutputContainer, plan: VideoPlan, source: AudioStream | None
) -> AudioStream | None:
    if source is None or plan.sound_rate is None:
        return None
    layout = "mono" if source.channels == 1 else "stereo"
    stream = container.add_stream("aac", rate=min(source.sample_rate, 48_000), layout=layout)
    stream.bit_rate = plan.sound_rate
    return stream


def _check_length(target: Path, look: _Look) -> None:
    """Raise if what was written is not as long as what was read: something could not be decoded.

    Pictures are looked at by themselves, because sound would hide that they end early.
    """
    with open_source(target, "video/mp4") as source:
        written = measure(source, "video/mp4")
    wanted = look.extent
    if (
        abs(written.duration - wanted.duration) > SAME_LENGTH
        or abs(written.pictures_end - wanted.pictures_end) > SAME_LENGTH
    ):
        raise CannotTranscode(
            f"it is damaged: pictures of {written.pictures_end:.1f} and in all"
            f" {written.duration:.1f} of {wanted.duration:.1f} s can be decoded"
        )
