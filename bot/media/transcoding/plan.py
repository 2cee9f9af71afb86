"""Decide what a file shall become: facts about it and a limit in bytes give targets, no I/O."""

import dataclasses
import math
from collections.abc import Iterator
from fractions import Fraction

from bot.media.errors import CannotTranscode

# What is refused before anything is decoded.
LONGEST_SIDE = 8192  # pixels
MOST_PIXELS = 40_000_000
LONGEST = 3600.0  # seconds

# Of the limit; the rest is for the container and for encoders that miss their target.
_SHARE = 0.9
# Bits per second.
_LEAST_PICTURES, _MOST_PICTURES = 100_000, 20_000_000
_LEAST_SOUND, _MOST_SOUND = 64_000, 128_000
_SHARE_OF_SOUND = 0.15
# Below this many bits per pixel and frame H.264 falls to blocks, and fewer pixels look better.
_LEAST_BITS_PER_PIXEL = 0.04
_MOST_FRAMES_A_SECOND = 30

# The bitrates of MPEG-1 layer III (ISO/IEC 11172-3, section 2.4.2.3) from what still is speech.
_MP3_BIT_RATES = tuple(
    kilobits * 1000 for kilobits in (256, 224, 192, 160, 128, 112, 96, 80, 64, 56, 48, 40, 32)
)
_LEAST_FOR_STEREO = 64_000

# Quality first, then size: a picture with artefacts is worse than one with fewer pixels.
_IMAGE_ATTEMPTS = ((90, 1.0), (80, 1.0), (65, 1.0), (75, 0.7), (75, 0.5), (70, 0.35), (65, 0.25))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """A video: its size as it is shown, frames per second, seconds."""

    width: int
    height: int
    frame_rate: Fraction
    duration: float
    has_sound: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlan:
    """What a video shall become; rates in bits per second, no sound where there was none."""

    width: int
    height: int
    frame_rate: Fraction
    picture_rate: int
    sound_rate: int | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SoundFacts:
    """A sound: seconds, channels, samples per second."""

    duration: float
    channels: int
    sample_rate: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SoundPlan:
    """What a sound shall become, as MP3."""

    bit_rate: int
    channels: int
    sample_rate: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """What an image shall become; quality as JPEG counts it, up to 100."""

    width: int
    height: int
    quality: int


def refuse_huge(width: int, height: int) -> None:
    """Refuse what would take more memory to decode than a result is worth.

    Of a picture with more than `MOST_PIXELS` libav, told so, may not even tell the size.

    Raises:
        CannotTranscode: The picture is larger than that, or has no size at all.
    """
    if width < 1 or height < 1:
        raise CannotTranscode("its size is unknown")
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise CannotTranscode(f"{width}x{height} pixels are too many")


def plan_video(facts: VideoFacts, limit: int, *, share: float = 1.0) -> VideoPlan:
    """Return what *facts* become in *share* of *limit* bytes.

    Raises:
        CannotTranscode: It is too long to be worth looking at in so few bytes.
    """
    rate = _bits_per_second(facts.duration, limit, share)
    sound_rate = None
    if facts.has_sound:
        sound_rate = round(min(_MOST_SOUND, max(_LEAST_SOUND, rate * _SHARE_OF_SOUND)))
    picture_rate = int(min(_MOST_PICTURES, rate - (sound_rate or 0)))
    if picture_rate < _LEAST_PICTURES:
        raise CannotTranscode(f"{facts.duration:.0f} s of video are too long for {limit} bytes")
    frame_rate = _calm(facts.frame_rate)
    width, height = _video_size(facts.width, facts.height, float(picture_rate / frame_rate))
    return VideoPlan(
        width=width,
        height=height,
        frame_rate=frame_rate,
        picture_rate=picture_rate,
        sound_rate=sound_rate,
    )


def plan_sound(facts: SoundFacts, limit: int) -> SoundPlan:
    """Return what *facts* become in *limit* bytes.

    Raises:
        CannotTranscode: It is too long to be worth listening to in so few bytes.
    """
    most = _bits_per_second(facts.duration, limit, 1.0)
    bit_rate = next((rate for rate in _MP3_BIT_RATES if rate <= most), None)
    if bit_rate is None:
        raise CannotTranscode(f"{facts.duration:.0f} s of sound are too long for {limit} bytes")
    stereo = facts.channels > 1 and bit_rate >= _LEAST_FOR_STEREO
    return SoundPlan(
        bit_rate=bit_rate,
        channels=2 if stereo else 1,
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


def _calm(frame_rate: Fraction) -> Fraction:
    """Halve the rate until it is moderate: 60 becomes 30 and 50 becomes 25, without judder."""
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
