"""Which frames of a video are kept, whatever their times."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.transcoding.frame_times import MOST_RATE, sampling_of, typical_interval

DURATIONS = st.lists(
    st.fractions(min_value=Fraction(1, 240), max_value=5, max_denominator=90_000),
    min_size=1,
    max_size=60,
)


def shown(durations: list[Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Return from when to when each frame is on screen."""
    ends = list(itertools.accumulate(durations))
    return list(zip([Fraction(0), *ends], ends, strict=False))


def kept(durations: list[Fraction]) -> list[int]:
    """Return the numbers of the frames that are kept."""
    spans = shown(durations)
    sampling = sampling_of(typical_interval([start for start, _ in spans]))
    return [number for number, span in enumerate(spans) if sampling.keeps(*span)]


@given(durations=DURATIONS)
def test_a_frame_that_can_be_seen_is_kept(durations: list[Fraction]) -> None:
    """However a video runs, each frame that is shown for a fifteenth of a second is kept."""
    seen = [number for number, each in enumerate(durations) if each >= Fraction(2, MOST_RATE)]
    assert set(seen) <= set(kept(durations))


@given(durations=DURATIONS)
def test_the_frames_kept_are_few_enough(durations: list[Fraction]) -> None:
    """Whatever comes in, no more than forty frames a second go out."""
    assert len(kept(durations)) <= float(sum(durations)) * MOST_RATE * 4 / 3 + 2


@pytest.mark.parametrize("digits", [3, 6])
@pytest.mark.parametrize(
    ("rate", "becomes"),
    [
        (Fraction(1, 3), Fraction(1, 3)),
        (Fraction(10), Fraction(10)),
        (Fraction(24000, 1001), Fraction(24000, 1001)),
        (Fraction(25), Fraction(25)),
        (Fraction(30000, 1001), Fraction(30000, 1001)),
        (Fraction(30), Fraction(30)),
        (Fraction(50), Fraction(25)),
        (Fraction(60000, 1001), Fraction(30000, 1001)),
        (Fraction(60), Fraction(30)),
        (Fraction(120), Fraction(30)),
    ],
)
def test_even_rates_stay_even(rate: Fraction, becomes: Fraction, digits: int) -> None:
    """A usual rate is kept or halved, every second frame going, also by a clock of milliseconds."""
    times = [round(number / rate, digits) for number in range(121)]
    numbers = kept([after - before for before, after in itertools.pairwise(times)])
    assert {after - before for before, after in itertools.pairwise(numbers)} == {rate / becomes}
