"""What becomes of a file is decided by its facts and the limit alone."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.errors import CannotTranscode
from bot.media.transcoding.plan import (
    AudioFacts,
    VideoFacts,
    check_size,
    plan_audio,
    plan_image,
    plan_video,
)

MEBIBYTE = 1024 * 1024


def video(**changes: object) -> VideoFacts:
    """Return a minute of 1080p with sound, but for *changes*."""
    facts: dict[str, object] = {
        "width": 1920,
        "height": 1080,
        "frame_rate": Fraction(30),
        "duration": 60.0,
        "has_audio": True,
    }
    return VideoFacts(**{**facts, **changes})  # type: ignore[arg-type]


def test_video_rates_fill_the_limit_and_leave_a_tenth() -> None:
    """The bits of pictures and sound together are nine tenths of the limit."""
    plan = plan_video(video(), 10 * MEBIBYTE)

    assert plan.audio_rate == 128_000
    assert plan.video_rate + plan.audio_rate == pytest.approx(10 * MEBIBYTE * 8 / 60 * 0.9, abs=1)


def test_a_second_attempt_lowers_the_video_rate() -> None:
    """A smaller share lowers the rate in proportion, and the size with it."""
    first = plan_video(video(has_audio=False), 10 * MEBIBYTE)
    second = plan_video(video(has_audio=False), 10 * MEBIBYTE, share=0.5)

    assert second.video_rate == pytest.approx(first.video_rate / 2, abs=1)
    assert second.width < first.width


def test_a_low_video_rate_makes_fewer_pixels_of_the_same_aspect() -> None:
    """A minute of 1080p in 10 MiB gets smaller, in even numbers, and keeps its shape."""
    plan = plan_video(video(), 10 * MEBIBYTE)

    assert plan.width < 1920
    assert plan.width % 2 == plan.height % 2 == 0
    assert plan.width / plan.height == pytest.approx(16 / 9, rel=0.01)
    assert plan.video_rate / 30 / (plan.width * plan.height) == pytest.approx(0.04, rel=0.01)


def test_a_short_video_keeps_its_size() -> None:
    """A short video keeps its size, and is never made larger."""
    plan = plan_video(video(duration=4.0, width=640, height=360), 10 * MEBIBYTE)

    assert (plan.width, plan.height) == (640, 360)


@pytest.mark.parametrize(
    ("rate", "calm"),
    [
        (Fraction(1), Fraction(1)),
        (Fraction(24), Fraction(24)),
        (Fraction(30), Fraction(30)),
        (Fraction(50), Fraction(25)),
        (Fraction(60), Fraction(30)),
        (Fraction(60000, 1001), Fraction(30000, 1001)),
        (Fraction(120), Fraction(30)),
    ],
)
def test_frame_rates_are_halved_down_to_thirty(rate: Fraction, calm: Fraction) -> None:
    """Up to 30 frames a second stay; more are halved, so that every second frame goes."""
    assert calm == plan_video(video(frame_rate=rate), 10 * MEBIBYTE).frame_rate


@pytest.mark.parametrize("duration", [0.0, -1.0, 1200.0, 7200.0, float("inf")])
def test_a_video_without_a_sensible_rate_is_refused(duration: float) -> None:
    """Nothing without length, and nothing that would be mush, is planned."""
    with pytest.raises(CannotTranscode):
        plan_video(video(duration=duration), 10 * MEBIBYTE)


@given(
    width=st.integers(1, 8192),
    height=st.integers(1, 8192),
    rate=st.fractions(min_value=Fraction(1, 10), max_value=240, max_denominator=1001),
    duration=st.floats(0.01, 3600),
    has_audio=st.booleans(),
    limit=st.integers(20_000, 500 * MEBIBYTE),
)
def test_every_video_plan_is_possible(
    width: int, height: int, rate: Fraction, duration: float, has_audio: bool, limit: int
) -> None:
    """For any facts a plan has even sizes, a moderate rate, and fewer bits than the limit."""
    facts = VideoFacts(
        width=width, height=height, frame_rate=rate, duration=duration, has_audio=has_audio
    )
    try:
        plan = plan_video(facts, limit)
    except CannotTranscode:
        return

    assert plan.width % 2 == plan.height % 2 == 0
    assert min(plan.width, plan.height) >= 2
    assert plan.width <= width + 1
    assert plan.height <= height + 1
    assert 0 < plan.frame_rate <= 30
    assert has_audio == (plan.audio_rate is not None)
    assert (plan.video_rate + (plan.audio_rate or 0)) * duration / 8 < limit


def test_a_sound_gets_the_best_rate_that_fits() -> None:
    """Three minutes in 10 MiB get the best rate there is, an hour gets what is left, in mono."""
    facts = AudioFacts(duration=180.0, channels=2, sample_rate=44_100)
    long = AudioFacts(duration=2000.0, channels=2, sample_rate=24_000)

    assert plan_audio(facts, 10 * MEBIBYTE).bit_rate == 256_000
    assert plan_audio(facts, 10 * MEBIBYTE).channels == 2
    assert plan_audio(long, 10 * MEBIBYTE).bit_rate == 32_000
    assert plan_audio(long, 10 * MEBIBYTE).channels == 1
    assert plan_audio(long, 10 * MEBIBYTE).sample_rate == 48_000


def test_the_plan_of_a_sound_too_long_is_refused() -> None:
    """An hour in a mebibyte would be noise."""
    with pytest.raises(CannotTranscode):
        plan_audio(AudioFacts(duration=3600.0, channels=1, sample_rate=44_100), MEBIBYTE)


def test_images_lose_quality_before_size() -> None:
    """The attempts at an image begin at full size, and get ever smaller."""
    plans = list(plan_image(4000, 3000))

    assert (plans[0].width, plans[0].height) == (4000, 3000)
    assert plans[0].quality > plans[1].quality
    assert plans[1].width == 4000
    assert plans == sorted(plans, key=lambda plan: -plan.width)
    assert all(plan.width / plan.height == pytest.approx(4 / 3, rel=0.01) for plan in plans)


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (8193, 10), (10, 8193), (8000, 6000)])
def test_huge_pictures_are_refused(size: tuple[int, int]) -> None:
    """Neither a side over 8192 nor more than 40 million pixels are decoded."""
    with pytest.raises(CannotTranscode):
        check_size(*size)


@pytest.mark.parametrize("size", [(1, 1), (8192, 4800), (6000, 6000)])
def test_large_pictures_are_decoded(size: tuple[int, int]) -> None:
    """What a model makes is decoded."""
    check_size(*size)
