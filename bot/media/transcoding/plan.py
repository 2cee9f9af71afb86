"""Plan: decide what a file becomes, from facts about it and a limit in bytes. Pure."""

import dataclasses
import math
from collections.abc import Iterator
from fractions import Fraction

from bot.media.errors import CannotTranscode

# Larger or longer files are refused before anything of them is decoded.
LONGEST_SIDE = 8192  # pixels
MOST_PIXELS = 40_000_000
LONGEST = 3600.0  # seconds

# Of the limit; the rest is for the container and for encoders that miss their target.
_SHARE = 0.9
# Bits per second.
_LEAST_VIDEO, _MOST_VIDEO = 100_000, 20_000_000
_LEAST_AUDIO, _MOST_AUDIO = 64_000, 128_000
_SHARE_OF_AUDIO = 0.15
# Below this many bits per pixel and frame H.264 shows blocks, and fewer pixels look better.
_LEAST_BITS_PER_PIXEL = 0.04
_MOST_FRAMES_A_SECOND = 30

# The bitrates of MPEG-1 layer III (ISO/IEC 11172-3, section 2.4.2.3) at which speech is clear.
_MP3_BIT_RATES = tuple(
    kilobits * 1000 for kilobits in (256, 224, 192, 160, 128, 112, 96, 80, 64, 56, 48, 40, 32)
)
_LEAST_FOR_STEREO = 64_000

# Quality and scale. Quality is given up first, but not to the point of artefacts: fewer pixels look
# better than those.
_IMAGE_ATTEMPTS = ((90, 1.0), (80, 1.0), (65, 1.0), (75, 0.7), (75, 0.5), (70, 0.35), (65, 0.25))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """A video: its size in pixels as it is shown, frames per second, seconds."""

    width: int
    height: int
    frame_rate: Fraction
    duration: float
    has_audio: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlan:
    """What a video becomes; rates in bits per second, `audio_rate` None for a silent one."""

    width: int
    height: int
    frame_rate: Fraction
    video_rate: int
    audio_rate: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """An audio file: seconds, channels, samples per second."""

    duration: float
    channels: int
    sample_rate: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AudioPlan:
    """What an audio file becomes, as MP3; `bit_rate` in bits per second."""

    bit_rate: int
    channels: int
    sample_rate: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """What an image becomes; quality as JPEG counts it, up to 100."""

    width: int
    height: int
    quality: int


def check_size(width: int, height: int) -> None:
    """Refuse what would take more memory to decode than a result is worth.

    A size may be unknown, because libav does not report one above the `max_pixels` it was given.

    Raises:
        CannotTranscode: The size in pixels is too large, or unknown.
    """
    if width < 1 or height < 1:
        raise CannotTranscode("its size is unknown")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise CannotTranscode(f"{width}x{height} pixels are too many")


def plan_video(facts: VideoFacts, limit: int, *, share: float = 1.0) -> VideoPlan:
    """Return what *facts* become in *share* of *limit* bytes.

    Raises:
        CannotTranscode: It is too long to be worth watching in so few bytes.
    """
    rate = _bits_per_second(facts.duration, limit, share)
    audio_rate = None
    if facts.has_audio:
        audio_rate = round(min(_MOST_AUDIO, max(_LEAST_AUDIO, rate * _SHARE_OF_AUDIO)))
    video_rate = int(min(_MOST_VIDEO, rate - (audio_rate or 0)))
    if video_rate < _LEAST_VIDEO:
        raise CannotTranscode(f"{facts.duration:.0f} s of video are too long for {limit} bytes")
    frame_rate = _reduced(facts.frame_rate)
    width, height = _video_size(facts.width, facts.height, float(video_rate / frame_rate))
    return VideoPlan(
        width=width,
        height=height,
        frame_rate=frame_rate,
        video_rate=video_rate,
        audio_rate=audio_rate,
    )


def plan_audio(facts: AudioFacts, limit: int) -> AudioPlan:
    """Return what *facts* become in *limit* bytes.

    Raises:
        CannotTranscode: It is too long to be worth listening to in so few bytes.
    """
    most = _bits_per_second(facts.duration, limit, 1.0)
    bit_rate = next((rate for rate in _MP3_BIT_RATES if rate <= most), None)
    if bit_rate is None:
        raise CannotTranscode(f"{facts.duration:.0f} s of sound are too long for {limit} bytes")
    stereo = facts.channels > 1 and bit_rate >= _LEAST_FOR_STEREO
    return AudioPlan(
        bit_rate=bit_rate,
        channels=2 if stereo else 1,
        # 44.1 kHz for the rates of its family, such as 22,050 Hz; 48 kHz for all others.
        sample_rate=44_100 if facts.sample_rate % 11_025 == 0 else 48_000,
    )


def plan_image(width: int, height: int) -> Iterator[ImagePlan]:
    """Yield ever smaller plans for an image; the first that fits is the best."""
    for quality, scale in _IMAGE_ATTEMPTS:
        yield ImagePlan(
            width=max(1, round(width * scale)),
            height=max(1, round(height * scale)),
            quality=quality,
        )


def _bits_per_second(duration: float, limit: int, share: float) -> float:
    if not 0 < duration <= LONGEST:
        raise CannotTranscode(f"a length of {duration:.0f} s can't be handled")
    return limit * 8 / duration * _SHARE * share


def _reduced(frame_rate: Fraction) -> Fraction:
    """Halve the rate until it is at most 30: every second frame goes, so motion stays even."""
    while frame_rate > _MOST_FRAMES_A_SECOND:
        frame_rate /= 2
    return frame_rate


def _video_size(width: int, height: int, bits_per_frame: float) -> tuple[int, int]:
    """Return a size of the same aspect that *bits_per_frame* can fill, in even numbers."""
    enough = math.sqrt(bits_per_frame / _LEAST_BITS_PER_PIXEL / (width * height))
    scale = min(1.0, enough)
    return _even(width * scale), _even(height * scale)


def _even(length: float) -> int:
    """Return the nearest even number: chroma in yuv420p has half the lines and columns."""
    return max(2, round(length / 2) * 2)
