"""Lateness of looks, as the benchmarks count it."""

import pytest

from tests.benchmarks.scenarios.following import INTERVAL, lateness


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ([100.0, 105.0, 110.0], [0.0, 0.0]),
        ([100.0, 106.5, 110.0], [1.5, 0.0]),
        ([98.0, 104.0, 110.0], [1.0, 1.0]),  # the look before the window counts as a beginning
        ([80.0, 90.0, 101.0, 106.0, 111.0], [6.0, 0.0]),
        ([100.0, 101.0], [0.0, 4.0]),  # 9 s until the end of the window
        ([], [5.0]),
    ],
)
def test_a_look_is_late_by_what_its_gap_exceeds_the_interval(
    times: list[float], wanted: list[float]
) -> None:
    """A gap that is still open at the end counts once it is too long."""
    assert INTERVAL == 5.0
    assert lateness(times, 100.0, 110.0) == wanted
