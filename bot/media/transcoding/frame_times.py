"""Frame times: when each frame of a video is shown, and which frames a slower video keeps. Pure.

Encoders write frames at any times: slides of seconds each, bursts, gaps, a last frame that stays.
The rate that a file declares, or that is guessed from a part of it, says nothing about such a
frame. So only times count: a frame that is on screen long enough to be seen is kept at its own
time, and frames that follow each other too fast are thinned out evenly.
"""

import dataclasses
import itertools
import math
import statistics
from collections.abc import Sequence
from fractions import Fraction

# Frames a second; above this every second one goes, or two of three, so that motion stays even.
MOST_RATE = 30
# Clocks of milliseconds make 33 and 34 of a thirtieth, and 30 frames a second are not too many.
_TOLERANCE = Fraction(3, 4)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The moments, in seconds, at which the frame on screen is looked at and kept."""

    first: Fraction
    step: Fraction

    def keeps(self, start: Fraction, end: Fraction) -> bool:
        """Whether a frame that is shown from *start* to just before *end* is on screen at one."""
        following = max(0, math.ceil((start - self.first) / self.step))
        return self.first + following * self.step < end


def typical_interval(times: Sequence[Fraction]) -> Fraction | None:
    """Return the usual number of seconds between frames, None for fewer than two.

    It is the mean of those about the median, because the clock of a file may be coarse: sixty
    frames a second are sixteen and seventeen milliseconds apart.
    """
    ordered = sorted(times)
    intervals = [after - before for before, after in itertools.pairwise(ordered)]
    intervals = [interval for interval in intervals if interval > 0]
    if not intervals:
        return None
    median = statistics.median_low(intervals)
    usual = [each for each in intervals if median / 2 < each < median * 3 / 2]
    return sum(usual, start=Fraction(0)) / len(usual)


def sampling_of(interval: Fraction | None) -> Sampling:
    """Return when to look at frames that typically follow each other after *interval* seconds.

    The looks fall into the middle of frames, where the times of real clocks don't jitter.
    """
    least = Fraction(1, MOST_RATE)
    if interval is None or interval >= least * _TOLERANCE:
        return Sampling(first=Fraction(0), step=least * _TOLERANCE)
    together = math.ceil(least * Fraction(99, 100) / interval)
    return Sampling(first=interval / 2, step=interval * together)
